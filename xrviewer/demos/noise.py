"""Irregularity that looks grown: smooth lattice noise, the same on every machine."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import map_coordinates

from xrviewer.demos.implicit import Coords, Values

_LATTICE = 48


class Noise:
    """Twice differentiable, zero mean, about unit deviation; features of feature_mm."""

    def __init__(self, seed: int, feature_mm: float) -> None:
        generator = np.random.Generator(np.random.PCG64(seed))
        self._lattice = generator.standard_normal((_LATTICE,) * 3) * 1.7
        self._step_mm = feature_mm / 2
        self._origin = _LATTICE / 2

    def __call__(self, coords: Coords) -> Values:
        """Repeats after 24 features."""
        at = (coords / self._step_mm + self._origin).astype(coords.dtype)
        lattice = self._lattice.astype(coords.dtype)
        return np.asarray(map_coordinates(lattice, at, order=3, prefilter=False, mode="grid-wrap"))
