"""Many figures as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Vec3


@dataclass(frozen=True, slots=True, eq=False)
class FlatMeasures:
    """Many figures as arrays: what a frame has to do does not grow with their kinds."""

    corners_mm: NDArray[np.float64]
    parts: NDArray[np.intp]
    """(N,): the part each corner lies on; -1 for none."""
    segments: NDArray[np.intp]
    segment_colors: NDArray[np.float32]
    ends: NDArray[np.intp]
    end_colors: NDArray[np.float32]
    end_radii: NDArray[np.float32]
    at: NDArray[np.intp]
    """(L, 3): where each value stands, and the corner it turns away from; -1 for none."""
    texts: tuple[str, ...]
    text_colors: tuple[Vec3, ...]
