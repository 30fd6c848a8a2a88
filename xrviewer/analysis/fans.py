"""Which triangles meet at which sides, and corners that a solver of surfaces takes.

Where a corridor pinches, or a surface touches itself, a solver refuses the corner. So corners are
told apart until the triangles at each form one fan.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

Numbers = NDArray[np.int64]


def sides_across(triangles: Numbers) -> Numbers:
    """(N, 3): for the side from corner i to the next the one that runs against it, as 3 times its
    triangle plus its own place; -1 where there is none, or more than one."""
    tails, heads = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    size = int(triangles.max()) + 1
    names, back = tails * size + heads, heads * size + tails
    order = np.argsort(names)
    ordered = names[order]
    first = np.searchsorted(ordered, back)
    is_one = np.searchsorted(ordered, back, side="right") == first + 1
    is_alone = np.zeros(len(names), np.bool_)
    is_alone[order] = np.diff(ordered, prepend=-1, append=-1)[:-1] != 0
    is_alone[order] &= np.diff(ordered, prepend=-1, append=-1)[1:] != 0
    across = order[np.minimum(first, len(order) - 1)]
    return np.where(is_one & is_alone, across, -1).reshape(-1, 3)


def fans(across: Numbers, inside: Numbers) -> Numbers:
    """(M, 3): of the triangles inside, in order, a number for each corner, the same for those
    triangles alone that can be reached round it through triangles inside."""
    place = np.searchsorted(inside, across[inside] // 3)
    place = np.minimum(place, len(inside) - 1)
    is_joined = (across[inside] >= 0) & (inside[place] == across[inside] // 3)
    row, tail = np.nonzero(is_joined)
    other, side = place[row, tail], across[inside[row], tail] % 3
    once = row < other
    row, tail, other, side = row[once], tail[once], other[once], side[once]
    one = np.concatenate([3 * row + tail, 3 * row + (tail + 1) % 3])
    same = np.concatenate([3 * other + (side + 1) % 3, 3 * other + side])
    count = 3 * len(inside)
    graph = csr_matrix((np.ones(len(one), np.int8), (one, same)), (count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64).reshape(-1, 3)


def corners_of(fan: Numbers, triangles: Numbers) -> Numbers:
    """Which corner each fan has."""
    corner = np.zeros(int(fan.max()) + 1, np.int64)
    corner[fan] = triangles
    return corner
