"""`xrviewer open --display headset`: the case in the room."""

from __future__ import annotations

from pathlib import Path

from xrviewer.case.model import Case
from xrviewer.commands.inputs import Inputs, with_inputs
from xrviewer.commands.printing import say
from xrviewer.commands.stage import Stage, can_open_window, home_orbit, open_stage, window_context
from xrviewer.frontends.openxr.frontend import OpenXrFrontend
from xrviewer.frontends.openxr.session import Options
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext, offscreen_context


def show_headset(
    case: Case, session: Path | None, seconds: float | None, options: Options, inputs: Inputs
) -> None:
    """A headset that is not there yet is waited for; the window shows the case meanwhile."""
    has_window = can_open_window() is None
    make = (lambda: window_context(case.title)) if has_window else offscreen_context
    with open_stage(case, make, session, preferences=inputs.preferences) as stage:
        frontend = OpenXrFrontend(options, _desk(stage), say, seconds=seconds)
        try:
            with with_inputs(stage, inputs, frontend) as chosen:
                stage.app.run(chosen)
        finally:
            frontend.close()
            say(f"headset: {frontend.headset.log.line()}")


def _desk(stage: Stage) -> WindowFrontend | None:
    if not isinstance(stage.context, GlfwContext):
        return None
    return WindowFrontend(stage.context, home_orbit(stage.case, stage.app.document.snapshot))
