"""The surfaces of one timepoint, packed: every part in one set of arrays.

990 Python mesh objects would cost more to walk than the GPU needs to draw them; the arrays
here are what goes into the vertex and index buffers, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Array = TypeVar("_Array", bound="np.ndarray[Any, Any]")

PART_DTYPE = np.dtype(
    [
        ("vertex_first", "u4"),
        ("vertex_count", "u4"),
        ("triangle_first", "u4"),
        ("triangle_count", "u4"),
        ("min_mm", "f4", 3),
        ("max_mm", "f4", 3),
    ]
)
"""A part's slice of the arrays, and its bounds. An empty part has min > max."""


@dataclass(frozen=True, slots=True, eq=False)
class ScalarMap:
    """A number at every vertex of the surfaces; NaN where it is undefined."""

    id: str
    """The glTF attribute it comes from, without the underscore, lower case: thickness_mm."""
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Surfaces:
    """Triangles of every part in the case frame. Arrays are read-only."""

    part_ids: tuple[str, ...]
    """The layer each part belongs to; unique."""
    parts: NDArray[Any]
    """PART_DTYPE, in the order of part_ids."""
    positions_mm: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.uint32]
    """(M, 3); vertices are counted from the part's vertex_first."""
    maps: Mapping[str, ScalarMap] = field(default_factory=lambda: MappingProxyType({}))
    colors: NDArray[np.uint8] | None = None
    """(N, 4) sRGB vertex colours, where a file has them."""

    def part(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
        """Points and triangles of one part, as views."""
        row = self.parts[index]
        v, t = int(row["vertex_first"]), int(row["triangle_first"])
        return (
            self.positions_mm[v : v + int(row["vertex_count"])],
            self.triangles[t : t + int(row["triangle_count"])],
        )

    def bounds_mm(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Of all parts that have triangles; zeros when none has."""
        full = self.parts[self.parts["triangle_count"] > 0]
        if not len(full):
            return np.zeros(3, np.float32), np.zeros(3, np.float32)
        return full["min_mm"].min(axis=0), full["max_mm"].max(axis=0)


def part_bounds(points_mm: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    if not len(points_mm):
        return np.full(3, np.inf, np.float32), np.full(3, -np.inf, np.float32)
    return points_mm.min(axis=0), points_mm.max(axis=0)


def pack_parts(
    meshes: list[tuple[str, NDArray[np.float32], NDArray[np.float32], NDArray[np.uint32]]],
    maps: Mapping[str, NDArray[np.float32]] | None = None,
    colors: NDArray[np.uint8] | None = None,
) -> Surfaces:
    """From (id, points_mm, normals, triangles) of each part; maps run over all vertices."""
    parts: NDArray[Any] = np.zeros(len(meshes), PART_DTYPE)
    vertex, triangle = 0, 0
    for i, (_, points, _, triangles) in enumerate(meshes):
        low, high = part_bounds(points)
        parts[i] = (vertex, len(points), triangle, len(triangles), low, high)
        vertex, triangle = vertex + len(points), triangle + len(triangles)
    return Surfaces(
        part_ids=tuple(mesh[0] for mesh in meshes),
        parts=frozen(parts),
        positions_mm=frozen(_stack([m[1] for m in meshes], np.float32)),
        normals=frozen(_stack([m[2] for m in meshes], np.float32)),
        triangles=frozen(_stack([m[3] for m in meshes], np.uint32)),
        maps=MappingProxyType({k: ScalarMap(k, frozen(v)) for k, v in (maps or {}).items()}),
        colors=colors,
    )


def frozen(array: _Array) -> _Array:
    array.setflags(write=False)
    return array


def _stack(arrays: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    if not arrays:
        return np.zeros((0, 3), dtype)
    return np.ascontiguousarray(np.concatenate(arrays), dtype=dtype)
