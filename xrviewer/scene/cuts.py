"""Cuts as plain draw data: what they take away, and the faces they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import frozen
from xrviewer.document.planes import Cut, CutKind, CutShape
from xrviewer.spatial.planes import Plane, dot, less, plus, scaled
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import Vec3, rotated

MAX_CUTS, ROOM_FOR_CUTS = 8, 16
"""A person's; and with those again that open a second date."""
OPEN_BIT = 1 << ROOM_FOR_CUTS
"""Among the bits of the cuts that spare a part: it is no closed surface."""
CUT_DTYPE = np.dtype([("cut_from_case", "f4", (3, 4)), ("is_box", "f4"), ("spare", "f4", 3)])
"""As shaders/lib/cut.glsl reads it."""


@dataclass(frozen=True, slots=True)
class Face:
    """One side of a cut, as far as it can matter."""

    cut: int
    plane: Plane
    """Its normal points to what was taken away."""
    half_mm: tuple[float, float]
    spared: int = 0
    """Bits of the cuts that do not open it: those of the other date."""


@dataclass(frozen=True, slots=True, eq=False)
class ShownCuts:
    """All cuts of a frame."""

    rows: NDArray[Any] = field(default_factory=lambda: NO_ROWS)
    faces: tuple[Face, ...] = ()


NO_ROWS: NDArray[Any] = frozen(np.zeros(0, CUT_DTYPE))
NO_CUTS = ShownCuts()
Bounds = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]


def visible_cuts(cuts: Iterable[Cut]) -> list[Cut]:
    """In the order of their numbers; what is beyond MAX_CUTS does not cut."""
    return [cut for cut in cuts if cut.is_visible][:MAX_CUTS]


def shown_cuts(cuts: list[Cut], bounds_mm: Bounds) -> ShownCuts:
    """bounds_mm: of all that can be cut."""
    if not cuts:
        return NO_CUTS
    rows: NDArray[Any] = np.zeros(len(cuts), CUT_DTYPE)
    for row, cut in zip(rows, cuts, strict=True):
        row["cut_from_case"] = _cut_from_case(cut.shape)
        row["is_box"] = cut.shape.kind is CutKind.BOX
    faces = [face for i, cut in enumerate(cuts) for face in _faces(i, cut.shape, bounds_mm)]
    return ShownCuts(rows, tuple(faces))


def is_cut_away(point_mm: Vec3, layer: str, cuts: Iterable[Cut]) -> bool:
    """Whether a point of a layer's surface is gone."""
    return any(layer not in cut.exempt and _takes(cut.shape, point_mm) for cut in cuts)


def first_left(
    pick: Callable[[Ray], Hit | None], ray: Ray, layers: Sequence[str], cuts: Iterable[Cut]
) -> Hit | None:
    """What the ray meets of what the cuts have left. layers: of each part; case frame, mm."""
    there = [cut for cut in cuts if cut.is_visible]
    gone_mm, start = 0.0, ray.origin
    for _ in range(_MOST_SURFACES):
        hit = pick(Ray(start, ray.direction))
        if hit is None or not is_cut_away(hit.point_mm, layers[hit.part], there):
            return hit and replace(hit, distance_mm=hit.distance_mm + gone_mm)
        gone_mm += hit.distance_mm + _PAST_MM
        x, y, z = (o + gone_mm * d for o, d in zip(ray.origin, ray.direction, strict=True))
        start = (x, y, z)
    return None


_MOST_SURFACES = 64
_PAST_MM = 0.01
"""Beyond a surface that is gone the ray starts again."""


def _takes(shape: CutShape, point_mm: Vec3) -> bool:
    x, y, z = (_cut_from_case(shape) @ (*point_mm, 1.0)).tolist()
    return bool(z > 0 if shape.kind is CutKind.PLANE else max(abs(x), abs(y), abs(z)) < 1)


def _cut_from_case(shape: CutShape) -> NDArray[np.float64]:
    """(3, 4): of a plane millimetres over it, of a box shares of its half size."""
    axes = [rotated(shape.rotation_xyzw, axis) for axis in _AXES]
    sizes = shape.half_size_mm if shape.kind is CutKind.BOX else (1.0, 1.0, 1.0)
    return np.array(
        [
            (*scaled(axis, 1 / size), -dot(axis, shape.position_mm) / size)
            for axis, size in zip(axes, sizes, strict=True)
        ]
    )


_AXES: tuple[Vec3, Vec3, Vec3] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def _faces(number: int, shape: CutShape, bounds_mm: Bounds) -> Iterator[Face]:
    x, y, z = (rotated(shape.rotation_xyzw, axis) for axis in _AXES)
    if shape.kind is CutKind.PLANE:
        low, high = (np.asarray(v, np.float64) for v in bounds_mm)
        cx, cy, cz = ((low + high) / 2).tolist()
        over_mm = dot(z, less((cx, cy, cz), shape.position_mm))
        middle = plus((cx, cy, cz), scaled(z, -over_mm))
        radius_mm = float(np.linalg.norm(high - low)) / 2
        yield Face(number, Plane(middle, z, x), (radius_mm, radius_mm))
        return
    hx, hy, hz = shape.half_size_mm
    sides = ((x, y, hx, (hy, hz)), (y, z, hy, (hz, hx)), (z, x, hz, (hx, hy)))
    for normal, across, off, half in sides:
        for sign in (1.0, -1.0):
            middle = plus(shape.position_mm, scaled(normal, sign * off))
            yield Face(number, Plane(middle, scaled(normal, -sign), across), half)
