"""Centre lines of tubes whose middle is known, and what has none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.shapes import sphere
from xrviewer.analysis.centre_line import centre_line
from xrviewer.errors import MeasureError
from xrviewer.spatial.bend import bend_of

Points = NDArray[np.float64]
RADIUS, PITCH, TURNS = 20.0, 30.0, 1.6


def helix(t: Points) -> Points:
    return np.stack([RADIUS * np.cos(t), RADIUS * np.sin(t), PITCH * t / (2 * np.pi)], axis=-1)


def arc(t: Points) -> Points:
    return np.stack([RADIUS * np.cos(t), RADIUS * np.sin(t), 0 * t], axis=-1)


def tube(
    line: Points,
    radius_mm: float | Points,
    around: int = 24,
    flat: float = 1.0,
    closed: bool = False,
) -> tuple[Points, NDArray[np.int64]]:
    """Round, or flat by a factor, closed by fans at its ends."""
    bend = bend_of(line, (0.0, 0.0, 1.0))
    angles = np.linspace(0, 2 * np.pi, around, endpoint=False)
    radius = np.broadcast_to(radius_mm, len(line))[:, None, None]
    rings = bend.points[:, None] + radius * (
        np.cos(angles)[None, :, None] * bend.side[:, None]
        + flat * np.sin(angles)[None, :, None] * bend.up[:, None]
    )
    i, j = (v.ravel() for v in np.meshgrid(range(len(line)), range(around), indexing="ij"))
    is_kept = i < len(line) - (0 if closed else 1)
    i, j = i[is_kept], j[is_kept]
    here, beside = i * around + j, i * around + (j + 1) % around
    n = len(line) * around
    up, across = (here + around) % n, (beside + around) % n
    triangles = [np.stack([here, beside, across], 1), np.stack([here, across, up], 1)]
    points = rings.reshape(-1, 3)
    if not closed:
        points = np.concatenate([points, line[:1], line[-1:]])
        ring = np.arange(around)
        last = (len(line) - 1) * around
        triangles.append(np.stack([np.full(around, n), (ring + 1) % around, ring], 1))
        top = (last + ring, last + (ring + 1) % around)
        triangles.append(np.stack([np.full(around, n + 1), *top], 1))
    return points, np.concatenate(triangles)


def off_line(found: Points, line: Points) -> Points:
    return np.array([np.linalg.norm(line - p, axis=1).min() for p in found])


@pytest.mark.parametrize("flat", [1.0, 0.35], ids=["round", "flat"])
@pytest.mark.parametrize("shape", [helix, arc], ids=["helix", "arc of a torus"])
def test_the_middle_of_a_bent_tube(shape: object, flat: float) -> None:
    assert callable(shape)
    end = 2 * np.pi * (TURNS if shape is helix else 0.7)
    line = shape(np.linspace(0, end, 240))
    found = centre_line(*tube(line, 4.0, flat=flat))
    fine = shape(np.linspace(0, end, 8000))
    off = off_line(found, fine)
    assert off.mean() < 0.05 and off.max() < 0.4, "the ends go straight on"
    per_radian = np.hypot(RADIUS, PITCH / (2 * np.pi)) if shape is helix else RADIUS
    length = np.linalg.norm(np.diff(found, axis=0), axis=1).sum()
    assert length == pytest.approx(per_radian * end, rel=0.01)
    steps = np.linalg.norm(np.diff(found, axis=0), axis=1)
    assert steps.std() < 0.02 * steps.mean()


def test_a_tube_that_narrows_and_has_split_corners() -> None:
    line = helix(np.linspace(0, 6, 200))
    points, triangles = tube(line, np.linspace(5.0, 2.0, 200))
    split = points[triangles].reshape(-1, 3)  # every triangle with corners of its own
    found = centre_line(split, np.arange(len(split)).reshape(-1, 3))
    assert off_line(found, helix(np.linspace(0, 6, 8000))).mean() < 0.08


def test_a_ring_a_ball_and_nothing_have_no_line() -> None:
    ring = tube(arc(np.linspace(0, 2 * np.pi, 120, endpoint=False)), 4.0, closed=True)
    with pytest.raises(MeasureError, match="closes to a ring"):
        centre_line(*ring)
    points, _, triangles = sphere()
    with pytest.raises(MeasureError, match="is no tube"):
        centre_line(points, triangles)
    with pytest.raises(MeasureError, match="no surface"):
        centre_line(np.zeros((0, 3)), np.zeros((0, 3), np.int64))
