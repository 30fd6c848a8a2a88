"""The words of `xrviewer import`, with what the help says of each."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

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
        help="pacs://AET@HOST:PORT, pacs+tls://AET@HOST:PORT, or https://HOST/dicom-web.",
    ),
]
PatientNumber = Annotated[str, typer.Option("--patient", metavar="ID", help="The hospital's.")]
StudyDates = Annotated[
    str, typer.Option("--date", metavar="YYYYMMDD[-YYYYMMDD]", help="Of the study.")
]
ModalityOption = Annotated[str, typer.Option("--modality", metavar="MR", help="MR, CT, PT, ...")]
OwnAet = Annotated[
    str, typer.Option("--as", metavar="AET", help="Our own AE title, which the archive knows.")
]
MovePort = Annotated[
    int,
    typer.Option(
        min=0, max=65535, metavar="PORT", help="Have it sent to this port (C-MOVE), not C-GET."
    ),
]
Out = Annotated[
    Path | None, typer.Option(metavar="CASE", help="The case folder to write; of a cohort, of all.")
]
Segmentations = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="Labels to make surfaces of.")
]
Labels = Annotated[
    str, typer.Option(metavar="FILE", help="labels.json, or: knee, totalsegmentator.")
]
TimepointName = Annotated[
    str, typer.Option(metavar="NAME", help="What this date is called; adds it to a case that is.")
]
Day = Annotated[
    int | None, typer.Option(min=0, help="Days since the first scan; from the dates if not given.")
]
AcceptMismatch = Annotated[
    bool, typer.Option("--accept-mismatch", help="Add a date though the patient's number differs.")
]
Title = Annotated[str, typer.Option(help="What the case is called; no names of people.")]
UnitsOption = Annotated[
    Units | None, typer.Option(help="Of meshes that state none; guessed by size if not given.")
]
ForHeadset = Annotated[
    Headset, typer.Option("--for", help="The headset whose share of triangles is kept to.")
]
SeriesNumbers = Annotated[
    str, typer.Option(metavar="N,N", help="The DICOM series to take, or: all.")
]
AllowGaps = Annotated[bool, typer.Option("--allow-gaps", help="Fill in slices that are missing.")]
AcceptBurnedIn = Annotated[
    bool, typer.Option("--accept-burned-in", help="Take pictures that may show a name.")
]
IslandsOption = Annotated[
    Islands, typer.Option(help="Specks of a segmentation; lesions keep theirs in any case.")
]
AutoSegment = Annotated[
    bool, typer.Option("--auto-segment", help="Let TotalSegmentator find the structures.")
]
KeepDicom = Annotated[
    bool,
    typer.Option("--keep-dicom", help="Keep the DICOM files in the case, de-identified."),
]
QcPage = Annotated[
    Path | None, typer.Option(metavar="FILE.html", help="Write a page on the quality of the scan.")
]
ProtocolName = Annotated[
    str, typer.Option(metavar="FILE.toml", help="What the scan is held to: oai-dess, phantom.")
]
CohortFile = Annotated[
    Path | None, typer.Option(metavar="LIST.csv", help="Import many: out, sources, labels a row.")
]
Scheduler = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Of a dask cluster; this machine's cores if not.")
]
