"""`xrviewer import` and `xrviewer find`: their words, and what they hand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from xrviewer.commands import import_words, printing
from xrviewer.commands.words import Json

if TYPE_CHECKING:
    from xrviewer.commands.bring import Brought  # which imports every reader there is
    from xrviewer.ingest.pipeline import Wanted


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
    own_aet: import_words.OwnAet = "XRVIEWER",
    move_port: import_words.MovePort = 0,
    json: Json = False,
) -> None:
    """Make a case of scans and segmentations, without who they are of.

    Example: xrviewer import DICOM/ --segmentation labels.nrrd --out knee
    From an archive: xrviewer import pacs://ARCHIVE@pacs.example:104/STUDY-UID --out knee
    """
    from xrviewer.commands.bring import FollowUp, bring
    from xrviewer.ingest.pipeline import HEADSETS
    from xrviewer.ingest.scans import Choice

    wanted = replace(
        _wanted(sources or (), segmentation or (), own_aet, move_port),
        labels=labels,
        title=title,
        timepoint=timepoint or "Baseline",
        units=units,
        triangles=HEADSETS[headset],
        choice=Choice(series, allow_gaps, accept_burned_in),
    )
    follow_up = FollowUp(bool(timepoint), day, accept_mismatch)
    _tell(bring(wanted, out, follow_up, printing.progress()), json)


def _wanted(
    sources: Sequence[str], segmentations: Sequence[Path], own_aet: str, move_port: int
) -> Wanted:
    from xrviewer.ingest.pipeline import Wanted
    from xrviewer.ingest.servers.fetch import Caller, addresses_of, paths_of

    return Wanted(
        sources=paths_of(sources),
        addresses=addresses_of(sources),
        caller=Caller(own_aet, move_port),
        segmentations=tuple(segmentations),
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

    Example: xrviewer find pacs://ARCHIVE@pacs.example:104 --patient 4711
    """
    from xrviewer.commands.find import find as run_find
    from xrviewer.commands.find import lines
    from xrviewer.ingest.servers.fetch import Caller
    from xrviewer.ingest.servers.rows import Query

    rows = run_find(server, Query(patient, date, modality), Caller(own_aet))
    printing.as_json({"found": rows}) if json else typer.echo("\n".join(lines(rows)))
