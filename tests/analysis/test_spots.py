"""The thinnest spot is the bottom of a dip, not the edge that every layer thins out to."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.phantoms import height_field, shell_mesh
from xrviewer.analysis.spots import away_from_edge, lowest_spot
from xrviewer.case.mesh import Mesh
from xrviewer.case.surfaces import Surfaces, pack_parts

EVERY = np.ones(1, np.bool_)


def surfaces_with(mesh: Mesh, values: np.ndarray) -> Surfaces:
    part = ("a", mesh.points_mm.astype(np.float32), mesh.normals.astype(np.float32), mesh.triangles)
    return pack_parts([part], {"thickness_mm": values.astype(np.float32)})


def plate() -> tuple[Mesh, np.ndarray]:
    """30 mm wide and open; how far each corner is from the edge."""
    mesh = height_field(np.zeros((61, 61)), 0.5)
    return mesh, 15 - np.abs(mesh.points_mm[:, :2]).max(axis=1)


@pytest.mark.parametrize("dip_mm", [0.3, 1.0, 2.0])
def test_a_dip_is_found_though_the_edge_is_thinner(dip_mm: float) -> None:
    mesh, inwards = plate()
    off = np.linalg.norm(mesh.points_mm[:, :2] - (4.0, -3.0), axis=1)
    values = 2 * np.minimum(1, inwards / 5) - dip_mm * np.exp(-((off / 2) ** 2))
    spot = lowest_spot(surfaces_with(mesh, values), "thickness_mm", EVERY)
    assert spot is not None and spot.value == pytest.approx(2 - dip_mm, abs=0.01)
    np.testing.assert_allclose(spot.point_mm, (4.0, -3.0, 0.0), atol=0.3)
    np.testing.assert_allclose(spot.normal, (0, 0, 1), atol=1e-6)


def test_where_the_map_ends_is_an_edge_too() -> None:
    mesh, _ = plate()
    off = np.linalg.norm(mesh.points_mm[:, :2], axis=1)
    values = np.where(off < 10, 2 - off / 10 - np.exp(-(off**2)), np.nan)
    spot = lowest_spot(surfaces_with(mesh, values), "thickness_mm", EVERY)
    assert spot is not None and np.linalg.norm(spot.point_mm) < 0.5


def test_the_rim_of_a_closed_sheet_is_an_edge() -> None:
    """The upper half of a shell of 2 mm, closed at its foot."""
    _, outer = shell_mesh(20, 2, detail=5)
    middles = outer.points_mm[outer.triangles].mean(axis=1)
    used, triangles = np.unique(outer.triangles[middles[:, 2] > 0], return_inverse=True)
    mesh = Mesh.of(outer.points_mm[used], triangles.reshape(-1, 3))
    inside = away_from_edge(mesh, np.ones(len(mesh.points_mm), np.bool_))
    height = mesh.points_mm[:, 2]
    assert not inside[height < 1.0].any()
    assert inside[height > 6.0].all()


def test_where_a_closed_layer_runs_out_to_nothing_is_an_edge() -> None:
    """A lens: two caps, 3 mm apart at the middle, that meet at a sharp edge of 17 mm radius."""
    top = height_field(np.zeros((69, 69)), 0.5).points_mm[:, :2]
    height = 1.5 * (1 - (np.linalg.norm(top, axis=1) / 17) ** 2)
    upper = height_field(height.reshape(69, 69), 0.5)
    is_in = (height[upper.triangles] > -1e-9).all(axis=1)
    faces = upper.triangles[is_in]
    points = np.concatenate([upper.points_mm, upper.points_mm * (1, 1, -1)])
    mesh = Mesh.of(points, np.concatenate([faces, faces[:, ::-1] + len(upper.points_mm)]))
    used = np.unique(mesh.triangles)
    inside, around = (
        away_from_edge(mesh, np.ones(len(points), np.bool_)),
        np.linalg.norm(points[:, :2], axis=1),
    )
    assert not inside[used][around[used] > 16].any()
    assert inside[used][around[used] < 12].all()


def test_a_dip_of_one_layer_comes_before_the_slope_of_another() -> None:
    mesh, _ = plate()
    dip = 2 - np.exp(-((np.linalg.norm(mesh.points_mm[:, :2], axis=1) / 2) ** 2))
    part = (mesh.points_mm.astype(np.float32), mesh.normals.astype(np.float32), mesh.triangles)
    values = np.concatenate([0.05 * mesh.points_mm[:, 0] + 0.8, dip]).astype(np.float32)
    both = pack_parts([("slope", *part), ("dip", *part)], {"thickness_mm": values})
    spot = lowest_spot(both, "thickness_mm", np.ones(2, bool))
    assert spot is not None and spot.part == 1 and spot.is_dip
    slope = lowest_spot(both, "thickness_mm", np.array([True, False]))
    assert slope is not None and slope.part == 0 and not slope.is_dip


def test_full_loss_is_the_lowest_of_all() -> None:
    mesh, _ = plate()
    values = np.full(len(mesh.points_mm), 2.0)
    values[np.linalg.norm(mesh.points_mm[:, :2] - (-5, 5), axis=1) < 2] = 0.0
    spot = lowest_spot(surfaces_with(mesh, values), "thickness_mm", EVERY)
    assert spot is not None and spot.value == 0.0


def test_of_a_closed_layer_the_side_away_from_the_bone_is_shown() -> None:
    """Both faces of a shell carry the dip at its top, the inner one the deeper."""
    bone, shell = shell_mesh(20, 2, detail=4)
    off = np.linalg.norm(shell.points_mm[:, :2], axis=1) + 30 * (shell.points_mm[:, 2] < 0)
    radius = np.linalg.norm(shell.points_mm, axis=1)
    values = 2 - np.exp(-((off / 3) ** 2)) - 0.1 * (radius < 21)
    meshes = (("femur", bone), ("femoral_cartilage", shell))
    parts = [
        (id, m.points_mm.astype(np.float32), m.normals.astype(np.float32), m.triangles)
        for id, m in meshes
    ]
    both = np.concatenate([np.full(len(bone.points_mm), np.nan), values]).astype(np.float32)
    spot = lowest_spot(pack_parts(parts, {"thickness_mm": both}), "thickness_mm", np.ones(2, bool))
    assert spot is not None and spot.part == 1
    np.testing.assert_allclose(spot.point_mm, (0, 0, 22), atol=0.5)
    assert spot.normal[2] > 0.9


def test_no_map_no_spot() -> None:
    mesh, _ = plate()
    surfaces = surfaces_with(mesh, np.full(len(mesh.points_mm), np.nan))
    assert lowest_spot(surfaces, "thickness_mm", EVERY) is None
    assert lowest_spot(surfaces_with(*plate()), "thickness_mm", ~EVERY) is None
