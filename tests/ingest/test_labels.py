"""What labels are called: stated, by the file, or by a convention that the anatomy agrees with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from tests.ingest.test_import_command import write_labels
from xrviewer.case.model import Color
from xrviewer.errors import InputError, UsageError, VolumeError
from xrviewer.ingest.labelmap import LabelMap, Segment
from xrviewer.ingest.labels import CONVENTIONS, KNEE, name_labels, read_labels
from xrviewer.ingest.totalsegmentator import CLASSES
from xrviewer.ingest.volumes import read_label_maps

Place = tuple[int, int, int]
# A right knee: lateral is towards -x, anterior -y, superior +z. Voxels are millimetres, LPS.
RIGHT_KNEE: dict[int, Place] = {
    5: (30, 30, 45),
    6: (30, 30, 15),
    7: (30, 10, 45),
    8: (14, 36, 12),
    9: (20, 30, 30),
    10: (40, 30, 30),
}


def blobs(places: dict[int, Place]) -> LabelMap:
    labels = np.zeros((60, 60, 60), np.uint8, order="F")
    for value, (i, j, k) in places.items():
        labels[i - 3 : i + 3, j - 3 : j + 3, k - 3 : k + 3] = value
    return LabelMap(labels, np.eye(4))


def ids(places: dict[int, Place]) -> dict[int, str]:
    naming = name_labels(blobs(places), None)
    return {value: layer.id for value, layer in naming.layers.items()}


def test_a_knee_is_known_by_how_its_bones_lie() -> None:
    assert ids(RIGHT_KNEE) == {value: KNEE[value - 1] for value in RIGHT_KNEE}


def test_menisci_the_other_way_round_are_named_by_where_they_lie() -> None:
    swapped = RIGHT_KNEE | {9: RIGHT_KNEE[10], 10: RIGHT_KNEE[9]}
    assert (ids(swapped)[9], ids(swapped)[10]) == ("medial_meniscus", "lateral_meniscus")
    assert any("menis" in note for note in name_labels(blobs(swapped), None).notes)


def test_what_does_not_lie_like_a_knee_gets_no_names() -> None:
    upside_down = RIGHT_KNEE | {5: RIGHT_KNEE[6], 6: RIGHT_KNEE[5]}
    assert ids(upside_down) == {value: f"label_{value}" for value in RIGHT_KNEE}


def total(mirror: bool) -> dict[int, Place]:
    """Twenty ribs, those of the left on the left."""
    left, right = (10, 50) if mirror else (50, 10)
    places: dict[int, Place] = {}
    for n in range(8):
        places[92 + n] = (left, 10, 4 + 7 * n)
        places[104 + n] = (right, 10, 4 + 7 * n)
    return places


def test_many_classes_with_left_on_the_left_are_totalsegmentators() -> None:
    assert ids(total(mirror=False))[92] == "rib_left_1"
    assert ids(total(mirror=True))[92] == "label_92"


def test_the_class_map() -> None:
    """Numbers that others know: of the tool's own documentation."""
    known = {1: "spleen", 5: "liver", 52: "aorta", 79: "spinal_cord", 117: "costal_cartilages"}
    assert len(CLASSES) == 117 and {n: CLASSES[n - 1] for n in known} == known


def test_a_labels_file_in_both_forms(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    long = {"id": "graft", "name": "Graft", "plain": "New band", "group": "ligaments"}
    path.write_text(json.dumps({"1": "acl", "2": {**long, "color": "#102030"}}))
    names = read_labels(str(path))
    assert names[1].name == "Anterior cruciate ligament" and names[1].role == "ligament"
    assert (names[2].id, names[2].plain, names[2].group) == ("graft", "New band", "ligaments")
    assert names[2].color == Color.from_hex("#102030")
    naming = name_labels(blobs({1: (9, 9, 9), 7: (30, 30, 30)}), names)
    assert naming.layers[7].id == "label_7" and "does not name label 7" in naming.notes[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no labels file"),
        ('{"femur": "5"}', "a label is a number"),
        ('{"0": "femur"}', "a label is a number"),
        ('{"5": "The Femur"}', "an id is of a-z"),
        ('{"5": {"id": "femur", "patient": "x"}}', "unknown field"),
        ('{"5": {"id": "femur", "color": "red"}}', "regex"),
    ],
)
def test_a_wrong_labels_file_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "labels.json"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        read_labels(str(path))


def test_a_segmentation_in_the_place_of_a_labels_file_is_told_where_it_belongs(
    tmp_path: Path,
) -> None:
    path = tmp_path / "labels.nii.gz"
    path.write_bytes(b"")
    with pytest.raises(InputError, match="--segmentation"):
        read_labels(str(path))


def test_conventions_by_name(tmp_path: Path) -> None:
    assert read_labels("knee")[5].id == "femur"
    assert read_labels("totalsegmentator")[3].name == "Left kidney"
    assert set(CONVENTIONS) == {"knee", "totalsegmentator"}
    with pytest.raises(UsageError, match="no such file, and no convention"):
        read_labels(str(tmp_path / "none.json"))


def test_names_and_colours_of_a_slicer_segmentation(tmp_path: Path) -> None:
    image = SimpleITK.GetImageFromArray(np.arange(27, dtype=np.uint8).reshape(3, 3, 3) % 3)
    for key, value in {
        "Segment0_Name": "Left Kidney",
        "Segment0_LabelValue": "1",
        "Segment0_Color": "1 0.5 0",
        "Segment1_Name": "of Mrs Muster",
        "Segment1_LabelValue": "2",
    }.items():
        image.SetMetaData(key, value)
    path = tmp_path / "s.seg.nrrd"
    SimpleITK.WriteImage(image, str(path))
    (label_map,) = read_label_maps(path)
    assert label_map.segments[1] == Segment("Left Kidney", Color.from_hex("#ff8000"))
    layers = name_labels(label_map, None).layers
    assert (layers[1].name, layers[1].color) == ("Left kidney", Color.from_hex("#ff8000"))
    assert layers[2].name == "Label 2"


@pytest.mark.parametrize(
    ("voxels", "says"),
    [
        (np.zeros((3, 3, 3), np.uint8), "is an empty segmentation"),
        (np.full((3, 3, 3), -1, np.int16), "is no segmentation: its values go from -1"),
        (np.full((3, 3, 3), 0.5, np.float32), "not whole numbers"),
    ],
)
def test_what_is_no_segmentation(tmp_path: Path, voxels: np.ndarray, says: str) -> None:
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(voxels), str(tmp_path / "a.nrrd"))
    with pytest.raises(VolumeError, match=says):
        read_label_maps(tmp_path / "a.nrrd")


def test_the_real_knee_and_the_one_with_menisci_swapped(test_data: Path) -> None:
    folder = test_data / "knee_seg_dess_right"
    (label_map,) = read_label_maps(folder / "test_seg_men_split.nrrd")
    layers = name_labels(label_map, None).layers
    assert (layers[9].id, layers[10].id) == ("medial_meniscus", "lateral_meniscus")


@pytest.mark.parametrize("ending", [".mha", ".mhd", ".nii.gz"])
def test_every_kind_of_file_holds_the_same_labels(tmp_path: Path, ending: str) -> None:
    (one,) = read_label_maps(write_labels(tmp_path / "labels.nrrd"))
    (other,) = read_label_maps(write_labels(tmp_path / f"labels{ending}"))
    assert one.labels.any() and np.array_equal(one.labels, other.labels)
    # NIfTI keeps its quaternions in 32 bits.
    np.testing.assert_allclose(one.case_from_voxel, other.case_from_voxel, atol=1e-4)
