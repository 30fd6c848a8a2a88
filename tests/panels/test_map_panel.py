"""The map: which one, its range, its bands; absent where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from tests.panels.acting import person
from tests.shapes import case_of, mapped, sphere
from xrviewer.case.model import MapInfo
from xrviewer.document.intents import SetMapRange, SetMapSteps, ShowMap

INFO = MapInfo("thickness_mm", "Thickness", "mm", "nearest surface", "from a formula", 0.05)
CASE = mapped(case_of({"ball": sphere(rings=8)}), INFO, lambda p: 2 + p[:, 0] / 30)


def test_a_case_without_maps_has_no_such_panel() -> None:
    with person(case_of({"ball": sphere(rings=8)})) as user:
        assert "rail map" not in user.panels.places


def test_a_map_is_chosen_and_taken_off() -> None:
    with person(CASE) as user:
        user.press("rail map")
        assert user.press("Thickness") == [ShowMap("thickness_mm")]
        assert user.press("Thickness") == []
        assert user.press("Own colours") == [ShowMap(None)]


def test_the_range_follows_the_sliders() -> None:
    with person(CASE) as user:
        user.press("rail map")
        user.press("Thickness")
        (asked,) = user.drag("From", 0.02, 0.5)
        assert isinstance(asked, SetMapRange)
        assert asked.high == 4.0 and asked.low == pytest.approx(2.0, abs=0.15)
        (asked,) = user.drag("To", 0.98, 0.1)
        assert isinstance(asked, SetMapRange) and asked.low < asked.high < 3.0


def test_bands() -> None:
    with person(CASE) as user:
        user.press("rail map")
        user.press("Thickness")
        assert user.press("8 steps") == [SetMapSteps("thickness_mm", 8)]
        assert user.press("Smooth") == [SetMapSteps("thickness_mm", 0)]


def test_the_histogram_is_of_the_values() -> None:
    """Bars stand where the values are: a ball's x is evenly spread, half of the range is empty."""
    upper = mapped(case_of({"ball": sphere(rings=24)}), INFO, lambda p: 3 + p[:, 0] / 31)
    with person(upper) as user:
        user.press("rail map")
        user.press("Thickness")
        panel = next(p for p in user.panels._panels if p.id == "map").draw.__self__  # type: ignore[attr-defined]
        heights = panel._counted[1]
        assert heights[: len(heights) // 2 - 1].max() == 0
        assert heights[len(heights) // 2 + 1 :].min() > 0 and np.isclose(heights.max(), 1)
