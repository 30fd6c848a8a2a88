"""Measurements in the document: whole, undoable, never lost, safe to write down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document.sessions import case_of, resumed, state
from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.document import intents as it
from xrviewer.document import measurement_intents as mi
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.measurement_rules import new_id
from xrviewer.document.show import read_session, show_session
from xrviewer.errors import DocumentError

ENDS = ((1.0, 2.0, 3.0), (4.0, 6.0, 15.0))


def distance(
    timepoint: str = "t0", ends: tuple[tuple[float, float, float], ...] = ENDS
) -> Measured:
    return Measured(Kind.DISTANCE, timepoint, ends, ("femur",), Quantity(13.0, Unit.MM, 0.6))


def measured(document: Document, what: Measured | None = None) -> str:
    id = new_id(document.snapshot)
    document.apply(mi.Measure(id, what or distance()))
    return id


def test_others_read_value_unit_and_uncertainty_without_the_case(tmp_path: Path) -> None:
    file = tmp_path / "s.xrs"
    with Journal(file) as journal:
        measured(Document(case_of(), journal=journal))
    snapshot, _ = read_session(file)
    (shown,) = json.loads(json.dumps(show_session(snapshot)))["measurements"]
    assert shown["points_mm"] == [list(end) for end in ENDS]
    assert (shown["value"], shown["unit"], shown["uncertainty"]) == (13.0, "mm", 0.6)
    assert (shown["written"], shown["name"], shown["id"]) == ("13.0 ± 0.6 mm", "Distance 1", "m1")
    assert resumed(file, case_of()).measurements == snapshot.measurements


def test_a_painted_area_keeps_its_brush(tmp_path: Path) -> None:
    file = tmp_path / "s.xrs"
    area = Quantity(120.0, Unit.MM2, 4.0)
    painted = Measured(Kind.AREA, "t0", ENDS, ("femur",), area, radius_mm=4.5)
    with Journal(file) as journal:
        id = measured(Document(case_of(), journal=journal), painted)
    assert resumed(file, case_of()).measurements[id].measured == painted


def test_undo_takes_points_and_value_together() -> None:
    document = Document(case_of())
    id = measured(document)
    moved = Measured(Kind.DISTANCE, "t0", (*ENDS[:1], (1.0, 2.0, 8.0)), (), Quantity(5.0, Unit.MM))
    document.apply(mi.Measure(id, moved))
    assert document.snapshot.measurements[id].measured == moved
    document.apply(it.Undo())
    assert document.snapshot.measurements[id].measured == distance()
    document.apply(it.Undo())
    assert not document.snapshot.measurements
    document.apply(it.Redo())
    assert document.snapshot.measurements[id].name == "Distance 1"


def test_taken_back_it_stays_in_the_record_and_its_id_is_not_used_again() -> None:
    document = Document(case_of())
    one, two = measured(document), measured(document)
    document.apply(mi.Retract((one, two)))
    assert not document.snapshot.measurements
    assert document.snapshot.all_measurements[one].measured == distance()
    assert new_id(document.snapshot) == "m3"
    document.apply(it.Undo())
    assert list(document.snapshot.measurements) == [one, two]


def test_name_note_colour_sight_and_role() -> None:
    document = Document(case_of())
    id = measured(document)
    for intent in (
        mi.NameMeasurement(id, "Joint space"),
        mi.NoteMeasurement(id, "widest place"),
        mi.ColorMeasurement(id, "#AABBCC"),
        mi.SetMeasurementVisible(id, False),
        mi.MarkLesion(id, Lesion.TARGET),
    ):
        document.apply(intent)
    found = document.snapshot.measurements[id]
    assert (found.name, found.note, found.color_hex) == ("Joint space", "widest place", "#aabbcc")
    assert not found.is_visible and found.lesion is Lesion.TARGET
    for _ in range(5):
        document.apply(it.Undo())
    assert document.snapshot.measurements[id].is_visible
    assert document.snapshot.measurements[id].name == "Distance 1"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  two\nlines\tand\x00 a bell\x07 ", "two lines and a bell"),
        ("right\u202eleft\ud800", "right left"),
        ("=1+1", "=1+1"),
        ("é" * 500, "é" * 120),
    ],
)
def test_names_are_one_line_of_what_can_be_seen(written: str, kept: str) -> None:
    document = Document(case_of())
    id = measured(document)
    document.apply(mi.NameMeasurement(id, written))
    assert document.snapshot.measurements[id].name == kept


@pytest.mark.parametrize(
    ("intent", "reason"),
    [
        (mi.Measure("m1", distance("t9")), "no timepoint 't9'"),
        (mi.Measure("m1", distance(ends=())), "has points"),
        (mi.Measure("m1", distance(ends=((float("nan"), 0, 0),))), "in the patient"),
        (mi.Measure("m1", distance(ends=((1e6, 0, 0),))), "in the patient"),
        (mi.Measure("", distance()), "has an id"),
        (mi.Measure("m1", Measured(Kind.DISTANCE, "t0", ENDS)), "has a value"),
        (
            mi.Measure("m1", Measured(Kind.VOLUME, "t0", ENDS, ("fermur",))),
            "did you mean 'femur'",
        ),
        (
            mi.Measure(
                "m1", Measured(Kind.DISTANCE, "t0", ENDS, (), Quantity(float("inf"), Unit.MM))
            ),
            "is a number",
        ),
        (mi.Retract(("m7",)), "no measurement 'm7'"),
        (mi.NameMeasurement("m7", "x"), "no measurement 'm7'"),
    ],
)
def test_what_cannot_be_is_refused(intent: it.Intent, reason: str) -> None:
    document = Document(case_of())
    before = state(document.snapshot)
    with pytest.raises(DocumentError, match=reason):
        document.apply(intent)
    assert state(document.snapshot) == before


def test_an_area_is_no_lesion_and_no_name_is_empty() -> None:
    document = Document(case_of())
    area = Measured(Kind.AREA, "t0", ENDS[:1], ("femur",), Quantity(4.0, Unit.MM2))
    id = measured(document, area)
    with pytest.raises(DocumentError, match="followed by"):
        document.apply(mi.MarkLesion(id, Lesion.TARGET))
    with pytest.raises(DocumentError, match="not empty"):
        document.apply(mi.NameMeasurement(id, "\n\t"))


@given(st.lists(st.sampled_from(["measure", "move", "retract", "undo", "redo"]), max_size=30))
def test_any_order_of_work_replays_to_the_same(
    tmp_path_factory: pytest.TempPathFactory, work: list[str]
) -> None:
    file = tmp_path_factory.mktemp("session") / "s.xrs"
    with Journal(file) as journal:
        document = Document(case_of(), journal=journal)
        for n, step in enumerate(work):
            ids = list(document.snapshot.measurements)
            if step == "measure":
                measured(document)
            elif step == "move" and ids:
                ends = ((0.0, 0.0, 0.0), (float(n + 1), 0.0, 0.0))
                what = Measured(Kind.DISTANCE, "t1", ends, (), Quantity(n + 1.0, Unit.MM, 0.2))
                document.apply(mi.Measure(ids[0], what))
            elif step == "retract" and ids:
                document.apply(mi.Retract((ids[-1],)))
            elif step in ("undo", "redo"):
                document.apply(it.Undo() if step == "undo" else it.Redo())
        ended = document.snapshot
    assert state(resumed(file, case_of())) == state(ended)
