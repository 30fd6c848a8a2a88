"""Fewer triangles, by fast-simplification."""

from __future__ import annotations

import math
import threading

import fast_simplification
import numpy as np

from xrviewer.case.mesh import Points
from xrviewer.ingest.alike import Numbers

_AGGRESSION = 3
"""Power of the pass by which the error that is allowed rises. By 7, fast-simplification's own, it
rises so steeply that edges go in hardly any order."""
_LAST = 1e-9 * 103.0**_AGGRESSION
"""That error in its last pass: it ends there, and does not say so if triangles are left."""
_ALONE = threading.Lock()
"""It keeps its mesh in globals: two threads at a time would be given parts of each other's."""


def fewer(
    points: np.ndarray, triangles: np.ndarray, count: int, limit_mm: float, keeps_rim: bool = False
) -> tuple[Points, Numbers]:
    """So many triangles, or more where a point would go farther than about limit_mm from the
    planes of those it stands for; and their points. keeps_rim: to the bit."""
    # By a power of two, which leaves to the bit what does not move.
    scale = 2.0 ** round(math.log2(math.sqrt(_LAST) / limit_mm))
    with _ALONE:
        made, left = fast_simplification.simplify(
            points * scale,
            triangles.astype(np.int32, copy=False),
            target_count=count,
            agg=_AGGRESSION,
            preserve_border=keeps_rim,
        )
    return made / scale, left.astype(np.int64, copy=False)
