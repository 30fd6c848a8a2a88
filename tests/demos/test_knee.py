"""The demo knee against what was stated of it, measured anew from its surfaces and voxels."""

from __future__ import annotations

import time

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates
from scipy.spatial import cKDTree

from xrviewer.case.model import Case, Timepoint
from xrviewer.demos.knee import Truth, make_knee, truth
from xrviewer.demos.knee.anatomy import Detail
from xrviewer.demos.knee.make import THICKNESS_MAP
from xrviewer.spatial.transforms import apply

COARSE = Detail(bone_mm=1.5, meniscus_mm=0.9, skin_mm=5.0, voxels=2)
BONES = ("femur", "tibia", "patella", "fibula")
CARTILAGES = {
    "femoral_cartilage": "femur",
    "medial_tibial_cartilage": "tibia",
    "lateral_tibial_cartilage": "tibia",
    "patellar_cartilage": "patella",
}
VOLUMES_ML = {
    "femur": (120, 200),
    "tibia": (85, 140),
    "patella": (10, 22),
    "fibula": (7, 14),
    "femoral_cartilage": (8, 15),
    "medial_tibial_cartilage": (1.2, 3.0),
    "lateral_tibial_cartilage": (1.2, 3.5),
    "patellar_cartilage": (1.2, 4.0),
    "medial_meniscus": (1.6, 3.6),
    "lateral_meniscus": (1.5, 3.4),
    "acl": (1.0, 3.0),
    "pcl": (1.5, 4.0),
}
"""Adult knees in a field of 150 mm; the bones' shafts are cut."""


@pytest.fixture(scope="module")
def case() -> Case:
    start = time.process_time()
    made = make_knee(detail=COARSE)
    print(f"coarse knee: {time.process_time() - start:.1f} s of one core")
    return made


@pytest.fixture(scope="module")
def known() -> Truth:
    return truth()


def mesh(timepoint: Timepoint, id: str) -> trimesh.Trimesh:
    surfaces = timepoint.surfaces
    points, triangles = surfaces.part(surfaces.part_ids.index(id))
    return trimesh.Trimesh(points.astype(np.float64), triangles, process=False)


def vertex_values(timepoint: Timepoint, id: str) -> tuple[NDArray[np.float64], ...]:
    """Points, normals and true thickness of a part."""
    surfaces = timepoint.surfaces
    row = surfaces.parts[surfaces.part_ids.index(id)]
    span = slice(int(row["vertex_first"]), int(row["vertex_first"] + row["vertex_count"]))
    arrays = (surfaces.positions_mm, surfaces.normals, surfaces.maps[THICKNESS_MAP].values)
    return tuple(array[span].astype(np.float64) for array in arrays)


def sheets(timepoint: Timepoint, id: str) -> tuple[NDArray[np.float64], ...]:
    """Inner points, the bone's normals there and the thickness; the inner vertices lie last."""
    points, normals, thickness = vertex_values(timepoint, id)
    bone = cKDTree(vertex_values(timepoint, CARTILAGES[id])[0])
    is_inner = (bone.query(points)[0] < 1e-4) & (thickness > 0)
    return points[is_inner], -normals[is_inner], thickness[is_inner]


def first_hits(
    surface: trimesh.Trimesh, origins: NDArray[np.float64], directions: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Distance to the first triangle ahead, from the ray equation of every triangle."""
    corner = surface.triangles[:, 0]
    along, across = surface.triangles[:, 1] - corner, surface.triangles[:, 2] - corner
    result = np.full(len(origins), np.inf)
    for n, (origin, direction) in enumerate(zip(origins, directions, strict=True)):
        p = np.cross(direction, across)
        determinant = np.einsum("ij,ij->i", along, p)
        with np.errstate(divide="ignore", invalid="ignore"):
            s = origin - corner
            u = np.einsum("ij,ij->i", s, p) / determinant
            q = np.cross(s, along)
            v = q @ direction / determinant
            distance = np.einsum("ij,ij->i", across, q) / determinant
        ahead = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (distance > 1e-3)
        result[n] = distance[ahead].min(initial=np.inf)
    return result


def test_layers_parts_and_dates_go_together(case: Case) -> None:
    ids = tuple(layer.id for layer in case.layers)
    assert [t.day for t in case.timepoints] == [0, 365]
    assert all(t.surfaces.part_ids == ids for t in case.timepoints)
    assert set(BONES) | set(CARTILAGES) | {"mcl", "lcl", "skin"} <= set(ids)
    assert {layer.group for layer in case.layers} <= {group.id for group in case.groups}
    assert [info.id for info in case.maps] == [THICKNESS_MAP, "thickness_nearest_mm"]


def test_the_nearest_surface_is_never_farther_than_along_the_normal(case: Case) -> None:
    surfaces = case.timepoints[0].surfaces
    truth = surfaces.maps[THICKNESS_MAP].values
    nearest = surfaces.maps["thickness_nearest_mm"].values
    off = (truth - nearest)[~np.isnan(truth) & (truth > 0.2)]
    assert not np.isnan(off).any()
    assert 0 < off.mean() < 0.15 and np.percentile(off, 1) > -0.05


def test_every_part_is_one_closed_surface(case: Case) -> None:
    for timepoint in case.timepoints:
        for id in timepoint.surfaces.part_ids:
            surface = mesh(timepoint, id)
            assert surface.is_watertight, (timepoint.id, id)
            assert surface.is_winding_consistent, (timepoint.id, id)
            assert surface.body_count == 1, (timepoint.id, id)


def test_volumes_are_those_of_an_adult(case: Case) -> None:
    for id, (low, high) in VOLUMES_ML.items():
        assert low < mesh(case.timepoints[0], id).volume / 1000 < high, id


def test_normals_are_unit_and_point_outwards(case: Case) -> None:
    for id in case.timepoints[0].surfaces.part_ids:
        _, normals, _ = vertex_values(case.timepoints[0], id)
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-4, err_msg=id)
        around = mesh(case.timepoints[0], id).vertex_normals
        agree = np.einsum("ij,ij->i", normals, around)
        assert np.median(agree) > 0.98, id
        assert np.mean(agree > 0) > 0.995, id


def test_it_is_a_right_knee(case: Case) -> None:
    """LPS: right and lateral are towards -x, front is towards -y."""
    middle = {
        id: mesh(case.timepoints[0], id).centroid for id in case.timepoints[0].surfaces.part_ids
    }
    assert all(center[0] < 0 for center in middle.values())
    for lateral, medial in (
        ("fibula", "tibia"),
        ("lcl", "mcl"),
        ("lateral_meniscus", "medial_meniscus"),
        ("lateral_tibial_cartilage", "medial_tibial_cartilage"),
    ):
        assert middle[lateral][0] < middle[medial][0] - 15, (lateral, medial)
    assert middle["patella"][1] < middle["femur"][1] - 20
    assert middle["fibula"][1] > middle["tibia"][1] + 10
    assert middle["femur"][2] > middle["tibia"][2] + 50


def test_the_cruciates_cross(case: Case) -> None:
    """The ACL rises backwards and laterally, the PCL forwards and medially."""
    for id, lateral, back in (("acl", 1, 1), ("pcl", -1, -1)):
        points = vertex_values(case.timepoints[0], id)[0]
        low, high = np.quantile(points[:, 2], (0.1, 0.9))
        rise = points[points[:, 2] > high].mean(axis=0) - points[points[:, 2] < low].mean(axis=0)
        assert -rise[0] * lateral > 4, id
        assert rise[1] * back > 8, id


@pytest.mark.parametrize("date", [0, 1])
@pytest.mark.parametrize("id", CARTILAGES)
def test_stated_thickness_is_found_by_rays(case: Case, id: str, date: int) -> None:
    inner, normals, thickness = sheets(case.timepoints[date], id)
    chosen = np.random.default_rng(5).choice(len(inner), 250, replace=False)
    surface = mesh(case.timepoints[date], id)
    found = first_hits(surface, inner[chosen], normals[chosen])
    np.testing.assert_allclose(found, thickness[chosen], atol=0.02)


def test_cartilage_is_as_thick_as_in_adults(case: Case) -> None:
    for id, (low, high) in {
        "femoral_cartilage": (1.7, 2.6),
        "medial_tibial_cartilage": (1.4, 2.6),
        "lateral_tibial_cartilage": (1.6, 3.0),
        "patellar_cartilage": (1.8, 3.4),
    }.items():
        assert low < sheets(case.timepoints[0], id)[2].mean() < high, id


def test_lesion_is_as_deep_and_as_wide_as_stated(case: Case, known: Truth) -> None:
    before = vertex_values(case.timepoints[0], "femoral_cartilage")[2]
    points, _, after = vertex_values(case.timepoints[1], "femoral_cartilage")
    loss = before - after
    lesion = known.lesion
    assert loss.max() == pytest.approx(lesion.depth_mm, abs=1e-4)
    radius = np.linalg.norm(points - known.lesion_center_mm[1], axis=1)
    assert np.abs(loss[radius > lesion.edge_radius_mm + 4]).max() < 1e-5
    assert half_depth_area_mm2(case, loss, lesion.depth_mm) == pytest.approx(
        lesion.half_depth_area_mm2, rel=0.05
    )


def half_depth_area_mm2(case: Case, loss: NDArray[np.float64], depth_mm: float) -> float:
    """Of the bone's side: every triangle counts by the part of it over half the depth."""
    surface = mesh(case.timepoints[0], "femoral_cartilage")
    bone = cKDTree(vertex_values(case.timepoints[0], "femur")[0])
    is_inner = bone.query(surface.vertices)[0] < 1e-4
    faces = surface.faces[is_inner[surface.faces].all(axis=1)]
    corners = surface.vertices[faces]
    area = (
        np.linalg.norm(
            np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
        )
        / 2
    )
    shares = np.random.default_rng(6).dirichlet((1, 1, 1), 200)
    return float((area * (loss[faces] @ shares.T > depth_mm / 2).mean(axis=1)).sum())


def test_lesion_lies_on_the_medial_bearing_surface(case: Case, known: Truth) -> None:
    center = known.lesion_center_mm[0]
    bone = mesh(case.timepoints[0], "femur")
    tibial = mesh(case.timepoints[0], "medial_tibial_cartilage").vertices
    assert np.linalg.norm(bone.vertices - center, axis=1).min() < 1.0
    assert np.linalg.norm(tibial - center, axis=1).min() < 5.0


def test_bones_move_as_stated(case: Case, known: Truth) -> None:
    for bone, t1_from_t0 in known.t1_from_t0.items():
        before, after = (vertex_values(t, bone)[0] for t in case.timepoints)
        np.testing.assert_allclose(apply(t1_from_t0, before), after, atol=2e-4, err_msg=bone)
    turn = np.linalg.inv(known.t1_from_t0["tibia"]) @ known.t1_from_t0["femur"]
    bend = np.rad2deg(np.arccos((np.trace(turn[:3, :3]) - 1) / 2))
    assert bend == pytest.approx(1.5, abs=1e-6)


CLEAR_MM = 0.12
"""Parts that meet may overlap by this much: chords of the coarse triangles."""
APART = (
    ("femur", "tibia"),
    ("femur", "patella"),
    ("tibia", "fibula"),
    ("femoral_cartilage", "medial_tibial_cartilage"),
    ("femoral_cartilage", "lateral_tibial_cartilage"),
    ("femoral_cartilage", "patellar_cartilage"),
    ("medial_meniscus", "femoral_cartilage"),
    ("lateral_meniscus", "femoral_cartilage"),
    ("medial_meniscus", "medial_tibial_cartilage"),
    ("lateral_meniscus", "lateral_tibial_cartilage"),
    ("medial_meniscus", "tibia"),
    ("lateral_meniscus", "tibia"),
    ("acl", "pcl"),
    ("acl", "medial_tibial_cartilage"),
    ("pcl", "femoral_cartilage"),
    ("mcl", "medial_meniscus"),
    ("mcl", "medial_tibial_cartilage"),
    ("patellar_tendon", "femoral_cartilage"),
    ("quadriceps_tendon", "femur"),
)


@pytest.mark.parametrize("date", [0, 1])
def test_parts_do_not_run_into_each_other(case: Case, date: int) -> None:
    for first, second in APART:
        for a, b in ((first, second), (second, first)):
            depth = deepest_mm(case.timepoints[date], a, b)
            assert depth < CLEAR_MM, f"{a} lies {depth:.2f} mm inside {b}"


def deepest_mm(timepoint: Timepoint, id: str, other: str) -> float:
    """How far vertices of one part lie inside another, by parity of rays."""
    surface, points = mesh(timepoint, other), vertex_values(timepoint, id)[0]
    near, index = cKDTree(surface.vertices).query(points)
    apart = np.einsum("ij,ij->i", points - surface.vertices[index], surface.vertex_normals[index])
    suspects = points[(near < 6) & (apart < 0)]
    inside = [p for p in suspects if is_inside(surface, p)]
    if not inside:
        return 0.0
    return float(
        cKDTree(trimesh.sample.sample_surface(surface, 200_000, seed=1)[0]).query(inside)[0].max()
    )


def is_inside(surface: trimesh.Trimesh, point: NDArray[np.float64]) -> bool:
    """By the solid angle that the surface takes up around the point."""
    corners = surface.triangles - point
    a, b, c = (corners[:, i] for i in range(3))
    la, lb, lc = (np.linalg.norm(x, axis=1) for x in (a, b, c))
    over = np.einsum("ij,ij->i", a, np.cross(b, c))
    dots = np.einsum("ij,ij->i", a, b) * lc + np.einsum("ij,ij->i", b, c) * la
    under = la * lb * lc + dots + np.einsum("ij,ij->i", c, a) * lb
    return bool(np.arctan2(over, under).sum() / (2 * np.pi) > 0.5)


@pytest.mark.parametrize("date", [0, 1])
def test_all_parts_lie_under_the_skin(case: Case, date: int) -> None:
    timepoint = case.timepoints[date]
    skin, normals, _ = vertex_values(timepoint, "skin")
    tree = cKDTree(skin)
    for id in timepoint.surfaces.part_ids[:-1]:
        points = vertex_values(timepoint, id)[0]
        near = tree.query(points)[1]
        under = np.einsum("ij,ij->i", skin[near] - points, normals[near])
        assert under.min() > 1.0, (id, under.min())


@pytest.mark.parametrize("date", [0, 1])
def test_scan_fits_the_surfaces(case: Case, date: int) -> None:
    """Across the bone-cartilage border the signal rises at the surface, to half a fine voxel."""
    timepoint = case.timepoints[date]
    volume = timepoint.volumes[0]
    voxel_from_case = np.linalg.inv(volume.case_from_voxel)
    voxels = volume.voxels.astype(np.float64)
    along = np.arange(-1.5, 1.51, 0.1)
    for id in ("femoral_cartilage", "lateral_tibial_cartilage", "patellar_cartilage"):
        inner, normals, thickness = sheets(timepoint, id)
        inner, normals = inner[thickness > 1.9], normals[thickness > 1.9]
        profiles = [
            map_coordinates(voxels, apply(voxel_from_case, inner + t * normals).T, order=1)
            for t in along
        ]
        mean = np.mean(profiles, axis=1)
        half = (mean.min() + mean.max()) / 2
        edge = along[np.flatnonzero((mean[:-1] < half) & (mean[1:] >= half))[-1]]
        assert abs(edge) < 0.25, (id, edge)


def test_scan_is_oblique_and_sagittal(case: Case) -> None:
    axes = case.timepoints[0].volumes[0].case_from_voxel[:3, :3]
    unit = axes / np.linalg.norm(axes, axis=0)
    assert unit[1, 0] > 0.99 and unit[2, 1] < -0.99 and unit[0, 2] > 0.99
    assert 1e-3 < np.abs(unit - np.round(unit)).max() < 0.15
    np.testing.assert_allclose(unit.T @ unit, np.eye(3), atol=1e-9)


def test_air_is_noise_and_the_dates_differ_in_it(case: Case) -> None:
    first, second = (t.volumes[0].voxels for t in case.timepoints)
    corner = first[:8, :20, :8].astype(np.float64)
    assert corner.mean() == pytest.approx(13 * np.sqrt(np.pi / 2), rel=0.05)
    assert not np.array_equal(first[:8, :20, :8], second[:8, :20, :8])


def test_the_same_bytes_every_time_and_progress_rises_to_one(case: Case) -> None:
    told: list[float] = []
    again = make_knee(lambda fraction, text: told.append(fraction), COARSE)
    assert told == sorted(told) and told[-1] == 1.0
    for a, b in zip(case.timepoints, again.timepoints, strict=True):
        assert a.surfaces.positions_mm.tobytes() == b.surfaces.positions_mm.tobytes()
        assert a.surfaces.triangles.tobytes() == b.surfaces.triangles.tobytes()
        assert a.surfaces.normals.tobytes() == b.surfaces.normals.tobytes()
        assert a.volumes[0].voxels.tobytes() == b.volumes[0].voxels.tobytes()
