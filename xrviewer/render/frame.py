"""The block of numbers every shader reads: who looks, from where, at what light.

Written with plain floats: for a few small matrices numpy's call overhead is ten times the work.
"""

from __future__ import annotations

import functools
import math
import struct

import numpy as np

from xrviewer.scene.draw import DrawData
from xrviewer.spatial.transforms import Vec3, rotation_rows
from xrviewer.spatial.views import NEAR_M, Fov, View

MAX_VIEWS = 2

_EYE_DTYPE = np.dtype(
    [("clip_from_room", "f4", 16), ("room_from_eye", "f4", 16), ("tangents", "f4", 4)]
)
FRAME_DTYPE = np.dtype(
    [
        ("eyes", _EYE_DTYPE, MAX_VIEWS),
        ("room_from_case", "f4", 16),
        ("key_direction", "f4", 4),
        ("fill_direction", "f4", 4),
        ("table", "f4", 4),
        ("shadow", "f4", 4),
        ("settings", "f4", 4),
        ("model", "f4", 4),
    ]
)
"""std140 layout of `Frame` in shaders/lib/frame.glsl; a test compares it with the reflection."""

_EYE_FLOATS = _EYE_DTYPE.itemsize // 4
_PACKED = struct.Struct(f"{FRAME_DTYPE.itemsize // 4}f")

_KEY_IN_HEAD = (-0.501, 0.621, 0.601)
"""From above the viewer's left shoulder: a lamp held over the work."""
_SHADE_SHARE = 0.07
"""Of the picture's width: a nose against the bone must not spread the taps over half of it."""
_FILL_IN_HEAD = (0.824, -0.275, 0.495)


def frame_block(draw: DrawData, views: tuple[View, ...]) -> bytes:
    """One FRAME_DTYPE record. Matrices go column by column, as GLSL reads them."""
    rows = [rotation_rows(view.eye.rotation_xyzw) for view in views]
    numbers = [n for view, axes in zip(views, rows, strict=True) for n in _eye(view, axes)]
    numbers += [0.0] * (_EYE_FLOATS * (MAX_VIEWS - len(views)))
    numbers += draw.room_from_case.ravel("F").tolist()
    room, head = draw.room, rows[0]  # the light comes with the head, and is one for both eyes
    return _PACKED.pack(
        *numbers,
        *_turned(head, _KEY_IN_HEAD), _shade_reach(views[0]),
        *_turned(head, _FILL_IN_HEAD), 0.0,
        *room.shadow_center_m, room.table_radius_m,
        *room.shadow_center_m, room.shadow_radius_m,
        NEAR_M, room.floor_strength, room.occlusion_radius_m, draw.vignette,
        *room.model_center_m, room.model_radius_m,
    )  # fmt: skip


def _eye(view: View, axes: tuple[Vec3, Vec3, Vec3]) -> list[float]:
    """clip_from_room, room_from_eye and the tangents; spatial.views has the same in matrices."""
    wide, high, off_x, off_y, tangents = _lens(view.fov)
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = axes
    px, py, pz = view.eye.position_m
    # The inverse of a rotation is its transpose: eye_from_room's rows are these columns.
    tx, ty = -(xx * px + yx * py + zx * pz), -(xy * px + yy * py + zy * pz)
    tz = -(xz * px + yz * py + zz * pz)
    return [
        wide * xx + off_x * xz, high * xy + off_y * xz, 0.0, -xz,
        wide * yx + off_x * yz, high * yy + off_y * yz, 0.0, -yz,
        wide * zx + off_x * zz, high * zy + off_y * zz, 0.0, -zz,
        wide * tx + off_x * tz, high * ty + off_y * tz, NEAR_M, -tz,
        xx, yx, zx, 0.0, xy, yy, zy, 0.0, xz, yz, zz, 0.0, px, py, pz, 1.0,
        *tangents,
    ]  # fmt: skip


def _shade_reach(view: View) -> float:
    """Farthest that ambient shade looks about, a tangent: of the whole picture, not of a piece."""
    left, right, _, _ = _lens(view.whole or view.fov)[4]
    return _SHADE_SHARE * (right - left)


@functools.lru_cache(maxsize=16)
def _lens(fov: Fov) -> tuple[float, float, float, float, tuple[float, ...]]:
    """Scale and shift of the projection; a headset's lenses seldom change."""
    left, right = math.tan(fov.left_rad), math.tan(fov.right_rad)
    up, down = math.tan(fov.up_rad), math.tan(fov.down_rad)
    off_x, off_y = (right + left) / (right - left), (up + down) / (up - down)
    return 2 / (right - left), 2 / (up - down), off_x, off_y, (left, right, up, down)


def _turned(rows: tuple[Vec3, Vec3, Vec3], v: Vec3) -> Vec3:
    (a, b, c), (d, e, f), (g, h, i) = rows
    x, y, z = v
    return (a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z)
