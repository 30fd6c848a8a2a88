"""Where a hand that measures points: on a surface, in the frame of the part as it lies at home, or
on what a slice or the face of a cut shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from xrviewer.analysis.figures import half_diagonal_mm
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.aiming import Pick, case_ray, less, plus, room_from_case
from xrviewer.interaction.bare import INDEX_TIP, THUMB_TIP
from xrviewer.interaction.cut_aim import face_met, face_touched
from xrviewer.interaction.input import Hand
from xrviewer.interaction.measure_kinds import REFINED, WANTED, kind_of, lesion_of
from xrviewer.interaction.slice_aim import OnPicture, has_slices, slice_met, slice_touched
from xrviewer.interaction.world import World
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import (
    Placement,
    Pose,
    Quat,
    Vec3,
    normalized,
    reversed_rotation,
    rotated,
)

TOUCH_M = 0.10
"""A bare hand that is nearer to a surface touches it: its ray would tremble more than it does."""
SNAP_M = 0.002
"""In the room: a corner of the surface that is so near takes the point. Where corners lie closer
together than twice that the eye cannot tell them apart, and none does. On a slice it is the nearest
point of an outline that takes it."""

Touch = Callable[[Vec3], Hit | None]
"""The point of all visible surfaces that is nearest to a point of the case."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on a part as that lies at home, or on a picture: where it is in the patient."""

    point_mm: Vec3
    normal: Vec3
    layer: str
    """Empty on a picture: it belongs to no part."""
    part: int
    """-1 on a picture."""
    input_mm: float = 0.0
    """How far off the device may have placed it."""
    voxel_mm: float = 0.0
    """Half the diagonal of a voxel of the scan that it was placed on."""
    shift_mm: Vec3 = (0.0, 0.0, 0.0)
    """To where it is seen, on the screen of a slice."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """All that a measuring hand may ask in one frame."""

    snapshot: Snapshot
    world: World
    model: Placement
    """Where it is held or rests."""
    pick: Pick
    touch: Touch | None = None
    pointed: Hit | None = None
    """What the pointing hand's own ray met in this frame."""
    pointing: int | None = None

    @property
    def mm_per_m(self) -> float:
        """Of the case, in a metre of the room."""
        return 1.0 / room_from_case(self.model)[1]


def spot_at(hand: Hand, index: int, sight: Sight, start: Hand | None = None) -> Spot | None:
    """start: the hand as it was when it began to hold; from then on it moves finely."""
    seen = hand if start is None else slowed(start, hand)
    hit, met = _touched(seen, sight)
    if hit is None and met is None:
        is_known = start is None and index == sight.pointing
        has_pictures = measures_pictures(sight)
        ray = None if is_known and not has_pictures else case_ray(seen, sight.model)
        hit = sight.pointed if is_known else sight.pick(ray) if ray else None
        met = picture_met(ray, sight) if ray and has_pictures else None
    if met is not None and (hit is None or met.distance_mm < hit.distance_mm):
        return _on_picture(met, sight)
    return None if hit is None else _at_corner(at_home(hit, sight), hit.triangle, sight)


def measures_pictures(sight: Sight) -> bool:
    """Whether there are slices or cuts that the tool in hand takes points of: not one that asks
    for parts."""
    tool = sight.snapshot.tool
    kind = kind_of(tool)
    if kind is None or lesion_of(tool) or WANTED[kind].parts is not None:
        return False
    return has_pictures(sight.snapshot, sight.world)


def has_pictures(snapshot: Snapshot, world: World) -> bool:
    if not (snapshot.all_cuts or snapshot.all_slices):
        return False
    return bool(snapshot.cuts) or has_slices(snapshot, world)


def picture_met(ray: Ray, sight: Sight) -> OnPicture | None:
    """The first slice, screen or face of a cut along a ray of the case."""
    there = slice_met(ray, sight.snapshot, sight.world)
    if not sight.snapshot.cuts:
        return there
    return _nearer(there, face_met(ray, sight.snapshot, sight.world, sight.pick))


def picture_pointed(hands: tuple[Hand, Hand], sight: Sight) -> tuple[int, OnPicture] | None:
    """The hand that points at a picture that no structure is before, and where: of the hand that
    points at a structure, else of the right one, else of the left one."""
    if not has_pictures(sight.snapshot, sight.world):
        return None
    for i in (1, 0) if sight.pointing is None else (sight.pointing,):
        ray = case_ray(hands[i], sight.model)
        met = picture_met(ray, sight) if ray else None
        if met is not None and (not sight.pointed or met.distance_mm < sight.pointed.distance_mm):
            return i, met
    return None


def _nearer(one: OnPicture | None, other: OnPicture | None) -> OnPicture | None:
    both = [met for met in (one, other) if met is not None]
    return min(both, key=lambda met: met.distance_mm, default=None)


def _on_picture(met: OnPicture, sight: Sight) -> Spot:
    """At the edge of a structure where that is near, else where it was pointed at."""
    edge = None
    if met.plane is not None:
        within_mm, hidden = SNAP_M * sight.mm_per_m, met.has_hidden
        where = met.plane, met.point_mm, within_mm, sight.snapshot
        edge = sight.world.edge_near(*where, has_hidden=hidden, spared=met.spared)
    voxel_mm = half_diagonal_mm(met.volume.spacing_mm) if met.volume else 0.0
    return Spot(edge or met.point_mm, met.normal, "", -1, voxel_mm=voxel_mm, shift_mm=met.shift_mm)


def _at_corner(spot: Spot, triangle: int, sight: Sight) -> Spot:
    if triangle < 0:
        return spot
    within_mm = SNAP_M * sight.mm_per_m
    a, b, c = sight.world.corners_of(spot.part, triangle, sight.snapshot)
    away_mm, (x, y, z) = min((math.dist(corner, spot.point_mm), corner) for corner in (a, b, c))
    if (
        away_mm > within_mm
        or min(math.dist(a, b), math.dist(b, c), math.dist(c, a)) < 2 * within_mm
    ):
        return spot
    return replace(spot, point_mm=(x, y, z))


def at_home(hit: Hit, sight: Sight) -> Spot:
    """Taken back from where its part was moved or spread to."""
    layer = sight.world.layer_of(hit.part, sight.snapshot)
    place = sight.world.place_of(layer, sight.snapshot)
    shift = plus(place.position_mm, sight.world.spread_of(hit.part, sight.snapshot))
    back = reversed_rotation(place.rotation_xyzw)
    point = rotated(back, less(hit.point_mm, shift))
    return Spot(point, rotated(back, hit.normal), layer, hit.part)


def slowed(start: Hand, now: Hand) -> Hand:
    """The hand as if it had moved a quarter as far since then."""
    if start.epoch != now.epoch:  # it was lost and found: what it did meanwhile is not known
        return start
    return replace(now, aim=_slowed(start.aim, now.aim), grip=_slowed(start.grip, now.grip))


def _slowed(start: Pose | None, now: Pose | None) -> Pose | None:
    if start is None or now is None or not (start.is_known and now.is_known):
        return start
    x, y, z = (a + (b - a) * REFINED for a, b in zip(start.position_m, now.position_m, strict=True))
    return Pose((x, y, z), _between(start.rotation_xyzw, now.rotation_xyzw))


def _between(start: Quat, now: Quat) -> Quat:
    """A straight way, normalised: off the arc by less than a tenth of a degree up to 60."""
    same = sum(p * q for p, q in zip(start, now, strict=True)) >= 0
    return normalized(
        p + ((q if same else -q) - p) * REFINED for p, q in zip(start, now, strict=True)
    )


def _touched(hand: Hand, sight: Sight) -> tuple[Hit | None, OnPicture | None]:
    """By the fingertips of a bare hand; None where they are not near a surface or a picture."""
    tip = _fingertips(hand)
    if tip is None or sight.touch is None:
        return None, None
    turn, mm = room_from_case(sight.model)
    x, y, z = rotated(reversed_rotation(turn), less(tip, sight.model.position_m))
    at = (x / mm, y / mm, z / mm)
    hit, met = sight.touch(at), None
    if measures_pictures(sight):
        within_mm, shown = TOUCH_M / mm, (sight.snapshot, sight.world)
        met = slice_touched(at, within_mm, *shown)
        met = _nearer(met, face_touched(at, within_mm, *shown, sight.pick))
    return hit if hit is not None and hit.distance_mm * mm <= TOUCH_M else None, met


def _fingertips(hand: Hand) -> Vec3 | None:
    """Between thumb and index. While they pinch it is the grip: the point they closed on."""
    if hand.joints is None:
        return None
    if hand.trigger > 0 and hand.grip is not None:
        return hand.grip.position_m
    x, y, z = ((hand.joints[THUMB_TIP, :3] + hand.joints[INDEX_TIP, :3]) / 2).tolist()
    return (x, y, z) if math.isfinite(x + y + z) else None
