"""Volumes, painted areas, gaps and diameters of shapes whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from tests.analysis.phantoms import KNEE_MM
from xrviewer.analysis.diameters import axial_diameters
from xrviewer.analysis.extents import gap, painted_area, volume
from xrviewer.analysis.figures import Precision, half_diagonal_mm
from xrviewer.case.mesh import Mesh
from xrviewer.errors import MeasureError

EXACT = Precision(0.0)
SCAN = Precision(half_diagonal_mm(KNEE_MM))


def mesh_of(shape: trimesh.Trimesh, move: tuple[float, float, float] = (0, 0, 0)) -> Mesh:
    return Mesh.of(shape.vertices + np.array(move), shape.faces)


def test_volume_of_a_box_and_a_ball() -> None:
    assert volume(mesh_of(trimesh.creation.box((20, 30, 5))), EXACT).value == pytest.approx(3.0)
    ball = volume(mesh_of(trimesh.creation.icosphere(6, 10.0)), EXACT)
    assert ball.value == pytest.approx(4 / 3 * np.pi, rel=1e-3)


def test_a_volume_is_off_by_its_surface_s_error_all_over() -> None:
    """A tenth of a voxel's half diagonal and the surface's own deviation, at right angles."""
    box = mesh_of(trimesh.creation.box((20, 30, 5)))
    precision = Precision(half_diagonal_mm(KNEE_MM), 0.12)
    off_mm = np.hypot(0.1 * half_diagonal_mm(KNEE_MM), 0.12)
    found = volume(box, precision)
    assert found.uncertainty == pytest.approx(1700 * off_mm / 1000)
    assert volume(box, EXACT).uncertainty == 0
    assert volume(box, Precision(None)).uncertainty is None


def test_an_inside_out_surface_has_the_same_volume_and_an_open_one_none() -> None:
    box = mesh_of(trimesh.creation.box((20, 30, 5)))
    assert volume(box.flipped(), EXACT).value == pytest.approx(3.0)
    with pytest.raises(MeasureError, match="open"):
        volume(Mesh.of(box.points_mm, box.triangles[:-1]), EXACT)
    with pytest.raises(MeasureError, match="no surface"):
        volume(Mesh.of(np.zeros((0, 3)), np.zeros((0, 3))), EXACT)


def test_a_cap_painted_on_a_ball() -> None:
    """The part of a ball within a distance d of a point on it has area pi d^2."""
    ball = mesh_of(trimesh.creation.icosphere(5, 20.0))
    found = painted_area(ball, np.array([[20.0, 0, 0]]), 6.0, SCAN)
    assert found.value == pytest.approx(np.pi * 36, rel=0.01)
    rim = 2 * np.pi * 6 * half_diagonal_mm(KNEE_MM)
    assert found.uncertainty == pytest.approx(rim, rel=0.01)
    with pytest.raises(MeasureError, match="nothing is painted"):
        painted_area(ball, np.array([[40.0, 0, 0]]), 6.0, EXACT)


def test_gap_between_faces_corners_edges() -> None:
    box = trimesh.creation.box((10, 10, 10))
    faces = gap(mesh_of(box), mesh_of(box, (12.5, 3, 2)), EXACT)
    assert faces.quantity.value == pytest.approx(2.5)
    corners = gap(mesh_of(box), mesh_of(box, (13, 14, 22)), EXACT)
    assert corners.quantity.value == pytest.approx(13)
    np.testing.assert_allclose(corners.points_mm, [[5, 5, 5], [8, 9, 17]])


@pytest.mark.parametrize("turn_deg", [90, 60, 25])
def test_gap_between_edges_that_cross(turn_deg: float) -> None:
    """Two rods on edge, one over the other at an angle: only those edges are this near."""
    quarter = trimesh.transformations.rotation_matrix(np.pi / 4, (1, 0, 0))
    one = trimesh.creation.box((60, 2, 2)).apply_transform(quarter)
    turn = trimesh.transformations.rotation_matrix(np.radians(turn_deg), (0, 0, 1))
    other = one.copy().apply_transform(turn).apply_translation((7, 0, 5))
    rods = gap(mesh_of(one), mesh_of(other), EXACT)
    assert rods.quantity.value == pytest.approx(5 - 2 * np.sqrt(2), abs=1e-9)
    ends = rods.points_mm[np.argsort(rods.points_mm[:, 2])]
    np.testing.assert_allclose(ends, [[7, 0, np.sqrt(2)], [7, 0, 5 - np.sqrt(2)]], atol=1e-9)


def test_gap_of_what_crosses_is_nothing() -> None:
    one, other = trimesh.creation.box((60, 2, 2)), trimesh.creation.box((2, 60, 2))
    assert gap(mesh_of(one), mesh_of(other, (3, 1, 0.3)), EXACT).quantity.value == pytest.approx(0)


def test_gap_of_two_balls() -> None:
    ball = trimesh.creation.icosphere(5, 20.0)
    found = gap(mesh_of(ball), mesh_of(ball, (30, 30, 10)), SCAN)
    truth = np.linalg.norm([30, 30, 10]) - 40
    assert found.quantity.value == pytest.approx(truth, abs=0.03)
    assert found.quantity.uncertainty == pytest.approx(np.sqrt(2) * half_diagonal_mm(KNEE_MM))


def test_diameters_of_an_ellipsoid() -> None:
    """Its middle cut is an ellipse; the longest axis across the plane does not count."""
    ball = trimesh.creation.icosphere(5, 1.0)
    ball.vertices *= (12, 7, 20)
    ball.apply_transform(trimesh.transformations.rotation_matrix(0.4, (0, 0, 1)))
    found = axial_diameters(mesh_of(ball, (40, -20, 300)), 0.7)
    assert np.linalg.norm(np.diff(found.long_mm, axis=0)) == pytest.approx(24, rel=0.01)
    assert np.linalg.norm(np.diff(found.short_mm, axis=0)) == pytest.approx(14, rel=0.02)
    along, across = (np.diff(ends, axis=0)[0] for ends in (found.long_mm, found.short_mm))
    assert along @ across == pytest.approx(0, abs=1e-6)
    assert np.unique(np.round([found.long_mm[:, 2], found.short_mm[:, 2]], 6)).size == 1


def test_short_axis_of_a_triangle() -> None:
    """Across its longest side it is the height, wherever that stands."""
    corners = np.array([[0, 0], [25, 0], [9, 12]])
    prism = trimesh.creation.extrude_triangulation(corners, [[0, 1, 2]], 10)
    found = axial_diameters(mesh_of(prism), 1.0)
    assert np.linalg.norm(np.diff(found.long_mm, axis=0)) == pytest.approx(25)
    assert np.linalg.norm(np.diff(found.short_mm, axis=0)) == pytest.approx(12)
    np.testing.assert_allclose(sorted(found.long_mm[:, 0]), [0, 25], atol=1e-9)
    low, high = found.short_mm[np.argsort(found.short_mm[:, 1])]
    np.testing.assert_allclose((low[:2], high[:2]), ((9, 0), (9, 12)), atol=1e-9)


def test_both_axes_of_a_turned_bar_end_on_it() -> None:
    """Of 30 x 10 mm the diagonal, and across that 10 d / 30 between the long sides. The lowest
    cut, where it is widest, is the one."""
    turn = trimesh.transformations.rotation_matrix(0.3, (0, 0, 1))
    bar = trimesh.creation.box((30, 10, 8))
    bar.vertices[bar.vertices[:, 2] > 0, :2] *= 0.5
    bar.apply_transform(turn).apply_translation((40, -20, 300))
    found = axial_diameters(mesh_of(bar), 0.08)
    at_bar = np.array([40, -20, 300])
    share = 1 - 0.5 * 0.04 / 8  # the middle of the lowest of a hundred cuts
    long, short = (
        (ends - at_bar) @ turn[:3, :3] for ends in (found.long_mm, found.short_mm)
    )  # as the bar lies
    np.testing.assert_allclose(np.abs(long[:, :2]), [[15 * share, 5 * share]] * 2, atol=1e-9)
    np.testing.assert_allclose(long[0, :2], -long[1, :2], atol=1e-9)
    np.testing.assert_allclose(np.sort(short[:, 1]), [-5 * share, 5 * share], atol=1e-9)
    length = 10 * share * np.hypot(30, 10) / 30
    assert np.linalg.norm(np.diff(short, axis=0)) == pytest.approx(length)
    np.testing.assert_allclose(np.concatenate([long, short])[:, 2], -4 + 0.04, atol=1e-9)


def test_what_has_no_diameter_says_why() -> None:
    with pytest.raises(MeasureError, match=r"^this structure has no surface here"):
        axial_diameters(Mesh.of(np.zeros((0, 3)), np.zeros((0, 3))), 1.0)
    flat = Mesh.of(np.array([[0, 0, 1], [5, 0, 1], [0, 5, 1]]), np.array([[0, 1, 2]]))
    with pytest.raises(MeasureError, match=r"^this structure has no thickness to find"):
        axial_diameters(flat, 1.0)
