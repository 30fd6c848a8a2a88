"""Fewer triangles, asked for by several threads at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import trimesh

from xrviewer.ingest.fewer import fewer

_BALLS = [trimesh.creation.icosphere(subdivisions=4, radius=1.0 + size) for size in range(4)]


def _reduced(number: int) -> tuple[bytes, bytes]:
    ball = _BALLS[number % len(_BALLS)]
    points, triangles = fewer(np.asarray(ball.vertices), np.asarray(ball.faces), 1000, 1.0)
    return points.tobytes(), triangles.tobytes()


def test_threads_never_get_parts_of_each_other_s_surface() -> None:
    """A worker of a cluster does several cases at a time: these are different patients."""
    alone = [_reduced(number) for number in range(len(_BALLS))]
    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(_reduced, range(100)))
    assert beside == alone * 25
