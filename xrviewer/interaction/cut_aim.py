"""Where a hand points at the face that a cut has left of a structure."""

from __future__ import annotations

from collections.abc import Iterator

from xrviewer.case.volume import Volume
from xrviewer.document.cut_faces import is_cut_away, sides_of, visible_cuts
from xrviewer.document.planes import Cut
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.aiming import Pick
from xrviewer.interaction.slice_aim import OnPicture
from xrviewer.interaction.slicing import volumes_of
from xrviewer.interaction.world import World
from xrviewer.spatial.planes import Plane, dot, less, plus, scaled
from xrviewer.spatial.rays import Ray
from xrviewer.spatial.transforms import Vec3

_LEVEL = 1e-6
"""Cosine below which a ray runs along a face."""
_BEHIND_MM = 1e-3
_MOST_SURFACES = 24
"""Behind a face, until it is known what it was cut of."""


def face_met(ray: Ray, snapshot: Snapshot, world: World, pick: Pick) -> OnPicture | None:
    """The first face along the ray. pick: of what the cuts have left."""
    found: list[OnPicture] = []
    for cut, plane, half_mm in _sides(snapshot):
        steep = dot(ray.direction, plane.normal)
        away_mm = -plane.distance_mm(ray.origin) / steep if steep < -_LEVEL else -1.0
        if away_mm > 0:
            at = plus(ray.origin, scaled(ray.direction, away_mm))
            asked = Ray(at, ray.direction)
            if _is_on(at, plane, half_mm) and _is_left(asked, cut, snapshot, world, pick):
                found.append(_picture(at, plane, cut, away_mm, snapshot, world))
    return min(found, key=lambda one: one.distance_mm, default=None)


def face_touched(
    tip_mm: Vec3, within_mm: float, snapshot: Snapshot, world: World, pick: Pick
) -> OnPicture | None:
    """The nearest face straight before a fingertip."""
    found: list[OnPicture] = []
    for cut, plane, half_mm in _sides(snapshot):
        over_mm = plane.distance_mm(tip_mm)
        if abs(over_mm) <= within_mm:
            at = less(tip_mm, scaled(plane.normal, over_mm))
            asked = Ray(at, scaled(plane.normal, -1.0))
            if _is_on(at, plane, half_mm) and _is_left(asked, cut, snapshot, world, pick):
                found.append(_picture(at, plane, cut, abs(over_mm), snapshot, world))
    return min(found, key=lambda one: one.distance_mm, default=None)


def _sides(snapshot: Snapshot) -> Iterator[tuple[Cut, Plane, tuple[float, float] | None]]:
    for cut in visible_cuts(snapshot.cuts.values()):
        for plane, half_mm in sides_of(cut.shape):
            yield cut, plane, half_mm


def _is_on(at_mm: Vec3, plane: Plane, half_mm: tuple[float, float] | None) -> bool:
    if half_mm is None:
        return True
    off = less(at_mm, plane.point_mm)
    return abs(dot(off, plane.across)) <= half_mm[0] and abs(dot(off, plane.along)) <= half_mm[1]


def _is_left(ray: Ray, cut: Cut, snapshot: Snapshot, world: World, pick: Pick) -> bool:
    """Whether the point of a side that a ray goes inwards from lies within a structure that was
    cut there, and none of the other cuts took it: from within, one comes out of a structure that
    one has not gone into."""
    others = [other for other in visible_cuts(snapshot.cuts.values()) if other is not cut]
    at_mm, inwards = ray.origin, ray.direction
    entered: set[int] = set()
    start = plus(at_mm, scaled(inwards, _BEHIND_MM))
    for _ in range(_MOST_SURFACES):
        hit = pick(Ray(start, inwards))
        if hit is None:
            return False
        layer = world.layer_of(hit.part, snapshot)
        is_out = dot(hit.normal, inwards) > 0 and world.is_closed(hit.part, snapshot)
        if is_out and hit.part not in entered and layer not in cut.exempt:
            if not is_cut_away(at_mm, layer, others):
                return True
        entered ^= {hit.part}
        start = plus(hit.point_mm, scaled(inwards, _BEHIND_MM))
    return False


def _picture(
    at_mm: Vec3, plane: Plane, cut: Cut, away_mm: float, snapshot: Snapshot, world: World
) -> OnPicture:
    """Edges are those of parts at home: what was moved was cut elsewhere than it was scanned."""
    spared = (*cut.exempt, *world.moved_layers(snapshot))
    volume = _volume_of(cut, snapshot, world)
    nowhere = (0.0, 0.0, 0.0)
    return OnPicture(volume, at_mm, nowhere, plane.normal, away_mm, plane, spared=spared)


def _volume_of(cut: Cut, snapshot: Snapshot, world: World) -> Volume | None:
    return next((v for v in volumes_of(snapshot, world) if v.id == cut.volume), None)
