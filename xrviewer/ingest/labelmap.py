"""A segmentation: which structure each voxel belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Color


@dataclass(frozen=True, slots=True)
class Segment:
    """What a file calls one of its labels."""

    name: str
    color: Color | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LabelMap:
    """Labels on a grid; 0 is no structure. Structures that overlap need one map each."""

    labels: NDArray[np.generic]
    """(I, J, K), unsigned, Fortran order."""
    case_from_voxel: NDArray[np.float64]
    segments: Mapping[int, Segment] = field(default_factory=lambda: MappingProxyType({}))
    keeps_names: bool = False
    """Whether its own names stand over a labels file: the map was made here."""

    @property
    def voxel_mm3(self) -> float:
        return abs(float(np.linalg.det(self.case_from_voxel[:3, :3])))
