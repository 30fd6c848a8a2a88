"""What every source of anatomy comes down to."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Layer


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A structure and its surface."""

    layer: Layer
    mesh: Mesh
