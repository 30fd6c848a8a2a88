"""Marching cubes: closed whatever the field, and where scikit-image says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.measure import marching_cubes

from xrviewer.analysis.contour import Contour, contour
from xrviewer.case.mesh import Mesh


def is_closed(triangles: NDArray[np.uint32]) -> bool:
    """Each edge is gone along once in each direction."""
    ways = np.concatenate([triangles[:, [i, (i + 1) % 3]] for i in range(3)]).astype(np.int64)
    there = np.sort(ways[:, 0] << 32 | ways[:, 1])
    back = np.sort(ways[:, 1] << 32 | ways[:, 0])
    return bool((np.diff(there) > 0).all() and (there == back).all())


def volume(found: Contour) -> float:
    points = found.points.astype(np.float64)
    return Mesh(points, points, found.triangles).volume_mm3


@settings(max_examples=80, derandomize=True, deadline=None)
@given(arrays(np.bool_, (3, 4, 3)))
def test_closed_whatever_is_inside(inside: NDArray[np.bool_]) -> None:
    """Every voxel by chance: all ambiguous faces, all pinches."""
    found = contour(np.pad(inside, 2).astype(np.float32), 0.5)
    assert is_closed(found.triangles)
    assert volume(found) >= 0
    assert (len(found.triangles) > 0) == inside.any()


@settings(max_examples=10, derandomize=True, deadline=None)
@given(st.integers(0, 99))
def test_closed_on_noise(seed: int) -> None:
    field = np.pad(np.random.default_rng(seed).random((12, 13, 14)), 2).astype(np.float32)
    assert is_closed(contour(field, 0.5001).triangles)


def test_a_ball_as_scikit_image_lays_it() -> None:
    axes = np.meshgrid(*[np.arange(-14.0, 15.0)] * 3, indexing="ij")
    field = (11.3 - np.sqrt(sum(axis**2 for axis in axes))).astype(np.float32)
    found = contour(field, 0.0)
    points, triangles, _, _ = marching_cubes(field, 0.0)
    assert len(found.triangles) == len(triangles)
    assert np.sort(found.points, axis=0) == pytest.approx(np.sort(points, axis=0), abs=1e-4)
    assert volume(found) == pytest.approx(4 / 3 * np.pi * 11.3**3, rel=0.01)
    outward = (found.points - 14) / np.linalg.norm(found.points - 14, axis=1)[:, None]
    slopes = found.slopes / np.linalg.norm(found.slopes, axis=1)[:, None]
    assert (outward * slopes).sum(axis=1).min() > 0.99
