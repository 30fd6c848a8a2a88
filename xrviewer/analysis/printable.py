"""Whether a surface can be printed: closed, in how many pieces, how thin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.crossings import Tracer
from xrviewer.analysis.facets import on_border, pieces
from xrviewer.case.mesh import Mesh

THIN_MM = 0.8
"""Two lines of a usual nozzle: a wall below it is not printed."""
_ASKED = 4000
"""Places at which the thickness is asked for, at most."""
_FARTHEST_MM = 50.0


@dataclass(frozen=True, slots=True)
class Printable:
    is_closed: bool
    is_outside_out: bool
    pieces: int
    thin_share: float
    """Of the asked places, where the wall is below THIN_MM."""
    thinnest_mm: float | None
    """Below which 1 in 100 lies; None where nothing was behind."""

    @property
    def problems(self) -> tuple[str, ...]:
        """In words; none when it can be printed as it is."""
        found = []
        if not self.is_closed:
            found.append("is open")
        if not self.is_outside_out:
            found.append("is inside out")
        if self.pieces > 1:
            found.append(f"is in {self.pieces} pieces")
        if self.thin_share > 0.01:
            found.append(f"is thinner than {THIN_MM:g} mm in {100 * self.thin_share:.0f} % of it")
        return tuple(found)


def printable(mesh: Mesh) -> Printable:
    used = np.unique(mesh.triangles)
    is_used = np.zeros(len(mesh.points_mm), np.bool_)
    is_used[used] = True
    walls = _walls_mm(mesh, used[:: max(1, len(used) // _ASKED)])
    return Printable(
        is_closed=len(used) > 0 and not bool(on_border(mesh)[used].any()),
        is_outside_out=mesh.volume_mm3 >= 0,
        pieces=pieces(mesh, is_used)[0],
        thin_share=float((walls < THIN_MM).mean()) if len(walls) else 0.0,
        thinnest_mm=float(np.percentile(walls, 1)) if len(walls) else None,
    )


def _walls_mm(mesh: Mesh, vertices: NDArray[np.uint32]) -> NDArray[np.float64]:
    """From each vertex straight in to where the surface is left again."""
    inward = -np.sign(mesh.volume_mm3 or 1.0) * mesh.normals[vertices]
    origins = mesh.points_mm[vertices] + 1e-3 * inward
    found = Tracer(mesh).crossings(origins, inward, _FARTHEST_MM)
    wall = np.full(len(vertices), np.inf)
    np.minimum.at(wall, found.ray, found.distance_mm + 1e-3)
    return np.asarray(wall[np.isfinite(wall)])
