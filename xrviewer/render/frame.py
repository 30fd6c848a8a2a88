"""The block of numbers every shader reads: who looks, from where, at what light."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.scene.draw import DrawData
from xrviewer.spatial.transforms import Matrix
from xrviewer.spatial.views import NEAR_M, View, clip_from_eye, eye_from_room

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
    ]
)
"""std140 layout of `Frame` in shaders/lib/frame.glsl; a test compares it with the reflection."""

_KEY_IN_HEAD = np.array([-0.50, 0.62, 0.60])
"""From above the viewer's left shoulder: a lamp held over the work."""
_FILL_IN_HEAD = np.array([0.75, -0.25, 0.45])


def frame_block(draw: DrawData, views: tuple[View, ...]) -> NDArray[Any]:
    """One FRAME_DTYPE record. Matrices are transposed: GLSL reads columns."""
    block: NDArray[Any] = np.zeros(1, FRAME_DTYPE)
    row = block[0]
    for eye, view in zip(row["eyes"], views, strict=False):
        _write_eye(eye, view)
    row["room_from_case"] = draw.room_from_case.T.ravel()
    head = _head_rotation(views)
    row["key_direction"][:3] = head @ (_KEY_IN_HEAD / np.linalg.norm(_KEY_IN_HEAD))
    row["fill_direction"][:3] = head @ (_FILL_IN_HEAD / np.linalg.norm(_FILL_IN_HEAD))
    room = draw.room
    row["shadow"] = (*room.shadow_center_m, room.shadow_radius_m)
    row["table"] = (*room.shadow_center_m, room.table_radius_m)
    row["settings"] = (NEAR_M, room.floor_strength, room.occlusion_radius_m, 0)
    return block


def _write_eye(eye: Any, view: View) -> None:
    eye["clip_from_room"] = (clip_from_eye(view.fov) @ eye_from_room(view)).T.ravel()
    eye["room_from_eye"] = view.eye.matrix().T.ravel()
    fov = view.fov
    angles = (fov.left_rad, fov.right_rad, fov.up_rad, fov.down_rad)
    eye["tangents"] = [math.tan(a) for a in angles]


def _head_rotation(views: tuple[View, ...]) -> Matrix:
    """The light comes with the head, and is one for both eyes."""
    return views[0].eye.matrix()[:3, :3] if views else np.eye(3)
