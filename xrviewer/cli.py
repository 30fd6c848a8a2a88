"""The words of the command line, and what becomes of errors. The work is in commands/.

A command imports its work when it is asked for: `check` need not wait for a graphics library.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from xrviewer import __version__
from xrviewer.analysis.terms import Definition
from xrviewer.caseio.check import check_path
from xrviewer.caseio.info import case_info
from xrviewer.caseio.loose import open_path
from xrviewer.commands import import_words, printing, settings
from xrviewer.commands.choices import DemoName, Display, Mirror, check_view
from xrviewer.commands.words import (
    DESK,
    CasePath,
    DisplayOption,
    Json,
    MapId,
    MapRange,
    Passthrough,
    Record,
    RecordInput,
    RenderScale,
    ReplayInput,
    Seconds,
    Session,
    TimepointName,
    Tool,
)
from xrviewer.document.show import read_session, show_session
from xrviewer.errors import InputError, UsageError, XrviewerError
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.cameras import VIEW_NAMES
from xrviewer.words import speak, wished

app = typer.Typer(
    help="Stand inside a scan: segmented anatomy and its MRI at life size. Not for diagnostic use.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
session_app = typer.Typer(help="Look into a saved session.", no_args_is_help=True)
app.add_typer(session_app, name="session")
settings_app = typer.Typer(help="Handedness, comfort, what is shown.", no_args_is_help=True)
app.add_typer(settings_app, name="settings")
measure_app = typer.Typer(help="Numbers from a case.", no_args_is_help=True)
app.add_typer(measure_app, name="measure")

_DEBUG_VARIABLE = "XRVIEWER_DEBUG"
_STOPPED_BY_CTRL_C = 130


@app.command(epilog=DESK)
def demo(
    name: Annotated[DemoName, typer.Argument(help="Which case.")] = DemoName.KNEE,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder to make it in.")
    ] = None,
    display: DisplayOption = Display.AUTO,
    session: Session = None,
    seconds: Seconds = None,
    record_input: RecordInput = None,
) -> None:
    """Make a demo case if it is not there yet, and open it.

    Off screen, it leaves a still and a turntable beside it. Example: xrviewer demo knee --out out
    """
    from xrviewer.commands.demo import make_demo
    from xrviewer.commands.show import show

    case = make_demo(name, out, printing.progress(), printing.say)
    show(case, case.parent, display, session, seconds, None, record_input=record_input)


@app.command("open", epilog=DESK)
def open_case(
    case: CasePath,
    display: DisplayOption = Display.AUTO,
    session: Session = None,
    seconds: Seconds = None,
    record: Record = None,
    render_scale: RenderScale = 1.0,
    passthrough: Passthrough = False,
    mirror: Annotated[
        Mirror, typer.Option(help="The window while the headset is worn; the mouse turns third.")
    ] = Mirror.EYE,
    record_input: RecordInput = None,
    replay_input: ReplayInput = None,
    tool: Tool = None,
    json: Annotated[
        bool, typer.Option("--json", help="At the end, tell how the headset's frames came.")
    ] = False,
) -> None:
    """Open a case in a headset, a window or off screen. Example: xrviewer open knee-demo"""
    from xrviewer.commands.show import show
    from xrviewer.frontends.openxr.session import Options

    headset = Options(render_scale=render_scale, is_passthrough=passthrough)
    beside, hands = Path.cwd(), (record_input, replay_input, tool)
    show(case, beside, display, session, seconds, record, headset, json, *hands, mirror)


@app.command()
def render(
    case: CasePath,
    out: Annotated[Path, typer.Option(metavar="FILE", help="A .png, .jpg or .mp4 to write.")],
    view: Annotated[
        str, typer.Option(callback=check_view, help=f"One of {', '.join(VIEW_NAMES)}.")
    ] = "corner",
    size: Annotated[str, typer.Option(metavar="WxH", help="In pixels.")] = "1280x960",
    turntable: Annotated[bool, typer.Option("--turntable", help="Once around, as a film.")] = False,
    seconds: Annotated[float, typer.Option(min=0.1, help="The turntable's length.")] = 10.0,
    timepoint: TimepointName = None,
    hide: Annotated[str, typer.Option(metavar="ID,ID", help="Structures to leave out.")] = "",
    only: Annotated[str, typer.Option(metavar="ID,ID", help="The only structures to show.")] = "",
    map: MapId = None,
    map_range: MapRange = "",
    steps: Annotated[int, typer.Option(help="Bands of one colour each; 0 is smooth.")] = 0,
    session: Session = None,
) -> None:
    """Make a picture or a turntable. Example: xrviewer render knee-demo --out front.png"""
    from xrviewer.commands.render import Wanted
    from xrviewer.commands.render import render as run_render

    width, height = _size(size)
    if map is None and (map_range or steps):
        raise UsageError("--range and --steps are of a map: name it with --map")
    wanted = Wanted(
        view=view,
        width=width,
        height=height,
        timepoint=timepoint,
        hide=_ids(hide),
        only=_ids(only),
        map=map,
        map_range=_range(map_range) if map_range else None,
        map_steps=steps,
        is_turntable=turntable,
        seconds=seconds,
    )
    run_render(open_path(case), out, wanted, printing.progress(), session)
    printing.say(f"wrote {out}")


@app.command("import")
def import_case(
    out: import_words.Out,
    sources: import_words.Sources = None,
    segmentation: import_words.Segmentations = None,
    labels: import_words.Labels = "",
    timepoint: import_words.TimepointName = "",
    day: import_words.Day = None,
    accept_mismatch: import_words.AcceptMismatch = False,
    units: import_words.UnitsOption = None,
    title: import_words.Title = "",
    headset: import_words.ForHeadset = import_words.Headset.STANDALONE,
    series: import_words.SeriesNumbers = "",
    allow_gaps: import_words.AllowGaps = False,
    accept_burned_in: import_words.AcceptBurnedIn = False,
    json: Json = False,
) -> None:
    """Make a case of scans and segmentations, without who they are of.

    Example: xrviewer import DICOM/ --segmentation labels.nrrd --out knee
    """
    from xrviewer.commands.bring import FollowUp, bring
    from xrviewer.ingest.pipeline import HEADSETS, Wanted
    from xrviewer.ingest.scans import Choice

    wanted = Wanted(
        sources=tuple(sources or ()),
        segmentations=tuple(segmentation or ()),
        labels=labels,
        title=title,
        timepoint=timepoint or "Baseline",
        units=units,
        triangles=HEADSETS[headset],
        choice=Choice(series, allow_gaps, accept_burned_in),
    )
    follow_up = FollowUp(bool(timepoint), day, accept_mismatch)
    brought = bring(wanted, out, follow_up, printing.progress())
    for note in brought.notes:
        printing.complain(note)
    printing.as_json(brought) if json else printing.say(f"wrote {out} in {brought.seconds:g} s")


@app.command()
def check(case: CasePath, json: Json = False) -> None:
    """Check that a case is whole and sound. Example: xrviewer check knee-demo"""
    faults = check_path(case)
    if json:
        printing.as_json({"ok": not faults, "faults": faults})
    elif not faults:
        printing.say(f"{case}: sound")
    else:
        for fault in faults:
            printing.complain(f"{fault.file}: {fault.reason}")
    raise typer.Exit(1 if faults else 0)


@app.command()
def info(case: CasePath, json: Json = False) -> None:
    """Say what a case holds. Example: xrviewer info knee-demo --json"""
    found = open_path(case)
    printing.as_json(case_info(found)) if json else printing.info(case_info(found), found.faults)


@measure_app.command("thickness")
def thickness(
    case: CasePath,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print a table for a spreadsheet.")] = False,
    definition: Annotated[
        Definition,
        typer.Option(help="Along the normal, to the nearest point, or by lines of a potential."),
    ] = Definition.NORMAL,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="INNER:OUTER", help="Two layers; those known if not given."),
    ] = None,
    timepoint: TimepointName = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the map in the case, for every date.")
    ] = False,
    segmentation: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Measure in this label map, not on the surfaces."),
    ] = None,
    labels: import_words.Labels = "",
) -> None:
    """Measure cartilage, region by region. Example: xrviewer measure thickness knee-demo"""
    from xrviewer.commands.measure import Asked, measure_thickness, save_thickness

    if json and csv:
        raise UsageError("choose one of --json and --csv")
    asked = Asked(definition, tuple(pair or ()), timepoint, segmentation, labels)
    found = open_path(case)
    result = measure_thickness(found, asked)
    if save:
        printing.say(save_thickness(case, found, asked))
    show_result = printing.as_json if json else printing.csv if csv else printing.thickness
    show_result(result)


@session_app.command("show")
def show_session_file(
    file: Annotated[Path, typer.Argument(metavar="FILE")], json: Json = False
) -> None:
    """Say where a session stands. Example: xrviewer session show today.jsonl --json"""
    snapshot, notes = read_session(file)
    for note in notes:
        printing.complain(note)
    printing.as_json(show_session(snapshot)) if json else printing.session(show_session(snapshot))


@settings_app.command("show")
def show_settings(json: Json = False) -> None:
    """Say every setting and where the file is."""
    path = settings.settings_path()
    preferences, notes = settings.read_settings(path)
    for note in notes:
        printing.complain(note)
    if json:
        printing.as_json({"file": str(path), "settings": preferences})
    else:
        printing.settings(str(path), preferences)


@settings_app.command("set")
def set_settings(
    assignments: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...")],
    json: Json = False,
) -> None:
    """Change settings. Example: xrviewer settings set left_handed=on text_size=1.5"""
    path = settings.settings_path()
    preferences, notes = settings.read_settings(path)
    for note in notes:
        printing.complain(note)
    for assignment in assignments:
        preferences = settings.changed(preferences, assignment)
    settings.write_settings(path, preferences)
    show_settings(json)


@settings_app.command("reset")
def reset_settings(json: Json = False) -> None:
    """Every setting as it is for a new user."""
    settings.write_settings(settings.settings_path(), Preferences())
    show_settings(json)


@app.command()
def bench(
    case: CasePath,
    json: Json = False,
    frames: Annotated[int, typer.Option(min=20, help="How many to time.")] = 400,
) -> None:
    """Measure loading and drawing on this machine. Example: xrviewer bench knee-demo"""
    from xrviewer.commands.bench import bench as run_bench

    result = run_bench(open_path, case, frames)
    printing.as_json(result) if json else printing.rows(result)


@app.command()
def doctor(json: Json = False) -> None:
    """Say what works on this machine and how to mend the rest. Example: xrviewer doctor"""
    from xrviewer.commands.doctor import diagnose

    diagnosis = diagnose()
    printing.as_json(diagnosis) if json else printing.diagnosis(diagnosis)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"xrviewer {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say it and stop."),
    ] = False,
) -> None:
    speak(wished(settings.usable_settings()[0].language))


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and 16 <= min(int(width), int(height))):
        raise UsageError(f"--size is WIDTHxHEIGHT in pixels, at least 16x16, not {text!r}")
    if max(int(width), int(height)) > 8192:
        raise UsageError(f"--size goes up to 8192x8192, not {text}")
    return int(width), int(height)


def _range(text: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    try:
        return float(low), float(high)
    except ValueError:
        raise UsageError(f"--range is LOW:HIGH, two numbers, not {text!r}") from None


def _ids(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def main() -> None:
    """No traceback reaches a user; XRVIEWER_DEBUG=1 brings it back."""
    try:
        app()
    except Exception as error:
        if os.environ.get(_DEBUG_VARIABLE):
            raise
        sys.exit(_told(error))
    except KeyboardInterrupt:
        sys.exit(_stopped())
    except SystemExit as end:
        if end.code == _STOPPED_BY_CTRL_C:  # the parser took Ctrl-C, and says nothing
            sys.exit(_stopped())
        raise


def _stopped() -> int:
    printing.complain("stopped")
    return _STOPPED_BY_CTRL_C


def _told(error: Exception) -> int:
    """Says it in a line; returns the exit code."""
    if isinstance(error, UsageError):
        printing.complain(str(error))
        return 2
    if isinstance(error, (XrviewerError, InputError)):
        printing.complain(str(error))
    elif isinstance(error, OSError):
        printing.complain(f"{error.filename or 'cannot write'}: {error.strerror or error}")
    else:
        what = f"{type(error).__name__}: {error}"
        printing.complain(
            f"internal error ({what}); {_DEBUG_VARIABLE}=1 shows where; please report it"
        )
    return 1
