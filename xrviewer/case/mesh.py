"""One closed surface on its own, while it is being made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Matrix, apply, apply_direction


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A closed surface; triangles turn counter-clockwise seen from outside."""

    points_mm: NDArray[np.float64]
    normals: NDArray[np.float64]
    triangles: NDArray[np.uint32]

    def moved(self, transform: Matrix) -> Mesh:
        """By a rigid transform."""
        return Mesh(
            apply(transform, self.points_mm),
            apply_direction(transform, self.normals),
            self.triangles,
        )

    @property
    def volume_mm3(self) -> float:
        a, b, c = (self.points_mm[self.triangles[:, i]] for i in range(3))
        return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)
