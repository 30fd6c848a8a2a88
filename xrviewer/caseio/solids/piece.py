"""One structure on its way out, as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    id: str
    name: str
    color_hex: str
    opacity: float
    points_mm: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    maps: Mapping[str, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))
    """A number a vertex; NaN where it is undefined."""
