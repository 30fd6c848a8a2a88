"""Series on disk to volumes: every voxel where the patient had it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from pydicom import Dataset, dcmread
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    RLELossless,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

from tests.ingest.dicom_maker import (
    ORIGIN_MM,
    ROTATION,
    SPACING_MM,
    plane,
    save,
    value_at,
    write_leaning,
    write_series,
)
from xrviewer.case.volume import Volume
from xrviewer.errors import InputError, UsageError, VolumeError
from xrviewer.ingest.dicom.find import files_under
from xrviewer.ingest.dicom.unpacking import decoded
from xrviewer.ingest.scans import Choice, dicom_scans, read_headers
from xrviewer.spatial.transforms import apply


def scans(folder: Path, choice: Choice | None = None) -> tuple[list[Volume], list[str]]:
    headers = read_headers(list(files_under(folder)), lambda part, text: None)
    volumes, notes = dicom_scans(headers.images, choice or Choice(), lambda part, text: None)
    return volumes, [*headers.notes, *notes]


def worst_error(volume: Volume, margin: int = 0) -> float:
    """Of the values against the formula, at the places where the volume says they are."""
    grid = np.stack(np.meshgrid(*map(np.arange, volume.voxels.shape), indexing="ij"), -1)
    wanted = value_at(apply(volume.case_from_voxel, grid))
    inner = tuple(slice(margin, n - margin or None) for n in volume.voxels.shape[:2])
    return float(np.abs(volume.voxels - wanted)[inner].max())


def test_an_oblique_series_lies_where_it_was_scanned(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    (volume,), notes = scans(tmp_path)
    assert volume.voxels.shape == (12, 10, 8)
    assert np.allclose(volume.spacing_mm, SPACING_MM)
    assert np.allclose(volume.case_from_voxel[:3, :3], ROTATION * SPACING_MM)
    assert np.allclose(volume.case_from_voxel[:3, 3], ORIGIN_MM)
    assert worst_error(volume) <= 0.5  # the slices hold whole numbers
    assert notes == []


def test_the_same_grid_as_another_reader(tmp_path: Path) -> None:
    names = [str(path) for path in write_series(tmp_path / "s")]
    (volume,), _ = scans(tmp_path)
    other = SimpleITK.ReadImage(names)
    for index in ((0, 0, 0), (11, 0, 0), (0, 9, 0), (0, 0, 7), (5, 4, 3)):
        theirs = other.TransformIndexToPhysicalPoint(index)
        assert np.allclose(apply(volume.case_from_voxel, index), theirs, atol=1e-6)
        assert volume.voxels[index] == other[index]


def test_numbers_and_names_are_not_believed(tmp_path: Path) -> None:
    shuffled = np.random.default_rng(1).permutation(8)
    paths = write_series(tmp_path / "s", InstanceNumber=lambda k: int(shuffled[k]))
    for path, name in zip(paths, shuffled, strict=True):
        path.rename(path.with_name(f"x{name}"))
    (volume,), _ = scans(tmp_path)
    assert worst_error(volume) <= 0.5


def test_slices_in_falling_order_give_the_same_volume(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    (one,), _ = scans(tmp_path / "s")
    headers = read_headers(list(files_under(tmp_path / "s"))[::-1], lambda part, text: None)
    (two,), _ = dicom_scans(headers.images, Choice(), lambda part, text: None)
    assert np.array_equal(one.voxels, two.voxels)
    assert np.allclose(one.case_from_voxel, two.case_from_voxel)


def test_a_tilted_gantry_is_set_upright(tmp_path: Path) -> None:
    write_leaning(tmp_path / "s", lean_mm=0.6)
    (volume,), notes = scans(tmp_path)
    axes = volume.case_from_voxel[:3, :3] / volume.spacing_mm
    assert np.allclose(axes.T @ axes, np.eye(3), atol=1e-9)
    assert np.allclose(volume.spacing_mm, SPACING_MM)
    angle = np.degrees(np.arctan2(0.6, SPACING_MM[2]))
    assert any(f"tilted by {angle:.1f} degrees" in note for note in notes)
    inside = volume.voxels > volume.voxels.min()
    grid = np.stack(np.meshgrid(*map(np.arange, volume.voxels.shape), indexing="ij"), -1)
    error = np.abs(volume.voxels - value_at(apply(volume.case_from_voxel, grid)))
    # Nothing is made up but the border, where half a pixel is the air beside the scan.
    whole = inside & np.roll(inside, 1, axis=1) & np.roll(inside, -1, axis=1)
    assert whole.sum() > 0.7 * 12 * 10 * 8
    assert np.median(error[whole]) <= 0.5
    assert np.quantile(error[whole], 0.9) <= 1.0


@pytest.mark.parametrize("lean_mm", [0.6, -0.6])
def test_leaning_either_way(tmp_path: Path, lean_mm: float) -> None:
    write_leaning(tmp_path / "s", lean_mm)
    (volume,), _ = scans(tmp_path)
    middle = apply(volume.case_from_voxel, (6, volume.voxels.shape[1] // 2, 4))
    assert volume.voxels[6, volume.voxels.shape[1] // 2, 4] == pytest.approx(
        value_at(middle), abs=1
    )


def test_a_missing_slice_is_refused_and_can_be_filled(tmp_path: Path) -> None:
    write_series(tmp_path / "s")[3].unlink()
    with pytest.raises(VolumeError, match=r"lacks 1 slice, 6\.0 mm from the first; --allow-gaps"):
        scans(tmp_path)
    (volume,), notes = scans(tmp_path, Choice(allow_gaps=True))
    assert volume.voxels.shape == (12, 10, 8)
    assert worst_error(volume) <= 1.0
    assert any("filled" in note for note in notes)
    assert volume.filled_slices == (3,)


def test_uneven_slices_are_refused_and_can_be_resampled(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    series = generate_uid()
    for n, k in enumerate((0, 1, 2, 3.35, 4, 5, 6)):
        made = plane(k)
        made.SeriesInstanceUID, made.InstanceNumber = series, n
        save(made, folder / f"{n}.dcm")
    with pytest.raises(VolumeError, match="uneven distances"):
        scans(tmp_path)
    (volume,), _ = scans(tmp_path, Choice(allow_gaps=True))
    assert worst_error(volume) <= 1.5
    assert volume.filled_slices == (3,)


def test_a_second_copy_of_a_slice_is_dropped(tmp_path: Path) -> None:
    paths = write_series(tmp_path / "s")
    (tmp_path / "s" / "copy.dcm").write_bytes(paths[2].read_bytes())
    again = plane(4)
    again.SeriesInstanceUID = dcmread(paths[0]).SeriesInstanceUID
    save(again, tmp_path / "s" / "again.dcm")
    (volume,), notes = scans(tmp_path)
    assert volume.voxels.shape[2] == 8
    assert worst_error(volume) <= 0.5
    assert len(notes) == 2


def test_two_echoes_of_one_series_are_two_volumes(tmp_path: Path) -> None:
    uid = generate_uid()
    for echo in (5.0, 25.0):
        write_series(tmp_path / f"{echo:g}", SeriesInstanceUID=uid, EchoTime=echo)
    volumes, _ = scans(tmp_path)
    assert [v.voxels.shape for v in volumes] == [(12, 10, 8)] * 2
    assert [v.name.split(", ")[1] for v in volumes] == ["echo 5 ms", "echo 25 ms"]


def test_b_values_are_told_apart(tmp_path: Path) -> None:
    uid = generate_uid()
    for b in (0.0, 800.0):
        write_series(tmp_path / f"{b:g}", SeriesInstanceUID=uid, DiffusionBValue=b)
    volumes, _ = scans(tmp_path)
    assert len(volumes) == 2 and "b 800" in volumes[1].name


def test_moments_that_nothing_tells_apart_are_taken_in_turn(tmp_path: Path) -> None:
    uid = generate_uid()
    for turn in range(3):
        write_series(
            tmp_path / str(turn),
            SeriesInstanceUID=uid,
            InstanceNumber=lambda k, turn=turn: turn * 100 + k,
        )
    volumes, _ = scans(tmp_path)
    assert [v.voxels.shape[2] for v in volumes] == [8, 8, 8]


def test_several_series_are_listed_and_chosen(tmp_path: Path) -> None:
    write_series(tmp_path / "a", SeriesNumber=2, SeriesDescription="SAG T1")
    write_series(tmp_path / "b", SeriesNumber=5, SeriesDescription="COR PD FS")
    with pytest.raises(UsageError, match=r"2 \(MR SAG T1, 8 slices\), 5 \(MR COR PD FS, 8"):
        scans(tmp_path)
    (volume,), _ = scans(tmp_path, Choice(series="5"))
    assert volume.name.startswith("MR COR PD FS")
    assert len(scans(tmp_path, Choice(series="all"))[0]) == 2
    with pytest.raises(UsageError, match="no series '7'"):
        scans(tmp_path, Choice(series="7"))


def test_a_slice_that_is_cut_off_counts_as_missing(tmp_path: Path) -> None:
    paths = write_series(tmp_path / "s")
    paths[4].write_bytes(paths[4].read_bytes()[:-50])
    (tmp_path / "s" / "notes.txt").write_text("not a slice")
    with pytest.raises(VolumeError, match="lacks 1 slice"):
        scans(tmp_path)
    (volume,), notes = scans(tmp_path, Choice(allow_gaps=True))
    assert volume.voxels.shape[2] == 8
    assert any("004.dcm" in note for note in notes)


def test_two_patients_are_never_one_case(tmp_path: Path) -> None:
    write_series(tmp_path / "a")
    write_series(tmp_path / "b", PatientID="4712")
    with pytest.raises(InputError, match="more than one patient"):
        scans(tmp_path)


def test_a_scan_on_the_other_side_than_its_header_says_is_told(tmp_path: Path) -> None:
    write_series(tmp_path / "s", Laterality="L", BodyPartExamined="KNEE")
    _, notes = scans(tmp_path)
    assert any("header says left, but it lies on the right" in note for note in notes)


@pytest.mark.parametrize(
    "said",
    [
        {"BurnedInAnnotation": "YES"},
        {"BurnedInAnnotation": "yes "},
        {"SOPClassUID": UltrasoundImageStorage, "Modality": "US"},
        {"SOPClassUID": UltrasoundMultiFrameImageStorage, "BurnedInAnnotation": "NO"},
        {"SOPClassUID": SecondaryCaptureImageStorage},
        {"SOPClassUID": MultiFrameGrayscaleWordSecondaryCaptureImageStorage},
    ],
)
@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
def test_pictures_that_may_show_a_name_are_refused(tmp_path: Path, said: dict[str, str]) -> None:
    write_series(tmp_path / "s", **said)
    with pytest.raises(InputError, match="burned into its pixels"):
        scans(tmp_path)
    assert scans(tmp_path, Choice(accept_burned_in=True))[0]


def test_slices_of_different_slope_become_values(tmp_path: Path) -> None:
    write_series(tmp_path / "s", RescaleSlope=lambda k: 1.0 + k, RescaleIntercept=0.0)
    (volume,), _ = scans(tmp_path)
    assert volume.voxels.dtype == np.float32 and (volume.slope, volume.intercept) == (1.0, 0.0)
    k = np.arange(8)
    grid = np.stack(np.meshgrid(np.arange(12), np.arange(10), k, indexing="ij"), -1)
    wanted = np.rint(value_at(apply(volume.case_from_voxel, grid))) * (1.0 + k)
    assert np.allclose(volume.voxels, wanted)


def implicit(made: Dataset) -> None:
    made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian


def deflated(made: Dataset) -> None:
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian


def twelve_bits(made: Dataset) -> None:
    made.BitsStored, made.HighBit, made.PixelRepresentation = 12, 11, 0


def rewrite(stored: Dataset, path: Path) -> None:
    """In the syntax that its header was given, whatever it was read in."""
    written = Dataset()
    written.update(stored)
    written.file_meta = stored.file_meta
    written.save_as(path, enforce_file_format=True)


def rle(made: Dataset) -> None:
    made.compress(RLELossless)


def big_endian(made: Dataset) -> None:
    made.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    made.PixelData = np.frombuffer(made.PixelData, "<i2").astype(">i2").tobytes()
    made["PixelData"].VR = "OW"


@pytest.mark.parametrize("change", [implicit, deflated, twelve_bits, rle, big_endian])
def test_every_way_to_write_pixels(tmp_path: Path, change: Callable[[Dataset], None]) -> None:
    for path in write_series(tmp_path / "s"):
        stored = dcmread(path)
        change(stored)
        rewrite(stored, path)
    (volume,), _ = scans(tmp_path)
    assert volume.voxels.shape == (12, 10, 8)
    assert worst_error(volume) <= 0.5


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("pydicom_data/HTJ2K_08_RGB.dcm", (480, 640, 3)),
        ("pydicom_data/JLSL_16_15_1_1F.dcm", (128, 128)),
        ("pydicom_data/bad_sequence.dcm", (512, 512)),  # JPEG lossless
        ("pydicom_wheel/SC_rgb_jpeg_gdcm.dcm", (100, 100, 3)),
        ("pydicom_wheel/MR_small_jp2klossless.dcm", (64, 64)),
        ("pydicom_wheel/JPEG2000.dcm", (1024, 256)),
        ("pydicom_wheel/MR_small_RLE.dcm", (64, 64)),
        ("pydicom_wheel/image_dfl.dcm", (512, 512)),
    ],
)
def test_every_codec_is_there(test_data: Path, name: str, shape: tuple[int, ...]) -> None:
    pixels = decoded(test_data / "dicom_variety" / name)
    assert pixels.shape == shape and np.ptp(pixels) > 0


def test_frames_of_one_file_in_any_order(test_data: Path) -> None:
    """An enhanced object beside the single frames it was made of."""
    folder = test_data / "dicom_variety" / "dcmqi" / "23x38x3"
    (single,), _ = scans(folder / "image")
    (frames,), _ = scans(folder / "multiframe")
    assert np.array_equal(single.voxels, frames.voxels)
    assert np.allclose(single.case_from_voxel, frames.case_from_voxel)


def test_colour_pictures_are_no_scan(tmp_path: Path) -> None:
    for path in write_series(tmp_path / "s"):
        stored = dcmread(path)
        stored.SamplesPerPixel, stored.PhotometricInterpretation = 3, "RGB"
        stored.PlanarConfiguration = 0
        stored.PixelData = stored.PixelData * 3
        stored.save_as(path)
    with pytest.raises(InputError, match="is in colour"):
        scans(tmp_path)


@pytest.mark.parametrize(
    ("name", "shape", "spacing_mm"),
    [
        ("dicom_faults_derived/clean", (64, 64, 24), (2.5, 2.5, 4.0)),
        ("dicom_faults_derived/shuffled_instance_numbers", (64, 64, 24), (2.5, 2.5, 4.0)),
        ("dicom_faults_derived/duplicate_position", (64, 64, 24), (2.5, 2.5, 4.0)),
        ("ct_gantry_tilt_philips", (512, 518, 4), (0.40625, 0.40625, 2.397)),
        ("mr_enhanced_multiframe", (86, 86, 63), (2.23256, 2.23256, 2.2)),
    ],
)
def test_real_series(
    test_data: Path, name: str, shape: tuple[int, ...], spacing_mm: tuple[float, ...]
) -> None:
    (volume,), _ = scans(test_data / name)
    assert volume.voxels.shape == shape
    assert np.allclose(volume.spacing_mm, spacing_mm, atol=1e-3)


def test_a_real_big_endian_series_of_two_echoes(test_data: Path) -> None:
    folder = test_data / "knee_t2_mese_dicom"
    volumes, _ = scans(folder)
    assert [v.voxels.shape for v in volumes] == [(256, 256, 24)] * 2
    names = [str(p) for p in folder.glob("*.dcm") if dcmread(p).EchoTime < 7]
    places = {dcmread(p, stop_before_pixels=True).ImagePositionPatient[0]: p for p in names}
    ordered = [places[x] for x in sorted(places)]
    other = SimpleITK.ReadImage(ordered[::-1])
    (i, j, k) = (100, 120, 5)
    where = apply(volumes[0].case_from_voxel, (i, j, k))
    there = other.TransformPhysicalPointToIndex([float(v) for v in where])
    assert volumes[0].voxels[i, j, k] == other[there]
