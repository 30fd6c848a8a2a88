"""Where to look from at a straightened scan: straight on, so that it fills the picture."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xrviewer.document.planes import curved_half_mm
from xrviewer.document.snapshot import Snapshot
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import plus
from xrviewer.spatial.transforms import Vec3, apply
from xrviewer.spatial.views import View, looking_at, symmetric_fov

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


def _vec3(v: NDArray[np.float64]) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)
