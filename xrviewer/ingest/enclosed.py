"""The volume within the surface where a field passes a level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.contour import cases, cube_table, edge_starts, strides_of
from xrviewer.compiled import compiled


def enclosed(values: NDArray[np.float32], level: float) -> float:
    """In places. Values of the outermost place of each axis must lie below the level."""
    case = cases(values > level).reshape(-1)
    cells = np.flatnonzero(case + np.uint8(1) > 1)  # neither all below nor, wrapped to 0, all above
    table, strides = cube_table(), np.array(strides_of(values.shape))
    rows = table.first, table.count, table.edges
    return _enclosed(values.reshape(-1), level, cells, case[cells], strides, edge_starts(), *rows)


@compiled
def _enclosed(
    values: NDArray[np.float32],
    level: float,
    cells: NDArray[np.int64],
    cases: NDArray[np.uint8],
    strides: NDArray[np.int64],
    starts: NDArray[np.int64],
    first: NDArray[np.int32],
    count: NDArray[np.int32],
    edges: NDArray[np.uint8],
) -> float:
    total, corner = 0.0, np.empty((3, 3))
    for n in range(len(cells)):
        i, j = cells[n] // strides[0], cells[n] // strides[1] % (strides[0] // strides[1])
        k = cells[n] % strides[1]
        for row in range(first[cases[n]], first[cases[n]] + count[cases[n]]):
            for c in range(3):
                edge = edges[row, c]
                x, y, z = i + starts[edge, 0], j + starts[edge, 1], k + starts[edge, 2]
                at, axis = x * strides[0] + y * strides[1] + z, edge // 4
                low, high = values[at], values[at + strides[axis]]
                corner[c, 0], corner[c, 1], corner[c, 2] = x, y, z
                corner[c, axis] += (level - low) / (high - low)
            total += _under(corner)
    return total


@compiled
def _under(corner: NDArray[np.float64]) -> float:
    """The volume under a triangle."""
    x, y = corner[1, 0] - corner[0, 0], corner[1, 1] - corner[0, 1]
    u, v = corner[2, 0] - corner[0, 0], corner[2, 1] - corner[0, 1]
    under: float = (x * v - u * y) * (corner[0, 2] + corner[1, 2] + corner[2, 2]) / 6
    return under
