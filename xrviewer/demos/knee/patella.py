"""The patella, in its own frame: origin at its middle, axes as the case."""

from __future__ import annotations

import numpy as np

from xrviewer.demos.implicit import Coords, Values, smooth_max
from xrviewer.demos.loft import Outline
from xrviewer.demos.noise import Noise

BOUNDS = ((-27.0, -17.0, -29.0), (27.0, 17.0, 27.0))

OUTLINE = Outline(
    (0.0, 0.0),
    [
        (21.0, 1.5), (20.5, 9.5), (14.0, 18.0), (4.0, 21.8), (-6.5, 21.8), (-16.0, 17.5),
        (-21.8, 9.5), (-22.2, 1.0), (-19.0, -8.0), (-11.5, -17.0), (-3.0, -23.5), (1.5, -23.8),
        (9.5, -17.5), (17.8, -8.0),
    ],
)  # fmt: skip
"""Seen from the front, (x, z): broad base above, apex below."""
RIDGE_X_MM = 2.5
"""The median ridge lies medially, so that the lateral facet is the larger."""
_GROWTH = Noise(31, 8.0)
_GRAIN = Noise(32, 2.6)


def back_depth(x: Values, z: Values) -> Values:
    """y of the rear surface: two facets meeting in the ridge, and a rough apex below them."""
    across = x - RIDGE_X_MM
    facets = np.sqrt(across * across + 9.0) - 3.0
    slope = np.where(across > 0, 0.44, 0.30)
    odd = 0.010 * np.clip(across - 9, 0, None) ** 2
    apex = 0.030 * np.clip(-z - 8.5, 0, None) ** 2
    return np.asarray(8.6 - slope * facets - odd - apex - 0.0035 * (z - 2) ** 2)


def front_depth(x: Values, z: Values) -> Values:
    """y of the front surface, domed."""
    return np.asarray(-9.6 + 0.0125 * x * x + 0.0062 * (z - 2) ** 2)


def field(coords: Coords) -> Values:
    """The whole bone."""
    return uncut(coords)


def cut(coords: Coords, bone: Values) -> Values:
    """Nothing: all of it is in view."""
    return bone


def uncut(coords: Coords) -> Values:
    x, y, z = coords
    rim = OUTLINE.distance(x, z) - 0.5
    front = (front_depth(x, z) - y) * 0.96
    back = (y - back_depth(x, z)) * 0.94
    bone = smooth_max(smooth_max(rim, front, 9.0), back, 4.5)
    behind = np.clip((y - 2) / 4, 0, 1) * np.clip((z + 11) / 4, 0, 1)
    rough = 1.0 - 0.85 * behind
    return np.asarray(bone - rough * (0.24 * _GROWTH(coords) + 0.05 * _GRAIN(coords)))
