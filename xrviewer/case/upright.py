"""Which way up a body of named structures lies: its names know head from foot and left from right.

Many files have another axis upwards than their format says. Of a whole body that can be seen, and
must be: letters that say head and left would be wrong on it. Of less than a body it is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.anatomy import LEFT, RIGHT, name_words, region_of, side_of
from xrviewer.case.model import Layer
from xrviewer.case.surfaces import Surfaces, frozen

TURNED = "Turned upright: its names say that head, foot, left and right lie along other axes."
_HEIGHTS = {"head": 1.65, "neck": 1.5, "shoulder": 1.35, "chest": 1.3, "abdomen": 1.1}
_HEIGHTS |= {"pelvis": 0.95, "thigh": 0.7, "leg": 0.35, "foot": 0.05}
"""Metres over the floor, about; arms hang or are spread."""
_FEWEST_REGIONS, _FEWEST_PAIRS = 5, 8
_ALONG, _ASIDE = 0.8, 0.9
"""How well heights must follow one axis, and how much of what parts left from right lie on one."""
Rotation = NDArray[np.float64]


def lps_from_file(layers: Sequence[Layer], surfaces: Surfaces) -> Rotation | None:
    """What turns the body upright: whole quarter turns. None where it is, or where the names do
    not tell for certain."""
    centers = (surfaces.parts["min_mm"].astype(np.float64) + surfaces.parts["max_mm"]) / 2
    words = [name_words(layer.name) for layer in layers]
    upwards, leftwards = _upwards(words, centers), _leftwards(words, centers)
    if upwards is None or leftwards is None or upwards @ leftwards != 0:
        return None
    turn = np.stack([leftwards, np.cross(upwards, leftwards), upwards])
    return None if np.array_equal(turn, np.eye(3)) else turn


def turned(surfaces: Surfaces, turn: Rotation) -> Surfaces:
    """All of it, about the origin."""
    parts: NDArray[Any] = surfaces.parts.copy()
    ends = np.stack([parts[name].astype(np.float64) @ turn.T for name in ("min_mm", "max_mm")])
    is_full = parts["triangle_count"] > 0
    parts["min_mm"][is_full] = ends.min(axis=0)[is_full]
    parts["max_mm"][is_full] = ends.max(axis=0)[is_full]
    points, normals = (
        frozen((array @ turn.T.astype(np.float32)).astype(np.float32))
        for array in (surfaces.positions_mm, surfaces.normals)
    )
    return replace(surfaces, parts=frozen(parts), positions_mm=points, normals=normals)


def _upwards(words: Sequence[Sequence[str]], centers: NDArray[np.float64]) -> Rotation | None:
    regions = [region_of(said) for said in words]
    known = [i for i, region in enumerate(regions) if region in _HEIGHTS]
    if len({regions[i] for i in known}) < _FEWEST_REGIONS:
        return None
    heights = np.array([_HEIGHTS[str(regions[i])] for i in known])
    spread = centers[known] - centers[known].mean(axis=0)
    heights -= heights.mean()
    lengths = np.linalg.norm(spread, axis=0) * np.linalg.norm(heights)
    follow = spread.T @ heights / np.where(lengths > 0, lengths, np.inf)
    return _axis(follow) if np.abs(follow).max() > _ALONG else None


def _leftwards(words: Sequence[Sequence[str]], centers: NDArray[np.float64]) -> Rotation | None:
    """From each structure of the right to its like of the left."""
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for i, said in enumerate(words):
        side = side_of(said)
        if side is not None:
            rest = tuple(word for word in said if word not in (LEFT, RIGHT, "l", "r"))
            found.setdefault(rest, {})[side] = i
    pairs = [(pair[LEFT], pair[RIGHT]) for pair in found.values() if len(pair) == 2]
    if len(pairs) < _FEWEST_PAIRS:
        return None
    left, right = np.array(pairs).T
    apart = (centers[left] - centers[right]).sum(axis=0)
    share = np.abs(apart).max() / max(float(np.linalg.norm(apart)), 1e-9)
    return _axis(apart) if share > _ASIDE else None


def _axis(along: NDArray[np.float64]) -> Rotation:
    """The nearest axis, with its sign."""
    axis = np.zeros(3)
    longest = int(np.abs(along).argmax())
    axis[longest] = np.sign(along[longest])
    return axis
