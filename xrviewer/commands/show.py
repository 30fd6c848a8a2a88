"""`xrviewer open`: the case, in the best place this machine has."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from xrviewer.capture.place import check_place
from xrviewer.capture.video import VideoWriter
from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.commands.choices import Display, Mirror
from xrviewer.commands.inputs import Inputs, chosen_inputs, head_views, with_inputs
from xrviewer.commands.printing import complain, progress, say
from xrviewer.commands.recording import recording
from xrviewer.commands.render import FRAMES_PER_S, TURNTABLE_S, Wanted, render, written_on
from xrviewer.commands.stage import (
    PanelChoice,
    can_open_window,
    home_orbit,
    measured_table,
    open_stage,
    window_context,
)
from xrviewer.commands.wear import show_headset
from xrviewer.errors import RuntimeUnavailable
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.frontends.openxr.probe import headset_runtime
from xrviewer.frontends.openxr.session import Options
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext
from xrviewer.gpu.target import Canvas

REPLAY_SIZE = (1280, 960)
REPLAY_FOV_RAD = math.radians(70)


def show(
    path: Path,
    beside: Path,
    display: Display,
    session: Path | None,
    seconds: float | None,
    record: Path | None,
    headset: Options | None = None,
    json: bool = False,
    record_input: Path | None = None,
    replay_input: Path | None = None,
    tool: str | None = None,
    mirror: Mirror = Mirror.EYE,
    panels: PanelChoice | None = None,
) -> None:
    """beside: where pictures go when there is no screen to show it on. panels: none for the
    usual ones, which a visitor does not get."""
    case = open_path(path)
    for fault in case.faults:
        complain(fault)
    inputs = replace(chosen_inputs(case, record_input, replay_input, panels), tool=tool)
    chosen = choose_display(display)
    if chosen is Display.HEADSET:
        options = headset or Options()
        show_headset(case, session, seconds, options, json, inputs, mirror, record)
    elif chosen is Display.WINDOW:
        show_window(case, session, seconds, record, inputs)
    elif inputs.replay is not None:
        show_replay(case, record or beside / f"{case.id}.mp4", session, inputs)
    else:
        show_offscreen(case, beside, session, seconds or TURNTABLE_S, record)


def choose_display(wanted: Display) -> Display:
    """The first of headset, window, off screen that works here; says which and why."""
    if wanted is not Display.AUTO:
        return wanted
    try:
        say(f"found a headset on {headset_runtime()}")
        return Display.HEADSET
    except RuntimeUnavailable as problem:
        no_headset = str(problem)
    no_window = can_open_window()
    if no_window is None:
        say(f"showing in a window: {no_headset}")
        return Display.WINDOW
    say(f"showing off screen: {no_window}")
    return Display.OFFSCREEN


def show_window(
    case: Case, session: Path | None, seconds: float | None, record: Path | None, inputs: Inputs
) -> None:
    preferences = inputs.preferences
    with open_stage(
        case,
        lambda: window_context(case.title),
        session,
        preferences=preferences,
        panels=inputs.panels,
    ) as stage:
        context = stage.context
        assert isinstance(context, GlfwContext)
        orbit = home_orbit(case, stage.app.document.snapshot)
        window = WindowFrontend(context, orbit, seconds, lambda: measured_table(stage))
        size = window.target()
        with (
            recording(stage, record, size.width, size.height) as recorder,
            with_inputs(stage, inputs, window) as frontend,
        ):
            stage.app.run(frontend, recorder)


def show_replay(case: Case, film: Path, session: Path | None, inputs: Inputs) -> None:
    """Off screen, as one eye of the recorded head saw it."""
    assert inputs.replay is not None
    width, height = REPLAY_SIZE
    frames = head_views(inputs.replay, width / height, REPLAY_FOV_RAD)
    preferences, panels = inputs.preferences, inputs.panels
    with open_stage(case, session=session, preferences=preferences, panels=panels) as stage:
        with (
            closing(Canvas(width, height)) as canvas,
            with_inputs(stage, inputs, OffscreenFrontend(canvas, frames)) as frontend,
            VideoWriter(film, width, height, FRAMES_PER_S) as writer,
        ):
            next_s = -math.inf

            def watch(_: object) -> None:
                nonlocal next_s
                if stage.app.time_s >= next_s:
                    writer.write(written_on(stage, canvas.picture()))
                    next_s = max(next_s, stage.app.time_s) + 1 / FRAMES_PER_S

            stage.app.run(frontend, watch)
    say(f"wrote {film}")


def show_offscreen(
    case: Case, beside: Path, session: Path | None, seconds: float, record: Path | None
) -> None:
    """A still and a turntable named after the case, in the folder `beside`."""
    still, film = beside / f"{case.id}.png", record or beside / f"{case.id}.mp4"
    check_place(film)
    render(case, still, Wanted(), progress(), session)
    turn = Wanted(width=960, height=720, is_turntable=True, seconds=seconds)
    render(case, film, turn, progress(), session)
    say(f"wrote {still} and {film}")
