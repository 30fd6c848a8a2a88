"""Where every part of a date is: taken out by hand, spread from the centre, or at home."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces
from xrviewer.document.snapshot import Snapshot
from xrviewer.spatial.transforms import Vec3


@dataclass(frozen=True, eq=False)
class Arrangement:
    """A row a part, in the order of the surfaces. Case frame, millimetres."""

    turns: NDArray[np.float64]
    """(N, 3, 3)"""
    shifts_mm: NDArray[np.float64]
    """(N, 3)"""
    is_moved: NDArray[np.bool_]
    is_any_moved: bool

    @cached_property
    def case_from_part(self) -> NDArray[np.float64]:
        """(N, 3, 4)"""
        return np.concatenate([self.turns, self.shifts_mm[:, :, None]], axis=2)


def arrangement(
    snapshot: Snapshot, surfaces: Surfaces, layer_of_part: NDArray[np.intp]
) -> Arrangement:
    places = snapshot.layers["place"][layer_of_part]
    shifts = places["position_mm"] + spread_mm(surfaces, snapshot.explode)
    is_turned = (places["rotation_xyzw"][:, :3] != 0).any(axis=1)
    is_moved = is_turned | (shifts != 0).any(axis=1)
    return Arrangement(_turns(places["rotation_xyzw"]), shifts, is_moved, bool(is_moved.any()))


def spread_mm(surfaces: Surfaces, explode: float) -> NDArray[np.float64]:
    """(N, 3): how far each part goes from the centre of all; an empty part stays."""
    parts: NDArray[Any] = surfaces.parts
    away = np.zeros((len(parts), 3))
    is_there = parts["triangle_count"] > 0  # what is not there has no bounds
    if explode == 0.0 or not is_there.any():
        return away
    there = parts[is_there]
    centers = (there["min_mm"].astype(np.float64) + there["max_mm"]) / 2
    low, high = surfaces.bounds_mm()
    away[is_there] = (centers - (low.astype(np.float64) + high) / 2) * explode
    return away


def spread_of(surfaces: Surfaces, part: int, explode: float) -> Vec3:
    x, y, z = spread_mm(surfaces, explode)[part].tolist()
    return (x, y, z)


def _turns(rotations_xyzw: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 3, 3), as spatial.rotation_rows has it for one."""
    x, y, z, w = rotations_xyzw.T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), 2, 0)
