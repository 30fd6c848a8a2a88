"""`xrviewer open`: the case, in the best place this machine has."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from xrviewer.capture.place import check_place
from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.commands.capturing import Capturer, captures_folder
from xrviewer.commands.choices import Display, Mirror
from xrviewer.commands.inputs import Inputs, chosen_inputs, session_of, with_inputs
from xrviewer.commands.printing import complain, progress, say
from xrviewer.commands.recording import Filming, all_of, recording
from xrviewer.commands.render import TURNTABLE_S, Wanted, render
from xrviewer.commands.replaying import FILM_SIZE, film_replay
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
from xrviewer.frontends.openxr.probe import headset_runtime
from xrviewer.frontends.openxr.session import Options
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext


def show(
    path: Path,
    beside: Path,
    display: Display,
    session: Path | None,
    seconds: float | None,
    film: Filming,
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
    inputs = chosen_inputs(case, record_input, replay_input, panels)
    tool, captures = tool or inputs.tool, captures_folder(path)
    inputs = replace(inputs, tool=tool, session=session, captures=captures)
    if inputs.replay is not None and film.file is not None and display is Display.AUTO:
        display = Display.OFFSCREEN  # what is wanted is the film: any size, as fast as it goes
    chosen = choose_display(display)
    if chosen is Display.HEADSET:
        options = headset or Options()
        with session_of(inputs) as kept:
            show_headset(case, kept, seconds, options, json, inputs, mirror, film)
    elif chosen is Display.WINDOW:
        with session_of(inputs) as kept:
            show_window(case, kept, seconds, film, inputs)
    elif inputs.replay is not None:
        out = film.file or beside / f"{case.id}.mp4"
        film_replay(case, out, inputs, film.size or FILM_SIZE, film.camera)
    else:
        if record_input is not None:
            complain(f"off screen there are no hands: {record_input} is not written")
        show_offscreen(case, beside, session, seconds or TURNTABLE_S, film, tool)


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
    case: Case, session: Path | None, seconds: float | None, film: Filming, inputs: Inputs
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
            recording(stage, film, size.width, size.height) as recorder,
            with_inputs(stage, inputs, window) as frontend,
            closing(Capturer(stage, inputs.captures, frontend.pulse, preferences)) as capturer,
        ):
            capturer.go_with(recorder, film)
            stage.app.run(frontend, all_of(capturer, recorder))


def show_offscreen(
    case: Case,
    beside: Path,
    session: Path | None,
    seconds: float,
    wanted: Filming,
    tool: str | None = None,
) -> None:
    """A still and a turntable named after the case, in the folder `beside`."""
    still, film = beside / f"{case.id}.png", wanted.file or beside / f"{case.id}.mp4"
    if wanted.has_voice:
        complain("off screen nobody speaks: --narrate is left out, the film is silent")
    check_place(film)
    render(case, still, Wanted(tool=tool), progress(), session, is_kept=True)
    turn = Wanted(width=960, height=720, is_turntable=True, seconds=seconds)
    render(case, film, turn, progress(), session)
    say(f"wrote {still} and {film}")
