"""Where to look from at a slice's screen: at a straightened scan straight on, so that it fills the
picture; at those beside a model with it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xrviewer.document.planes import curved_half_mm
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.draw import DrawData
from xrviewer.scene.measures import row_ends
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import plus
from xrviewer.spatial.transforms import Pose, Vec3, apply
from xrviewer.spatial.views import View, looking_at, symmetric_fov

Bound = NDArray[np.float64]

_FOV_RAD = math.radians(30)
_MARGIN = 1.12


def facing_screen(snapshot: Snapshot, aspect: float) -> View | None:
    """The first straightened scan; None where there is none."""
    slice = next((slice for slice in snapshot.slices.values() if slice.curve_mm), None)
    if slice is None:
        return None
    plane, room_from_case = slice.plane, snapshot.model.matrix() @ MODEL_FROM_CASE
    across_mm, along_mm = curved_half_mm(slice)
    fov = symmetric_fov(_FOV_RAD, aspect)
    far_mm = max(along_mm / math.tan(fov.up_rad), across_mm / math.tan(fov.right_rad))
    eye_mm = plane.shifted(far_mm * _MARGIN).point_mm
    above_mm = plus(plane.point_mm, plane.along)
    at, before, up = (apply(room_from_case, p) for p in (plane.point_mm, eye_mm, above_mm))
    return View(looking_at(_vec3(before), _vec3(at), _vec3(up - at)), fov)


def with_screens(draw: DrawData, low: Bound, high: Bound) -> tuple[Bound, Bound]:
    """The box of a model with the screens that show its slices, in the room."""
    for _, (middle, *halves) in draw.slices.frames:
        across, along = np.array(halves)
        corners = [np.array(middle) + u * across + v * along for u in (-1, 1) for v in (-1, 1)]
        in_room = apply(draw.room_from_case, np.array(corners))
        low, high = np.minimum(low, in_room.min(axis=0)), np.maximum(high, in_room.max(axis=0))
    return low, high


def with_values(draw: DrawData, head: Pose, low: Bound, high: Bound) -> tuple[Bound, Bound]:
    """The box with the values of measurements, as they are written for that head."""
    for label in draw.measures.labels:
        ends = row_ends(label, head)
        low, high = np.minimum(low, ends.min(axis=0)), np.maximum(high, ends.max(axis=0))
    return low, high


def _vec3(v: NDArray[np.float64]) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)
