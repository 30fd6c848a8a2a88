"""The brain demo against facts its files do not state: where its edges are, which side is which."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.demos import brain
from xrviewer.errors import DeviceError
from xrviewer.spatial.frames import CASE_FROM_RAS
from xrviewer.spatial.transforms import apply

CORTEX = ("pial_left", "pial_right", "white_left", "white_right")
HINDBRAIN = "cerebellum_brainstem"


@pytest.fixture(scope="module")
def case() -> Case:
    if importlib.util.find_spec("nilearn") is None:
        pytest.skip("nilearn is not installed")
    return brain.make_brain(lambda what, fraction: None)


def part(case: Case, id: str) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    surfaces = case.timepoints[0].surfaces
    return surfaces.part(surfaces.part_ids.index(id))


def part_values(case: Case, map_id: str, id: str) -> NDArray[np.float32]:
    surfaces = case.timepoints[0].surfaces
    row = surfaces.parts[surfaces.part_ids.index(id)]
    first = int(row["vertex_first"])
    return surfaces.maps[map_id].values[first : first + int(row["vertex_count"])]


def scan_at(volume: Volume, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    voxel_from_case = np.linalg.inv(volume.case_from_voxel)
    voxels = volume.voxels.astype(np.float64)
    return map_coordinates(voxels, apply(voxel_from_case, points_mm).T, order=1)


def test_layers_parts_and_maps_go_together(case: Case) -> None:
    surfaces = case.timepoints[0].surfaces
    assert surfaces.part_ids == (*CORTEX, HINDBRAIN) == tuple(layer.id for layer in case.layers)
    assert set(surfaces.maps) == {info.id for info in case.maps}
    assert {layer.group for layer in case.layers} <= {group.id for group in case.groups}
    assert all(layer.name and layer.plain and layer.sentence for layer in case.layers)


def test_left_is_left(case: Case) -> None:
    """LPS: the left hemisphere has x > 0 but for what bulges over the midline."""
    for id in CORTEX:
        x = part(case, id)[0][:, 0] * (1 if id.endswith("left") else -1)
        assert (x > 0).mean() > 0.97
        assert x.min() > -4 and x.max() > 60


def test_front_is_front_and_up_is_up(case: Case) -> None:
    """The temporal poles are the lowest quarter's front; the cortex is longer than it is high."""
    points = part(case, "pial_left")[0]
    low, high = points.min(axis=0), points.max(axis=0)
    np.testing.assert_allclose(low[1:], (-70, -48), atol=4)  # frontal pole, temporal lobe
    np.testing.assert_allclose(high[1:], (104, 79), atol=4)  # occipital pole, vertex


@pytest.mark.parametrize("id", (*CORTEX, HINDBRAIN))
def test_surfaces_are_closed_and_face_outward(case: Case, id: str) -> None:
    mesh = trimesh.Trimesh(*part(case, id), process=False)
    assert mesh.is_watertight and mesh.is_winding_consistent
    millilitres = mesh.volume / 1000
    assert (150 < millilitres < 220) if id == HINDBRAIN else (300 < millilitres < 520)


def test_pial_lies_outside_white(case: Case) -> None:
    for side in ("left", "right"):
        white, triangles = part(case, f"white_{side}")
        outward = brain.vertex_normals(white, triangles)
        step = np.einsum("ij,ij->i", part(case, f"pial_{side}")[0] - white, outward)
        assert np.median(step) > 1.5
        assert (step > -0.1).mean() > 0.99


def white_cortex(case: Case, side: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points of the white surface with cortex over them, and the way out."""
    points, triangles = part(case, f"white_{side}")
    is_cortex = ~np.isnan(part_values(case, "thickness_mm", f"pial_{side}"))
    outward = brain.vertex_normals(points, triangles)
    return points[is_cortex].astype(np.float64), outward[is_cortex].astype(np.float64)


@pytest.mark.parametrize("side", ["left", "right"])
def test_white_surface_lies_on_the_edge_of_white_matter_in_the_scan(case: Case, side: str) -> None:
    """Along the outward normal the scan falls steepest within a millimetre of the surface."""
    points, outward = white_cortex(case, side)
    volume = case.timepoints[0].volumes[0]
    offsets_mm = np.arange(-3.0, 3.1, 0.5)
    falls = -np.diff([scan_at(volume, points + o * outward).mean() for o in offsets_mm])
    assert np.all(falls > 0), "white matter is the brighter side in T1"
    assert abs(offsets_mm[falls.argmax()] + 0.25) < 1.0


def test_no_shift_would_fit_the_scan_better(case: Case) -> None:
    """Contrast across the white surface is best within 1 mm of where it lies, on every axis."""
    volume = case.timepoints[0].volumes[0]
    sides = [white_cortex(case, side) for side in ("left", "right")]
    points, outward = (np.concatenate(arrays) for arrays in zip(*sides, strict=True))

    def contrast(moved: NDArray[np.float64]) -> float:
        inside, outside = moved - 1.5 * outward, moved + 1.5 * outward
        return float((scan_at(volume, inside) - scan_at(volume, outside)).mean())

    for axis in np.eye(3):
        before, here, after = (contrast(points + k * axis) for k in (-2, 0, 2))
        assert here > max(before, after)
        # The top of the parabola through the three, in mm.
        assert abs((before - after) / (before + after - 2 * here)) < 1.0
    mni305_from_case = np.linalg.inv(CASE_FROM_RAS @ brain.MNI152_FROM_MNI305)
    unmoved = apply(CASE_FROM_RAS @ mni305_from_case, points)
    assert contrast(unmoved) < contrast(points)


def test_affine_is_the_published_one() -> None:
    """FreeSurfer's own worked example, as far as its four printed decimals reach."""
    moved = apply(brain.MNI152_FROM_MNI305, (10, -20, 35))
    np.testing.assert_allclose(moved, (10.695, -18.409, 36.137), atol=5e-3)


@pytest.mark.parametrize("side", ["left", "right"])
def test_thickness_is_what_a_brain_has(case: Case, side: str) -> None:
    thickness = part_values(case, "thickness_mm", f"pial_{side}")
    assert 0.03 < np.isnan(thickness).mean() < 0.09  # the medial wall
    assert 2.0 < np.nanmedian(thickness) < 2.7
    assert np.nanmax(thickness) < 5
    gap = np.linalg.norm(part(case, f"pial_{side}")[0] - part(case, f"white_{side}")[0], axis=1)
    is_cortex = ~np.isnan(thickness)
    assert np.corrcoef(gap[is_cortex], thickness[is_cortex])[0, 1] > 0.8
    assert np.all(gap[~is_cortex] < 1.0)
    assert np.isnan(part_values(case, "thickness_mm", f"white_{side}")).all()


def test_sulcal_depth_is_high_in_the_folds(case: Case) -> None:
    """A second method: how far the vertex lies under the convex hull of its hemisphere."""
    points = part(case, "pial_left")[0]
    hull = trimesh.convex.convex_hull(points)
    plane_mm = np.einsum("ij,ij->i", hull.face_normals, hull.triangles[:, 0])
    under_mm = (plane_mm - points @ hull.face_normals.T).min(axis=1)
    is_lateral = points[:, 0] > 25
    depth = part_values(case, "sulcal_depth", "pial_left")
    assert np.corrcoef(under_mm[is_lateral], depth[is_lateral])[0, 1] > 0.8


def test_hindbrain_lies_under_the_back_of_the_cortex(case: Case) -> None:
    """Where textbooks put it: the cerebellum's middle near (0, 60, -35), the pons before it."""
    mesh = trimesh.Trimesh(*part(case, HINDBRAIN), process=False)
    np.testing.assert_allclose(mesh.center_mass, (0, 58, -35), atol=6)
    low, high = mesh.bounds
    assert high[2] < 10 and low[1] < 25 and low[2] < -68
    assert abs(low[0] + high[0]) < 4, "the template is symmetric"


def test_hindbrain_stays_out_of_the_cortex(case: Case) -> None:
    """By ray crossings, where the outline itself went by filled voxels."""
    points, triangles = part(case, HINDBRAIN)
    assert set(np.unique(triangles)) == set(range(len(points)))
    sample = points[::400]
    for id in ("pial_left", "pial_right"):
        inside = trimesh.Trimesh(*part(case, id), process=False).contains(sample)
        assert inside.mean() < 0.02


def test_scan_is_kept_as_it_is(case: Case) -> None:
    volume = case.timepoints[0].volumes[0]
    assert volume.voxels.dtype == np.uint8 and volume.voxels.flags.f_contiguous
    assert not volume.voxels.flags.writeable
    assert volume.spacing_mm == (1.0, 1.0, 1.0)
    front_commissure_mm = volume.case_from_voxel @ (98, 134, 72, 1)
    np.testing.assert_array_equal(front_commissure_mm, (0, 0, 0, 1))


def test_provenance_names_both_sources_and_their_terms(case: Case) -> None:
    told = "\n".join(case.provenance)
    for wanted in ("ICBM 2009a", "McGill", "FreeSurfer Software License", "MNI305", "nilearn"):
        assert wanted in told


def test_making_it_imports_no_nilearn(case: Case) -> None:
    """Its code could reach for the network; only its files are read."""
    assert case.layers
    assert not any(name.startswith("nilearn.") for name in sys.modules)


def test_without_nilearn_it_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DeviceError, match=r'pip install "xrviewer\[brain\]"$'):
        brain.make_brain(lambda what, fraction: None)


def test_a_nilearn_without_the_files_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(brain, "_data_folder", lambda: tmp_path)
    with pytest.raises(DeviceError, match=r"does not carry mni_icbm152_t1.*09a_converted\.nii\.gz"):
        brain.make_brain(lambda what, fraction: None)
