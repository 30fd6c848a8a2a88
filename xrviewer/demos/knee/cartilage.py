"""Cartilage: a layer on a bone's surface whose thickness along the bone's normal is a formula.

The inner surface is the bone's own; the outer one is every inner point moved along its normal by
the thickness. So the thickness is known exactly, not measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh
from xrviewer.demos.implicit import Coords, Field, Values, smooth_max, smooth_min
from xrviewer.demos.knee import femur, patella, tibia
from xrviewer.demos.mesh import face_normals, settle
from xrviewer.demos.noise import Noise

TAPER_MM = 4.5
"""Over this distance from its edge a layer grows to its full thickness."""
_VARIATION = Noise(51, 16.0)
_EDGE = Noise(52, 7.0)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The patch of a bone's surface that a cartilage covers."""

    points_mm: NDArray[np.float64]
    normals: NDArray[np.float64]
    triangles: NDArray[np.uint32]
    is_rim: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cartilage:
    """Where a cartilage lies and how thick it is, in the frame of its bone."""

    id: str
    bone: str
    covered: Callable[[Coords], Values]
    """Millimetres inside the edge, about; negative outside."""
    full_thickness: Callable[[Coords], Values]
    """Away from the edge."""

    def thickness(self, coords: Coords) -> Values:
        """0 at the edge and outside, meeting the bone there at a slope, as the real edge does."""
        inside = np.clip(self.covered(coords) / TAPER_MM, 0, 1)
        return np.asarray(inside * (2 - inside) * self.full_thickness(coords))


def sheet(cartilage: Cartilage, bone: Mesh, field: Field) -> Sheet:
    """Cuts the covered patch out of a bone along the exact edge."""
    covered = cartilage.covered(np.ascontiguousarray(bone.points_mm.T))
    points, triangles, is_rim = _cut(bone, covered)
    settled = settle(field, points, triangles, 0.3)
    return Sheet(settled.points_mm, settled.normals, triangles, is_rim)


def layer(patch: Sheet, thickness_mm: Values) -> tuple[Mesh, NDArray[np.float64]]:
    """The closed layer, and its thickness at every vertex: the rim is shared by both surfaces."""
    outer = patch.points_mm + patch.normals * thickness_mm[:, None]
    normals = face_normals(outer, patch.triangles)
    inside = np.flatnonzero(~patch.is_rim)
    inner_index = np.arange(len(outer))
    inner_index[inside] = len(outer) + np.arange(len(inside))
    triangles = np.concatenate([patch.triangles, inner_index[patch.triangles[:, ::-1]]])
    mesh = Mesh(
        np.concatenate([outer, patch.points_mm[inside]]),
        np.concatenate([normals, -patch.normals[inside]]),
        triangles.astype(np.uint32),
    )
    return mesh, np.concatenate([thickness_mm, thickness_mm[inside]])


def _cut(
    mesh: Mesh, value: Values
) -> tuple[NDArray[np.float64], NDArray[np.uint32], NDArray[np.bool_]]:
    """Keeps value > 0; triangles on the edge are cut where value crosses zero."""
    keep = value > 0
    triangles = mesh.triangles.astype(np.int64)
    count = keep[triangles].sum(axis=1)
    crossing = _Crossings(mesh.points_mm, value)
    pieces = [triangles[count == 3]]
    for wanted in (1, 2):
        pieces += crossing.split(_lone_first(triangles[count == wanted], keep, wanted == 1), wanted)
    points = np.concatenate([mesh.points_mm, *crossing.points])
    used, renumbered = np.unique(np.concatenate(pieces), return_inverse=True)
    is_rim = used >= len(mesh.points_mm)
    return points[used], renumbered.reshape(-1, 3).astype(np.uint32), is_rim


def _lone_first(
    triangles: NDArray[np.int64], keep: NDArray[np.bool_], is_lone_kept: bool
) -> NDArray[np.int64]:
    """Turned so that the vertex unlike the other two comes first."""
    lone = np.argmax(keep[triangles] == is_lone_kept, axis=1)
    order = (lone[:, None] + np.arange(3)) % 3
    return np.take_along_axis(triangles, order, axis=1)


class _Crossings:
    """New points where edges cross zero, one an edge, whichever triangle asks."""

    def __init__(self, points: NDArray[np.float64], value: Values) -> None:
        self._points, self._value = points, value
        self._next = len(points)
        self._known: dict[tuple[int, int], int] = {}
        self.points: list[NDArray[np.float64]] = []

    def split(self, triangles: NDArray[np.int64], kept: int) -> list[NDArray[np.int64]]:
        parts: list[tuple[Any, Any, Any]] = []
        for a, b, c in triangles.tolist():
            ab, ac = self._at(a, b), self._at(a, c)
            parts += [(a, ab, ac)] if kept == 1 else [(ab, b, c), (ab, c, ac)]
        return [np.asarray(parts, np.int64).reshape(-1, 3)]

    def _at(self, a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in self._known:
            low, high = self._value[key[0]], self._value[key[1]]
            part = np.clip(low / (low - high), 0.05, 0.95)
            first, last = self._points[key[0]], self._points[key[1]]
            self.points.append((first + part * (last - first))[None])
            self._known[key] = self._next
            self._next += 1
        return self._known[key]


def _femoral_edge(coords: Coords) -> Values:
    x, y, z = coords
    lateral = x - femur.condyle_middle(coords, False)
    medial = x - femur.condyle_middle(coords, True)
    forward = np.clip((-y - 12) / 24, 0, 1)
    lateral_side = lateral + 12.6 - 5.0 * forward
    medial_side = 12.8 - 6.0 * forward - medial
    beside_notch = smooth_max(11.6 - lateral, medial + 11.6, 2.0)
    notch = smooth_max(beside_notch, -17.5 - y - 0.02 * x * x, 6.0)
    groove_top = 11.5 - 0.17 * x + 0.006 * (x + 1) ** 2 - 0.012 * np.maximum(x, 0) ** 2
    behind_top = 11.0 - 0.05 * np.where(x < 0, lateral, medial) ** 2
    top = np.where(y < -8, groove_top, behind_top) - z
    ends = smooth_max(smooth_max(-23.0 - y, y - 5.0, 2.0), -4.0 - z, 8.0)
    edge = smooth_min(smooth_min(lateral_side, medial_side, 3.0), notch, 3.0)
    return smooth_min(smooth_min(edge, top, 7.0), ends, 6.0) + 0.5 * _EDGE(coords)


def _femoral_thickness(coords: Coords) -> Values:
    x, y, z = coords
    groove = 0.5 * np.exp(-(((x + 1) / 13) ** 2) - ((y + 33) / 9) ** 2)
    bearing = 0.35 * np.exp(-(((y + 5) / 11) ** 2) - ((z + 21) / 8) ** 2)
    return np.asarray(2.15 + groove + bearing + 0.12 * _VARIATION(coords))


def _oval(x: Values, y: Values, center: tuple[float, float], radii: tuple[float, float]) -> Values:
    """Millimetres inside an ellipse, about."""
    u, v = (x - center[0]) / radii[0], (y - center[1]) / radii[1]
    level = np.sqrt(u * u + v * v)
    slope = np.sqrt((u / radii[0]) ** 2 + (v / radii[1]) ** 2) / np.maximum(level, 1e-6)
    return np.asarray((1 - level) / np.maximum(slope, 1 / max(radii)))


def _on_top(coords: Coords) -> Values:
    """Positive on the plateau, negative down the sides of the tibia."""
    return np.asarray(2.5 * (coords[2] - tibia.plateau_height(coords[0], coords[1]) + 1.6))


def _medial_tibial_edge(coords: Coords) -> Values:
    x, y, _ = coords
    return smooth_min(_oval(x, y, (21.0, 0.6), (13.0, 19.8)), _on_top(coords), 2.0) + 0.4 * _EDGE(
        coords
    )


def _lateral_tibial_edge(coords: Coords) -> Values:
    x, y, _ = coords
    return smooth_min(_oval(x, y, (-20.6, 1.0), (13.6, 17.4)), _on_top(coords), 2.0) + 0.4 * _EDGE(
        coords
    )


def _medial_tibial_thickness(coords: Coords) -> Values:
    x, y, _ = coords
    hill = 0.8 * np.exp(-(((x - 19) / 9) ** 2) - ((y - 0) / 13) ** 2)
    return np.asarray(1.75 + hill + 0.10 * _VARIATION(coords))


def _lateral_tibial_thickness(coords: Coords) -> Values:
    x, y, _ = coords
    hill = 1.5 * np.exp(-(((x + 18) / 9) ** 2) - ((y - 3) / 12) ** 2)
    return np.asarray(1.75 + hill + 0.10 * _VARIATION(coords))


def _patellar_edge(coords: Coords) -> Values:
    x, y, z = coords
    rim = -patella.OUTLINE.distance(x, z) - 2.8
    behind = (y - patella.back_depth(x, z) + 3.0) * 2
    return smooth_min(smooth_min(rim, z + 10.0 - 0.012 * x * x, 5.0), behind, 2.0) + 0.4 * _EDGE(
        coords
    )


def _patellar_thickness(coords: Coords) -> Values:
    x, _, z = coords
    ridge = 1.5 * np.exp(-(((x - patella.RIDGE_X_MM) / 9) ** 2) - ((z - 3) / 13) ** 2)
    return np.asarray(2.2 + ridge + 0.10 * _VARIATION(coords))


CARTILAGES: tuple[Cartilage, ...] = (
    Cartilage("femoral_cartilage", "femur", _femoral_edge, _femoral_thickness),
    Cartilage("medial_tibial_cartilage", "tibia", _medial_tibial_edge, _medial_tibial_thickness),
    Cartilage("lateral_tibial_cartilage", "tibia", _lateral_tibial_edge, _lateral_tibial_thickness),
    Cartilage("patellar_cartilage", "patella", _patellar_edge, _patellar_thickness),
)
