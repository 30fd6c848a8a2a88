"""Measurements as they are drawn: where they are, how thick, and never more than can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shapes import box, case_of
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.document.arrangement import Arrangement, arrangement
from xrviewer.document.document import Document
from xrviewer.document.intents import PlacePart, ShowTimepoint
from xrviewer.document.measurement_intents import Measure, Retract, SetMeasurementVisible
from xrviewer.document.measurements import MAX_DRAWN
from xrviewer.scene.marks import ACCENT_COLOR, Label, Marks
from xrviewer.scene.measure_lines import lines_of
from xrviewer.scene.measures import END_M, HALO_COLOR, LINE_M, DrawnMeasures, apart, reticle
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import (
    IDENTITY_ROTATION,
    Matrix,
    PartPlace,
    Placement,
    Pose,
    Vec3,
    apply,
    axis_rotation,
)

CASE = case_of({"ruler": box((0, 0, 0), (100, 10, 2)), "lid": box((0, 60, 40))}, dates=2)
HEAD = Pose((0.0, 1.2, 0.4), IDENTITY_ROTATION)


def distance(*points: Vec3, timepoint: str = "t0", layers: tuple[str, ...] = ()) -> Measured:
    quantity = Quantity(100.0, Unit.MM, 1.0)
    return Measured(Kind.DISTANCE, timepoint, points, layers, quantity)


ALONG = distance((-50.0, 0.0, 2.0), (50.0, 0.0, 2.0), layers=("ruler",))


def places_of(document: Document) -> Arrangement:
    surfaces = CASE.timepoints[0].surfaces
    return arrangement(document.snapshot, surfaces, np.arange(2))


def room_at(scale: float) -> Matrix:
    return Placement((0.0, 1.0, -0.5), IDENTITY_ROTATION, scale).matrix() @ MODEL_FROM_CASE


def drawn(document: Document, scale: float = 1.0, **more: str) -> Marks:
    room_from_case = (
        Placement((0.0, 1.0, -0.5), IDENTITY_ROTATION, scale).matrix() @ MODEL_FROM_CASE
    )
    part_ids, places = CASE.timepoints[0].surfaces.part_ids, places_of(document)
    return DrawnMeasures().marks(document.snapshot, part_ids, places, room_from_case, HEAD, **more)


def white(marks: Marks) -> np.ndarray:
    """Without the halos."""
    return marks.strokes[np.abs(marks.strokes["color"] - HALO_COLOR).max(axis=1) > 0.01]


@pytest.mark.parametrize("scale", [0.1, 1.0, 20.0])
def test_a_line_lies_between_its_ends_and_is_as_thick_at_any_scale(scale: float) -> None:
    document = Document(CASE)
    document.apply(Measure("m1", ALONG))
    marks = drawn(document, scale)
    line, *balls = white(marks)
    assert line["radius_m"] == pytest.approx(LINE_M)
    room_from_case = (
        Placement((0.0, 1.0, -0.5), IDENTITY_ROTATION, scale).matrix() @ MODEL_FROM_CASE
    )
    ends = apply(room_from_case, ALONG.points_mm)
    np.testing.assert_allclose([line["start_m"], line["end_m"]], ends, atol=LINE_M + 1e-6)
    assert [ball["radius_m"] for ball in balls] == pytest.approx([END_M, END_M])
    (label,) = marks.labels
    assert label.text == "100.0 ± 1.0 mm" and label.plate is not None
    # Beside it as the head sees it, not on it.
    one, other = (np.array(p) - HEAD.position_m for p in (label.position_m, ends.mean(axis=0)))
    one, other = one / np.linalg.norm(one), other / np.linalg.norm(other)
    away = np.linalg.norm(one - other) * np.linalg.norm(ends.mean(axis=0) - HEAD.position_m)
    assert END_M + label.height_m < away < 4 * label.height_m + END_M


def test_what_was_moved_takes_its_measurements_along() -> None:
    document = Document(CASE)
    document.apply(Measure("m1", ALONG))
    loose = distance((0.0, 0.0, 0.0), (0.0, 0.0, 9.0))
    document.apply(Measure("m2", loose))
    before = white(drawn(document))
    turn = axis_rotation((0, 0, 1), np.pi / 2)
    document.apply(PlacePart("ruler", PartPlace((0.0, 0.0, 100.0), turn)))
    after = white(drawn(document))
    line, _ = after[:2]
    np.testing.assert_allclose(
        [line["start_m"], line["end_m"]], [(0, 1.102, -0.45), (0, 1.102, -0.55)], atol=0.003
    )
    np.testing.assert_allclose(after[1]["start_m"], before[1]["start_m"], atol=1e-6)


def test_only_of_the_date_that_is_shown_and_of_what_is_there_and_seen() -> None:
    document = Document(CASE)
    for i in range(4):
        document.apply(Measure(f"m{i}", ALONG))
    document.apply(Retract(("m0",)))
    document.apply(SetMeasurementVisible("m1", False))
    assert len(drawn(document).labels) == 2
    assert len(drawn(document, left_out="m2").labels) == 1
    colors = {label.color for label in drawn(document, selected="m3").labels}
    assert ACCENT_COLOR in colors and len(colors) == 2
    document.apply(ShowTimepoint("t1"))
    assert not drawn(document)


def test_ten_thousand_are_drawn_as_the_last_few() -> None:
    document = Document(CASE)
    drawing = DrawnMeasures()
    for i in range(MAX_DRAWN + 40):
        at = distance((float(i), 0.0, 2.0), (float(i), 9.0, 2.0))
        document.apply(Measure(f"m{i}", at))
    places, parts = places_of(document), CASE.timepoints[0].surfaces.part_ids
    marks = drawing.marks(document.snapshot, parts, places, MODEL_FROM_CASE, HEAD)
    assert len(marks.labels) == MAX_DRAWN
    assert white(marks)["start_m"][:, 0].max() == pytest.approx(0.001 * (MAX_DRAWN + 39), abs=0.01)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 200])
def test_every_kind_is_drawn_with_any_number_of_points(kind: Kind, count: int) -> None:
    rng = np.random.default_rng(3)
    points = tuple(tuple(p) for p in rng.normal(0, 30, (count, 3)).tolist())
    for placed in (points, ((1.0, 2.0, 3.0),) * count):
        lines = lines_of(Measured(kind, "t0", placed))
        assert np.isfinite(lines.corners_mm).all()
        assert lines.owners.max() < count and len(lines.owners) == len(lines.corners_mm)
        assert lines.segments.max(initial=0) < len(lines.corners_mm)


def test_an_angle_s_arc_lies_in_its_plane_at_one_distance() -> None:
    points: tuple[Vec3, ...] = ((40.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 30.0, 0.0))
    arc = lines_of(Measured(Kind.ANGLE, "t0", points)).corners_mm[3:]
    np.testing.assert_allclose(np.linalg.norm(arc, axis=1), 0.22 * 30)
    assert (arc >= -1e-9).all() and np.allclose(arc[:, 2], 0)


@pytest.mark.parametrize("length_mm", [6.0, 40.0, 200.0])
def test_a_value_covers_neither_its_line_nor_an_end_whichever_way_it_leads(
    length_mm: float,
) -> None:
    """As the head sees it: lengths in its picture, a metre off."""
    for turn in np.linspace(0, np.pi, 25):
        half = length_mm / 2 * np.array((np.cos(turn), 0, np.sin(turn)))
        document = Document(CASE)
        ends: tuple[Vec3, Vec3] = (tuple(-half), tuple(half))  # type: ignore[assignment]
        document.apply(Measure("m1", distance(*ends)))
        marks = drawn(document)
        (label,) = marks.labels
        off = np.array(label.position_m) - HEAD.position_m
        tall = label.height_m / -off[2]
        wide = 0.85 * len(label.text) * tall
        left, low = off[0] / -off[2] - label.anchor.value * wide, off[1] / -off[2] - tall
        line = np.linspace(*white(marks)[["start_m", "end_m"]][0].tolist(), 101) - HEAD.position_m
        seen = line[:, :2] / -line[:, 2:]
        gap = np.maximum(
            np.maximum(left - seen[:, 0], seen[:, 0] - left - wide),
            np.maximum(low - seen[:, 1], seen[:, 1] - low - 2 * tall),
        )
        assert gap[[0, -1]].min() > END_M / 2 and gap.min() > LINE_M / 2, np.degrees(turn)


def test_values_that_would_lie_over_each_other_are_moved_apart() -> None:
    same = [Label("12.3 ± 0.5 mm", (0.0, 1.2, -0.2), 0.006) for _ in range(5)]
    heights = sorted(label.position_m[1] for label in apart(same, HEAD))
    assert min(np.diff(heights)) > 2 * 0.006


def test_the_reticle_is_a_ring_that_leaves_the_spot_free() -> None:
    ring = reticle((0.1, 1.0, -0.3), (0.0, 0.0, 1.0), is_refused=False).strokes[:-1]
    away = np.linalg.norm(ring["start_m"] - np.array((0.1, 1.0, -0.3)), axis=1)
    np.testing.assert_allclose(away, 0.004, atol=2e-4)
    red = reticle((0.1, 1.0, -0.3), (0.0, 0.0, 1.0), is_refused=True).strokes
    assert (red["color"][:, 0] > 5 * red["color"][:, 1]).all()
