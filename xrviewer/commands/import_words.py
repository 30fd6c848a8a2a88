"""The words of `xrviewer import`, with what the help says of each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from xrviewer.commands.words import switch
from xrviewer.ingest.rules import Islands


class Units(StrEnum):
    """Of length."""

    MM = "mm"
    M = "m"


class Headset(StrEnum):
    """The classes of `xrviewer info`."""

    PC = "pc"
    STANDALONE = "standalone"
    GLASSES = "glasses"


READ, MADE, DATE = "What is read", "What is made of it", "A later date"
QUALITY, ELSEWHERE = "Quality", "Archives and cohorts"

Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE...",
        help="DICOM, NIfTI, NRRD, MHA, meshes: files, folders or zips; or a study in an archive.",
    ),
]
Server = Annotated[
    str,
    typer.Argument(
        metavar="SERVER[/STUDY]",
        help="Of DICOM pacs://AET@HOST:PORT or pacs+tls://..., of DICOMweb https://HOST/path.",
    ),
]
PatientNumber = Annotated[
    str, typer.Option("--patient", metavar="ID", help="Of this patient, by the hospital's number.")
]
StudyDates = Annotated[
    str,
    typer.Option("--date", metavar="YYYYMMDD[-YYYYMMDD]", help="Of studies of this day or span."),
]
ModalityOption = Annotated[
    str, typer.Option("--modality", metavar="MR", help="Of this kind: MR, CT, PT, ...")
]
OwnAet = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="AET",
        help="Our own AE title, which the archive has to know.",
        rich_help_panel=ELSEWHERE,
    ),
]
MovePort = Annotated[
    int,
    typer.Option(
        min=0,
        max=65535,
        metavar="PORT",
        help="Have it sent to this port of ours (C-MOVE); 0 fetches it (C-GET).",
        rich_help_panel=ELSEWHERE,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="CASE", help="The case folder to write; of a cohort, the folder of all."),
]
Segmentations = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Labels, SEG or RTSTRUCT to make surfaces of; again for more.",
        rich_help_panel=READ,
    ),
]
Labels = Annotated[
    str,
    typer.Option(
        metavar="FILE",
        autocompletion=lambda: ["knee", "totalsegmentator"],
        help="What labels mean: a labels.json, or knee, totalsegmentator; guessed if not given.",
        rich_help_panel=READ,
    ),
]
TimepointName = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help='What this date is called, as "12 months"; adds it to a case that is there.',
        rich_help_panel=DATE,
    ),
]
Day = Annotated[
    int | None,
    typer.Option(
        min=0,
        metavar="N",
        help="Days since the first scan; from the dates in the files if not given.",
        rich_help_panel=DATE,
    ),
]
AcceptMismatch = Annotated[
    bool,
    switch("--accept-mismatch", help="Though the patient's number differs.", panel=DATE),
]
Title = Annotated[
    str,
    typer.Option(
        metavar="TEXT",
        help="What the case is called; no names of people.",
        rich_help_panel=MADE,
    ),
]
UnitsOption = Annotated[
    Units | None,
    typer.Option(
        help="Of meshes that state none; guessed by size if not given.", rich_help_panel=READ
    ),
]
ForHeadset = Annotated[
    Headset,
    typer.Option(
        "--for", help="The headset whose share of triangles is kept to.", rich_help_panel=MADE
    ),
]
SeriesNumbers = Annotated[
    str,
    typer.Option(
        metavar="N,N",
        help="The DICOM series to take, by number, or: all. Asked for where there are several.",
        rich_help_panel=READ,
    ),
]
AllowGaps = Annotated[
    bool, switch("--allow-gaps", help="Fill in slices that are missing.", panel=READ)
]
AcceptBurnedIn = Annotated[
    bool,
    switch("--accept-burned-in", help="Take pictures that may show a name.", panel=READ),
]
IslandsOption = Annotated[
    Islands,
    typer.Option(
        help="Specks of a segmentation; lesions keep theirs in any case.", rich_help_panel=MADE
    ),
]
AutoSegment = Annotated[
    bool,
    switch(
        "--auto-segment",
        help="Let TotalSegmentator find the structures, where it is installed.",
        panel=READ,
    ),
]
KeepDicom = Annotated[
    bool,
    switch("--keep-dicom", help="Keep the DICOM files in the case, de-identified.", panel=MADE),
]
QcPage = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.html",
        help="Write a page on the quality of scan and surfaces.",
        rich_help_panel=QUALITY,
    ),
]
ProtocolName = Annotated[
    str,
    typer.Option(
        metavar="NAME|FILE.toml",
        autocompletion=lambda: ["oai-dess", "phantom"],
        help="What the scan is held to: oai-dess, phantom, or limits of your own.",
        rich_help_panel=QUALITY,
    ),
]
CohortFile = Annotated[
    Path | None,
    typer.Option(
        metavar="LIST.csv",
        help="Import many, a case a row: out, sources, segmentation, ...",
        rich_help_panel=ELSEWHERE,
    ),
]
Scheduler = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Of a dask cluster; this machine's cores if not given.",
        rich_help_panel=ELSEWHERE,
    ),
]
