"""Positions are checked against SimpleITK, a second reader that shares no code with nibabel."""

import gzip
import resource
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from xrviewer.case.volume import Volume
from xrviewer.caseio import nifti
from xrviewer.caseio.nifti import read_nifti, write_nifti
from xrviewer.errors import VolumeError
from xrviewer.spatial import transforms as tf
from xrviewer.spatial.frames import CASE_FROM_RAS

SHAPE = (5, 7, 4)
OBLIQUE = tf.rotation_matrix(tf.axis_rotation((1, 2, 3), 0.7))
TOLERANCE_MM = 2e-3  # both readers hold the affine in float32


def affine(rotation: NDArray[np.float64], spacing_mm: tuple[float, ...]) -> NDArray[np.float64]:
    result = np.eye(4)
    result[:3, :3] = rotation * spacing_mm
    result[:3, 3] = (-80.25, 31.5, 412.125)
    return result


AFFINES = {
    "plain": affine(np.eye(3), (0.7, 0.8, 1.5)),
    "oblique": affine(OBLIQUE, (0.3646, 0.3646, 0.7)),
    "flipped": affine(np.diag([-1.0, -1.0, 1.0]), (0.7, 0.8, 1.5)),
    "left-handed": affine(np.diag([-1.0, 1.0, 1.0]), (0.7, 0.8, 1.5)),
    "oblique left-handed": affine(OBLIQUE @ np.diag([1.0, 1.0, -1.0]), (0.7, 0.8, 1.5)),
    "sagittal": affine(np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0.0]]), (0.4, 0.4, 2.0)),
}


def voxels(dtype: str = "int16") -> NDArray[np.generic]:
    return np.arange(np.prod(SHAPE)).astype(dtype).reshape(SHAPE, order="F")


def save(
    path: Path, ras_from_voxel: NDArray[np.float64], sform: int = 1, qform: int = 1
) -> nib.Nifti1Image:
    image = nib.Nifti1Image(voxels(), None)
    image.header.set_xyzt_units("mm")
    image.header.set_zooms(np.linalg.norm(ras_from_voxel[:3, :3], axis=0))
    image.set_sform(ras_from_voxel if sform else None, code=sform)
    image.set_qform(ras_from_voxel if qform else None, code=qform)
    nib.save(image, path)
    return image


def read(path: Path) -> Volume:
    return read_nifti(path, "scan", "Scan", "MR").volume


def header_bytes(path: Path, **fields: object) -> None:
    """Rewrites fields of a little-endian NIfTI-1 header in place."""
    data = bytearray(path.read_bytes())
    header = np.frombuffer(data, nib.nifti1.header_dtype, 1)
    for name, value in fields.items():
        header[name] = value
    path.write_bytes(data)


@pytest.mark.parametrize("forms", [(1, 1), (1, 0), (0, 1)], ids=["both", "sform", "qform"])
@pytest.mark.parametrize("name", AFFINES)
def test_simpleitk_puts_every_voxel_at_the_same_place(
    tmp_path: Path, name: str, forms: tuple[int, int]
) -> None:
    path = tmp_path / "scan.nii"
    save(path, AFFINES[name], *forms)
    peer = SimpleITK.ReadImage(str(path))
    indices = np.random.default_rng(7).uniform(-20, 20, (50, 3))
    theirs = [peer.TransformContinuousIndexToPhysicalPoint(i.tolist()) for i in indices]
    ours = tf.apply(read(path).case_from_voxel, indices)
    np.testing.assert_allclose(ours, theirs, atol=TOLERANCE_MM)
    np.testing.assert_array_equal(read(path).voxels, SimpleITK.GetArrayFromImage(peer).T)


@pytest.mark.parametrize("name", AFFINES)
def test_written_file_is_where_it_was_for_us_and_for_simpleitk(tmp_path: Path, name: str) -> None:
    path = tmp_path / "out.nii"
    case_from_voxel = CASE_FROM_RAS @ AFFINES[name]
    write_nifti(path, Volume("v", "V", "MR", voxels(), case_from_voxel, slope=2, intercept=-1))
    back = read(path)
    np.testing.assert_allclose(back.case_from_voxel, case_from_voxel, atol=1e-4)
    np.testing.assert_array_equal(back.voxels, voxels())
    assert back.voxels.dtype == np.int16 and (back.slope, back.intercept) == (2, -1)
    peer = SimpleITK.ReadImage(str(path))
    corner = peer.TransformIndexToPhysicalPoint((4, 6, 3))
    np.testing.assert_allclose(
        tf.apply(case_from_voxel, (4, 6, 3)), corner, atol=TOLERANCE_MM
    )  # fmt: skip
    assert nib.load(path).header["qform_code"] == 1


def test_written_file_says_nothing_about_anyone(tmp_path: Path) -> None:
    path = tmp_path / "out.nii"
    write_nifti(path, Volume("anna", "Anna", "MR", voxels(), CASE_FROM_RAS @ AFFINES["plain"]))
    header = nib.load(path).header
    assert not any(bytes(header[f]).strip(b"\0") for f in ("descrip", "aux_file", "db_name"))
    assert b"nna" not in path.read_bytes()


def test_tilted_gantry_is_kept_in_the_sform_alone(tmp_path: Path) -> None:
    path, sheared = tmp_path / "out.nii", AFFINES["plain"].copy()
    sheared[1, 2] = 0.6
    write_nifti(path, Volume("v", "V", "CT", voxels(), CASE_FROM_RAS @ sheared))
    np.testing.assert_allclose(read(path).case_from_voxel, CASE_FROM_RAS @ sheared, atol=1e-4)
    header = nib.load(path).header
    assert (header["qform_code"], header["sform_code"]) == (0, 1)


@given(
    axis=st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1),
    angle=st.floats(-3.1, 3.1),
    spacing=st.tuples(*[st.floats(0.05, 10)] * 3),
    flip=st.sampled_from([-1.0, 1.0]),
)
@settings(derandomize=True, max_examples=60, deadline=None)
def test_qform_and_sform_say_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    axis: tuple[float, float, float],
    angle: float,
    spacing: tuple[float, float, float],
    flip: float,
) -> None:
    path = tmp_path_factory.mktemp("nifti") / "out.nii"
    rotation = tf.rotation_matrix(tf.axis_rotation(axis, angle)) @ np.diag([1, 1, flip])
    write_nifti(path, Volume("v", "V", "MR", voxels(), affine(rotation, spacing)))
    by_sform = read(path).case_from_voxel
    header_bytes(path, sform_code=0)
    # A qform holds three numbers of its quaternion in float32; the fourth, their rest to 1, keeps
    # only half the digits when it is near 0: which is why the sform is what we read first.
    tolerance_mm = 1e-3 * max(spacing)
    np.testing.assert_allclose(read(path).case_from_voxel, by_sform, atol=tolerance_mm)


def test_voxels_are_mapped_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "scan.nii"
    save(path, AFFINES["plain"])
    mapped = read(path).voxels
    base = mapped
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base  # type: ignore[assignment]
    assert isinstance(base, np.memmap)
    assert mapped.flags.f_contiguous and not mapped.flags.writeable


@pytest.mark.parametrize("dtype", nifti.DTYPES)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_every_dtype_order_and_packing(tmp_path: Path, dtype: str, order: str, name: str) -> None:
    path = tmp_path / name
    header = nib.Nifti1Header(endianness=order)
    header.set_data_dtype(np.dtype(dtype).newbyteorder(order))
    nib.save(nib.Nifti1Image(voxels(dtype), AFFINES["plain"], header), path)
    back = read(path).voxels
    assert back.dtype == np.dtype(dtype) and back.flags.f_contiguous
    np.testing.assert_array_equal(back, voxels(dtype))


def test_a_scan_larger_than_the_limit_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.nii"
    save(path, AFFINES["plain"])
    header_bytes(path, dim=[3, 1000, 1000, 1500, 1, 1, 1, 1])
    with path.open("r+b") as file:
        file.truncate(352 + 3_000_000_000)  # sparse: takes no disk either
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    volume = read(path)
    assert volume.voxels.nbytes == 3_000_000_000 and int(volume.voxels[999, 999, 1499]) == 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


def test_nifti2(tmp_path: Path) -> None:
    path = tmp_path / "two.nii"
    nib.save(nib.Nifti2Image(voxels(), AFFINES["oblique"]), path)
    np.testing.assert_allclose(read(path).case_from_voxel, CASE_FROM_RAS @ AFFINES["oblique"])


@pytest.mark.parametrize(("code", "mm"), [(0, 1.0), (1, 1000.0), (2, 1.0), (3, 0.001)])
@pytest.mark.parametrize("forms", [(1, 0), (0, 1), (0, 0)], ids=["sform", "qform", "pixdim"])
def test_units_of_length(tmp_path: Path, code: int, mm: float, forms: tuple[int, int]) -> None:
    path, spacing = tmp_path / "scan.nii", (2.0, 4.0, 8.0)
    save(path, np.diag([*spacing, 1.0]), *forms)
    header_bytes(path, xyzt_units=code, pixdim=[1, *spacing, 0, 0, 0, 0])
    assert read(path).spacing_mm == pytest.approx(tuple(mm * s for s in spacing))


def test_a_file_that_does_not_say_how_it_lies_says_so(tmp_path: Path) -> None:
    path = tmp_path / "scan.nii"
    save(path, AFFINES["plain"], 0, 0)
    header_bytes(path, pixdim=[1, 0.5, 0.5, 2, 0, 0, 0, 0])
    result = read_nifti(path, "scan", "Scan")
    np.testing.assert_allclose(result.volume.case_from_voxel, np.diag([-0.5, -0.5, 2, 1]))
    assert result.notes == (
        "scan.nii does not say how it lies in the body; left and right are not known",
    )


def test_first_of_several_volumes_is_shown_and_the_rest_is_said(tmp_path: Path) -> None:
    path = tmp_path / "four.nii"
    block = np.arange(2 * 3 * 4 * 5, dtype=np.int16).reshape(2, 3, 4, 5)
    nib.save(nib.Nifti1Image(block, np.eye(4)), path)
    result = read_nifti(path, "scan", "Scan")
    np.testing.assert_array_equal(result.volume.voxels, block[..., 0])
    assert result.notes == ("four.nii holds 5 volumes; the first is shown",)


@pytest.mark.parametrize(
    ("slope", "intercept", "expected"),
    [
        (0, 5, (1, 0)),
        (np.nan, 5, (1, 0)),
        (np.inf, 5, (1, 0)),
        (2, np.nan, (2, 0)),
        (0.5, -1024, (0.5, -1024)),
    ],
)
def test_scaling(
    tmp_path: Path, slope: float, intercept: float, expected: tuple[float, float]
) -> None:
    path = tmp_path / "scan.nii"
    save(path, AFFINES["plain"])
    header_bytes(path, scl_slope=slope, scl_inter=intercept)
    volume = read(path)
    assert (volume.slope, volume.intercept) == expected


ZERO = {"srow_x": [0, 0, 0, 0]}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (ZERO, "no volume"),
        ({"srow_x": [np.nan, 0, 0, 0]}, "NaN"),
        ({"srow_y": [0, np.inf, 0, 0]}, "NaN or infinity"),
        ({"srow_y": [0, 1e30, 0, 0]}, "over 1e"),
        ({"sform_code": 0, "pixdim": [1, 0, 1, 1, 0, 0, 0, 0]}, "no volume"),
        ({"sform_code": 0, "pixdim": [1, -1, 1, 1, 0, 0, 0, 0]}, "qform"),
        ({"sform_code": 0, "quatern_b": 3}, "qform that is no rotation"),
        ({"sform_code": 0, "quatern_b": np.nan}, "NaN"),
        ({"datatype": 32}, "complex64"),
        ({"datatype": 128}, "RGB"),
        ({"datatype": 1024}, "int64"),
        ({"datatype": 77}, "code 77"),
        ({"dim": [3, 5, 0, 4, 1, 1, 1, 1]}, "dimensions"),
        ({"dim": [9, 5, 7, 4, 1, 1, 1, 1]}, "dimensions"),
        ({"dim": [3, 5, -7, 4, 1, 1, 1, 1]}, "dimensions"),
        ({"dim": [3, 5, 7, 5, 1, 1, 1, 1]}, "cut short: 70 of its bytes"),
        ({"dim": [7, *[32767] * 7]}, "cut short"),
        ({"vox_offset": 100}, "start at byte 100"),
        ({"vox_offset": np.nan}, "start at byte nan"),
        ({"vox_offset": 352.5}, "start at byte 352.5"),
        ({"xyzt_units": 5}, "unit of length"),
        ({"magic": b"ni1"}, "pair"),
        ({"magic": b""}, "Analyze"),
        ({"sizeof_hdr": 347}, "is not NIfTI"),
    ],
)
def test_bad_headers_are_refused_by_name(
    tmp_path: Path, fields: dict[str, object], why: str
) -> None:
    path = tmp_path / "scan.nii"
    save(path, AFFINES["oblique"])
    header_bytes(path, **fields)
    with pytest.raises(VolumeError, match=why) as caught:
        read(path)
    assert "\n" not in str(caught.value) and "scan.nii" in str(caught.value)


def test_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scan.nii"
    save(path, AFFINES["plain"])
    header_bytes(path, dim=[3, 30000, 30000, 30000, 1, 1, 1, 1])
    bomb = tmp_path / "bomb.nii.gz"
    bomb.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(VolumeError, match=r"compressed and 50291.4 GiB \(limit 2\)"):
        read(bomb)
    header_bytes(path, dim=[3, 1000, 1000, 900, 1, 1, 1, 1])
    bomb.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(VolumeError, match="can unpack to"):
        read(bomb)
    header_bytes(path, dim=[3, *SHAPE, 1, 1, 1, 1])
    bomb.write_bytes(gzip.compress(path.read_bytes() + bytes(50 << 20)))
    assert read(bomb).voxels.nbytes == 280  # what follows the voxels stays packed


@pytest.mark.parametrize("keep", [0, 3, 100, 351, 400])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_cut_files(tmp_path: Path, keep: int, pack: "type[bytes]") -> None:
    whole, cut = tmp_path / "scan.nii", tmp_path / "cut.nii"
    save(whole, AFFINES["plain"])
    cut.write_bytes(pack(whole.read_bytes()[:keep]))
    with pytest.raises(VolumeError):
        read(cut)


@pytest.mark.parametrize("keep", [2, 20, 120])
def test_cut_gzip(tmp_path: Path, keep: int) -> None:
    whole, cut = tmp_path / "scan.nii.gz", tmp_path / "cut.nii.gz"
    save(whole, AFFINES["plain"])
    cut.write_bytes(whole.read_bytes()[:keep])
    with pytest.raises(VolumeError, match="gzip"):
        read(cut)


def test_big_endian_over_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "big.nii"
    nib.save(nib.Nifti1Image(voxels(), np.eye(4), nib.Nifti1Header(endianness=">")), path)
    monkeypatch.setattr(nifti, "COPY_LIMIT_BYTES", 200)
    with pytest.raises(VolumeError, match="big endian"):
        read(path)


@pytest.mark.parametrize("dtype", ["int64", "complex64", "float16", "bool"])
def test_writing_refuses_what_could_not_be_read(tmp_path: Path, dtype: str) -> None:
    with pytest.raises(VolumeError, match=dtype):
        write_nifti(tmp_path / "x.nii", Volume("v", "V", "MR", voxels(dtype), np.eye(4)))
    assert not (tmp_path / "x.nii").exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"slope": 0.0}, "scaling 0"),
        ({"intercept": np.nan}, "scaling 1, nan"),
        ({"voxels": np.zeros((2, 3), np.uint8)}, "voxels an axis"),
        ({"voxels": np.zeros((1, 1, 40_000), np.uint8)}, "1 to 32767"),
        ({"case_from_voxel": np.diag([1.0, 1, 0, 1])}, "no volume"),
        ({"case_from_voxel": np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]])},
         "no volume"),
    ],
)  # fmt: skip
def test_writing_refuses_numbers_that_would_change(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    with pytest.raises(VolumeError, match=why):
        write_nifti(
            tmp_path / "x.nii", replace(Volume("v", "V", "MR", voxels(), np.eye(4)), **change)
        )
    assert not (tmp_path / "x.nii").exists()


def test_a_micrometre_scan_is_a_scan(tmp_path: Path) -> None:
    write_nifti(
        tmp_path / "x.nii", Volume("v", "V", "CT", voxels(), np.diag([5e-4, 5e-4, 5e-4, 1]))
    )
    assert read(tmp_path / "x.nii").spacing_mm == pytest.approx((5e-4, 5e-4, 5e-4))


def test_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(VolumeError, match="no such file"):
        read(tmp_path / "none.nii")
    with pytest.raises(VolumeError, match="directory"):
        read(tmp_path)


@given(st.lists(st.tuples(st.integers(0, 351), st.integers(0, 255)), min_size=1, max_size=12))
@settings(derandomize=True, max_examples=250, deadline=None)
def test_mutated_headers_load_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.nii"
    save(path, AFFINES["oblique"])
    data = bytearray(path.read_bytes())
    for at, value in edits:
        data[at] = value
    for packed in (bytes(data), gzip.compress(data, 1)):
        path.write_bytes(packed)
        try:
            volume = read(path)
        except VolumeError as error:
            assert "\n" not in str(error)
        else:
            assert volume.voxels.size and abs(np.linalg.det(volume.case_from_voxel)) > 0


def test_real_volumes_load_or_are_refused_in_one_line(test_data: Path) -> None:
    seen = {}
    for path in sorted((test_data / "volume_variety").glob("*.nii*")):
        seen[path.name] = read(path).voxels.shape
    assert seen == {
        "anatomical.nii": (33, 41, 25),
        "example4d.nii.gz": (128, 96, 24),
        "example_nifti2.nii.gz": (32, 20, 12),
    }


def test_real_volume_agrees_with_simpleitk(test_data: Path) -> None:
    path = test_data / "volume_variety" / "example4d.nii.gz"
    peer, ours = SimpleITK.ReadImage(str(path)), read(path)
    np.testing.assert_array_equal(ours.voxels, SimpleITK.GetArrayFromImage(peer)[0].T)
    theirs = peer.TransformContinuousIndexToPhysicalPoint((3.5, 60, 20, 0))[:3]
    np.testing.assert_allclose(tf.apply(ours.case_from_voxel, (3.5, 60, 20)), theirs, atol=1e-3)
