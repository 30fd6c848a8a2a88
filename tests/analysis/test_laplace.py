"""The potential and its lines, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.phantoms import KNEE_MM, grid, height_field, shell_mesh
from xrviewer.analysis.laplace import FieldLines, potential
from xrviewer.analysis.raster import lines_between, rasterised
from xrviewer.errors import MeasureError


def fields_of_shell(inner_mm: float, outer_mm: float, spacing_mm: tuple[float, float, float]):
    """Smooth level functions, one half on the surfaces, and where the nodes are."""
    where = grid(outer_mm + 3, spacing_mm)
    radius = np.linalg.norm(where.points_mm, axis=-1)
    inner, both = (0.5 + 0.1 * (r - radius) for r in (inner_mm, outer_mm))
    return inner.astype(np.float32), both.astype(np.float32), where, radius


@pytest.mark.parametrize("spacing_mm", [KNEE_MM, (0.2, 0.2, 0.2), (0.3, 0.3, 1.5)])
def test_potential_of_a_shell(spacing_mm: tuple[float, float, float]) -> None:
    """Between two balls it falls as 1 / r, however few nodes there are between them."""
    inner, both, _, radius = fields_of_shell(8.0, 10.0, spacing_mm)
    nodes, found, _ = potential(inner, both, np.array(spacing_mm))
    truth = (1 / 8 - 1 / radius.ravel()[nodes]) / (1 / 8 - 1 / 10)
    assert len(nodes) > 5000
    assert np.abs(found - truth).mean() < 0.005
    assert np.abs(found - truth).max() < 0.03


def test_lines_are_as_long_as_the_shell_is_thick() -> None:
    inner, both, where, _ = fields_of_shell(8.0, 10.0, KNEE_MM)
    lines = FieldLines(inner, both, where.case_from_voxel, 12.0)
    ball, _ = shell_mesh(8.0, 2.0, detail=4)
    np.testing.assert_allclose(lines.lengths_mm(ball.points_mm), 2.0, atol=0.03)


def test_what_lies_beyond_reach_is_not_made_up() -> None:
    inner, both, where, _ = fields_of_shell(4.0, 10.0, KNEE_MM)
    lines = FieldLines(inner, both, where.case_from_voxel, reach_mm=3.0)
    ball, _ = shell_mesh(4.0, 6.0, detail=3)
    assert np.isnan(lines.lengths_mm(ball.points_mm)).all()


def test_surfaces_in_voxels_keep_their_volumes() -> None:
    inner, outer = shell_mesh(10.0, 2.0, detail=4)
    block = rasterised(inner, outer)
    voxel_mm3 = np.prod(block.spacing_mm)
    assert block.layer.sum() * voxel_mm3 == pytest.approx(outer.volume_mm3, rel=0.01)
    assert block.inner.sum() * voxel_mm3 == pytest.approx(inner.volume_mm3, rel=0.01)


@pytest.mark.parametrize("is_flipped", [False, True])
def test_lines_between_surfaces(is_flipped: bool) -> None:
    inner, outer = shell_mesh(10.0, 2.0, detail=4)
    if is_flipped:
        outer = outer.flipped()
    found = lines_between(inner, outer).lengths_mm(inner.points_mm)
    assert np.abs(found - 2).mean() <= 0.05


def test_an_open_surface_has_no_volume() -> None:
    flat = height_field(np.zeros((20, 20)), 0.5)
    with pytest.raises(MeasureError, match="open surface"):
        lines_between(flat, height_field(np.full((20, 20), 2.0), 0.5))
