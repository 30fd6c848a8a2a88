"""`xrviewer open --display headset`: the case in the room."""

from __future__ import annotations

import math
from contextlib import closing
from pathlib import Path

from xrviewer.capture.plate import plate_picture
from xrviewer.case.model import Case
from xrviewer.commands.capturing import Capturer
from xrviewer.commands.choices import Mirror
from xrviewer.commands.inputs import Inputs, with_inputs
from xrviewer.commands.printing import as_json, say
from xrviewer.commands.recording import HEADSET_FILM, NO_FILM, Filming, all_of, recording
from xrviewer.commands.spectator import Spectator
from xrviewer.commands.stage import (
    Stage,
    can_open_window,
    home_orbit,
    measured_table,
    open_stage,
    window_context,
)
from xrviewer.frontends.openxr.frontend import OpenXrFrontend
from xrviewer.frontends.openxr.session import Options
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext, offscreen_context
from xrviewer.scene.panels import InRoom, ShownPanel, Still
from xrviewer.spatial.transforms import Pose, axis_rotation
from xrviewer.words import tr

SIGN_POSE = Pose((0.0, 0.58, -0.42), axis_rotation((1, 0, 0), math.radians(-50)))
"""On the near side of the table, tilted up to a reader who sits or stands before it."""
SIGN_WIDTH_M = 0.34


def show_headset(
    case: Case,
    session: Path | None,
    seconds: float | None,
    options: Options,
    json: bool,
    inputs: Inputs,
    mirror: Mirror = Mirror.EYE,
    film: Filming = NO_FILM,
) -> None:
    """A headset that is not there yet is waited for; the window shows the case meanwhile.

    json: print how the frames came as one object on stdout, besides the line for people.
    """
    has_window = can_open_window() is None
    make = (lambda: window_context(case.title)) if has_window else offscreen_context
    preferences, panels = inputs.preferences, inputs.panels
    with open_stage(case, make, session, preferences=preferences, panels=panels) as stage:
        stage.app.signs = (sign_of(case),)
        frontend = OpenXrFrontend(options, _desk(stage), say, seconds=seconds)
        frontend.shows_eye = mirror is Mirror.EYE
        spectator = Spectator(stage.app, frontend) if mirror is Mirror.THIRD else None
        try:
            with (
                recording(stage, film, *HEADSET_FILM) as recorder,
                with_inputs(stage, inputs, frontend) as chosen,
                closing(Capturer(stage, inputs.captures, frontend.pulse, preferences)) as capturer,
            ):
                capturer.go_with(recorder, film)
                stage.app.run(chosen, all_of(capturer, spectator, recorder))
        finally:
            if spectator is not None:
                spectator.close()
            frontend.close()
            log = frontend.headset.log
            say(f"headset: {log.line()}")
            if json:
                as_json(log.summary())


def sign_of(case: Case) -> ShownPanel:
    """What it is, and that it is not for diagnosis."""
    picture = plate_picture(tr(case.title))
    height, width = picture.shape[:2]
    size_m = (SIGN_WIDTH_M, SIGN_WIDTH_M * height / width)
    return ShownPanel(Still(picture), InRoom(SIGN_POSE, *size_m))


def _desk(stage: Stage) -> WindowFrontend | None:
    if not isinstance(stage.context, GlfwContext):
        return None
    orbit = home_orbit(stage.case, stage.app.document.snapshot)
    return WindowFrontend(stage.context, orbit, copied=lambda: measured_table(stage))
