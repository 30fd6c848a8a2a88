from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.document.sessions import case_of
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.case.volume import Volume
from xrviewer.document.document import Document
from xrviewer.document.opening import middle_mm, placement_at_rest
from xrviewer.document.planes import Mode
from xrviewer.errors import DocumentError
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import apply


def room_of(case: Case, points_mm: list[tuple[float, float, float]]) -> np.ndarray:
    return apply(Document(case).snapshot.model.matrix() @ MODEL_FROM_CASE, points_mm)


def test_a_knee_stands_at_table_height_with_its_front_to_the_viewer() -> None:
    low, high = (100.0, -370.0, 920.0), (220.0, -230.0, 1080.0)
    centre, left, front, above = room_of(
        case_of(low_mm=low, high_mm=high),
        [(160, -300, 1000), (170, -300, 1000), (160, -310, 1000), (160, -300, 1010)],
    )
    np.testing.assert_allclose(centre, (0, 0.80, -0.60), atol=1e-7)
    np.testing.assert_allclose(left - centre, (0.01, 0, 0), atol=1e-9)
    np.testing.assert_allclose(front - centre, (0, 0, 0.01), atol=1e-9)
    np.testing.assert_allclose(above - centre, (0, 0.01, 0), atol=1e-9)


def test_the_middle_of_what_a_date_shows() -> None:
    case = case_of(low_mm=(100.0, -370.0, 920.0), high_mm=(220.0, -230.0, 1080.0))
    assert middle_mm(case.timepoints[0]) == (160.0, -300.0, 1000.0)


def test_a_tall_case_stands_on_the_floor() -> None:
    low, high = np.array([-250.0, -150.0, -900.0]), np.array([250.0, 150.0, 900.0])
    rest = placement_at_rest(low, high)
    feet, head = apply(rest.matrix() @ MODEL_FROM_CASE, [(0, 0, -900), (0, 0, 900)])
    assert feet[1] == pytest.approx(0, abs=1e-12) and head[1] == pytest.approx(1.8)


def test_layers_begin_as_the_case_shows_them() -> None:
    case = case_of()
    skin = replace(case.layers[0], opacity=0.25)
    document = Document(replace(case, layers=(skin, *case.layers[1:])))
    row = document.snapshot.layers[document.snapshot.layer_rows["femur"]]
    assert row["is_visible"] and row["opacity"] == 0.25
    np.testing.assert_allclose(row["color"], (0xE8 / 255, 0xDC / 255, 0xC0 / 255), atol=1e-7)
    assert document.snapshot.timepoint == "t0"


def test_a_scan_without_surfaces_stands_where_its_voxels_are() -> None:
    case_from_voxel = np.diag([2.0, 2.0, 2.0, 1.0])
    case_from_voxel[:3, 3] = (10, 20, 30)
    scan = Volume("mr", "MR", "MR", np.zeros((11, 21, 31), np.uint8), case_from_voxel)
    case = replace(case_of(), timepoints=(Timepoint("t0", "t0", 0, pack_parts([]), (scan,)),))
    (centre,) = room_of(case, [(20, 40, 60)])
    np.testing.assert_allclose(centre, (0, 0.80, -0.60), atol=1e-9)
    slices = Document(case).snapshot.slices
    assert list(slices) == ["axial", "coronal", "sagittal"], "nothing would be seen"
    assert {(s.volume, s.mode, s.plane.point_mm) for s in slices.values()} == {
        ("mr", Mode.PAINTED, (20.0, 40.0, 60.0))
    }
    turned = np.eye(4)
    turned[1:3, 1:3] = [[0.8, -0.6], [0.6, 0.8]]  # about the line from right to left
    tilted = replace(scan, case_from_voxel=turned @ case_from_voxel)
    date = replace(case.timepoints[0], volumes=(tilted,))
    axial, coronal, sagittal = Document(replace(case, timepoints=(date,))).snapshot.slices.values()
    np.testing.assert_allclose(axial.plane.normal, (0, 0.6, -0.8), atol=1e-12)
    np.testing.assert_allclose(np.abs(coronal.plane.normal), (0, 0.8, 0.6), atol=1e-12)
    np.testing.assert_allclose(np.abs(sagittal.plane.normal), (1, 0, 0), atol=1e-12)
    bones = replace(case_of().timepoints[0], volumes=(scan,))
    assert not Document(replace(case, timepoints=(bones,))).snapshot.slices


def test_a_case_without_a_timepoint_is_refused() -> None:
    with pytest.raises(DocumentError, match="case 'knee' has no timepoint"):
        Document(replace(case_of(), timepoints=()))


def test_an_id_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"cannot be written: '\\ud800'"):
        Document(case_of(("femur", "\ud800")))
