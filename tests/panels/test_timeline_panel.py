"""The dates: scrubbed and pressed, seen together, and plotted."""

from __future__ import annotations

import pytest

from tests.commands.test_compare import two_dates
from tests.panels.acting import person
from tests.shapes import case_of, sphere
from xrviewer.app.inbox import Inbox
from xrviewer.app.trending import Trending
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.document.comparison import KeptFit, Together
from xrviewer.document.comparison_intents import (
    CompareWith,
    KeepAdjusted,
    KeepFits,
    NudgeDate,
    SeeTogether,
    SetBlend,
)
from xrviewer.document.document import Document
from xrviewer.document.intents import SelectTool, ShowTimepoint
from xrviewer.document.measurement_intents import Measure
from xrviewer.panels.state import Seen
from xrviewer.panels.trends import Volumes, measured_trends
from xrviewer.spatial.transforms import PartPlace

CASE = case_of({"femur": sphere(rings=24), "tibia": sphere((0, 0, -60), 20, 8)}, dates=3)


def test_one_date_has_no_such_panel() -> None:
    with person(case_of({"ball": sphere(rings=8)})) as user:
        assert "rail dates" not in user.panels.places


def test_scrubbing_brings_the_date_under_the_hand() -> None:
    with person(CASE) as user:
        user.press("rail dates")
        asked = user.drag("track", 0.05, 0.95)
        assert asked[-1] == ShowTimepoint("t2")
        assert user.document.snapshot.timepoint == "t2"


def test_the_point_that_is_pressed_brings_its_scan() -> None:
    with person(CASE) as user:
        user.press("rail dates")
        assert user.press("point t1") == [ShowTimepoint("t1")]
        assert user.press("point t1") == []
        assert user.press("point t0") == [ShowTimepoint("t0")]


def test_both_are_seen_in_the_way_that_is_pressed() -> None:
    with person(CASE) as user:
        user.press("rail dates")
        assert user.press("Side by side") == [CompareWith("t2")]
        assert user.press("Overlay") == [SeeTogether(Together.OVERLAY)]
        (asked,) = user.drag("Blend", 0.5, 0.9)
        assert isinstance(asked, SetBlend) and asked.blend == pytest.approx(0.9, abs=0.08)
        assert user.press("Swipe") == [SeeTogether(Together.SWIPE)]
        assert user.press("The plane in the hand") == [SelectTool("swipe")]
        assert user.press("Date 1") == [CompareWith("t1")]
        assert user.press("Alone") == [CompareWith(None)]


def test_the_measure_is_chosen() -> None:
    """A ball of 30 mm has 113 ml; then what was measured at two dates."""
    with person(CASE) as user:
        user.press("rail dates")
        assert "Femur, ml" in user.panels.places
        user.press("measure after")
        assert "Tibia, ml" in user.panels.places
        user.press("measure after")
        assert "Femur, ml" in user.panels.places
    trend = Volumes(CASE).trend("femur")
    assert [date for date, _ in trend.points] == ["t0", "t1", "t2"]
    assert trend.points[0][1].value == pytest.approx(113.1, rel=0.02)


def test_measurements_of_one_name_make_a_trend() -> None:
    document = Document(CASE)
    for n, (date, name, size) in enumerate(
        [("t2", "liver", 8.0), ("t0", "liver", 12.0), ("t1", "once", 5.0)]
    ):
        found = Quantity(size, Unit.MM, 0.5)
        points = ((0.0, 0.0, 0.0), (size, 0.0, 0.0))
        document.apply(Measure(f"m{n}", Measured(Kind.DISTANCE, date, points, (), found), name))
    (trend,) = measured_trends(CASE, document.snapshot.measurements.values())
    assert [(date, q.value) for date, q in trend.points] == [("t0", 12.0), ("t2", 8.0)]


def test_a_fit_is_told_when_it_is_found() -> None:
    fit = KeptFit("femur", (1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0), 0.07, 1.0)
    with person(CASE) as user:
        user.press("rail dates")
        user.press("Side by side")
        draws = user.panels.draws
        user.document.apply(KeepFits("t2", (fit,)))
        user.wait()
        assert user.panels.draws > draws


def test_a_date_goes_into_the_hand_and_back_to_its_fit() -> None:
    fit = KeptFit("femur", (1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 1.0), 0.07, 1.0)
    nudge = PartPlace((0.0, 0.4, 0.0))
    with person(CASE) as user:
        user.document.apply(KeepFits("t2", (fit,)))
        user.press("rail dates")
        user.press("Overlay")
        assert user.press("Move by hand") == [SelectTool("nudge")]
        assert user.press("As it was fitted") == []  # it is
        user.document.apply(NudgeDate("t2", nudge))
        user.document.apply(KeepAdjusted("t2", nudge, 0.31))
        user.wait()
        assert user.press("As it was fitted") == [NudgeDate("t2", PartPlace())]
        assert user.press("Move by hand") == [SelectTool("grab")]


def test_thickness_is_found_beside_the_frame_and_plotted() -> None:
    """0.6 mm less of an even layer; again when a hand has moved the date. A press brings it."""
    case, inbox = two_dates(1.4, (4.0, -3.0, 8.0)), Inbox()
    with person(case) as user:
        trending = Trending(case, inbox)
        assert trending.trends(user.document.snapshot) == ()
        inbox.wait()
        whole, *regions = trending.trends(user.document.snapshot)
        assert (whole.title, [date for date, _ in whole.points]) == (
            "Femoral_Cartilage, mm",
            ["t0", "t1"],
        )
        first, later = (quantity for _, quantity in whole.points)
        assert later.value - first.value == pytest.approx(-0.6, abs=0.02)
        assert first.uncertainty and regions and regions[0].title.count(",") == 2
        user.seen = Seen(user.world, user.document.snapshot, trends=(whole, *regions))
        user.press("rail dates")
        assert whole.title in user.panels.places
        assert user.press("point t1") == [ShowTimepoint("t1")]
        user.document.apply(NudgeDate("t1", PartPlace((0.2, 0.0, 0.0))))
        trending.trends(user.document.snapshot)
        inbox.wait()
        assert trending.trends(user.document.snapshot)[0].points != whole.points
    inbox.close()
