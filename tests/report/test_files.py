"""Measurements as files, read back by the libraries and programs that will read them."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest
from highdicom.sr import Comprehensive3DSR

from tests.document.sessions import case_of
from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.document import measurement_intents as mi
from xrviewer.document.document import Document
from xrviewer.document.measurement_rules import new_id
from xrviewer.document.measurements import Measurement
from xrviewer.errors import InputError, MeasureError
from xrviewer.report.markups import as_markups, read_markups
from xrviewer.report.rows import rows
from xrviewer.report.structured import as_structured_report
from xrviewer.report.table import as_cells, as_csv, as_json

CASE = case_of(case_id="a1b2c3")
NOW = datetime(2026, 3, 1, 12, 30)
Ends = tuple[tuple[float, float, float], ...]


def made(*wanted: tuple[str, Measured]) -> list[Measurement]:
    document = Document(CASE)
    for name, measured in wanted:
        document.apply(mi.Measure(new_id(document.snapshot), measured, name))
    return list(document.snapshot.measurements.values())


def distance(value: float, timepoint: str = "t0", uncertainty: float | None = 0.3) -> Measured:
    ends = ((1.5, -2.25, 3.0), (1.5 + value, -2.25, 3.0))
    return Measured(
        Kind.DISTANCE, timepoint, ends, ("femur",), Quantity(value, Unit.MM, uncertainty)
    )


def one_of_each() -> list[Measurement]:
    points: Ends = ((0.0, 0.0, 0.0), (4.0, 0.0, 0.0), (4.0, 3.0, 0.0))
    return made(
        ("joint space", distance(4.0)),
        ("path", Measured(Kind.POLYLINE, "t0", points, (), Quantity(7.0, Unit.MM, 0.4))),
        (
            "over",
            Measured(Kind.SURFACE, "t0", points[:2], ("femur",), Quantity(5, Unit.MM), points),
        ),
        ("corner", Measured(Kind.ANGLE, "t0", points, (), Quantity(90.0, Unit.DEGREE, 2.0))),
        ("slope", Measured(Kind.PLANE_ANGLE, "t0", points, (), Quantity(7.0, Unit.DEGREE))),
        ("round", Measured(Kind.DIAMETER, "t0", points, (), Quantity(5.0, Unit.MM, 0.4))),
        ("gap", Measured(Kind.GAP, "t0", points[:2], ("femur", "tibia"), Quantity(4, Unit.MM))),
        ("spot", Measured(Kind.AREA, "t0", points, ("femur",), Quantity(30.0, Unit.MM2, 4), (), 2)),
        ("bone", Measured(Kind.VOLUME, "t0", points[:1], ("femur",), Quantity(90.0, Unit.ML, 1))),
        ("look", Measured(Kind.NOTE, "t0", points[:1])),
    )


def test_the_same_name_at_a_later_date_is_a_change() -> None:
    found = rows(CASE, made(("gap", distance(4.0)), ("gap", distance(3.1, "t1", 0.4))))
    assert (found[0].baseline, found[0].change) == ("", None)
    assert found[1].baseline == "m1" and found[1].day == 365
    assert found[1].change == pytest.approx(-0.9)
    assert found[1].change_uncertainty == pytest.approx(0.5)
    assert found[1].change_percent == pytest.approx(-22.5)
    assert found[1].change_written == "-0.9 ± 0.5 mm"


def test_other_kinds_and_unknown_errors_are_not_compared_as_if_they_were() -> None:
    other = Measured(Kind.ANGLE, "t1", ((0.0, 0.0, 0.0),), (), Quantity(3.0, Unit.DEGREE))
    found = rows(CASE, made(("x", distance(4.0)), ("x", other), ("x", distance(5.0, "t1", None))))
    assert found[1].change is None
    assert found[2].change == pytest.approx(1.0) and found[2].change_uncertainty is None


def test_dates_go_in_their_order_and_what_the_case_has_not_stays_out() -> None:
    late_first = made(("x", distance(3.0, "t1")), ("x", distance(4.0)))
    assert [row.timepoint for row in rows(CASE, late_first)] == ["t0", "t1"]


def test_a_table_that_a_spreadsheet_cannot_be_tricked_with() -> None:
    names = ("=cmd|'/c calc'!A1", "+1", "-2", "@SUM(A1)", 'quote " and, comma', "Knorpel ü 前")
    text = as_csv(rows(CASE, made(*((name, distance(4.0)) for name in names)))).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in table] == [
        "'=cmd|'/c calc'!A1",
        "'+1",
        "'-2",
        "'@SUM(A1)",
        'quote " and, comma',
        "Knorpel ü 前",
    ]
    assert table[0]["value"] == "4.0" and table[0]["unit"] == "mm"
    assert table[0]["points_mm"] == "1.500 -2.250 3.000; 5.500 -2.250 3.000"
    assert table[0]["remark"] == "Not for diagnostic use"


def test_json_says_what_people_read_too() -> None:
    table = json.loads(as_json(CASE, rows(CASE, one_of_each())))
    assert table["case"] == "a1b2c3" and table["note"] == "Not for diagnostic use"
    written = {row["kind"]: row["written"] for row in table["measurements"]}
    assert written["distance"] == "4.0 ± 0.3 mm" and written["volume"] == "90.0 ± 1.0 ml"
    assert written["note"] == "" and written["area"] == "30 ± 4 mm²"


def test_markups_go_out_and_come_back(tmp_path: Path) -> None:
    file = tmp_path / "m.mrk.json"
    file.write_bytes(as_markups(one_of_each()))
    markups = json.loads(file.read_text())["markups"]
    assert {m["coordinateSystem"] for m in markups} == {"LPS"}
    assert [m["type"] for m in markups[:4]] == ["Line", "Curve", "Curve", "Angle"]
    assert markups[0]["measurements"][0] == {
        "name": "distance",
        "enabled": True,
        "value": 4.0,
        "units": "mm",
    }
    found, notes = read_markups(file)
    assert not notes
    by_name = {read.name: read for read in found}
    assert by_name["joint space"].kind is Kind.DISTANCE
    assert by_name["joint space"].points_mm == ((1.5, -2.25, 3.0), (5.5, -2.25, 3.0))
    assert by_name["corner"].kind is Kind.ANGLE and by_name["path"].kind is Kind.POLYLINE
    assert by_name["look"].kind is Kind.NOTE


def test_markups_as_slicer_saves_them(tmp_path: Path) -> None:
    """In RAS, with a point that is not placed yet, and a kind that has no place here."""
    points = [
        {"id": "1", "label": "L-1", "position": [10.0, 20.0, 30.0], "positionStatus": "defined"},
        {"id": "2", "label": "L-2", "position": [10.0, 20.0, 42.0], "positionStatus": "defined"},
        {"id": "3", "label": "L-3", "position": [0.0, 0.0, 0.0], "positionStatus": "preview"},
    ]
    markups = [
        {"type": "Line", "coordinateSystem": "RAS", "controlPoints": points},
        {"type": "ROI", "coordinateSystem": "LPS", "controlPoints": points},
        {"type": "Angle", "coordinateSystem": "LPS", "controlPoints": []},
    ]
    file = tmp_path / "L.mrk.json"
    file.write_text(json.dumps({"markups": markups}))
    (line,), notes = read_markups(file)
    assert line.points_mm == ((-10.0, -20.0, 30.0), (-10.0, -20.0, 42.0))
    assert line.name == "L"
    assert notes == ("markup 2 is a ROI, which has no place here", "markup 3 has no points")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"markups": [{"type": "Line"}]}',
        '{"markups": [{"type": "Line", "coordinateSystem": "XYZ", "controlPoints": []}]}',
        '{"markups": [{"type": "Line", "controlPoints": [{"position": [1, 2]}]}]}',
        '{"markups": [{"type": "Line", "controlPoints": [{"position": ["a", 2, 3]}]}]}',
        '{"markups": 3}',
    ],
)
def test_broken_markups_are_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.mrk.json"
    file.write_text(text)
    with pytest.raises(InputError, match=r"x\.mrk\.json: is no markups file") as caught:
        read_markups(file)
    assert "\n" not in str(caught.value)


def test_a_structured_report_is_read_back_with_its_numbers(tmp_path: Path) -> None:
    file = tmp_path / "sr.dcm"
    file.write_bytes(as_structured_report(CASE, one_of_each(), NOW))
    report = Comprehensive3DSR.from_dataset(pydicom.dcmread(file))
    groups = report.content.get_image_measurement_groups()
    assert len(groups) == 9  # the note has no number
    space = next(g for g in groups if g.tracking_identifier == "joint space")
    (number,) = space.get_measurements()
    assert (number.value, number.unit.value) == (4.0, "mm")
    (region,) = number.referenced_coordinates
    np.testing.assert_allclose(region.value, [[1.5, -2.25, 3.0], [5.5, -2.25, 3.0]])


def test_a_structured_report_names_nobody_and_the_case_always_alike() -> None:
    found = one_of_each()
    one, two = (
        pydicom.dcmread(io.BytesIO(as_structured_report(CASE, found, NOW))) for _ in range(2)
    )
    assert one.PatientID == "a1b2c3" and str(one.PatientName) == "Anonymous^"
    assert not one.PatientBirthDate and not one.StudyDate and not one.AccessionNumber
    assert one.PatientIdentityRemoved == "YES"
    assert one.StudyInstanceUID == two.StudyInstanceUID
    assert one.SOPInstanceUID != two.SOPInstanceUID
    with pytest.raises(MeasureError, match="measure something"):
        as_structured_report(CASE, [], NOW)


def test_a_validator_accepts_the_structured_report(tmp_path: Path) -> None:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy (package dicom3tools) is not installed")
    file = tmp_path / "sr.dcm"
    file.write_bytes(as_structured_report(CASE, one_of_each(), NOW))
    done = subprocess.run([validator, file], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert "Comprehensive3DSR" in said
    assert "Error" not in said, said


def test_a_lesion_is_told() -> None:
    document = Document(CASE)
    document.apply(mi.Measure("m1", distance(12.0)))
    document.apply(mi.MarkLesion("m1", Lesion.TARGET))
    assert rows(CASE, document.snapshot.measurements.values())[0].lesion == "target"


def test_the_clipboard_has_a_line_each_and_no_formula() -> None:
    found = made(("=1+1", distance(4.0)), ("gap", distance(5.0)), ("gap", distance(4.0, "t1")))
    lines = list(csv.reader(io.StringIO(as_cells(rows(CASE, found))), dialect="excel-tab"))
    assert [line[0] for line in lines] == ["name", "'=1+1", "gap", "gap"]
    assert lines[3][3:6] == ["4.0 ± 0.3 mm", "'-1.0 ± 0.5 mm", "-20.0"]
    assert "Not for diagnostic use" in lines[0]
