"""A scan: a block of voxels and where it lies in the patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Voxels stay as they are on disk (memory-mapped); a value is voxel * slope + intercept."""

    id: str
    name: str
    modality: str
    """MR, CT, PT, ... or OT when it is not known."""
    voxels: NDArray[np.generic]
    """(I, J, K), Fortran order: i runs fastest, as a 3-D texture wants it."""
    case_from_voxel: NDArray[np.float64]
    """(4, 4), voxel indices to LPS millimetres; any invertible affine."""
    slope: float = 1.0
    intercept: float = 0.0
    window: tuple[float, float] | None = None
    """Centre and width, in values; None when the data must decide."""
    echo_ms: float | None = None
    """When its echo was taken: two such volumes give a T2."""
    unit: str = ""
    """Of the values: HU, SUV bw (g/ml); empty where a value by itself means nothing."""
    filled_slices: tuple[int, ...] = ()
    """By k: those that were not scanned, but put between their neighbours."""

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        i, j, k = (float(v) for v in np.linalg.norm(self.case_from_voxel[:3, :3], axis=0))
        return i, j, k

    @property
    def center_mm(self) -> tuple[float, float, float]:
        """The middle of the voxels; case frame."""
        middle = (np.array(self.voxels.shape[:3]) - 1) / 2
        x, y, z = (self.case_from_voxel[:3, :3] @ middle + self.case_from_voxel[:3, 3]).tolist()
        return x, y, z

    def holds(self, point_mm: tuple[float, float, float]) -> bool:
        """Whether a point of the case lies in one of its voxels."""
        affine = self.case_from_voxel
        at = np.linalg.solve(affine[:3, :3], np.array(point_mm) - affine[:3, 3])
        return bool(np.all((at >= -0.5) & (at <= np.array(self.voxels.shape[:3]) - 0.5)))

    def half_extent_mm(
        self, across: tuple[float, float, float], along: tuple[float, float, float]
    ) -> tuple[float, float]:
        """Of the whole box, as it is seen: half its size along two directions of the case."""
        edges = (self.case_from_voxel[:3, :3] * self.voxels.shape[:3]).T
        halves = np.abs(edges @ np.array([across, along]).T).sum(axis=0) / 2
        return float(halves[0]), float(halves[1])
