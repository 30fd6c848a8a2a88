"""The list of measurements: chosen, renamed, hidden, taken back, paired between dates."""

from __future__ import annotations

from dataclasses import replace

from tests.panels.acting import person
from tests.shapes import case_of, sphere
from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.document.document import Document
from xrviewer.document.intents import SelectTool, ShowTimepoint
from xrviewer.document.measurement_intents import (
    ColorMeasurement,
    MarkLesion,
    Measure,
    NameMeasurement,
    NoteMeasurement,
    Retract,
    SetMeasurementVisible,
)
from xrviewer.document.measurements import baseline_of
from xrviewer.panels.measure_panel import COLORS

CASE = case_of({"ball": sphere(rings=8)}, dates=2)


def distance(mm: float, timepoint: str = "t0") -> Measured:
    points = ((0.0, 0.0, 0.0), (mm, 0.0, 0.0))
    return Measured(Kind.DISTANCE, timepoint, points, ("ball",), Quantity(mm, Unit.MM, 0.5))


def test_the_tool_is_taken_and_the_next_one() -> None:
    with person(CASE) as user:
        user.press("rail measure")
        assert user.press("tool") == [SelectTool("distance")]
        assert user.press("tool after") == [SelectTool("polyline")]
        assert user.press("tool before") == [SelectTool("distance")]
        assert user.press("tool") == [SelectTool("grab")]


def test_a_row_is_hidden_chosen_renamed_and_taken_back() -> None:
    with person(CASE) as user:
        user.document.apply(Measure("m1", distance(12.0)))
        user.document.apply(Measure("m2", distance(20.0)))
        user.press("rail measure")
        assert user.press("eye m1") == [SetMeasurementVisible("m1", False)]
        user.press("name m2")
        assert user.press("Keep") == []
        user.press("Name")
        user.type(" b")
        user.press("key done")
        assert user.press("Keep") == [NameMeasurement("m2", "Distance 2 b")]
        user.press("Note")
        user.type("ok")
        user.press("key done")
        assert user.press("Keep") == [NoteMeasurement("m2", "ok")]
        assert user.press("Keep") == []
        assert user.press(f"color {COLORS[3]}") == [ColorMeasurement("m2", COLORS[3])]
        assert user.press(f"color {COLORS[0]}") == [ColorMeasurement("m2", None)]
        assert user.press("Target") == [MarkLesion("m2", Lesion.TARGET)]
        assert user.press("Target") == [MarkLesion("m2", Lesion.NONE)]
        assert user.press("Take back") == [Retract(("m2",))]
        assert "name m2" not in user.panels.places


def test_only_the_date_that_is_shown_and_pairs_between_dates() -> None:
    with person(CASE) as user:
        user.document.apply(Measure("m1", distance(20.0), "Gap"))
        user.document.apply(Measure("m2", distance(15.0, "t1"), "Gap"))
        user.press("rail measure")
        assert "name m1" in user.panels.places and "name m2" not in user.panels.places
        user.document.apply(ShowTimepoint("t1"))
        user.wait()
        assert "name m2" in user.panels.places and "name m1" not in user.panels.places
        there = user.document.snapshot.measurements
        assert baseline_of(there["m2"], there.values(), CASE) is there["m1"]
        assert baseline_of(there["m1"], there.values(), CASE) is None


def test_of_a_long_list_only_what_is_seen_is_drawn() -> None:
    document = Document(CASE)
    for i in range(600):
        document.apply(Measure(f"m{i}", distance(1.0 + i)))
    with person(CASE) as user:
        user.document = document
        user.press("rail measure")
        assert sum(place.startswith("eye m") for place in user.panels.places) < 30


def test_all_are_saved_at_a_press_and_it_is_said_where() -> None:
    with person(CASE) as user:
        user.press("rail measure")
        assert "Save all as files" not in user.panels.places
        user.document.apply(Measure("m1", distance(12.0)))
        user.wait()
        asked = []
        user.point("Save all as files")
        for is_pressed in (True, False):
            user.at = replace(user.at, is_pressed=is_pressed)
            asked += [user.frame().wants_saved for _ in range(30)]
        assert sum(asked) == 1
