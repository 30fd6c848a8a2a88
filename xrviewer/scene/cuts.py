"""Cuts as plain draw data: what they take away, and the faces they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import frozen
from xrviewer.document.cut_faces import MAX_CUTS, cut_from_case, is_cut_away, sides_of
from xrviewer.document.planes import Cut, CutKind, CutShape
from xrviewer.spatial.planes import Plane, less, scaled
from xrviewer.spatial.rays import Hit, Ray

ROOM_FOR_CUTS = 2 * MAX_CUTS
"""A person's, and with those again that open a second date."""
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


def shown_cuts(cuts: list[Cut], bounds_mm: Bounds) -> ShownCuts:
    """bounds_mm: of all that can be cut."""
    if not cuts:
        return NO_CUTS
    rows: NDArray[Any] = np.zeros(len(cuts), CUT_DTYPE)
    for row, cut in zip(rows, cuts, strict=True):
        row["cut_from_case"] = cut_from_case(cut.shape)
        row["is_box"] = cut.shape.kind is CutKind.BOX
    faces = [face for i, cut in enumerate(cuts) for face in _faces(i, cut.shape, bounds_mm)]
    return ShownCuts(rows, tuple(faces))


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


def _faces(number: int, shape: CutShape, bounds_mm: Bounds) -> Iterator[Face]:
    for plane, half in sides_of(shape):
        if half is not None:
            yield Face(number, plane, half)
            continue
        low, high = (np.asarray(v, np.float64) for v in bounds_mm)
        cx, cy, cz = ((low + high) / 2).tolist()
        radius_mm = float(np.linalg.norm(high - low)) / 2
        middle = less((cx, cy, cz), scaled(plane.normal, plane.distance_mm((cx, cy, cz))))
        yield Face(number, Plane(middle, plane.normal, plane.across), (radius_mm, radius_mm))
