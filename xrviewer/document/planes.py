"""Slices through the scans and cuts through the anatomy, as the document keeps them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from xrviewer.document.registers import Register, Value
from xrviewer.spatial.bend import Bend, bend_of
from xrviewer.spatial.planes import Plane, scaled
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Quat, Vec3

SLICE, CUT = "slice", "cut"
GRAY = "gray"
Window = tuple[float, float]
"""Centre and width, in the volume's values."""


class Mode(StrEnum):
    """Where a slice is seen."""

    PAINTED = "painted"
    """In its place within the anatomy."""
    FRAME = "frame"
    """On a screen beside the frame that marks its place."""
    BOTH = "both"


class Projection(StrEnum):
    """What a slab shows of the values across it."""

    MEAN = "mean"
    MAX = "max"
    MIN = "min"


class Filter(StrEnum):
    """How values between voxels are made."""

    LINEAR = "linear"
    CUBIC = "cubic"


class Outlines(StrEnum):
    """The structures whose edges are drawn on a slice."""

    NONE = "none"
    SHOWN = "shown"
    """Those that are seen, solid or as ghosts."""
    ALL = "all"
    """Hidden ones too."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """A second volume laid over the first."""

    volume: str
    share: float = 0.5
    """0 shows the first alone, 1 the second alone."""
    window: Window | None = None
    colors: str = GRAY


_PLANE_AT_ORIGIN = Plane((0.0, 0.0, 0.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Slice:
    """One plane through one volume."""

    volume: str = ""
    plane: Plane = _PLANE_AT_ORIGIN
    mode: Mode = Mode.BOTH
    slab_mm: float = 0.0
    projection: Projection = Projection.MEAN
    window: Window | None = None
    """None for what the data says."""
    colors: str = GRAY
    filter: Filter = Filter.LINEAR
    fusion: Fusion | None = None
    outlines: Outlines = Outlines.SHOWN
    curve_mm: tuple[Vec3, ...] = ()
    """The line that a curved slice follows, straightened upwards on its screen; case frame. Its
    plane is where the screen stands. Nothing for a flat one."""
    turn_rad: float = 0.0
    """Of a curved slice, about its line."""
    is_visible: bool = True
    is_there: bool = False
    """False once it was removed, or its making undone."""


class CutKind(StrEnum):
    PLANE = "plane"
    """Takes away all that lies on the side its normal points to."""
    BOX = "box"
    """Takes away what lies in it."""


@dataclass(frozen=True, slots=True)
class CutShape:
    """Case frame, millimetres. Of a plane, the cut is at the position, its normal is the turned
    z axis, and the size says nothing."""

    kind: CutKind = CutKind.PLANE
    position_mm: Vec3 = (0.0, 0.0, 0.0)
    rotation_xyzw: Quat = IDENTITY_ROTATION
    half_size_mm: Vec3 = (30.0, 30.0, 30.0)


@dataclass(frozen=True, slots=True)
class Cut:
    """What opens the anatomy."""

    shape: CutShape = CutShape()
    exempt: tuple[str, ...] = ()
    """Layers that stay whole."""
    volume: str | None = None
    """The scan that its faces show; None for a plain face."""
    window: Window | None = None
    is_visible: bool = True
    is_there: bool = False


BAR_SHARE = 0.03
"""Of the frame's side: how wide its bars are."""
ASIDE_SHARE = 0.12
"""Of half the width: the gap between the frame and its screen."""
CURVED_HALF_MM = 20.0
"""How far a curved slice reaches to either side of its line."""


def curved_half_mm(slice: Slice) -> tuple[float, float]:
    """Across and along, of the screen."""
    steps = pairwise(slice.curve_mm)
    return CURVED_HALF_MM, sum(math.dist(a, b) for a, b in steps) / 2


@lru_cache(maxsize=16)
def bend_along(curve_mm: tuple[Vec3, ...]) -> Bend:
    """Before it is turned its right is as near to the patient's left as the line lets it be."""
    return bend_of(np.array(curve_mm), (1.0, 0.0, 0.0))


def screen_shift_mm(plane: Plane, half_across_mm: float) -> Vec3:
    """From a flat slice's place to its screen, which stands to its right."""
    return scaled(plane.across, half_across_mm * (2 + ASIDE_SHARE + 4 * BAR_SHARE))


def slice_register(slice: str, field: str) -> Register:
    return (SLICE, slice, field)


def cut_register(cut: str, field: str) -> Register:
    return (CUT, cut, field)


def plane_value(plane: Plane) -> Value:
    return (plane.point_mm, plane.normal, plane.across)


def shape_value(shape: CutShape) -> Value:
    return (str(shape.kind), shape.position_mm, shape.rotation_xyzw, shape.half_size_mm)


def fusion_value(fusion: Fusion | None) -> Value:
    if fusion is None:
        return None
    return (fusion.volume, fusion.share, fusion.window, fusion.colors)


def slice_fields(field: str, value: Any) -> dict[str, Any]:
    """The fields of a Slice that a register stands for; none for one that is not known."""
    if field == "slab":
        slab_mm, projection = value or (0.0, Projection.MEAN)
        return {"slab_mm": float(slab_mm), "projection": Projection(projection)}
    read = _SLICE_FIELDS.get(field)
    return {field: read(value)} if read and value is not None else _unset(Slice(), field)


def cut_fields(field: str, value: Any) -> dict[str, Any]:
    read = _CUT_FIELDS.get(field)
    return {field: read(value)} if read and value is not None else _unset(Cut(), field)


def _unset(plain: Slice | Cut, field: str) -> dict[str, Any]:
    """What an undo to before the beginning leaves."""
    known = _SLICE_FIELDS if isinstance(plain, Slice) else _CUT_FIELDS
    return {field: getattr(plain, field)} if field in known else {}


def _plane(value: Any) -> Plane:
    point_mm, normal, across = value
    return Plane(_vec3(point_mm), _vec3(normal), _vec3(across))


def _shape(value: Any) -> CutShape:
    kind, position, (x, y, z, w), half = value
    return CutShape(CutKind(kind), _vec3(position), (x, y, z, w), _vec3(half))


def _fusion(value: Any) -> Fusion:
    volume, share, window, colors = value
    return Fusion(str(volume), float(share), _window(window) if window else None, str(colors))


def _window(value: Any) -> Window:
    centre, width = value
    return float(centre), float(width)


def _vec3(value: Any) -> Vec3:
    x, y, z = value
    return (float(x), float(y), float(z))


def _names(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value))


_SLICE_FIELDS: dict[str, Callable[[Any], Any]] = {
    "volume": str,
    "plane": _plane,
    "mode": Mode,
    "window": _window,
    "colors": str,
    "filter": Filter,
    "fusion": _fusion,
    "outlines": Outlines,
    "curve_mm": lambda points: tuple(map(_vec3, points)),
    "turn_rad": float,
    "is_visible": bool,
    "is_there": bool,
}
_CUT_FIELDS: dict[str, Callable[[Any], Any]] = {
    "shape": _shape,
    "exempt": _names,
    "volume": str,
    "window": _window,
    "is_visible": bool,
    "is_there": bool,
}
