"""What every source of anatomy comes down to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Layer


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A structure and its surface."""

    layer: Layer
    mesh: Mesh
    maps: Mapping[str, NDArray[np.float64]] = field(default_factory=lambda: MappingProxyType({}))
    """Numbers at the vertices, by an id of known words."""
