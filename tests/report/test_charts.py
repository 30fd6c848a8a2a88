"""Charts say what they were given: where a point is, and how far its range goes."""

from __future__ import annotations

import numpy as np
import pytest

from xrviewer.case.model import MapInfo
from xrviewer.report.charts import HEIGHT, WIDTH, Reading, legend, trend
from xrviewer.report.drawing import Disc, Line, Rect, Words, as_svg
from xrviewer.report.scale_bar import common_crop, on_white, round_length, with_scale_bar
from xrviewer.scene.mapping import WITHIN_ERROR_SRGB, Scale


def test_points_lie_where_their_days_and_values_are() -> None:
    readings = [Reading(0, "a", 2.0, 0.1), Reading(100, "b", 1.5), Reading(400, "c", 1.0)]
    drawing = trend("Layer", "mm", readings)
    first, second, third = (s for s in drawing.shapes if isinstance(s, Disc))
    assert (second.x - first.x) / (third.x - first.x) == pytest.approx(0.25)
    assert (second.y - first.y) == pytest.approx(third.y - second.y)
    bars = [s for s in drawing.shapes if isinstance(s, Line) and s.points[0][0] == s.points[1][0]]
    ((top, bottom),) = [[y for _, y in bar.points] for bar in bars]
    assert (bottom - top) / (third.y - first.y) == pytest.approx(0.2)
    for shape in drawing.shapes:
        if isinstance(shape, Disc):
            assert 0 < shape.x < WIDTH and 0 < shape.y < HEIGHT


def test_noise_is_not_blown_up() -> None:
    """A tenth of the value at least lies between the middle and the edge."""
    readings = [Reading(0, "a", 2.0), Reading(1, "b", 2.001)]
    one, two = (s.y for s in trend("L", "mm", readings).shapes if isinstance(s, Disc))
    assert abs(one - two) < 1


def test_svg_keeps_words_harmless() -> None:
    drawing = trend('<b>"x"', "mm", [Reading(0, "a&b", 1.0), Reading(9, "c", 1.0)])
    assert "<b>" not in as_svg(drawing) and "a&amp;b" in as_svg(drawing)


def test_the_legend_greys_what_is_within_error() -> None:
    info = MapInfo("change_t1_mm", "Change", "mm", "d", "m", 0.4)
    drawing = legend(Scale(info, -1.0, 1.0, 0, "crameri:vik", False, 0.0, 0.4))
    grey = "#" + "".join(f"{v:02x}" for v in WITHIN_ERROR_SRGB)
    rows = [s.color == grey for s in drawing.shapes if isinstance(s, Rect)]
    assert sum(rows) / len(rows) == pytest.approx(0.4, abs=0.02)
    assert any(isinstance(s, Words) and "within ±0.4 mm" in s.text for s in drawing.shapes)


def test_a_bar_is_as_long_as_it_says() -> None:
    white = np.full((400, 600, 3), 255, np.uint8)
    drawn, says = with_scale_bar(white, 0.25)
    assert "20 mm" in says
    dark = (drawn.max(axis=2) < 60).sum(axis=1).max()
    assert dark == pytest.approx(20 / 0.25, abs=2)
    assert [round_length(v) for v in (0.3, 19.9, 20.0, 73)] == pytest.approx([0.2, 10, 20, 50])


def test_white_paper_shows_where_nothing_is() -> None:
    picture = np.zeros((40, 40, 4), np.uint8)
    picture[10:20, 5:30] = (200, 100, 50, 255)
    paper = on_white(picture)
    assert (paper[0, 0] == 255).all() and paper[15, 15].tolist() == [200, 100, 50]
    left, top, right, bottom = common_crop([paper])
    assert left <= 5 and top <= 10 and right >= 29 and bottom >= 19
    assert common_crop([np.full((4, 6, 3), 255, np.uint8)]) == (0, 0, 6, 4)
