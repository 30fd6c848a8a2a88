"""Where a hand points at what a slice shows: on its place, on the screen beside it, or on the
screen where a line through the patient is straightened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from xrviewer.case.volume import Volume
from xrviewer.document.planes import (
    Mode,
    Outlines,
    Slice,
    bend_along,
    curved_half_mm,
    screen_shift_mm,
)
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.slicing import volumes_of
from xrviewer.interaction.world import World
from xrviewer.spatial.bend import place_beside
from xrviewer.spatial.planes import Plane, dot, less, plus, scaled
from xrviewer.spatial.rays import Ray
from xrviewer.spatial.transforms import Vec3

_LEVEL = 1e-6
"""Cosine below which a ray runs along a slice."""


@dataclass(frozen=True, slots=True)
class OnPicture:
    """A place on what shows a scan, or the inside of a structure; case frame."""

    volume: Volume | None
    """The scan that is shown there."""
    point_mm: Vec3
    """In the patient."""
    shift_mm: Vec3
    """From there to where the slice shows it: nothing in its place, else over to its screen."""
    normal: Vec3
    """To whoever points."""
    distance_mm: float
    plane: Plane | None = None
    """In which the edges of structures lie; None where there are none."""
    has_hidden: bool = False
    """Edges of hidden structures too."""
    spared: tuple[str, ...] = ()
    """Layers that have none there."""


def has_slices(snapshot: Snapshot, world: World) -> bool:
    return bool(snapshot.slices) and any(True for _ in _shown(snapshot, world))


def slice_met(ray: Ray, snapshot: Snapshot, world: World) -> OnPicture | None:
    """The first picture along the ray; where a slice shows no voxel there is none."""
    found: list[OnPicture] = []
    for slice, volume in _shown(snapshot, world):
        steep = dot(ray.direction, slice.plane.normal)
        if abs(steep) < _LEVEL:
            continue
        away_mm = -slice.plane.distance_mm(ray.origin) / steep
        if away_mm > 0:
            at = plus(ray.origin, scaled(ray.direction, away_mm))
            found += _pictures_at(at, slice, volume, steep < 0, away_mm)
    return min(found, key=lambda one: one.distance_mm, default=None)


def slice_touched(
    tip_mm: Vec3, within_mm: float, snapshot: Snapshot, world: World
) -> OnPicture | None:
    """The nearest picture straight before or behind a fingertip."""
    found: list[OnPicture] = []
    for slice, volume in _shown(snapshot, world):
        over_mm = slice.plane.distance_mm(tip_mm)
        if abs(over_mm) <= within_mm:
            at = less(tip_mm, scaled(slice.plane.normal, over_mm))
            found += _pictures_at(at, slice, volume, over_mm > 0, abs(over_mm))
    return min(found, key=lambda one: one.distance_mm, default=None)


def _shown(snapshot: Snapshot, world: World) -> Iterator[tuple[Slice, Volume]]:
    if not snapshot.slices:
        return
    volumes = {volume.id: volume for volume in volumes_of(snapshot, world)}
    for slice in snapshot.slices.values():
        if slice.is_visible and slice.volume in volumes:
            yield slice, volumes[slice.volume]


def _pictures_at(
    at_mm: Vec3, slice: Slice, volume: Volume, is_before: bool, away_mm: float
) -> Iterator[OnPicture]:
    """at_mm: in the plane, which the screen stands in as well."""
    plane = slice.plane
    normal = plane.normal if is_before else scaled(plane.normal, -1.0)
    if slice.curve_mm:
        point = _straightened(at_mm, slice)
        if point is not None and volume.holds(point):
            yield OnPicture(volume, point, less(at_mm, point), normal, away_mm)
        return
    half_mm = _half_mm(volume, plane.across, plane.along)
    shifts = [] if slice.mode is Mode.FRAME else [(0.0, 0.0, 0.0)]
    if slice.mode is not Mode.PAINTED:
        shifts.append(screen_shift_mm(plane, half_mm[0]))
    for shift in shifts:
        point = less(at_mm, shift)
        if _is_within(point, plane, half_mm) and volume.holds(point):
            edges = None if slice.outlines is Outlines.NONE else plane
            has_hidden = slice.outlines is Outlines.ALL
            yield OnPicture(volume, point, shift, normal, away_mm, edges, has_hidden)


def _straightened(at_mm: Vec3, slice: Slice) -> Vec3 | None:
    """Where in the patient what the screen of a curved slice shows there is."""
    plane, half_mm = slice.plane, curved_half_mm(slice)
    if not _is_within(at_mm, plane, half_mm):
        return None
    off = less(at_mm, plane.point_mm)
    share = dot(off, plane.along) / half_mm[1] / 2 + 0.5
    bend = bend_along(slice.curve_mm)
    x, y, z = place_beside(bend, share, slice.turn_rad, dot(off, plane.across)).tolist()
    return (x, y, z)


@lru_cache(maxsize=64)
def _half_mm(volume: Volume, across: Vec3, along: Vec3) -> tuple[float, float]:
    return volume.half_extent_mm(across, along)


def _is_within(point_mm: Vec3, plane: Plane, half_mm: tuple[float, float]) -> bool:
    off = less(point_mm, plane.point_mm)
    return abs(dot(off, plane.across)) <= half_mm[0] and abs(dot(off, plane.along)) <= half_mm[1]
