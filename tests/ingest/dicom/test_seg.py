"""DICOM segmentations: every voxel where it was drawn, overlaps and empty slices too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread

from tests.ingest.dicom_maker import ORIGIN_MM, ROTATION, SPACING_MM, set_pixels, write_seg
from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import LABEL_MAP_SEGMENTATION, read_header
from xrviewer.ingest.dicom.seg import read_seg
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.volumes import read_label_maps
from xrviewer.spatial.transforms import apply


def mask(i: slice, j: slice, k: slice) -> NDArray[np.bool_]:
    made = np.zeros((12, 10, 8), bool)
    made[i, j, k] = True
    return made


def places(maps: tuple[LabelMap, ...], number: int) -> set[tuple[float, ...]]:
    """Where in the patient the segment lies, to a hundredth of a millimetre."""
    found = [apply(m.case_from_voxel, np.argwhere(m.labels == number)) for m in maps]
    return {tuple(np.round(p, 2) + 0.0) for p in np.concatenate(found)}


def drawn(masks: NDArray[np.bool_]) -> set[tuple[float, ...]]:
    points = ORIGIN_MM + (np.argwhere(masks) * SPACING_MM) @ ROTATION.T
    return {tuple(np.round(p, 2) + 0.0) for p in points}


ONE = mask(slice(1, 6), slice(2, 7), slice(2, 6))
TWO = mask(slice(6, 10), slice(2, 7), slice(2, 6))
OVER = mask(slice(3, 8), slice(3, 5), slice(3, 8))
APART = mask(slice(1, 3), slice(1, 3), slice(0, 8, 3))


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL"])
def test_segments_side_by_side_share_a_map(tmp_path: Path, kind: str) -> None:
    path = write_seg(tmp_path / "s.dcm", {1: ONE, 2: TWO}, kind)
    maps = read_seg(read_header(path))
    assert len(maps) == 1
    assert places(maps, 1) == drawn(ONE) and places(maps, 2) == drawn(TWO)


def test_segments_that_overlap_are_both_whole(tmp_path: Path) -> None:
    maps = read_seg(read_header(write_seg(tmp_path / "s.dcm", {1: ONE, 3: OVER, 2: TWO})))
    assert len(maps) == 2
    for number, wanted in ((1, ONE), (2, TWO), (3, OVER)):
        assert places(maps, number) == drawn(wanted)


def test_slices_that_are_left_out_stay_empty(tmp_path: Path) -> None:
    maps = read_seg(read_header(write_seg(tmp_path / "s.dcm", {1: APART | ONE})))
    assert places(maps, 1) == drawn(APART | ONE)


def test_names_and_colours(tmp_path: Path) -> None:
    path = write_seg(tmp_path / "s.dcm", {1: ONE}, names={1: "Liver"})
    (label_map,) = read_seg(read_header(path))
    segment = label_map.segments[1]
    assert segment.name == "Liver" and segment.color is not None
    assert segment.color.red > 0.97 and max(segment.color.green, segment.color.blue) < 0.03


def test_frames_and_places_must_agree(tmp_path: Path) -> None:
    path = write_seg(tmp_path / "s.dcm", {1: ONE})
    stored = dcmread(path)
    del stored.PerFrameFunctionalGroupsSequence[-1]
    stored.save_as(path)
    with pytest.raises(InputError, match="cannot be decoded: 4 frames, of which 3 say"):
        read_seg(read_header(path))


def test_a_real_one_is_the_same_as_its_nrrd(test_data: Path) -> None:
    folder = test_data / "dicom_variety" / "dcmqi"
    (ours,) = read_seg(read_header(folder / "liver.dcm"))
    (other,) = read_label_maps(folder / "liver_seg.nrrd")
    assert np.array_equal(ours.labels > 0, other.labels > 0)
    assert np.allclose(ours.case_from_voxel, other.case_from_voxel, atol=1e-3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_label_map_holds_the_numbers_themselves(tmp_path: Path, dtype: type) -> None:
    path = write_seg(tmp_path / "s.dcm", {1: ONE, 2: TWO}, names={1: "Liver", 2: "Spleen"})
    stored = dcmread(path)
    planes = np.where(ONE, 1, 0) + np.where(TWO, 2, 0)
    used = np.flatnonzero(planes.any(axis=(0, 1)))
    stored.SOPClassUID = stored.file_meta.MediaStorageSOPClassUID = LABEL_MAP_SEGMENTATION
    stored.SegmentationType = "LABELMAP"
    places = stored.PerFrameFunctionalGroupsSequence[: len(used)]
    for group in places:
        del group.SegmentIdentificationSequence
    stored.PerFrameFunctionalGroupsSequence = places
    set_pixels(stored, planes[:, :, used].transpose(2, 1, 0).astype(dtype))
    stored.NumberOfFrames = len(used)
    stored.save_as(path)
    (label_map,) = read_seg(read_header(path))
    assert places_of(label_map, 1) == drawn(ONE) and places_of(label_map, 2) == drawn(TWO)
    assert label_map.segments[2].name == "Spleen"


def places_of(label_map: LabelMap, number: int) -> set[tuple[float, ...]]:
    return places((label_map,), number)
