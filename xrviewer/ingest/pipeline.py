"""Sources to a case: find, read, name, surface, put together."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xrviewer import __version__
from xrviewer.case.grouping import grouped
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.case.upright import TURNED, lps_from_file, turned
from xrviewer.case.volume import Volume
from xrviewer.caseio.info import HEADSET_CLASSES
from xrviewer.errors import InputError, UsageError
from xrviewer.ingest.anatomy import from_labels, mesh_arrays, unique
from xrviewer.ingest.autosegment import command as auto_segment_command
from xrviewer.ingest.followup import Visit
from xrviewer.ingest.identity import Person
from xrviewer.ingest.labels import read_labels
from xrviewer.ingest.maps import map_infos, packed_maps
from xrviewer.ingest.meshes import read_structures
from xrviewer.ingest.placing import check_structures
from xrviewer.ingest.resuming import fit_once, segmented
from xrviewer.ingest.rules import Islands
from xrviewer.ingest.scans import Choice, Headers, file_scans, files_of, read_headers, scans_of
from xrviewer.ingest.segmentations import read_maps
from xrviewer.ingest.servers.fetch import Caller
from xrviewer.ingest.sources import find_sources
from xrviewer.ingest.stages import Stages
from xrviewer.ingest.surfaces import prepare
from xrviewer.ingest.thickness import Measured, with_thickness

HEADSETS = {device.id: device.triangles for device in HEADSET_CLASSES}
"""Triangles that each class of headset draws."""
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the case should be made of, in the user's words."""

    sources: tuple[Path, ...]
    segmentations: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()
    """Of studies in an archive; brought here as sources before a case is made."""
    caller: Caller = field(default_factory=Caller)
    labels: str = ""
    """A labels.json, or the name of a convention."""
    title: str = ""
    timepoint: str = "Baseline"
    units: str | None = None
    """Of meshes that state none: "mm" or "m"."""
    triangles: int = HEADSETS["standalone"]
    """The most that the case may have at a date."""
    choice: Choice = field(default_factory=Choice)
    islands: Islands = Islands.DROP
    auto_segment: bool = False
    keep_dicom: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """The case, what the person who made it should know, and what must not be in the case."""

    case: Case
    notes: tuple[str, ...]
    visit: Visit
    dicom: tuple[Path, ...] = ()
    """Files that are to be kept beside the case, as they came."""


def make_case(wanted: Wanted, progress: Progress, stages: Stages | None = None) -> Imported:
    """Raises InputError or UsageError, one clear line, when there is no case to be had."""
    if wanted.auto_segment:
        auto_segment_command()  # raises before anything is read
    if not wanted.sources and not wanted.segmentations:
        raise UsageError("name something to import: a folder of DICOM, a NIfTI, a segmentation")
    stages = stages or Stages()
    stated = read_labels(wanted.labels) if wanted.labels else None
    sources = find_sources(wanted.sources, wanted.segmentations)
    headers = read_headers(sources.dicom, _within(progress, 0.0, 0.1))
    if sources.labels or headers.segmentations:
        prepare()
    volumes, notes = scans_of(headers, wanted.choice, _within(progress, 0.1, 0.5), stages)
    more, odd = file_scans(sources.volumes, volumes)
    volumes += more
    drawn = read_maps(headers, sources.labels, volumes)
    maps = list(drawn.maps)
    if wanted.auto_segment:
        maps.append(segmented(volumes, stages, _within(progress, 0.2, 0.5)))
    anatomy = from_labels(maps, stated, _within(progress, 0.5, 0.8), wanted.islands, stages)
    structures, guesses = read_structures(sources.meshes, wanted.units)
    apart = check_structures(structures, volumes)
    parts = unique([*anatomy.parts, *structures])
    if not volumes and not parts:
        where = (wanted.sources + wanted.segmentations)[0]
        raise InputError(where, "holds no scan and no structure to make a case of")
    fitted = fit_once(parts, wanted.triangles, stages, _within(progress, 0.8, 0.9))
    measured = with_thickness(fitted.parts, maps, stated, _within(progress, 0.9, 0.95))
    case = _case(wanted, volumes, measured, (*anatomy.provenance, *fitted.provenance))
    said = *sources.notes, *headers.notes, *notes, *odd, *drawn.notes, *anatomy.notes
    kept = _dicom_of(headers, wanted.choice) if wanted.keep_dicom else ()
    return Imported(case, (*said, *guesses, *apart), _visit(headers), kept)


def _dicom_of(headers: Headers, choice: Choice) -> tuple[Path, ...]:
    drawn = (header.path for header in headers.segmentations)
    return (*files_of(headers.images, choice), *drawn)


def _visit(headers: Headers) -> Visit:
    """The first that states a number stands for all: they were found to be of one person."""
    every = (*headers.images, *headers.segmentations)
    people = [header.person for header in every if header.person.id]
    dates = sorted(header.date for header in every if header.date is not None)
    return Visit(people[0] if people else Person(), dates[0] if dates else None)


def _case(
    wanted: Wanted, volumes: Sequence[Volume], measured: Measured, made: Sequence[str]
) -> Case:
    """Random ids: nothing in the case leads back to where it came from."""
    parts = measured.parts
    layers, groups = grouped([part.layer for part in parts], ())
    surfaces = pack_parts([mesh_arrays(part) for part in parts], packed_maps(parts))
    # What lies in a scan's frame is held by the scan.
    turn = None if volumes else lps_from_file(layers, surfaces)
    if turn is not None:
        surfaces, made = turned(surfaces, turn), (*made, TURNED)
    timepoint = Timepoint("t0", wanted.timepoint, 0, surfaces, tuple(volumes))
    return Case(
        id=f"case-{secrets.token_hex(5)}",
        title=wanted.title or "Imported case",
        layers=layers,
        timepoints=(timepoint,),
        groups=groups,
        maps=map_infos(parts, measured.infos),
        provenance=(
            f"Imported by xrviewer {__version__}; identifiers were left behind.",
            *made,
        ),
    )


def _within(progress: Progress, low: float, high: float) -> Progress:
    return lambda fraction, text: progress(low + (high - low) * fraction, text)
