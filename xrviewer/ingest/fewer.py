"""Fewer triangles, by fast-simplification."""

from __future__ import annotations

import threading

import fast_simplification
import numpy as np

from xrviewer.case.mesh import Points

_AGGRESSION = 7
"""fast-simplification's own default; at 3 it stops far above the target, and does not say so."""
_ALONE = threading.Lock()
"""It keeps its mesh in globals: two threads at a time would be given parts of each other's."""


def fewer(
    points: np.ndarray, triangles: np.ndarray, count: int, keeps_rim: bool = False
) -> tuple[Points, np.ndarray]:
    """So many triangles, or a few more, and their points. keeps_rim: to the bit."""
    with _ALONE:
        made, left = fast_simplification.simplify(
            points,
            triangles.astype(np.int32, copy=False),
            target_count=count,
            agg=_AGGRESSION,
            preserve_border=keeps_rim,
        )
    return made, left
