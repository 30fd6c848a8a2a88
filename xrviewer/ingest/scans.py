"""Every scan among the sources, of one person and of the series that was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.uid import UID

from xrviewer.case.volume import Volume
from xrviewer.errors import InputError, UsageError
from xrviewer.ingest.dicom.header import (
    LABEL_MAP_SEGMENTATION,
    SEGMENTATION,
    STRUCTURE_SET,
    Header,
    read_header,
)
from xrviewer.ingest.dicom.series import Series, Stack, series_of
from xrviewer.ingest.dicom.stacks import read_scan
from xrviewer.ingest.face import shows_face
from xrviewer.ingest.identity import are_one
from xrviewer.ingest.stages import Stages
from xrviewer.ingest.volumes import read_volume
from xrviewer.ingest.words import known_words

Tell = Callable[[float, str], None]
ALL_SERIES = "all"
_SEGMENTATIONS = (SEGMENTATION, LABEL_MAP_SEGMENTATION, STRUCTURE_SET)
_FEW = 128
"""Values: a scan has hundreds."""
_HEADS = ("HEAD", "BRAIN", "FACE", "SKULL", "SINUS", "JAW")


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the DICOM files is wanted, and what is put up with."""

    series: str = ""
    """Numbers with commas, "all", or nothing when there is only one."""
    allow_gaps: bool = False
    accept_burned_in: bool = False


@dataclass(frozen=True, slots=True)
class Headers:
    """DICOM files that could be read, by what they are."""

    images: tuple[Header, ...]
    segmentations: tuple[Header, ...]
    notes: tuple[str, ...]


def read_headers(files: Sequence[Path], tell: Tell) -> Headers:
    """Raises InputError when the files are of two people. A broken file is left out and told."""
    headers: list[Header] = []
    broken: list[InputError] = []
    for number, file in enumerate(files, 1):
        try:
            headers.append(read_header(file))
        except InputError as error:
            broken.append(error)
        tell(number / len(files), "reading headers")
    if files and not headers:
        raise broken[0]
    if not are_one(header.person for header in headers):
        where = files[0].parent
        raise InputError(where, "holds files of more than one patient; import them one by one")
    notes = tuple(f"{e.file}: {e.reason}: left out" for e in broken)
    return Headers(
        images=tuple(h for h in headers if h.sop_class not in _SEGMENTATIONS),
        segmentations=tuple(h for h in headers if h.sop_class in _SEGMENTATIONS),
        notes=notes,
    )


def scans_of(
    headers: Headers, choice: Choice, tell: Tell, stages: Stages | None = None
) -> tuple[list[Volume], list[str]]:
    """As `dicom_scans`; where that fails, the files that could not be read may be why."""
    try:
        return dicom_scans(headers.images, choice, tell, stages)
    except InputError as error:
        if not headers.notes:
            raise
        more = f", and {len(headers.notes) - 1} more" if len(headers.notes) > 1 else ""
        raise InputError(error.file, f"{error.reason} ({headers.notes[0]}{more})") from None


def dicom_scans(
    images: Sequence[Header], choice: Choice, tell: Tell, stages: Stages | None = None
) -> tuple[list[Volume], list[str]]:
    """The volumes of the series that were chosen, and what there is to say about them."""
    stages = stages or Stages()
    if not images:
        return [], []
    chosen, notes = _chosen(images, choice)
    stacks = [stack for series in chosen for stack in series.stacks if len(stack.frames) > 1]
    for series in chosen:
        if series.copies:
            notes.append(f"series {series.number}: {series.copies} files are copies: left out")
    volumes: list[Volume] = []
    for number, stack in enumerate(stacks):
        _check_grey(stack)
        _check_burned_in(stack, choice)
        id = _id(stack.first.modality.lower(), volumes)
        part = _share(tell, number, len(stacks))
        scan = read_scan(stack, id, choice.allow_gaps, part, stages)
        volumes.append(scan.volume)
        notes += [*scan.notes, *_face_notes(scan.volume, stack.label, stack.first.body_part)]
    return volumes, notes


def files_of(images: Sequence[Header], choice: Choice) -> tuple[Path, ...]:
    """The files that `dicom_scans` makes its volumes of."""
    chosen = _chosen(images, choice)[0] if images else []
    stacks = [stack for series in chosen for stack in series.stacks if len(stack.frames) > 1]
    return tuple(dict.fromkeys(frame.path for stack in stacks for frame in stack.frames))


def file_scans(files: Sequence[Path], taken: Sequence[Volume]) -> tuple[list[Volume], list[str]]:
    """NIfTI, NRRD and MetaImage; named by the known words of their file names."""
    volumes: list[Volume] = []
    notes: list[str] = []
    for file in files:
        words = known_words(file.name.split(".")[0])
        name = " ".join(w.upper() if len(w) < 5 else w for w in words) or "Scan"
        id = _id("scan", [*taken, *volumes])
        volume, odd = read_volume(file, id, name)
        volumes.append(volume)
        notes += [*odd, *_label_notes(volume, file), *_face_notes(volume, name, "")]
    return volumes, notes


def _chosen(images: Sequence[Header], choice: Choice) -> tuple[list[Series], list[str]]:
    where = images[0].path.parent
    found = series_of(images)
    usable = [s for s in found if any(len(stack.frames) > 1 for stack in s.stacks)]
    notes = []
    if len(found) > len(usable):
        notes.append(f"{len(found) - len(usable)} series of a single slice: left out")
    if not usable:
        raise _no_scan(images)
    if choice.series and choice.series != ALL_SERIES:
        return _numbered(where, usable, choice.series), notes
    if len(usable) > 1 and choice.series != ALL_SERIES:
        scans = [s for s in usable if not s.stacks[0].first.is_localizer]
        if len(scans) != 1:
            raise UsageError(
                f"{where} holds {len(usable)} series: {_listed(usable)}; choose with "
                f"--series NUMBER[,NUMBER] or --series {ALL_SERIES}"
            )
        notes.append("localizers left out (--series all takes them)")
        usable = scans
    return usable, notes


def _no_scan(images: Sequence[Header]) -> InputError:
    """Says what there is instead; a class of the standard names nobody."""
    where = images[0].path if len(images) == 1 else images[0].path.parent
    kinds = Counter(UID(image.sop_class).name.removesuffix(" Storage") for image in images)
    found = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())[:4])
    reason = f"holds no series of two or more slices, only: {found}"
    return InputError(where, f"{reason}; give the folder with all slices, that say where they lie")


def _numbered(where: Path, usable: Sequence[Series], wanted: str) -> list[Series]:
    """By series number; where two have the same, by their place in the list: 3.1, 3.2."""
    by_name = dict(zip(_names(usable), usable, strict=True))
    chosen = []
    for word in wanted.split(","):
        if word.strip() not in by_name:
            raise UsageError(f"{where} has no series {word.strip()!r}: {_listed(usable)}")
        chosen.append(by_name[word.strip()])
    return chosen


def _names(found: Sequence[Series]) -> list[str]:
    numbers = [series.number for series in found]
    return [
        str(n) if numbers.count(n) == 1 else f"{n}.{numbers[: i + 1].count(n)}"
        for i, n in enumerate(numbers)
    ]


def _listed(found: Sequence[Series]) -> str:
    rows = zip(_names(found), found, strict=True)
    return ", ".join(f"{name} ({s.stacks[0].label}, {s.slices} slices)" for name, s in rows)


def _check_grey(stack: Stack) -> None:
    if stack.first.samples != 1:
        where = stack.first.path.parent
        raise InputError(where, f"{stack.label} is in colour; a scan has one value a voxel")


def _check_burned_in(stack: Stack, choice: Choice) -> None:
    if stack.first.has_burned_in and not choice.accept_burned_in:
        where = stack.first.path.parent
        raise InputError(
            where, f"{stack.label} may have a name burned into its pixels (--accept-burned-in)"
        )


def _label_notes(volume: Volume, file: Path) -> list[str]:
    """A file does not say whether its numbers are greys or names."""
    values = np.zeros(0)
    for plane in volume.voxels[::2, ::2].T:
        values = np.union1d(values, plane)
        if len(values) > _FEW:  # within the first planes of a scan
            return []
    if len(values) < 2 or values[0] != 0 or not np.array_equal(values, np.round(values)):
        return []
    return [
        f"{file.name} holds as few values as a segmentation does, and is taken for a scan; for "
        "surfaces of it: --segmentation"
    ]


def _face_notes(volume: Volume, name: str, body_part: str) -> list[str]:
    """A header that says another part is believed; one that says nothing is not."""
    is_head = any(part in body_part for part in _HEADS)
    if (body_part and not is_head) or not shows_face(volume, is_head):
        return []
    return [f"{name} shows a head: a face can be made out of it; deface it before sharing"]


def _share(tell: Tell, number: int, count: int) -> Callable[[float], None]:
    return lambda part: tell((number + part) / count, "reading the scan")


def _id(stem: str, taken: Sequence[Volume]) -> str:
    used = sum(volume.id == stem or volume.id.startswith(f"{stem}-") for volume in taken)
    return stem if not used else f"{stem}-{used + 1}"
