"""The camera that films from the room, as it is seen there, and where its picture hangs.

All of it lies behind the lens or beside what the lens takes in: it is never in its own picture.
"""

from __future__ import annotations

import math

from xrviewer.scene.light import RED
from xrviewer.scene.marks import ACCENT_COLOR, QUIET_COLOR, Marks, Sketch
from xrviewer.scene.panels import InRoom, OnScreen
from xrviewer.spatial.film import FILM_ASPECT, ROOM_FOV_RAD
from xrviewer.spatial.transforms import Pose, Vec3, apply
from xrviewer.spatial.views import looking_at

_BODY_M, _LENS_RADIUS_M = (0.10, 0.07, 0.05), 0.024
_RAYS_FROM_M, _RAYS_TO_M, _RAY_RADIUS_M, _OUTSIDE = 0.05, 0.30, 0.0012, 1.08
PREVIEW_WIDTH_M, PREVIEW_GAP_M = 0.22, 0.02
_EDGE_PX = 16


def camera_marks(pose: Pose, is_reached: bool, is_filming: bool) -> Marks:
    """A small body with its lens in front, lines along the edges of what it sees; a red spot on
    top while it films."""
    sketch, room = Sketch(), pose.matrix()
    color = ACCENT_COLOR if is_reached else QUIET_COLOR

    def at(x: float, y: float, z: float) -> Vec3:
        a, b, c = apply(room, (x, y, z)).tolist()
        return (a, b, c)

    width, height, depth = (size / 2 for size in _BODY_M)
    middle_z = 0.035 + depth
    for y in (-height + 0.022, height - 0.022):  # two thick bars are a box with round edges
        ends = at(-width + 0.02, y, middle_z), at(width - 0.02, y, middle_z)
        sketch.stroke(*ends, 0.024, color, True)
    sketch.stroke(at(0, 0, 0.03), at(0, 0, 0.05), _LENS_RADIUS_M, (0.02, 0.02, 0.025), True)
    sketch.stroke(at(0, 0, 0.012), at(0, 0, 0.02), 0.011, (0.10, 0.14, 0.18), True)
    up = math.tan(ROOM_FOV_RAD / 2) * _OUTSIDE
    for sx, sy in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        x, y = sx * up * FILM_ASPECT, sy * up
        near, far = _RAYS_FROM_M, _RAYS_TO_M
        sketch.stroke(
            at(x * near, y * near, -near), at(x * far, y * far, -far), _RAY_RADIUS_M, color
        )
    if is_filming:
        spot = at(width - 0.015, height + 0.008, middle_z)
        sketch.stroke(spot, spot, 0.011, RED)
    return sketch.marks()


def preview_in_room(
    camera: Pose, is_held: bool, board: InRoom | None, head: Pose, shape: tuple[int, int]
) -> InRoom:
    """Above the camera while it is carried, to be aimed by; else above the board."""
    height_m = PREVIEW_WIDTH_M * shape[0] / shape[1]
    size = PREVIEW_WIDTH_M, height_m
    if board is None or is_held:
        x, y, z = camera.position_m
        above = (x, y + 0.06 + PREVIEW_GAP_M + height_m / 2, z)
        return InRoom(_facing(above, head), *size)
    off = (0.0, board.height_m / 2 + PREVIEW_GAP_M + height_m / 2, 0.0)
    x, y, z = apply(board.pose.matrix(), off).tolist()
    return InRoom(Pose((x, y, z), board.pose.rotation_xyzw), *size)


def preview_on_screen(size: tuple[int, int], shape: tuple[int, int]) -> OnScreen:
    """In the lower right corner."""
    (width, height), (rows, columns) = size, shape
    return OnScreen(max(width - columns - _EDGE_PX, 0), max(height - rows - _EDGE_PX, 0))


def _facing(at_m: Vec3, head: Pose) -> Pose:
    """A board's front is its +z; so is the back of an eye that looks away from the head."""
    x, y, z = (2 * a - h for a, h in zip(at_m, head.position_m, strict=True))
    return looking_at(at_m, (x, y, z)) if math.dist(at_m, head.position_m) > 1e-3 else head
