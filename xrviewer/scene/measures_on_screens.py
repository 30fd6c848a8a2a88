"""Measurements on the screens that show slices beside the anatomy: what lies in a slice's plane."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.volume import Volume
from xrviewer.document.planes import Slice, bend_along
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.flat_measures import FlatMeasures
from xrviewer.scene.slice_rows import Quad
from xrviewer.spatial.bend import shares_beside
from xrviewer.spatial.planes import Plane, less
from xrviewer.spatial.transforms import Vec3

Points = NDArray[np.float64]
_IN_PLACE_MM = 1e-6
_EDGE_ON = 0.25
"""Sine of the angle at which a screen is seen that shows no measurements."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A slice's picture that stands beside its place."""

    plane: Plane
    quad: Quad
    within_mm: float
    """So far from the slice a point still is on it."""
    curve_mm: tuple[Vec3, ...] = ()
    """Of a curved slice, as the next."""
    turn_rad: float = 0.0

    @property
    def shift_mm(self) -> Vec3:
        return less(self.quad[0], self.plane.point_mm)

    def is_edge_on(self, eye_mm: Points) -> bool:
        """Nothing on it can be read then."""
        off = eye_mm - np.array(self.quad[0])
        return bool(abs(off @ self.plane.normal) < _EDGE_ON * np.linalg.norm(off))

    def seen(self, corners_mm: Points) -> tuple[Points, Points]:
        """How far over the slice each lies, and where it is seen on the screen."""
        if not self.curve_mm:
            normal = np.array(self.plane.normal)
            over = (corners_mm - self.plane.point_mm) @ normal
            return over, corners_mm - over[:, None] * normal + np.array(self.shift_mm)
        bend = bend_along(self.curve_mm)
        share, aside, over = shares_beside(bend, corners_mm, self.turn_rad)
        middle, _, half_along = (np.array(part) for part in self.quad)
        shown = middle + (2 * share - 1)[:, None] * half_along
        return over, shown + aside[:, None] * np.array(self.plane.across)


def screens_of(
    frames: Iterable[tuple[str, Quad]], snapshot: Snapshot, volumes: Iterable[Volume]
) -> tuple[Screen, ...]:
    """Of what the frames show. Where a slice is in its place, so are the measurements."""
    by_id = {volume.id: volume for volume in volumes}
    found = []
    for id, quad in frames:
        slice = snapshot.slices.get(id)
        if slice is None or slice.volume not in by_id:
            continue
        within_mm, bent = _within_mm(slice, by_id[slice.volume]), (slice.curve_mm, slice.turn_rad)
        screen = Screen(slice.plane, quad, within_mm, *bent)
        if slice.curve_mm or max(map(abs, screen.shift_mm)) > _IN_PLACE_MM:
            found.append(screen)
    return tuple(found)


def _within_mm(slice: Slice, volume: Volume) -> float:
    """Half of what the slice shows: its slab, and the voxel that it cuts at its thickest."""
    return (max(volume.spacing_mm) + max(slice.slab_mm, 0.0)) / 2


def on_screen(flat: FlatMeasures, corners_mm: Points, screen: Screen) -> FlatMeasures | None:
    """The figures, as far as they lie in the slice: lines that only pass it are a dash or a dot.
    corners_mm: where they are now. None where nothing is on it."""
    over, shown = screen.seen(corners_mm)
    is_on = (np.abs(over) <= screen.within_mm) & _are_within(shown, screen.quad)
    one, other = flat.segments.T
    first, last = _shares(over[one], over[other], screen.within_mm)
    along = shown[other] - shown[one]
    starts, ends = shown[one] + first[:, None] * along, shown[one] + last[:, None] * along
    is_seen = (last > first) & _are_within(starts, screen.quad) & _are_within(ends, screen.quad)
    if not (is_seen.any() or is_on[flat.ends].any()):
        return None
    has_ball = is_on[flat.ends]
    has_text = is_on[flat.at[:, 0]] & is_on[flat.at[:, 1]]
    at = flat.at[has_text]
    count, balls = int(is_seen.sum()), flat.ends[has_ball]
    corners = np.concatenate([starts[is_seen], ends[is_seen], shown[balls], shown])
    numbers = np.arange(count)
    every = 2 * count + len(balls)
    return FlatMeasures(
        corners,
        np.full(len(corners), -1, np.intp),
        np.stack([numbers, numbers + count], axis=1),
        flat.segment_colors[is_seen],
        np.arange(2 * count, every),
        flat.end_colors[has_ball],
        flat.end_radii[has_ball],
        np.where(at >= 0, at + every, -1),
        tuple(text for text, has in zip(flat.texts, has_text, strict=True) if has),
        tuple(color for color, has in zip(flat.text_colors, has_text, strict=True) if has),
    )


def _shares(start: Points, end: Points, within: float) -> tuple[Points, Points]:
    """From where to where a line that goes from one height to another is within the slice."""
    rise = end - start
    rise = np.where(np.abs(rise) < 1e-9, 1e-9, rise)
    one, other = (-within - start) / rise, (within - start) / rise
    return np.clip(np.minimum(one, other), 0, 1), np.clip(np.maximum(one, other), 0, 1)


def _are_within(points: Points, quad: Quad) -> NDArray[np.bool_]:
    middle, *sides = (np.array(part) for part in quad)
    shares = [np.abs((points - middle) @ side) / (side @ side) for side in sides]
    return np.asarray(np.maximum(*shares) <= 1.0)
