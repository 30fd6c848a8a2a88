"""A place to stand within the anatomy: free of every structure, with much to see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces
from xrviewer.scene.pick import Picker

_GRID = 9
_CENTRAL_SHARE = 0.55
"""Of the bounding box, in which places are tried."""
_DIRECTIONS = 96
_MIN_ENCLOSED = 0.55
"""Share of the directions in which something is seen; else the place is not inside."""
_CANDIDATES = 40
"""The places with the most room around them, of which the one with most to see is taken."""
_HALF_FIELD = np.cos(np.radians(42))
_MOSTLY_LEVEL = 0.35
"""Height of the steepest glance that is considered."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where to stand and where to look; case frame."""

    eye_mm: NDArray[np.float64]
    direction: NDArray[np.float64]


def find_spot(surfaces: Surfaces, is_solid: NDArray[np.bool_]) -> Spot | None:
    """None where the solid parts leave no room, or enclose none."""
    picker = Picker(surfaces, is_solid)
    low, high = (v.astype(np.float64) for v in surfaces.bounds_mm())
    center, size = (low + high) / 2, high - low
    places = center + (_grid() - 0.5) * size * _CENTRAL_SHARE
    directions = _even_directions()
    origins = np.repeat(places, _DIRECTIONS, axis=0)
    part, distance_mm, is_front = picker.pick_many(origins, np.tile(directions, (len(places), 1)))
    shape = (len(places), _DIRECTIONS)
    part = part.reshape(shape)
    is_hit = part >= 0
    is_outside_of_all = np.all(is_front.reshape(shape) | ~is_hit, axis=1)
    is_free = is_outside_of_all & (is_hit.mean(axis=1) >= _MIN_ENCLOSED)
    if not is_free.any():
        return None
    distance_mm = distance_mm.reshape(shape)
    roomiest = np.argsort(np.where(is_free, -distance_mm.min(axis=1), np.inf))[:_CANDIDATES]
    glances = [_richest_glance(directions, part[i], distance_mm[i]) for i in roomiest if is_free[i]]
    best = max(range(len(glances)), key=lambda i: glances[i][0])
    return Spot(places[roomiest[best]], glances[best][1])


def _richest_glance(
    directions: NDArray[np.float64], part: NDArray[np.intp], distance_mm: NDArray[np.float64]
) -> tuple[tuple[int, float], NDArray[np.float64]]:
    """The nearly level direction with the most structures around it; of equals, the one in which
    they are farther off: what is right before the eye hides the rest. Its score comes with it."""
    best: NDArray[np.float64] = directions[0]
    best_score = (-1, -np.inf)
    for glance in directions[np.abs(directions[:, 2]) <= _MOSTLY_LEVEL]:
        is_seen = (directions @ glance >= _HALF_FIELD) & (part >= 0)
        nearness = float(np.mean(1 / distance_mm[is_seen])) if is_seen.any() else np.inf
        score = (len(np.unique(part[is_seen])), -nearness)
        if score > best_score:
            best, best_score = np.asarray(glance), score
    return best_score, best


def _grid() -> NDArray[np.float64]:
    axis = np.linspace(0, 1, _GRID)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)


def _even_directions() -> NDArray[np.float64]:
    """A Fibonacci sphere."""
    i = np.arange(_DIRECTIONS) + 0.5
    z = 1 - 2 * i / _DIRECTIONS
    angle = np.pi * (1 + 5**0.5) * i
    ring = np.sqrt(1 - z * z)
    return np.stack([ring * np.cos(angle), ring * np.sin(angle), z], axis=1)
