"""Places the model is sent to at once: before the viewer, to life size, to fill the room, around
the viewer. One undo step each."""

from __future__ import annotations

import math

import numpy as np

from xrviewer.document.opening import REST_DISTANCE_M, REST_HEIGHT_M
from xrviewer.document.rules import MAX_SCALE, MIN_SCALE
from xrviewer.interaction.scaling import LIFE_SIZE
from xrviewer.interaction.world import Extent
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import (
    Placement,
    Pose,
    Quat,
    Vec3,
    apply,
    apply_direction,
    axis_rotation,
    rotated,
    similarity,
    turned,
)
from xrviewer.spatial.views import View

CHEST_UNDER_EYES_M = 0.40
AT_HAND_M = 1.5
"""From its nearest side: an arm and a step."""
_AHEAD = math.cos(math.radians(60))
LOWEST_M = 0.30
"""However low the eyes are, the model's centre is not on the floor."""
ROOM_HEIGHT_M, ROOM_WIDTH_M = 1.9, 2.4
"""What a model that fits the room may fill: under the ceiling, between the walls."""


SHOWN_DISTANCE_M = 0.45
"""From the eyes to a point that is shown."""
SHOWN_SCALE = 2.0
MOST_PITCH_RAD = math.radians(80)
_STEEP = 0.95
"""Sine of a look up or down from which the top of the head says better where ahead is."""


def head_of(views: tuple[View, ...]) -> Pose | None:
    """Midway between the eyes, turned as the first."""
    if not views:
        return None
    x, y, z = (0.0, 0.0, 0.0)
    for view in views:
        ex, ey, ez = view.eye.position_m
        x, y, z = x + ex, y + ey, z + ez
    count = len(views)
    return Pose((x / count, y / count, z / count), views[0].eye.rotation_xyzw)


def heading_rad(head: Pose) -> float:
    """Turn about the vertical, 0 facing -z; of the top of the head when it looks straight down."""
    ahead = rotated(head.rotation_xyzw, (0.0, 0.0, -1.0))
    if abs(ahead[1]) > _STEEP:
        side = -1.0 if ahead[1] > 0 else 1.0
        ahead = rotated(head.rotation_xyzw, (0.0, side, 0.0))
    return math.atan2(-ahead[0], -ahead[2])


def before_viewer(extent: Extent, head: Pose | None, is_seated: bool) -> Placement:
    """Upright, its front to the viewer, life size; at chest height for who sits.

    What is too tall for that stands on the floor; what is deep stands farther off.
    """
    position, heading = (head.position_m, heading_rad(head)) if head else ((0.0, 0.0, 0.0), 0.0)
    height_m = REST_HEIGHT_M
    if is_seated and head:
        height_m = max(position[1] - CHEST_UNDER_EYES_M, LOWEST_M)
    height_m = max(height_m, extent.size_m[1] / 2)
    rotation = axis_rotation((0, 1, 0), heading)
    ahead = rotated(rotation, (0.0, 0.0, -REST_DISTANCE_M))
    center = (position[0] + ahead[0], height_m, position[2] + ahead[2])
    return _centered(extent, center, rotation, LIFE_SIZE)


def is_before(extent: Extent, model: Placement, head: Pose) -> bool:
    """Whether the viewer has it at hand: it lies ahead, near, or all around."""
    center = extent.room_center(model)
    reach_m = max(extent.size_m) / 2 * model.scale
    x, z = center[0] - head.position_m[0], center[2] - head.position_m[2]
    away_m, heading = math.hypot(x, z), heading_rad(head)
    if away_m <= reach_m:
        return True
    ahead = (-x * math.sin(heading) - z * math.cos(heading)) / away_m
    return away_m - reach_m <= AT_HAND_M and ahead >= _AHEAD


def at_life_size(extent: Extent, model: Placement) -> Placement:
    """Where it stands, about its own centre."""
    return _centered(extent, extent.room_center(model), model.rotation_xyzw, LIFE_SIZE)


def filling_room(extent: Extent, model: Placement) -> Placement:
    """As large as the room takes, standing on the floor where it is."""
    wide = math.hypot(extent.size_m[0], extent.size_m[2])
    tall = extent.size_m[1]
    scale = min(ROOM_WIDTH_M / max(wide, 1e-6), ROOM_HEIGHT_M / max(tall, 1e-6))
    scale = min(max(scale, MIN_SCALE), MAX_SCALE)
    center = extent.room_center(model)
    upright = axis_rotation((0, 1, 0), heading_rad(Pose((0, 0, 0), model.rotation_xyzw)))
    return _centered(extent, (center[0], tall * scale / 2, center[2]), upright, scale)


def around_viewer(model: Placement, point_m: Vec3, head: Pose) -> Placement:
    """The point of the model comes to the eyes; the floor stays under the feet."""
    x, y, z = (
        at + eye - point
        for at, eye, point in zip(model.position_m, head.position_m, point_m, strict=True)
    )
    return Placement((x, y, z), model.rotation_xyzw, model.scale)


def showing(model: Placement, point_mm: Vec3, normal: Vec3, head: Pose) -> Placement:
    """A point of the case comes before the eyes, its outside turned to them, at least twice as
    large as life."""
    x, y, z = apply_direction(MODEL_FROM_CASE, normal).tolist()
    pitch = math.atan2(y, math.hypot(x, z))
    pitch = min(max(pitch, -MOST_PITCH_RAD), MOST_PITCH_RAD)
    upright = axis_rotation((0, 1, 0), -math.atan2(x, z))
    to_front = turned(axis_rotation((1, 0, 0), pitch), upright)
    rotation = turned(axis_rotation((0, 1, 0), heading_rad(head)), to_front)
    scale = max(model.scale, SHOWN_SCALE)
    off = apply(similarity((0, 0, 0), rotation, scale) @ MODEL_FROM_CASE, point_mm)
    ahead = rotated(head.rotation_xyzw, (0.0, 0.0, -SHOWN_DISTANCE_M))
    px, py, pz = (np.add(head.position_m, ahead) - off).tolist()
    return Placement((px, py, pz), rotation, scale)


def _centered(extent: Extent, center_m: Vec3, rotation_xyzw: Quat, scale: float) -> Placement:
    x, y, z = rotated(rotation_xyzw, extent.center_m)
    cx, cy, cz = center_m
    position = (cx - x * scale, cy - y * scale, cz - z * scale)
    return Placement(position, rotation_xyzw, scale)
