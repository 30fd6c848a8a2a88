"""The menisci: what fills the wedge between femur and tibia, cut to a C. In the joint frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xrviewer.case.mesh import Mesh
from xrviewer.demos.distance import GridField, Nearest
from xrviewer.demos.implicit import Coords, Field, Values, smooth_max
from xrviewer.demos.knee import tibia
from xrviewer.demos.mesh import grid_points, polygonise
from xrviewer.demos.noise import Noise
from xrviewer.spatial.transforms import Vec3

FILM_MM = 0.22
"""Joint fluid between a meniscus and the cartilage over and under it."""
_CELL_MM = 0.75
_BLEND_MM = 0.8
_GROWTH = Noise(61, 9.0)


@dataclass(frozen=True, slots=True)
class Meniscus:
    """Seen from above: an oval rim, open towards the spines."""

    id: str
    center: tuple[float, float]
    rim: tuple[float, float]
    """Half sizes of the outer rim, x and y."""
    outward: float
    """+1 when the closed side of the C is towards +x (medial), -1 when towards -x."""
    front_end_deg: float
    """How far the C runs to its anterior horn, from the middle of the closed side."""
    back_end_deg: float
    width_mm: tuple[float, float, float]
    """From rim to free edge: at the anterior horn, the body, the posterior horn."""
    height_mm: float
    """Of the rim, above the tibial cartilage."""

    @property
    def bounds(self) -> tuple[Vec3, Vec3]:
        (x, y), (a, b) = self.center, self.rim
        return (x - a - 3, y - b - 3, -14.0), (x + a + 3, y + b + 3, 8.0)


MENISCI: tuple[Meniscus, ...] = (
    Meniscus(
        "medial_meniscus", (20.8, 1.0), (15.7, 22.4), 1.0, 136.0, 143.0, (8.0, 9.0, 14.0), 6.4
    ),
    Meniscus(
        "lateral_meniscus", (-20.8, 1.5), (15.4, 18.2), -1.0, 152.0, 156.0, (10, 10, 11.5), 6.2
    ),
)


def make(meniscus: Meniscus, over: Nearest, under: Nearest, spacing_mm: float) -> Mesh:
    """Between the surfaces over it (femur) and under it (tibia)."""
    low, high = meniscus.bounds
    coords, shape = grid_points(low, high, _CELL_MM)
    above = GridField(over(coords.T)[0].reshape(shape), low, _CELL_MM)
    below = GridField(under(coords.T)[0].reshape(shape), low, _CELL_MM)

    def field(at: Coords) -> Values:
        return _field(meniscus, above, below, at)

    return polygonise(field, low, high, spacing_mm)


def _field(meniscus: Meniscus, above: Field, below: Field, coords: Coords) -> Values:
    x, y, z = coords
    (cx, cy), (a, b) = meniscus.center, meniscus.rim
    u, v = meniscus.outward * (x - cx), y - cy
    level = np.sqrt((u / a) ** 2 + (v / b) ** 2)
    slope = np.sqrt((u / a**2) ** 2 + (v / b**2) ** 2) / np.maximum(level, 1e-6)
    outside = (level - 1) / np.maximum(slope, 1 / b)
    angle = np.rad2deg(np.arctan2(v / b, u / a))
    width = np.interp(angle, (-110.0, -50.0, 30.0, 110.0), _four(meniscus.width_mm))
    beyond = np.maximum(angle - meniscus.back_end_deg, -angle - meniscus.front_end_deg)
    end = np.deg2rad(beyond) * np.hypot(u, v)
    under = below(coords)
    wedge = smooth_max(FILM_MM - above(coords), FILM_MM - under, 0.3)
    height = under - meniscus.height_mm * (1 - 0.35 * np.clip((np.abs(angle) - 90) / 50, 0, 1))
    ring = smooth_max(outside + 0.25 * _GROWTH(coords), -outside - width, _BLEND_MM)
    hanging = tibia.plateau_height(x, y) - z - 0.3
    cut = smooth_max(smooth_max(smooth_max(ring, end, 3.0), height, 2.0), hanging, 1.0)
    return smooth_max(wedge, cut, _BLEND_MM)


def _four(width_mm: tuple[float, float, float]) -> tuple[float, float, float, float]:
    front, body, back = width_mm
    return front, body, body, back
