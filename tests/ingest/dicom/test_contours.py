"""Structure sets drawn by formula: the volume that comes out is the one of the shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import RTStructureSetStorage, generate_uid
from typer.testing import CliRunner

from tests.ingest.dicom_maker import ROTATION, save, write_series
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app
from xrviewer.errors import InputError
from xrviewer.ingest.dicom.contours import read_contours
from xrviewer.ingest.dicom.header import read_header
from xrviewer.ingest.dicom.polygons import filled
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.shares import blocks
from xrviewer.ingest.surfaces import surfaces
from xrviewer.spatial.transforms import apply

Outline = NDArray[np.float64]
CENTER_MM = np.array([12.0, -30.0, 55.0])


def write_rtstruct(path: Path, rois: dict[str, Sequence[Outline]], kind: str = "") -> Path:
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = RTStructureSetStorage, generate_uid()
    made.Modality, made.SeriesInstanceUID = "RTSTRUCT", generate_uid()
    made.PatientID, made.PatientName, made.PatientBirthDate = "4711", "Doe^Jane", "19500101"
    made.StructureSetROISequence, made.ROIContourSequence = [], []
    for number, (name, outlines) in enumerate(rois.items(), 1):
        named, drawn = Dataset(), Dataset()
        named.ROINumber, named.ROIName = number, name
        drawn.ReferencedROINumber, drawn.ROIDisplayColor = number, [255, 0, 0]
        drawn.ContourSequence = [contour(outline, kind) for outline in outlines]
        made.StructureSetROISequence.append(named)
        made.ROIContourSequence.append(drawn)
    return save(made, path)


def contour(outline: Outline, kind: str) -> Dataset:
    made = Dataset()
    made.ContourGeometricType = kind or "CLOSED_PLANAR"
    made.NumberOfContourPoints = len(outline)
    made.ContourData = [f"{v:.4f}" for v in outline.ravel()]
    return made


def ring(radius_mm: float, z_mm: float, x_mm: float = 0.0) -> Outline:
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    flat = np.stack([x_mm + radius_mm * np.cos(angle), radius_mm * np.sin(angle)], axis=1)
    return np.column_stack([flat, np.full(len(angle), z_mm)])


def placed(outlines: Sequence[Outline], turn: NDArray[np.float64] | None = None) -> list[Outline]:
    turned = np.eye(3) if turn is None else turn
    return [outline @ turned.T + CENTER_MM for outline in outlines]


def ball(radius_mm: float, step_mm: float) -> list[Outline]:
    depths = np.arange(-radius_mm + step_mm / 2, radius_mm, step_mm)
    return [ring(np.sqrt(radius_mm**2 - z**2), z) for z in depths]


def box(half_mm: Sequence[float], depths_mm: Sequence[float]) -> list[Outline]:
    x, y = half_mm
    corners = np.array([(-x, -y), (x, -y), (x, y), (-x, y)])
    return [np.column_stack([corners, np.full(4, z)]) for z in depths_mm]


def only_map(path: Path) -> LabelMap:
    (label_map,) = read_contours(read_header(path), ()).maps
    return label_map


def volume_mm3(label_map: LabelMap) -> float:
    return float(np.count_nonzero(label_map.labels)) * label_map.voxel_mm3


@pytest.mark.parametrize("turn", [None, ROTATION])
def test_a_ball(tmp_path: Path, turn: NDArray[np.float64] | None) -> None:
    outlines = placed(ball(20.0, 2.0), turn)
    label_map = only_map(write_rtstruct(tmp_path / "a.dcm", {"Bladder": outlines}))
    wanted = 4 / 3 * np.pi * 20**3
    # Slices of a ball add up to a little more than the ball: by 1/8 of the square of the step.
    assert volume_mm3(label_map) == pytest.approx(wanted, rel=4e-3)
    points = apply(label_map.case_from_voxel, np.argwhere(label_map.labels))
    assert np.allclose(points.mean(axis=0), CENTER_MM, atol=0.02)
    assert np.linalg.norm(points - CENTER_MM, axis=1).max() < 20.1
    (mesh,) = surfaces(label_map, list(blocks(label_map)))
    assert mesh.volume_mm3 == pytest.approx(wanted, rel=0.02)


def test_a_box_to_the_pixel(tmp_path: Path) -> None:
    outlines = placed(box((15.0, 10.0), np.arange(12) * 3.0))
    label_map = only_map(write_rtstruct(tmp_path / "a.dcm", {"x": outlines}))
    assert volume_mm3(label_map) == pytest.approx(30 * 20 * 36, rel=1e-9)


@pytest.mark.parametrize("kind", ["CLOSED_PLANAR", "CLOSEDPLANAR_XOR"])
def test_an_outline_within_another_is_a_hole(tmp_path: Path, kind: str) -> None:
    depths = np.arange(10) * 2.0
    rings = [ring(r, z) for z in depths for r in (10.0, 4.0)]
    apart = [ring(3.0, z, x_mm=20.0) for z in depths]
    label_map = only_map(write_rtstruct(tmp_path / "a.dcm", {"x": placed(rings + apart)}, kind))
    assert volume_mm3(label_map) == pytest.approx(np.pi * (100 - 16 + 9) * 20, rel=5e-3)


def test_a_hole_by_a_channel_of_no_width(tmp_path: Path) -> None:
    keyholes = []
    for z in np.arange(10) * 2.0:
        outer, inner = ring(10.0, z), ring(4.0, z)[::-1]
        inner = np.roll(inner, 1, axis=0)  # from the channel's end and back to it
        keyholes.append(np.concatenate([outer, outer[:1], inner, inner[:1]]))
    label_map = only_map(write_rtstruct(tmp_path / "a.dcm", {"x": placed(keyholes)}))
    assert volume_mm3(label_map) == pytest.approx(np.pi * (100 - 16) * 20, rel=5e-3)


def test_slices_at_uneven_places_are_drawn_in_between(tmp_path: Path) -> None:
    """A cone: the shape between two slices is the mean of them."""
    depths = np.array([0, 2, 4, 6.6, 8, 10, 12.9, 14, 16, 18, 20])
    outlines = placed([ring(20 - z / 2, z) for z in depths])
    label_map = only_map(write_rtstruct(tmp_path / "a.dcm", {"x": outlines}))
    assert label_map.labels.shape[2] == 11
    slabs = np.pi * np.sum((20 - np.arange(0, 21, 2) / 2) ** 2) * 2
    assert volume_mm3(label_map) == pytest.approx(slabs, rel=5e-3)


def test_slices_without_an_outline_stay_empty(tmp_path: Path) -> None:
    depths = [0.0, 2.0, 4.0, 20.0, 22.0, 24.0]
    outlines = placed([ring(5.0, z) for z in depths])
    label_map = only_map(write_rtstruct(tmp_path / "a.dcm", {"x": outlines}))
    filled_slices = label_map.labels.any(axis=(0, 1))
    assert np.flatnonzero(filled_slices).tolist() == [0, 1, 2, 10, 11, 12]


def test_structures_that_overlap_are_both_whole(tmp_path: Path) -> None:
    rois = {"Liver": placed(ball(15, 1.5)), "Tumor": placed(ball(5, 1.5)), "Point": []}
    path = write_rtstruct(tmp_path / "a.dcm", rois)
    drawn = read_contours(read_header(path), ())
    assert [next(iter(m.segments.values())).name for m in drawn.maps] == ["Liver", "Tumor"]
    for label_map, radius in zip(drawn.maps, (15, 5), strict=True):
        assert volume_mm3(label_map) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.02)
    assert drawn.notes == ("structure 3: has no closed outline: left out",)


def crossing(path: Path) -> None:
    write_rtstruct(path, {"x": [ring(5, 0), ring(5, 0)[:, [0, 2, 1]]]})


def pointless(path: Path) -> None:
    write_rtstruct(path, {"x": [ring(5, 0)]}, "POINT")


def numberless(path: Path) -> None:
    write_rtstruct(path, {"x": [np.arange(10.0)]})


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (crossing, "planes that cross"),
        (pointless, "without any outline to fill"),
        (numberless, "cannot be read"),
    ],
)
def test_one_line_for_what_cannot_be_filled(
    tmp_path: Path, write: Callable[[Path], None], says: str
) -> None:
    write(tmp_path / "a.dcm")
    with pytest.raises(InputError, match=says):
        read_contours(read_header(tmp_path / "a.dcm"), ())


def test_beside_its_scan(tmp_path: Path) -> None:
    """The axes and the thickness of a lonely outline are the scan's."""
    write_series(tmp_path / "s")
    middle = np.array([3.0, 4.0, 8.0]) @ ROTATION.T + (-30.0, 12.0, 40.0)
    outline = ring(2.0, 0.0) @ ROTATION.T + middle
    write_rtstruct(tmp_path / "s" / "rt.dcm", {"Lesion": [outline]})
    headers = [read_header(path) for path in sorted((tmp_path / "s").iterdir())]
    (label_map,) = read_contours(headers[-1], headers[:-1]).maps
    assert volume_mm3(label_map) == pytest.approx(np.pi * 4 * 2.0, rel=1e-2)
    axes = label_map.case_from_voxel[:3, :3] / np.linalg.norm(
        label_map.case_from_voxel[:3, :3], axis=0
    )
    assert np.allclose(axes, ROTATION, atol=1e-6)
    outlines = [ring(2.5, z) @ ROTATION.T + middle for z in (-4.0, -2.0, 0.0, 2.0, 4.0)]
    write_rtstruct(tmp_path / "s" / "rt.dcm", {"Lesion": outlines})
    done = CliRunner().invoke(app, ["import", str(tmp_path / "s"), "--out", str(tmp_path / "case")])
    assert done.exit_code == 0, done.exception
    case = open_path(tmp_path / "case")
    assert [layer.id for layer in case.layers] == ["lesion"]
    low, high = case.timepoints[0].surfaces.bounds_mm()
    assert np.allclose((low + high) / 2, middle, atol=0.2)


def test_pixels_within_an_outline() -> None:
    outline = np.array([(0.5, 0.5), (3.5, 0.5), (3.5, 2.5), (0.5, 2.5)])
    wanted = np.zeros((6, 5), bool)
    wanted[1:4, 1:3] = True
    assert np.array_equal(filled([outline], (6, 5)), wanted)
    assert np.array_equal(filled([outline[::-1]], (6, 5)), wanted)
    assert not filled([outline, outline], (6, 5)).any()
    beyond = np.array([(-9.0, -9.0), (99, -9), (99, 99), (-9, 99)])
    assert filled([beyond], (6, 5)).all()


def test_a_real_one(test_data: Path) -> None:
    folder = test_data / "dicom_variety" / "rt_utils" / "mock_data"
    label_map = only_map(folder / "rt.dcm")
    assert label_map.segments[1].name == "ROI-1"
    assert label_map.labels.any()
