"""Labels to surfaces, against shapes whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.surfaces import blocks, faithful, smoothing_mm, surface

KNEE_MM = (0.36458, 0.36458, 0.7)


def sphere(radius_mm: float, spacing_mm: tuple[float, float, float] = KNEE_MM) -> LabelMap:
    """Centred at the origin, which lies between voxels."""
    half = [int(radius_mm / s) + 1 for s in spacing_mm]
    axes = [(np.arange(2 * n) - n + 0.3) * s for n, s in zip(half, spacing_mm, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    case_from_voxel = np.diag([*spacing_mm, 1.0])
    case_from_voxel[:3, 3] = [axis[0] for axis in axes]
    labels = (x * x + y * y + z * z <= radius_mm**2).astype(np.uint8)
    return LabelMap(np.asfortranarray(labels), case_from_voxel)


def surfaces(label_map: LabelMap) -> list[Mesh]:
    sigma_mm = smoothing_mm(label_map.case_from_voxel)
    return [surface(block, sigma_mm) for block in blocks(label_map)]


def is_closed(mesh: Mesh) -> bool:
    return bool(trimesh.Trimesh(mesh.points_mm, mesh.triangles, process=False).is_watertight)


def test_a_sphere_is_round_closed_and_as_large_as_it_was() -> None:
    (mesh,) = surfaces(sphere(15.0))
    radius = np.linalg.norm(mesh.points_mm, axis=1)
    outward = mesh.points_mm / radius[:, None]
    off = np.degrees(np.arccos(np.clip((outward * mesh.normals).sum(axis=1), -1, 1)))
    assert is_closed(mesh)
    assert np.sqrt(np.mean((radius - 15.0) ** 2)) <= 0.05
    assert off.mean() <= 2.0
    assert mesh.volume_mm3 == pytest.approx(4 / 3 * np.pi * 15**3, rel=0.005)


@settings(max_examples=15, derandomize=True, deadline=None)
@given(
    st.tuples(*[st.floats(0.3, 2.0)] * 3),
    st.permutations([0, 1, 2]),
    st.tuples(*[st.sampled_from([-1, 1])] * 3),
)
def test_outward_whatever_the_grid(
    spacing_mm: tuple[float, float, float], axes: list[int], signs: tuple[int, int, int]
) -> None:
    """Mirrored and turned grids too: the volume is positive, and normals agree with triangles."""
    made = sphere(8.0, spacing_mm)
    turn = np.eye(4)
    turn[:3, :3] = np.eye(3)[axes] * signs
    (mesh,) = surfaces(LabelMap(made.labels, turn @ made.case_from_voxel))
    assert is_closed(mesh)
    assert mesh.volume_mm3 == pytest.approx(4 / 3 * np.pi * 8**3, rel=0.03)
    a, b, c = (mesh.points_mm[mesh.triangles[:, i]] for i in range(3))
    facing = np.einsum("ij,ij->i", np.cross(b - a, c - a), mesh.normals[mesh.triangles[:, 0]])
    assert facing.sum() > 0


def test_labels_at_the_edge_of_the_picture_are_closed() -> None:
    label_map = LabelMap(np.ones((6, 7, 8), np.uint8, order="F"), np.eye(4))
    (mesh,) = surfaces(label_map)
    assert is_closed(mesh)
    assert mesh.volume_mm3 == pytest.approx(6 * 7 * 8, rel=0.03)


def test_neighbours_share_their_border() -> None:
    labels = np.zeros((40, 30, 30), np.uint8, order="F")
    labels[5:20, 5:25, 5:25] = 1
    labels[20:35, 5:25, 5:25] = 2
    one, two = surfaces(LabelMap(labels, np.eye(4)))
    # Away from the block's own edges both have the plane between voxels 19 and 20.
    for mesh in (one, two):
        middle = (np.abs(mesh.points_mm[:, 1:] - 14.5) < 5).all(axis=1)
        near = middle & (np.abs(mesh.points_mm[:, 0] - 19.5) < 2)
        assert near.any()
        # The level that keeps a block's volume, whose corners the blur rounds off, is below one
        # half: each lies a little over the border.
        assert np.abs(mesh.points_mm[near, 0] - 19.5).max() < 0.3


def test_a_label_of_one_voxel_gives_no_surface() -> None:
    labels = np.zeros((9, 9, 9), np.uint8, order="F")
    labels[4, 4, 4] = 3
    (mesh,) = surfaces(LabelMap(labels, np.eye(4)))
    assert len(mesh.triangles) == 0


def test_small_pieces_beside_a_large_one_are_not_lost() -> None:
    """Lesions of one slice each, 3 mm thick, that the blur of the large one would erase."""
    labels = np.zeros((60, 60, 14), np.uint8, order="F")
    labels[5:25, 5:25, 2:10] = 1
    for n in range(4):
        labels[35:48, 3 + 14 * n : 13 + 14 * n, 3 + 2 * n] = 1
    case_from_voxel = np.diag([0.7, 0.7, 3.0, 1.0])
    (block,) = blocks(LabelMap(labels, case_from_voxel))
    sigma_mm = smoothing_mm(case_from_voxel)
    wanted_mm3 = block.voxels * 0.7 * 0.7 * 3.0
    assert surface(block, sigma_mm).volume_mm3 < 0.9 * wanted_mm3
    made = faithful(block, sigma_mm)
    assert made.volume_mm3 == pytest.approx(wanted_mm3, rel=0.1)
    shape = trimesh.Trimesh(made.points_mm, made.triangles, process=False)
    assert shape.is_watertight and len(shape.split()) == 5
