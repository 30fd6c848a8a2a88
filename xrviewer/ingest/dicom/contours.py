"""Radiotherapy structure sets: outlines on slices to a label map for every structure."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from xrviewer.case.model import Color
from xrviewer.case.surfaces import frozen
from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import BROKEN, Header, one_line
from xrviewer.ingest.dicom.polygons import between, filled
from xrviewer.ingest.labelmap import LabelMap, Segment
from xrviewer.ingest.words import known_words

Points = NDArray[np.float64]
_SAME_PLANE_MM = 0.05
_FLAT_MM = 0.5
"""How far an outline may bend out of its plane."""
_PIXELS_ACROSS = 400
_PIXEL_MM = (0.1, 1.0)
"""The finest and the coarsest that outlines are drawn with."""
_GAP = 1.5
"""Of the step: planes no further apart are neighbours, and the shape goes on between them."""
_ALONE_MM = 2.0
"""The thickness of a structure with one outline, where no scan tells its own."""
_CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR", "")
_LARGEST_NUMBER = 65535


@dataclass(frozen=True, slots=True)
class _Roi:
    number: int
    segment: Segment
    outlines: tuple[Points, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Maps of a structure set, and what was left out of them."""

    maps: tuple[LabelMap, ...]
    notes: tuple[str, ...]


def read_contours(header: Header, images: Sequence[Header]) -> Drawn:
    """images: the scans beside it; where they are of one plane they tell its axes and step."""
    maps, notes = [], []
    axes, step_mm = _scanned(images)
    for roi in _read(header):
        name = " ".join(known_words(roi.segment.name)) or f"structure {roi.number}"
        if not roi.outlines:
            notes.append(f"{name}: has no closed outline: left out")
            continue
        try:
            maps.append(_map(roi, axes, step_mm))
        except ValueError as error:
            notes.append(f"{name}: {error}: left out")
    if not maps:
        reason = f"; {notes[0]}" if notes else ""
        raise InputError(header.path, f"is a structure set without any outline to fill{reason}")
    return Drawn(tuple(maps), tuple(notes))


def _read(header: Header) -> tuple[_Roi, ...]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(_rois(pydicom.dcmread(header.path, force=True)))
    except BROKEN as error:
        reason = f"is a structure set that cannot be read: {one_line(error)}"
        raise InputError(header.path, reason) from None


def _rois(stored: Dataset) -> Iterator[_Roi]:
    names = {int(r.ROINumber): str(r.get("ROIName", "")) for r in stored.StructureSetROISequence}
    for place, item in enumerate(stored.ROIContourSequence, 1):
        number = int(item.ReferencedROINumber)
        color = item.get("ROIDisplayColor")
        segment = Segment(names.get(number, ""), None if color is None else _color(color))
        value = number if 0 < number <= _LARGEST_NUMBER else place
        yield _Roi(value, segment, tuple(_outlines(item)))


def _outlines(item: Dataset) -> Iterator[Points]:
    for contour in item.get("ContourSequence") or ():
        points = np.array([float(v) for v in contour.get("ContourData") or ()]).reshape(-1, 3)
        if not np.isfinite(points).all():
            raise ValueError("an outline has a point that is no number")
        if str(contour.get("ContourGeometricType", "")) in _CLOSED and len(points) >= 3:
            yield points


def _color(stored: Sequence[int]) -> Color:
    red, green, blue = (min(max(int(v), 0), 255) / 255 for v in stored)
    return Color(red, green, blue)


def _scanned(images: Sequence[Header]) -> tuple[Points | None, float]:
    """Rows of the axes of the slices, the normal last; and their distance."""
    frames = [frame for header in images for frame in header.frames]
    if len(frames) < 2:
        return None, _ALONE_MM
    row, column = np.array(frames[0].along_row), np.array(frames[0].along_column)
    axes = np.stack([row, column, np.cross(row, column)])
    along = np.unique(np.round([axes[2] @ frame.position_mm for frame in frames], 2))
    steps = np.diff(along)
    return axes, float(np.median(steps)) if len(steps) else _ALONE_MM


def _map(roi: _Roi, axes: Points | None, alone_mm: float) -> LabelMap:
    """Raises ValueError, in words, for outlines that lie in planes that cross."""
    if axes is None or not _are_flat(roi.outlines, axes):
        axes = _own_axes(max(roi.outlines, key=len))
    if not _are_flat(roi.outlines, axes):
        raise ValueError("is outlined in planes that cross, or bend")
    planes = _planes(roi.outlines, axes)
    depths = np.array(sorted(planes))
    step_mm = float(np.median(np.diff(depths))) if len(depths) > 1 else alone_mm
    low, high = (f([o[:, :2] for p in planes.values() for o in p]) for f in (_low, _high))
    pixel_mm = float(np.clip((high - low).max() / _PIXELS_ACROSS, *_PIXEL_MM))
    columns, rows = (int(n) for n in np.ceil((high - low) / pixel_mm) + 3)
    # Half a pixel: the outermost corners lie between centres, where rounding decides nothing.
    origin = np.array([*(low - pixel_mm / 2), depths[0]])
    masks = {
        depth: filled([(o[:, :2] - origin[:2]) / pixel_mm for o in own], (columns, rows))
        for depth, own in planes.items()
    }
    labels = _stacked(masks, step_mm, roi.number)
    case_from_voxel = np.eye(4)
    case_from_voxel[:3, :3] = axes.T * (pixel_mm, pixel_mm, step_mm)
    case_from_voxel[:3, 3] = origin @ axes
    return LabelMap(frozen(labels), frozen(case_from_voxel), _named(roi))


def _named(roi: _Roi) -> Mapping[int, Segment]:
    return MappingProxyType({roi.number: roi.segment})


def _low(outlines: Sequence[Points]) -> Points:
    return np.asarray(np.concatenate(outlines).min(axis=0))


def _high(outlines: Sequence[Points]) -> Points:
    return np.asarray(np.concatenate(outlines).max(axis=0))


def _are_flat(outlines: Sequence[Points], axes: Points) -> bool:
    return all(np.ptp(outline @ axes[2]) <= _FLAT_MM for outline in outlines)


def _own_axes(outline: Points) -> Points:
    """Of the plane that fits best, with the normal towards the head, the left or the back."""
    _, _, axes = np.linalg.svd(outline - outline.mean(axis=0))
    normal = axes[2] * np.sign(axes[2][np.argmax(np.abs(axes[2]))])
    return np.stack([axes[0], np.cross(normal, axes[0]), normal])


def _planes(outlines: Sequence[Points], axes: Points) -> dict[float, list[Points]]:
    """Outlines in the axes' own frame, by how far along the normal they lie."""
    turned = sorted((o @ axes.T for o in outlines), key=lambda o: float(o[:, 2].mean()))
    planes: dict[float, list[Points]] = {}
    for outline in turned:
        depth = float(outline[:, 2].mean())
        last = next(reversed(planes), None)
        near = last is not None and depth - last <= _SAME_PLANE_MM
        planes.setdefault(last if near and last is not None else depth, []).append(outline)
    return planes


def _stacked(
    masks: Mapping[float, NDArray[np.bool_]], step_mm: float, number: int
) -> NDArray[np.generic]:
    """On even steps. Between neighbours the shape goes on; a wider gap is left open."""
    depths = np.array(sorted(masks))
    count = round(float(depths[-1] - depths[0]) / step_mm) + 1
    shape = (*next(iter(masks.values())).shape, count)
    labels = np.zeros(shape, np.uint8 if number < 256 else np.uint16, order="F")
    for k in range(count):
        labels[:, :, k][_mask_at(masks, depths, depths[0] + k * step_mm, step_mm)] = number
    return labels


def _mask_at(
    masks: Mapping[float, NDArray[np.bool_]], depths: Points, depth: float, step_mm: float
) -> NDArray[np.bool_]:
    nearest = float(depths[np.argmin(np.abs(depths - depth))])
    if abs(nearest - depth) <= 0.1 * step_mm:
        return masks[nearest]
    after = int(np.clip(np.searchsorted(depths, depth), 1, len(depths) - 1))
    below, above = float(depths[after - 1]), float(depths[after])
    if above - below > _GAP * step_mm:
        return np.zeros_like(masks[nearest])
    part = float(np.clip((depth - below) / (above - below), 0, 1))
    return between(masks[below], masks[above], part)
