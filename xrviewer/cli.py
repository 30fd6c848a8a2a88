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
from xrviewer.analysis.terms import REPEATABILITY_MM
from xrviewer.caseio.check import check_path
from xrviewer.caseio.info import case_info
from xrviewer.caseio.loose import open_path
from xrviewer.commands import (
    importing,
    lesion_words,
    measure_words,
    printing,
    rendering,
    session_words,
    settings,
    settings_words,
)
from xrviewer.commands.choices import Camera, DemoName, Display, Mirror, Preset
from xrviewer.commands.parsing import ids_of, size_of
from xrviewer.commands.words import (
    DESK,
    OPEN,
    CasePath,
    DisplayOption,
    FilmCamera,
    FilmSize,
    FramesJson,
    Json,
    Lock,
    MirrorOption,
    Narrate,
    Passthrough,
    PresetOption,
    Record,
    RecordInput,
    RefreshRate,
    RenderScale,
    Repeatability,
    ReplayInput,
    SaveOption,
    Seconds,
    Session,
    TimepointName,
    Tool,
    switch,
)
from xrviewer.errors import InputError, UsageError, XrviewerError
from xrviewer.words import speak, wished

app = typer.Typer(
    help="Stand inside a scan: segmented anatomy and its MRI at life size. "
    "Not for diagnostic use.\n\nBegin with: xrviewer demo knee",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# How the list of commands is grouped.
_LOOK, _CASE, _NUMBERS = "Look", "Make and check a case", "Numbers"
_TAKE, _MACHINE = "Pictures, reports, files", "This machine"
app.add_typer(session_words.app, name="session", rich_help_panel=_LOOK)
app.add_typer(settings_words.app, name="settings", rich_help_panel=_LOOK)
app.add_typer(measure_words.measure_app, name="measure", rich_help_panel=_NUMBERS)

_DEBUG_VARIABLE = "XRVIEWER_DEBUG"
_STOPPED_BY_CTRL_C = 130


@app.command(epilog=DESK, rich_help_panel=_LOOK)
def demo(
    name: Annotated[DemoName, typer.Argument(help="Which case.")] = DemoName.KNEE,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The folder to make it in; else that of this user's data."
        ),
    ] = None,
    display: DisplayOption = Display.AUTO,
    session: Session = None,
    seconds: Seconds = None,
    record_input: RecordInput = None,
) -> None:
    """Make a demo case if it is not there yet, and open it.

    Off screen, it leaves a still and a turntable beside it.

    \b
    Examples:
      xrviewer demo
      xrviewer demo brain --out out --display window
    """
    from xrviewer.commands.demo import make_demo
    from xrviewer.commands.recording import NO_FILM
    from xrviewer.commands.show import show

    case = make_demo(name, out, printing.progress(), printing.say)
    show(case, case.parent, display, session, seconds, NO_FILM, record_input=record_input)


@app.command("open", help=OPEN, epilog=DESK, rich_help_panel=_LOOK)
def open_case(
    case: CasePath,
    display: DisplayOption = Display.AUTO,
    session: Session = None,
    seconds: Seconds = None,
    record: Record = None,
    render_scale: RenderScale = 1.0,
    refresh_rate: RefreshRate = 90.0,
    passthrough: Passthrough = False,
    mirror: MirrorOption = Mirror.EYE,
    preset: PresetOption = Preset.CLINICIAN,
    lock: Lock = False,
    record_input: RecordInput = None,
    replay_input: ReplayInput = None,
    size: FilmSize = None,
    camera: FilmCamera = Camera.EYE,
    narrate: Narrate = False,
    tool: Tool = None,
    json: FramesJson = False,
) -> None:
    """Open a case in a headset, a window or off screen."""
    from xrviewer.commands.recording import Filming
    from xrviewer.commands.show import show
    from xrviewer.commands.stage import PanelChoice
    from xrviewer.frontends.openxr.session import Options

    headset = Options(render_scale, refresh_rate, passthrough)
    beside, hands = Path.cwd(), (record_input, replay_input, tool)
    panels = PanelChoice(True, lock) if preset is Preset.PATIENT else None
    film = Filming(record, size_of(size) if size else None, camera, narrate)
    asked = display, session, seconds, film, headset, json, *hands, mirror, panels
    show(case, beside, *asked)


app.command(help=rendering.HELP, rich_help_panel=_TAKE)(rendering.render)
app.command("import", rich_help_panel=_CASE)(importing.import_case)
app.command(rich_help_panel=_CASE)(importing.find)
app.command(rich_help_panel=_CASE)(importing.qc)
app.command(rich_help_panel=_NUMBERS)(lesion_words.lesions)


@app.command(rich_help_panel=_CASE)
def check(case: CasePath, json: Json = False) -> None:
    """Check that a case is whole and sound.

    Every fault is a line with its file; the exit code is 1 if there is any.

    \b
    Examples:
      xrviewer check knee-demo
    """
    faults = check_path(case)
    if json:
        printing.as_json({"ok": not faults, "faults": faults})
    elif not faults:
        printing.say(f"{case}: sound")
    else:
        for fault in faults:
            printing.complain(f"{fault.file}: {fault.reason}")
    raise typer.Exit(1 if faults else 0)


@app.command(rich_help_panel=_CASE)
def info(case: CasePath, json: Json = False) -> None:
    """Say what a case holds: structures, scans, maps, dates, and which headsets it fits.

    \b
    Examples:
      xrviewer info knee-demo
      xrviewer info knee-demo --json
    """
    found = open_path(case)
    printing.as_json(case_info(found)) if json else printing.info(case_info(found), found.faults)


@app.command(rich_help_panel=_NUMBERS)
def compare(
    case: CasePath,
    json: Json = False,
    baseline: Annotated[
        str | None, typer.Option(metavar="ID", help="The earlier date; else the first.")
    ] = None,
    followup: Annotated[
        str | None, typer.Option(metavar="ID", help="The later date; else the last.")
    ] = None,
    repeatability: Repeatability = REPEATABILITY_MM,
    session: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With dates moved by hand in this session.")
    ] = None,
    save: SaveOption = False,
) -> None:
    """Say how cartilage changed between two dates, and whether beyond the error.

    \b
    Examples:
      xrviewer compare knee-demo
      xrviewer compare knee-demo --repeatability 0.2 --save
    """
    from xrviewer.commands.compare import Asked, save_change
    from xrviewer.commands.compare import compare as run_compare

    found, asked = open_path(case), Asked(baseline, followup, repeatability, session=session)
    if save:
        result, said = save_change(case, found, asked)
        printing.say(said)
    else:
        result = run_compare(found, asked)
    printing.as_json(result) if json else printing.comparison(result)


@app.command(rich_help_panel=_TAKE)
def report(
    case: CasePath,
    out: Annotated[Path, typer.Option(metavar="FILE", help="A .html or .pdf to write.")],
    session: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="With this session's measurements.")
    ] = None,
    criteria: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|FILE.toml",
            autocompletion=lambda: ["recist-1.1", "mrecist", "volumetric", "cartilage-oai"],
            help="Judge by recist-1.1, mrecist, volumetric, cartilage-oai or rules of your own.",
        ),
    ] = None,
    repeatability: Repeatability = REPEATABILITY_MM,
    pictures: Annotated[bool, switch(help="Pictures of each date and change.")] = True,
    captures: Annotated[bool, switch(help="With the stills kept of the case.")] = True,
    lesions: lesion_words.Masks = "",
    lesion_scans: lesion_words.MaskScans = "",
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Of the pages: en, de; else yours.")
    ] = None,
) -> None:
    """Write what was found and how it changed; every number goes into a CSV beside it.

    \b
    Examples:
      xrviewer report knee-demo --out knee.pdf --criteria cartilage-oai
      xrviewer report knee-demo --out knee.html --session today.jsonl --no-captures
      xrviewer report brain --out brain.html --lesions month0.nii,month6.nii
    """
    from xrviewer.commands.capturing import captures_folder
    from xrviewer.commands.report import Asked
    from xrviewer.commands.report import report as run_report

    masks, scans = lesion_words.masks_of(lesions, lesion_scans)
    kept = captures_folder(case) if captures else None
    found = session, tuple(criteria or ()), repeatability, pictures
    asked = Asked(*found, captures=kept, masks=masks, mask_scans=scans, language=language)
    printing.say(run_report(open_path(case), out, asked, printing.complain))


@app.command("export", rich_help_panel=_TAKE)
def export(
    case: CasePath,
    out: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="Structures: .stl .3mf .ply .glb .nii .seg.dcm; the whole case: .zip; "
            "measurements: .csv .json .mrk.json .dcm",
        ),
    ],
    session: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="As they stand in this session.")
    ] = None,
    timepoint: TimepointName = None,
    only: Annotated[str, typer.Option(metavar="ID,ID", help="These structures alone.")] = "",
    hide: Annotated[str, typer.Option(metavar="ID,ID", help="All but these structures.")] = "",
) -> None:
    """Write structures to print or open elsewhere, measurements, or the whole case.

    \b
    Examples:
      xrviewer export knee-demo --only femur --out femur.3mf
      xrviewer export knee-demo --session today.jsonl --out today.csv
      xrviewer export knee-demo --out knee.zip
    """
    from xrviewer.commands.export import export as run_export

    asked = out, session, timepoint, ids_of(only), ids_of(hide)
    said, notes = run_export(open_path(case), *asked)
    for note in notes:
        printing.complain(note)
    printing.say(said)


@app.command(rich_help_panel=_MACHINE)
def bench(
    case: CasePath,
    json: Json = False,
    frames: Annotated[
        int, typer.Option(min=20, metavar="N", help="How many frames to time.")
    ] = 400,
) -> None:
    """Measure loading and drawing on this machine.

    \b
    Examples:
      xrviewer bench knee-demo
    """
    from xrviewer.commands.bench import bench as run_bench

    result = run_bench(open_path, case, frames)
    printing.as_json(result) if json else printing.rows(result)


@app.command(rich_help_panel=_MACHINE)
def doctor(json: Json = False) -> None:
    """Say what works on this machine and how to mend the rest.

    \b
    Examples:
      xrviewer doctor
      xrviewer doctor --json
    """
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
        typer.Option(
            "--version",
            metavar="",
            callback=_print_version,
            is_eager=True,
            help="Say the version and stop.",
        ),
    ] = False,
) -> None:
    speak(wished(settings.usable_settings()[0].language))


def main() -> None:
    """No traceback reaches a user; XRVIEWER_DEBUG=1 brings it back."""
    try:
        app(prog_name="xrviewer")
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
        printing.give_up_output()
    else:
        what = f"{type(error).__name__}: {error}"
        printing.complain(
            f"internal error ({what}); {_DEBUG_VARIABLE}=1 shows where; please report it"
        )
    return 1
