"""DICOM Segmentation objects to label maps: binary, fractional, label map; overlaps kept apart."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from xrviewer.case.model import Color
from xrviewer.case.surfaces import frozen
from xrviewer.errors import InputError
from xrviewer.ingest.dicom.geometry import Arrangement, arrange
from xrviewer.ingest.dicom.header import BROKEN, Frame, Header, one_line
from xrviewer.ingest.labelmap import LabelMap, Segment

_LABEL_MAP = "LABELMAP"
_THIN_MM = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class _Object:
    """What of a segmentation object is used."""

    path: Path
    frames: tuple[Frame, ...]
    frame_segments: tuple[int, ...]
    """Of each frame; none where the pixels themselves are the numbers."""
    segments: Mapping[int, Segment]
    masks: NDArray[Any]
    """(frames, rows, columns): numbers of a label map, else whether the segment is there."""


def read_seg(header: Header) -> tuple[LabelMap, ...]:
    """One map where no two segments overlap, else as few as they fit in."""
    found = _read(header)
    grid = _grid(found)
    if not found.frame_segments:
        return (_as_stored(found, grid),)
    return tuple(_packed(found, grid))


def _read(header: Header) -> _Object:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored = pydicom.dcmread(header.path, force=True)
            pixels = np.asarray(stored.pixel_array)
            return _object(header, stored, pixels if pixels.ndim == 3 else pixels[None])
    except (*BROKEN, RuntimeError) as error:
        mend = "; save it again without compression" if isinstance(error, RuntimeError) else ""
        reason = f"is a segmentation that cannot be decoded: {one_line(error)}{mend}"
        raise InputError(header.path, reason) from None


def _object(header: Header, stored: Dataset, pixels: NDArray[Any]) -> _Object:
    kind = str(stored.get("SegmentationType", ""))
    groups = stored.PerFrameFunctionalGroupsSequence
    shared = stored.SharedFunctionalGroupsSequence[0]
    numbers: tuple[int, ...] = ()
    if kind != _LABEL_MAP:
        numbers = tuple(_segment_number(group, shared) for group in groups)
        # A fraction counts from one half of what is stored for a whole.
        whole = int(stored.get("MaximumFractionalValue") or 1) if kind == "FRACTIONAL" else 1
        pixels = pixels.astype(np.uint16) * 2 >= whole
    if not len(header.frames) == len(groups) == len(pixels):
        raise ValueError(f"{len(pixels)} frames, of which {len(header.frames)} say where they lie")
    return _Object(header.path, header.frames, numbers, _segments(stored), pixels)


def _segment_number(group: Dataset, shared: Dataset) -> int:
    source = group if "SegmentIdentificationSequence" in group else shared
    return int(source.SegmentIdentificationSequence[0].ReferencedSegmentNumber)


def _segments(stored: Dataset) -> Mapping[int, Segment]:
    found = {}
    for item in stored.SegmentSequence:
        lab = item.get("RecommendedDisplayCIELabValue")
        color = None if lab is None else _color([int(v) for v in lab])
        found[int(item.SegmentNumber)] = Segment(str(item.get("SegmentLabel", "")), color)
    return MappingProxyType(found)


def _color(stored: Sequence[int]) -> Color:
    """From CIELab as DICOM scales it (PS3.3 C.10.7.1.1) to sRGB, both under D50 and D65 alike:
    the colour is an aid to the eye, and the difference is below what one sees."""
    light = stored[0] / 65535 * 100
    a, b = (v / 65535 * 255 - 128 for v in stored[1:3])
    y = (light + 16) / 116
    cubes = [v**3 if v > 6 / 29 else 3 * (6 / 29) ** 2 * (v - 4 / 29) for v in _around(y, a, b)]
    x, y, z = (c * w for c, w in zip(cubes, (0.9505, 1.0, 1.089), strict=True))
    linear = np.array(
        [
            3.2406 * x - 1.5372 * y - 0.4986 * z,
            -0.9689 * x + 1.8758 * y + 0.0415 * z,
            0.0557 * x - 0.2040 * y + 1.0570 * z,
        ]
    ).clip(0, 1)
    red, green, blue = np.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055
    )
    return Color.from_hex(Color(float(red), float(green), float(blue)).hex())


def _around(y: float, a: float, b: float) -> tuple[float, float, float]:
    return y + a / 500, y, y - b / 200


def _grid(found: _Object) -> Arrangement:
    """Of the places that any frame has. Segments leave empty slices out: that is no fault."""
    first = found.frames[0]
    positions = np.array([frame.position_mm for frame in found.frames])
    row, column = np.array(first.along_row), np.array(first.along_column)
    normal = np.cross(row, column)
    if np.ptp(positions @ normal) < _THIN_MM:
        # A single slice has no step of its own: its neighbour is made up, and stays empty.
        positions = np.vstack([positions, positions[0] + normal * max(first.spacing_mm)])
    try:
        grid = arrange(positions, row, column, first.spacing_mm, np.min)
    except ValueError as error:
        raise InputError(found.path, f"is a segmentation that {error}") from None
    if not grid.is_even or grid.lean != (0.0, 0.0):
        raise InputError(
            found.path, "is a segmentation whose slices lie at uneven or tilted places"
        )
    return grid


def _places(found: _Object, grid: Arrangement) -> NDArray[np.int64]:
    """The slice of the grid that each frame lies in."""
    positions = np.array([frame.position_mm for frame in found.frames])
    voxel = (positions - grid.case_from_voxel[:3, 3]) @ np.linalg.inv(
        grid.case_from_voxel[:3, :3]
    ).T
    return np.asarray(np.rint(voxel[:, 2]), np.int64)


def _empty(found: _Object, grid: Arrangement, dtype: Any) -> NDArray[Any]:
    rows, columns = found.masks.shape[1:]
    return np.zeros((columns, rows, grid.count), dtype, order="F")


def _as_stored(found: _Object, grid: Arrangement) -> LabelMap:
    labels = _empty(found, grid, np.uint8 if found.masks.max() < 256 else np.uint16)
    for k, numbers in zip(_places(found, grid), found.masks, strict=True):
        labels[:, :, k] = numbers.T
    return LabelMap(frozen(labels), frozen(grid.case_from_voxel), found.segments)


def _packed(found: _Object, grid: Arrangement) -> Iterator[LabelMap]:
    """Each segment goes into the first map in which nothing lies where it lies."""
    dtype = np.uint8 if max(found.frame_segments) < 256 else np.uint16
    places = _places(found, grid)
    frames: dict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(found.frame_segments):
        frames[number].append(index)
    maps: list[NDArray[Any]] = []
    for number, own in sorted(frames.items()):
        target = next((m for m in maps if _is_free(m, found, places, own)), None)
        if target is None:
            target = _empty(found, grid, dtype)
            maps.append(target)
        for index in own:
            target[:, :, places[index]][found.masks[index].T] = number
    for labels in maps:
        yield LabelMap(frozen(labels), frozen(grid.case_from_voxel), found.segments)


def _is_free(
    labels: NDArray[Any], found: _Object, places: NDArray[np.int64], own: Sequence[int]
) -> bool:
    return not any(labels[:, :, places[i]][found.masks[i].T].any() for i in own)
