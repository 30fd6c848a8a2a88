"""Cords and straps: a flattened section drawn along a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.ndimage import gaussian_filter1d

from xrviewer.case.mesh import Mesh
from xrviewer.demos.distance import Nearest
from xrviewer.demos.mesh import face_normals
from xrviewer.spatial.transforms import Vec3

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Station:
    """A place on the way of a cord."""

    point_mm: Vec3
    wide: Vec3
    """Direction of the section's longer side; made square to the way."""
    half_width_mm: float
    half_thickness_mm: float


@dataclass(frozen=True, slots=True)
class Weave:
    """What makes a cord look woven of fibres."""

    fibres: int
    turns: float
    """How often the fibres wind about the cord from end to end."""
    relief: float
    """Depth of the furrows between fibres, as a part of the radius."""
    squareness: float = 2.4
    """2 is an ellipse; more is flatter, as a strap."""


def sweep(
    stations: Sequence[Station], weave: Weave, rings: int, spokes: int, obstacle: Nearest | None
) -> Mesh:
    """A closed mesh through the stations, kept clear of the obstacle except at its two ends."""
    along = np.linspace(0, 1, rings)
    middle, wide, half = _way(stations, along)
    if obstacle is not None:
        middle = _pushed_middle(middle, half[:, 1], obstacle)
    tangent = np.gradient(middle, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    wide = wide - tangent * np.einsum("ij,ij->i", wide, tangent)[:, None]
    wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    thin = np.cross(tangent, wide)
    u, v = _section(along, spokes, weave)
    rounding = _rounding(middle, half[:, 1])[:, None]
    across = (half[:, :1] * rounding * u)[..., None] * wide[:, None]
    points = middle[:, None] + across + (half[:, 1:] * rounding * v)[..., None] * thin[:, None]
    if obstacle is not None:
        points = _pushed_skin(points, along, obstacle)
    return _closed(points, middle[0], middle[-1])


def _way(
    stations: Sequence[Station], along: NDArray[np.float64]
) -> tuple[Points, Points, NDArray[np.float64]]:
    """Middle, wide direction and half sizes, evenly spaced along the curve."""
    middle = np.array([s.point_mm for s in stations])
    knots = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(middle, axis=0), axis=1))])
    knots /= knots[-1]
    wide = np.array([np.asarray(s.wide) / np.linalg.norm(s.wide) for s in stations])
    sizes = np.array([(s.half_width_mm, s.half_thickness_mm) for s in stations])
    curve = CubicSpline(knots, middle)
    return (
        curve(along),
        PchipInterpolator(knots, wide)(along),
        PchipInterpolator(knots, sizes)(along),
    )


def _section(along: NDArray[np.float64], spokes: int, weave: Weave) -> tuple[Points, Points]:
    """Unit sections, (rings, spokes), furrowed between the fibres."""
    angle = np.linspace(0, 2 * np.pi, spokes, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    n = weave.squareness
    radius = (np.abs(cos) ** n + np.abs(sin) ** n) ** (-1 / n)
    phase = weave.fibres * (angle + 2 * np.pi * weave.turns * along[:, None])
    uneven = 0.6 * np.cos(phase) + 0.4 * np.cos(
        0.5 * np.floor(weave.fibres * 1.3) * angle * 2 + 1.7
    )
    furrow = 1 + weave.relief * uneven
    return np.broadcast_to(radius * cos, furrow.shape), radius * sin * furrow


def _rounding(middle: Points, half_thickness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shrinks the last rings so that the ends are round."""
    step = np.linalg.norm(np.diff(middle, axis=0), axis=1)
    length = np.concatenate([[0], np.cumsum(step)])
    to_end = np.minimum(length, length[-1] - length) + 0.15
    inside = np.clip(to_end / np.maximum(half_thickness, 1.0), 0, 1)
    return np.asarray(np.sqrt(inside * (2 - inside)))


def _free(along: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 at the insertions, where a cord must enter its bone; 1 between."""
    t = np.clip((np.minimum(along, 1 - along) - 0.08) / 0.16, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _pushed_middle(
    middle: Points, half_thickness: NDArray[np.float64], obstacle: Nearest
) -> Points:
    free = _free(np.linspace(0, 1, len(middle)))
    for _ in range(12):
        distance, away = obstacle(middle)
        short = np.maximum(half_thickness + 0.5 - distance, 0) * free
        push = gaussian_filter1d(short[:, None] * away, len(middle) / 30, axis=0, mode="nearest")
        middle = middle + push * free[:, None]
    return middle


def _pushed_skin(points: Points, along: NDArray[np.float64], obstacle: Nearest) -> Points:
    flat = points.reshape(-1, 3)
    free = np.repeat(_free(along), points.shape[1])
    for _ in range(4):
        distance, away = obstacle(flat)
        short = np.maximum(0.35 - distance, 0) * free
        smooth = gaussian_filter1d(
            (short[:, None] * away).reshape(points.shape), 1.0, axis=0, mode="nearest"
        )
        flat = flat + smooth.reshape(-1, 3)
    return flat.reshape(points.shape)


def _closed(points: Points, first: NDArray[np.float64], last: NDArray[np.float64]) -> Mesh:
    """Rings of points to triangles, a pole at either end."""
    rings, spokes = points.shape[:2]
    vertices = np.concatenate([points.reshape(-1, 3), [first], [last]])
    ring, spoke = np.meshgrid(np.arange(rings - 1), np.arange(spokes), indexing="ij")
    a, b = ring * spokes + spoke, ring * spokes + (spoke + 1) % spokes
    c, d = a + spokes, b + spokes
    sides = np.concatenate(
        [np.stack([a, b, c], -1).reshape(-1, 3), np.stack([b, d, c], -1).reshape(-1, 3)]
    )
    around = np.arange(spokes)
    after = (around + 1) % spokes
    top = (rings - 1) * spokes
    pole = rings * spokes
    caps = [
        np.stack([after, around, np.full(spokes, pole)], -1),
        np.stack([top + around, top + after, np.full(spokes, pole + 1)], -1),
    ]
    triangles = np.concatenate([sides, *caps]).astype(np.uint32)
    return Mesh(vertices, face_normals(vertices, triangles), triangles)
