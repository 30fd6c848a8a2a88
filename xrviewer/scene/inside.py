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
_AZIMUTHS, _ELEVATIONS_DEG = 24, (-20, 0, 20)
"""The glances that are considered from each place: nearly level ones."""
_COLUMNS, _ROWS = 13, 10
_TAN_HALF_WIDTH, _TAN_HALF_HEIGHT = 1.08, 0.81
"""The picture of a glance, as the eye that is put there sees it, in a few rays."""
_TOO_NEAR = 0.04
"""Of the model's diagonal: what is nearer hides what is behind it."""
_NEARNESS_COSTS, _LARGEST_COSTS, _EMPTINESS_COSTS = 2.0, 1.5, 1.5
"""Beside the entropy of what is seen, in nats."""


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
    room_mm = distance_mm.reshape(shape).min(axis=1)
    roomiest = np.argsort(np.where(is_free, -room_mm, np.inf))[:_CANDIDATES]
    too_near_mm = _TOO_NEAR * float(np.linalg.norm(size))
    best = (-np.inf, Spot(center, directions[0]))
    for place in places[roomiest[is_free[roomiest]]]:
        score, glance = _richest_glance(picker, place, too_near_mm)
        best = max(best, (score, Spot(place, glance)), key=lambda one: one[0])
    return best[1]


def _richest_glance(
    picker: Picker, eye_mm: NDArray[np.float64], too_near_mm: float
) -> tuple[float, NDArray[np.float64]]:
    """The best score from a place, and where to look for it: many structures in even shares, none
    of them right before the eye."""
    glances = _glances()
    rays = np.concatenate([_picture(glance) for glance in glances])
    part, distance_mm, _ = picker.pick_many(np.tile(eye_mm, (len(rays), 1)), rays)
    pictures = part.reshape(len(glances), -1), distance_mm.reshape(len(glances), -1)
    scores = [_score(seen, away, too_near_mm) for seen, away in zip(*pictures, strict=True)]
    best = int(np.argmax(scores))
    return scores[best], glances[best]


def _score(part: NDArray[np.intp], distance_mm: NDArray[np.float64], too_near_mm: float) -> float:
    shares = np.bincount(part + 1) / len(part)
    emptiness, shares = float(shares[0]), shares[1:][shares[1:] > 0]
    if not len(shares):
        return -np.inf
    variety = -float(np.sum(shares * np.log(shares)))
    nearness = float(np.mean(distance_mm < too_near_mm))
    return (
        variety
        - _NEARNESS_COSTS * nearness
        - _LARGEST_COSTS * float(shares.max())
        - _EMPTINESS_COSTS * emptiness
    )


def _glances() -> NDArray[np.float64]:
    azimuth = np.arange(_AZIMUTHS) * 2 * np.pi / _AZIMUTHS
    up, around = np.meshgrid(np.radians(_ELEVATIONS_DEG), azimuth, indexing="ij")
    level = np.cos(up)
    return np.stack([level * np.cos(around), level * np.sin(around), np.sin(up)], -1).reshape(-1, 3)


def _picture(glance: NDArray[np.float64]) -> NDArray[np.float64]:
    right = np.cross(glance, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    above = np.cross(right, glance)
    across, up = np.meshgrid(
        np.linspace(-_TAN_HALF_WIDTH, _TAN_HALF_WIDTH, _COLUMNS),
        np.linspace(-_TAN_HALF_HEIGHT, _TAN_HALF_HEIGHT, _ROWS),
    )
    rays = glance + across[..., None] * right + up[..., None] * above
    rays = rays.reshape(-1, 3)
    return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))


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
