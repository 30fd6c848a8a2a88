"""What a cut takes away, and the faces that it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import frozen
from xrviewer.document.planes import Cut, CutKind, CutShape
from xrviewer.spatial.planes import Plane, dot, plus, scaled
from xrviewer.spatial.transforms import Vec3, rotated

MAX_CUTS = 8
_AXES: tuple[Vec3, Vec3, Vec3] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def visible_cuts(cuts: Iterable[Cut]) -> list[Cut]:
    """In the order of their numbers; what is beyond MAX_CUTS does not cut."""
    return [cut for cut in cuts if cut.is_visible][:MAX_CUTS]


def is_cut_away(point_mm: Vec3, layer: str, cuts: Iterable[Cut]) -> bool:
    """Whether a point of a layer's surface is gone."""
    return any(layer not in cut.exempt and _takes(cut.shape, point_mm) for cut in cuts)


def sides_of(shape: CutShape) -> Iterator[tuple[Plane, tuple[float, float] | None]]:
    """Each with half its size, None where it has no end. Normals point to what was taken away."""
    x, y, z = (rotated(shape.rotation_xyzw, axis) for axis in _AXES)
    if shape.kind is CutKind.PLANE:
        yield Plane(shape.position_mm, z, x), None
        return
    hx, hy, hz = shape.half_size_mm
    sides = ((x, y, hx, (hy, hz)), (y, z, hy, (hz, hx)), (z, x, hz, (hx, hy)))
    for normal, across, off, half in sides:
        for sign in (1.0, -1.0):
            middle = plus(shape.position_mm, scaled(normal, sign * off))
            yield Plane(middle, scaled(normal, -sign), across), half


@lru_cache(maxsize=64)
def cut_from_case(shape: CutShape) -> NDArray[np.float64]:
    """(3, 4): of a plane millimetres over it, of a box shares of its half size."""
    axes = [rotated(shape.rotation_xyzw, axis) for axis in _AXES]
    sizes = shape.half_size_mm if shape.kind is CutKind.BOX else (1.0, 1.0, 1.0)
    made = [
        (*scaled(axis, 1 / size), -dot(axis, shape.position_mm) / size)
        for axis, size in zip(axes, sizes, strict=True)
    ]
    return frozen(np.array(made))


def _takes(shape: CutShape, point_mm: Vec3) -> bool:
    x, y, z = (cut_from_case(shape) @ (*point_mm, 1.0)).tolist()
    return bool(z > 0 if shape.kind is CutKind.PLANE else max(abs(x), abs(y), abs(z)) < 1)
