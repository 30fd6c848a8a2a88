"""Labels to surfaces, against shapes whose answer is known."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.shares import blocks
from xrviewer.ingest.surfaces import surfaces
from xrviewer.spatial.transforms import apply

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


def made(label_map: LabelMap) -> list[Mesh]:
    return surfaces(label_map, list(blocks(label_map)))


def is_closed(mesh: Mesh) -> bool:
    return bool(trimesh.Trimesh(mesh.points_mm, mesh.triangles, process=False).is_watertight)


def test_a_sphere_is_round_closed_and_as_large_as_it_was() -> None:
    (mesh,) = made(sphere(15.0))
    radius = np.linalg.norm(mesh.points_mm, axis=1)
    outward = mesh.points_mm / radius[:, None]
    off = np.degrees(np.arccos(np.clip((outward * mesh.normals).sum(axis=1), -1, 1)))
    assert is_closed(mesh)
    assert np.sqrt(np.mean((radius - 15.0) ** 2)) <= 0.05
    assert off.mean() <= 2.0
    assert mesh.volume_mm3 == pytest.approx(4 / 3 * np.pi * 15**3, rel=0.001)


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
    ball = sphere(8.0, spacing_mm)
    turn = np.eye(4)
    turn[:3, :3] = np.eye(3)[axes] * signs
    (mesh,) = made(LabelMap(ball.labels, turn @ ball.case_from_voxel))
    assert is_closed(mesh)
    assert mesh.volume_mm3 == pytest.approx(4 / 3 * np.pi * 8**3, rel=0.03)
    a, b, c = (mesh.points_mm[mesh.triangles[:, i]] for i in range(3))
    facing = np.einsum("ij,ij->i", np.cross(b - a, c - a), mesh.normals[mesh.triangles[:, 0]])
    assert facing.sum() > 0


def test_labels_at_the_edge_of_the_picture_are_closed() -> None:
    label_map = LabelMap(np.ones((6, 7, 8), np.uint8, order="F"), np.eye(4))
    (mesh,) = made(label_map)
    assert is_closed(mesh)
    assert mesh.volume_mm3 == pytest.approx(6 * 7 * 8, rel=0.03)


def corners(mesh: Mesh) -> set[bytes]:
    """Of each triangle, in an order of their own, to the bit."""
    return {b"".join(sorted(map(bytes, mesh.points_mm[one]))) for one in mesh.triangles}


def between(one: Mesh, other: Mesh) -> NDArray[np.float64]:
    """The points that both have."""
    theirs = set(map(bytes, other.points_mm))
    return np.array([point for point in one.points_mm if bytes(point) in theirs])


def rms(values: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(values**2)))


@pytest.mark.parametrize("across", [(1.0, 0.0, 0.0), (0.6, 0.5, 0.62)], ids=["along", "oblique"])
def test_two_halves_of_a_sphere_share_the_plane_between_them(across: tuple[float, ...]) -> None:
    ball = sphere(15.0)
    normal = np.array(across) / np.linalg.norm(across)
    places = apply(ball.case_from_voxel, np.indices(ball.labels.shape).reshape(3, -1).T)
    is_right = (places @ normal > 0).reshape(ball.labels.shape)
    halves = LabelMap(np.asfortranarray(ball.labels + ball.labels * is_right), ball.case_from_voxel)
    one, two = made(halves)
    assert is_closed(one) and is_closed(two)
    shared = between(one, two)
    assert len(shared) > 1000
    assert len(corners(one) & corners(two)) > 1000  # triangles too: no gap, and no overlap
    # The plane lies where the voxels have it: between those that are nearest to it on either side,
    # if it goes along the grid, through the sphere's middle if not.
    height = places[ball.labels.ravel() > 0] @ normal
    is_along = across[0] == 1.0
    plane_mm = (height[height > 0].min() + height[height <= 0].max()) / 2 if is_along else 0.0
    height = shared @ normal - plane_mm
    is_inner = np.linalg.norm(shared, axis=1) < 13.5
    assert abs(np.median(height[is_inner])) < 0.02
    assert rms(height[is_inner]) < 0.03 and rms(height[~is_inner]) < 0.1
    # The seam leaves no groove in the sphere, nor a ridge; a blur's width is 0.84 mm.
    # Uncut the ball has a bump of 0.21 mm too, where its last slice is.
    radius = np.linalg.norm(shared, axis=1)
    (uncut,) = made(ball)
    assert 14.8 < radius.max() < np.linalg.norm(uncut.points_mm, axis=1).max() + 0.05
    outer = np.concatenate([one.points_mm, two.points_mm])
    outer = outer[np.linalg.norm(outer, axis=1) > 13.5]
    outer = outer[np.abs(outer @ normal) > 0.5]
    assert rms(np.linalg.norm(outer, axis=1) - 15.0) < 0.06


def test_neighbours_meet_where_the_voxels_do() -> None:
    labels = np.zeros((40, 30, 30), np.uint8, order="F")
    labels[5:20, 5:25, 5:25] = 1
    labels[20:35, 5:25, 5:25] = 2
    one, two = made(LabelMap(labels, np.eye(4)))
    # Away from the blocks' own edges both have the plane between voxels 19 and 20.
    for mesh in (one, two):
        middle = (np.abs(mesh.points_mm[:, 1:] - 14.5) < 5).all(axis=1)
        near = middle & (np.abs(mesh.points_mm[:, 0] - 19.5) < 2)
        assert near.sum() > 80
        assert np.abs(mesh.points_mm[near, 0] - 19.5).max() < 0.02


def test_thin_sheets_between_neighbours_keep_their_volumes() -> None:
    """Two sheets of 1.4 mm on each other, one of them on a bone that goes on beyond their rims:
    less than two widths of the blur, and on one face or both there is nothing to grow into."""
    ball = sphere(16.0)
    places = apply(ball.case_from_voxel, np.indices(ball.labels.shape).reshape(3, -1).T)
    radius = np.linalg.norm(places, axis=1).reshape(ball.labels.shape)
    up = places[:, 2].reshape(ball.labels.shape) / np.maximum(radius, 1e-9)
    sheet = np.where(radius <= 11.4, 2, 3) * ((radius > 10) & (radius <= 12.8) & (up > 0.4))
    labels = np.where(radius <= 10, 1, sheet).astype(np.uint8)
    every = made(LabelMap(np.asfortranarray(labels), ball.case_from_voxel))
    assert all(is_closed(mesh) for mesh in every)
    wanted = [4 / 3 * np.pi * 10**3]
    wanted += [2 / 3 * np.pi * 0.6 * (b**3 - a**3) for a, b in ((10, 11.4), (11.4, 12.8))]
    for label, (mesh, volume_mm3) in enumerate(zip(every, wanted, strict=True), 1):
        voxels_mm3 = np.count_nonzero(labels == label) * np.prod(KNEE_MM)
        assert mesh.volume_mm3 == pytest.approx(voxels_mm3, rel=0.001)
        assert mesh.volume_mm3 == pytest.approx(volume_mm3, rel=0.01)
    under = np.linalg.norm(every[0].points_mm, axis=1)
    assert rms(under - 10) < 0.04
    outer = np.linalg.norm(every[2].points_mm, axis=1)
    top = (every[2].points_mm[:, 2] > 0.6 * outer) & (outer > 12.1)
    assert rms(outer[top] - 12.8) < 0.06


def test_a_bone_has_no_ridge_along_the_rim_of_its_cartilage() -> None:
    """The largest share alone would lift the bone by 0.4 of the blur where cartilage ends."""
    ball = sphere(13.0)
    places = apply(ball.case_from_voxel, np.indices(ball.labels.shape).reshape(3, -1).T)
    radius = np.linalg.norm(places, axis=1).reshape(ball.labels.shape)
    is_above = places[:, 2].reshape(ball.labels.shape) > 2.0
    labels = np.where(radius <= 10, 1, 2 * ((radius <= 12) & is_above)).astype(np.uint8)
    bone, cartilage = made(LabelMap(np.asfortranarray(labels), ball.case_from_voxel))
    assert is_closed(bone) and is_closed(cartilage)
    off = np.linalg.norm(bone.points_mm, axis=1) - 10.0
    is_rim = np.abs(bone.points_mm[:, 2] - 2.2) < 0.8
    assert is_rim.sum() > 200
    assert rms(off[is_rim]) < 0.06 and np.abs(off[is_rim]).max() < 0.15
    # What lies on the bone is the bone's own surface, and its thickness is what was drawn.
    under = {bytes(point) for point in between(bone, cartilage)}
    own = np.array([bytes(point) not in under for point in cartilage.points_mm])
    far = np.linalg.norm(cartilage.points_mm, axis=1)
    top = own & (cartilage.points_mm[:, 2] > 4) & (far > 11)
    assert rms(far[top] - 12.0) < 0.05
    assert len(under) > 500


def test_boxes_that_meet_in_threes_and_fours_are_closed_and_share_all_their_borders() -> None:
    labels = np.zeros((40, 30, 30), np.uint8, order="F")
    labels[5:20, 5:25, 5:25] = 1
    labels[20:35, 5:25, 5:15] = 2
    labels[20:35, 5:15, 15:25] = 3
    labels[20:35, 15:25, 15:25] = 4
    every = made(LabelMap(labels, np.eye(4)))
    assert all(is_closed(mesh) for mesh in every)
    outer: Counter[bytes] = Counter()
    for mesh in every:
        outer.update(corners(mesh))
    # Each triangle is of one label and what is around, or of two: none of three.
    assert set(outer.values()) == {1, 2}
    whole = sum(mesh.volume_mm3 for mesh in every)
    assert whole == pytest.approx(30 * 20 * 20, rel=0.002)
    for label, mesh in enumerate(every, 1):
        assert mesh.volume_mm3 == pytest.approx(np.count_nonzero(labels == label), rel=0.002)


@settings(max_examples=6, derandomize=True, deadline=None)
@given(st.integers(0, 1 << 16))
def test_any_mixture_of_labels_is_closed_and_shared(seed: int) -> None:
    """Voxels at random: faces whose corners lie across, cubes of many labels."""
    random = np.random.default_rng(seed)
    labels = np.zeros((10, 10, 10), np.uint8, order="F")
    labels[2:-2, 2:-2, 2:-2] = np.kron(random.integers(0, 4, (3, 3, 3)), np.ones((2, 2, 2)))
    found: Counter[bytes] = Counter()
    for mesh in made(LabelMap(labels, np.diag([1.0, 0.8, 1.1, 1.0]))):
        # Every way along an edge has its way back: closed, also where a surface touches itself.
        a, b, c = mesh.triangles.T.astype(np.int64)
        there = np.concatenate([a << 32 | b, b << 32 | c, c << 32 | a])
        back = np.concatenate([b << 32 | a, c << 32 | b, a << 32 | c])
        assert np.array_equal(np.sort(there), np.sort(back))
        # What shares a border is known by its points: no two of one surface may be alike.
        assert len(set(map(bytes, mesh.points_mm))) == len(mesh.points_mm)
        found.update(corners(mesh))
    assert max(found.values()) == 2


@pytest.mark.parametrize("seed", [0, 1])
def test_no_needle_where_a_lone_corner_lies_beside_a_junction(seed: int) -> None:
    """Blobs of four labels. A needle is a point of three triangles that is many times farther from
    the points around it than they are from each other."""
    random = np.random.default_rng(seed)
    fields = [ndimage.gaussian_filter(random.normal(size=(30, 30, 30)), 1.5) for _ in range(4)]
    labels = np.asfortranarray(np.argmax(fields, axis=0).astype(np.uint8))
    tips = 0
    for mesh in made(LabelMap(labels, np.eye(4))):
        triangles = mesh.triangles.astype(np.int64)
        valence = np.bincount(triangles.ravel())
        for tip in np.flatnonzero(valence == 3):
            around = np.setdiff1d(triangles[(triangles == tip).any(axis=1)], [tip])
            ring_mm = mesh.points_mm[around]
            far_mm = np.linalg.norm(ring_mm - mesh.points_mm[tip], axis=1).min()
            assert far_mm < 10 * np.ptp(ring_mm, axis=0).max()
            tips += 1
    assert tips > 100


def test_a_label_of_one_voxel_gives_no_surface() -> None:
    labels = np.zeros((9, 9, 9), np.uint8, order="F")
    labels[4, 4, 4] = 3
    (mesh,) = made(LabelMap(labels, np.eye(4)))
    assert len(mesh.triangles) == 0


def test_small_pieces_beside_a_large_one_are_not_lost() -> None:
    """Lesions of one slice each, 3 mm thick, that the blur of the large one would erase."""
    labels = np.zeros((60, 60, 14), np.uint8, order="F")
    labels[5:25, 5:25, 2:10] = 1
    for n in range(4):
        labels[35:48, 3 + 14 * n : 13 + 14 * n, 3 + 2 * n] = 1
    case_from_voxel = np.diag([0.7, 0.7, 3.0, 1.0])
    label_map = LabelMap(labels, case_from_voxel)
    (block,) = blocks(label_map)
    wanted_mm3 = block.voxels * 0.7 * 0.7 * 3.0
    (mesh,) = surfaces(label_map, [block])
    assert mesh.volume_mm3 == pytest.approx(wanted_mm3, rel=0.03)
    shape = trimesh.Trimesh(mesh.points_mm, mesh.triangles, process=False)
    assert shape.is_watertight and len(shape.split()) == 5
