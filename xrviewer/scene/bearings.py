"""What a flat picture must say of itself: how large things are in it, and which way is which."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xrviewer.scene.draw import DrawData
from xrviewer.spatial.transforms import Matrix, invert_similarity
from xrviewer.spatial.views import View
from xrviewer.words import tr

_WAYS = (("L", "R"), ("P", "A"), ("S", "I"))
"""Of the case's axes, which are LPS: towards them, and away."""
_ALSO_FROM = 0.38
"""A second letter from this share of the direction: about 22 degrees off the first."""


def mm_per_pixel(draw: DrawData, view: View, height_px: int) -> float | None:
    """Of the anatomy, in the plane through the model's middle that faces the eye.

    None where the eye is within the model: nothing there has one scale.
    """
    center = np.array((*draw.room.model_center_m, 1.0))
    depth_m = -float((invert_similarity(view.eye.matrix()) @ center)[2])
    if depth_m <= draw.room.model_radius_m:
        return None
    span = math.tan(view.fov.up_rad) - math.tan(view.fov.down_rad)
    room_m_per_mm = float(np.linalg.norm(draw.room_from_case[:3, 0]))
    return span * depth_m / height_px / room_m_per_mm


def edge_letters(room_from_case: Matrix, view: View) -> tuple[str, str, str, str]:
    """Which way the left, right, upper and lower edge of the picture lie, as on a radiograph."""
    axes = view.eye.matrix()[:3, :3].T @ room_from_case[:3, :3]
    axes /= np.linalg.norm(room_from_case[:3, 0])
    right, up = axes[0], axes[1]
    return _way(-right), _way(right), _way(up), _way(-up)


def _way(direction: NDArray[np.float64]) -> str:
    order = np.argsort(-np.abs(direction))
    named = [int(i) for i in order[:2] if abs(direction[i]) >= _ALSO_FROM or i == order[0]]
    return "".join(tr(_WAYS[i][0 if direction[i] > 0 else 1], "direction") for i in named)
