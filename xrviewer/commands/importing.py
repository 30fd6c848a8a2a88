"""`xrviewer import`, `find` and `qc`: their words, and what they hand on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from xrviewer.commands import import_words, printing
from xrviewer.commands.words import CasePath, Json, TimepointName
from xrviewer.errors import UsageError
from xrviewer.ingest.rules import Islands

if TYPE_CHECKING:
    from xrviewer.commands.bring import Brought  # which imports every reader there is
    from xrviewer.ingest.pipeline import Wanted


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of one `xrviewer import`."""

    out: Path | None
    sources: list[str] | None
    segmentation: list[Path] | None
    labels: str
    timepoint: str
    day: int | None
    accept_mismatch: bool
    units: import_words.Units | None
    title: str
    headset: import_words.Headset
    series: str
    allow_gaps: bool
    accept_burned_in: bool
    islands: Islands
    auto_segment: bool
    keep_dicom: bool
    qc: Path | None
    protocol: str
    cohort: Path | None
    scheduler: str
    own_aet: str
    move_port: int
    json: bool


def import_case(
    out: import_words.Out = None,
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
    islands: import_words.IslandsOption = Islands.DROP,
    auto_segment: import_words.AutoSegment = False,
    keep_dicom: import_words.KeepDicom = False,
    qc: import_words.QcPage = None,
    protocol: import_words.ProtocolName = "",
    cohort: import_words.CohortFile = None,
    scheduler: import_words.Scheduler = "",
    own_aet: import_words.OwnAet = "XRVIEWER",
    move_port: import_words.MovePort = 0,
    json: Json = False,
) -> None:
    """Make a case of scans and segmentations, without who they are of.

    \b
    Examples:
      xrviewer import DICOM/ --segmentation labels.nrrd --out knee
      xrviewer import later.zip --segmentation later.nrrd --out knee --timepoint "12 months"
      xrviewer import pacs://ARCHIVE@pacs.example:104/STUDY-UID --out knee
      xrviewer import --cohort list.csv --out cases
    """
    asked = Asked(**locals())  # nothing else is local here
    _many(asked) if cohort else _one(asked)


def _one(asked: Asked) -> None:
    from xrviewer.commands.bring import FollowUp, bring
    from xrviewer.commands.quality import check_protocol, write_quality

    if asked.out is None:
        raise UsageError("name the case folder to write: --out CASE")
    check_protocol(asked.protocol)
    follow_up = FollowUp(bool(asked.timepoint), asked.day, asked.accept_mismatch)
    brought = bring(_wanted(asked), asked.out, follow_up, printing.progress())
    _tell(brought, asked.json)
    if asked.qc is not None:
        write_quality(asked.out, asked.protocol, asked.qc)
        printing.say(f"wrote {asked.qc}")


def _many(asked: Asked) -> None:
    """Each row of the list by itself; a case that fails costs the exit code, and no other case."""
    from xrviewer.commands.cohort import import_cohort

    assert asked.cohort is not None
    if asked.sources or asked.segmentation or asked.timepoint or asked.day is not None:
        raise UsageError("--cohort takes its sources and timepoints from the list")
    ended = import_cohort(
        asked.cohort, _wanted(asked), asked.out, asked.scheduler, printing.progress()
    )
    printing.as_json(ended) if asked.json else printing.cohort(ended)
    raise typer.Exit(1 if ended.failed else 0)


def _wanted(asked: Asked) -> Wanted:
    from xrviewer.ingest.pipeline import HEADSETS, Wanted
    from xrviewer.ingest.scans import Choice
    from xrviewer.ingest.servers.fetch import Caller, addresses_of, paths_of

    sources = asked.sources or []
    return Wanted(
        sources=paths_of(sources),
        addresses=addresses_of(sources),
        caller=Caller(asked.own_aet, asked.move_port),
        segmentations=tuple(asked.segmentation or ()),
        labels=asked.labels,
        title=asked.title,
        timepoint=asked.timepoint or "Baseline",
        units=asked.units,
        triangles=HEADSETS[asked.headset],
        choice=Choice(asked.series, asked.allow_gaps, asked.accept_burned_in),
        islands=asked.islands,
        auto_segment=asked.auto_segment,
        keep_dicom=asked.keep_dicom,
    )


def _tell(brought: Brought, as_json: bool) -> None:
    for note in brought.notes:
        printing.complain(note)
    line = f"wrote {brought.out} in {brought.seconds:g} s"
    printing.as_json(brought) if as_json else printing.say(line)


def find(
    server: import_words.Server,
    patient: import_words.PatientNumber = "",
    date: import_words.StudyDates = "",
    modality: import_words.ModalityOption = "",
    own_aet: import_words.OwnAet = "XRVIEWER",
    json: Json = False,
) -> None:
    """List the studies in an archive, or the series of one, to import.

    \b
    Examples:
      xrviewer find pacs://ARCHIVE@pacs.example:104 --patient 4711
      xrviewer find https://pacs.example/dicom-web --date 20240101-20240131 --modality MR
    """
    from xrviewer.commands.find import find as run_find
    from xrviewer.commands.find import lines
    from xrviewer.ingest.servers.fetch import Caller
    from xrviewer.ingest.servers.rows import Query

    rows = run_find(server, Query(patient, date, modality), Caller(own_aet))
    printing.as_json({"found": rows}) if json else typer.echo("\n".join(lines(rows)))


def qc(
    case: CasePath,
    protocol: import_words.ProtocolName = "",
    out: import_words.QcPage = None,
    timepoint: TimepointName = None,
    json: Json = False,
) -> None:
    """Say how good a case's scan and surfaces are.

    The exit code is 1 when a measure is out of the protocol's limits.

    \b
    Examples:
      xrviewer qc knee
      xrviewer qc knee --protocol oai-dess --out quality.html
    """
    from xrviewer.caseio.loose import open_path
    from xrviewer.commands.quality import quality_of, told, write_page

    quality = quality_of(open_path(case), protocol, timepoint)
    if out is not None:
        write_page(quality, out)
        printing.say(f"wrote {out}")
    printing.as_json(told(quality)) if json else printing.quality(told(quality))
    raise typer.Exit(1 if quality.bad else 0)
