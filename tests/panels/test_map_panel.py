"""The map: which one, its range, its bands; absent where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from tests.panels.acting import person
from tests.shapes import case_of, mapped, sphere
from xrviewer.case.model import MapInfo
from xrviewer.document.intents import (
    PlaceModel,
    SetLayerVisible,
    SetMapRange,
    SetMapSteps,
    ShowIsolines,
    ShowMap,
)
from xrviewer.panels.map_legend import spread_of
from xrviewer.panels.state import Seen
from xrviewer.scene.mapping import shown_scale
from xrviewer.scene.probe import Reading
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import apply
from xrviewer.spatial.views import View, looking_at, symmetric_fov

INFO = MapInfo("thickness_mm", "Thickness", "mm", "nearest surface", "from a formula", 0.05)
CASE = mapped(case_of({"ball": sphere(rings=8)}), INFO, lambda p: 2 + p[:, 0] / 30)


def test_a_case_without_maps_has_no_such_panel() -> None:
    with person(case_of({"ball": sphere(rings=8)})) as user:
        assert "rail map" not in user.panels.places


def test_a_map_is_chosen_and_taken_off() -> None:
    with person(CASE) as user:
        user.press("rail map")
        assert user.press("Thickness") == [ShowMap("thickness_mm")]
        assert user.press("Thickness") == []  # it was folded: the list of them opens
        assert user.press("Thickness") == []
        user.press("Thickness")
        assert user.press("Own colours") == [ShowMap(None)]


def test_the_range_follows_the_sliders() -> None:
    with person(CASE) as user:
        user.press("rail map")
        user.press("Thickness")
        (asked,) = user.drag("From", 0.07, 0.5)
        assert isinstance(asked, SetMapRange)
        assert asked.high == 4.0 and asked.low == pytest.approx(2.0, abs=0.15)
        (asked,) = user.drag("To", 0.93, 0.1)
        assert isinstance(asked, SetMapRange) and asked.low < asked.high < 3.0


def test_bands() -> None:
    with person(CASE) as user:
        user.press("rail map")
        user.press("Thickness")
        assert user.press("8 steps") == [SetMapSteps("thickness_mm", 8)]
        assert user.press("Smooth") == [SetMapSteps("thickness_mm", 0)]


def test_a_range_is_one_of_the_ready_ones_or_set_by_hand() -> None:
    """x / 30 over a ball of 30 mm: from 1 to 3 mm in all."""
    with person(CASE) as user:
        user.press("rail map")
        user.press("Thickness")
        (asked,) = user.press("Full")
        assert asked == SetMapRange("thickness_mm", pytest.approx(1.0), pytest.approx(3.0))
        (asked,) = user.press("5–95 %")
        assert isinstance(asked, SetMapRange) and 1.0 < asked.low < 1.3 and 2.7 < asked.high < 3.0
        assert user.press("Clinical") == [SetMapRange("thickness_mm", 0.0, 4.0)]
        assert user.press("Clinical") == []


def test_lines_are_put_on_and_off() -> None:
    with person(CASE) as user:
        user.press("rail map")
        user.press("Thickness")
        assert user.press("Lines") == [ShowIsolines("thickness_mm", True)]
        assert user.press("Lines") == [ShowIsolines("thickness_mm", False)]


def test_the_thinnest_spot_is_brought_before_the_eyes() -> None:
    """A dip at the front of the ball."""
    dip = mapped(CASE, INFO, lambda p: 3 - 2 * np.exp(-((p - (0, -30, 0)) ** 2).sum(axis=1) / 90))
    with person(dip) as user:
        user.press("rail map")
        user.press("Thickness")
        head = looking_at((0.0, 1.6, 0.0), (0.0, 1.6, -1.0))
        views = (View(head, symmetric_fov(0.9, 1.0)),) * 2
        user.seen = Seen(user.world, user.document.snapshot, views=views)
        (asked,) = user.press("Thinnest spot")
        assert isinstance(asked, PlaceModel)
        room_from_case = asked.placement.matrix() @ MODEL_FROM_CASE
        spot = apply(room_from_case, np.array([0.0, -30.0, 0.0]))
        np.testing.assert_allclose(spot[[0, 1]], (0.0, 1.6), atol=0.02)
        assert -1.0 < spot[2] < -0.2


def test_the_histogram_is_of_what_is_seen_by_area() -> None:
    """A ball's x is evenly spread over its surface: of 2 to 4 mm in 0 to 4 the upper half of the
    bars is level. What is hidden does not count."""
    two = case_of({"ball": sphere(rings=48), "far": sphere((200, 0, 0), 30, rings=8)})
    upper = mapped(two, INFO, lambda p: np.where(p[:, 0] > 100, 1.0, 3 + p[:, 0] / 30.01))
    with person(upper) as user:
        document = user.document
        document.apply(ShowMap("thickness_mm"))
        scale = shown_scale(upper, document.snapshot)
        assert scale is not None
        both = spread_of(Seen(user.world, document.snapshot), scale)
        document.apply(SetLayerVisible("far", False))
        one = spread_of(Seen(user.world, document.snapshot), scale)
        assert both.area_mm2[8] > 10_000 and one.area_mm2[8] == 0
        np.testing.assert_allclose(one.area_mm2[17:-1], one.area_mm2[17:-1].mean(), rtol=0.2)
        assert one.area_mm2[:16].sum() == 0
        assert one.mean == pytest.approx(3.0, abs=0.01)


def test_the_value_that_is_pointed_at_is_marked_and_said() -> None:
    with person(CASE) as user:
        user.press("rail map")
        user.press("Thickness")
        assert "map mark" not in user.panels.places
        places = []
        for value in (1.0, 2.0, 3.0):
            reading = Reading(value, f"{value} mm", "Thickness", "trochlea")
            user.seen = Seen(user.world, user.document.snapshot, reading=reading)
            user.wait()
            places.append(user.panels.places["map mark"][0])
        assert places == sorted(places)
        assert places[1] - places[0] == pytest.approx(places[2] - places[1], abs=0.01)
        (left, *_), (_, _, right, _) = (user.panels.places[word] for word in ("From", "To"))
        assert places[1] + 1 == pytest.approx((left + right) / 2, abs=0.5)
        reading = Reading(float("nan"), "not measured", "Thickness", "")
        user.seen = Seen(user.world, user.document.snapshot, reading=reading)
        user.wait()
        assert "map mark" not in user.panels.places
