"""The legend in the room: the surfaces' table, all words of the map, where it can be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xrviewer.analysis.tally import Tally
from xrviewer.case.model import MapInfo
from xrviewer.scene.legend import WIDTH, before_eye, beside_model, legend_marks
from xrviewer.scene.mapping import Scale
from xrviewer.scene.marks import ACCENT_COLOR
from xrviewer.spatial.transforms import apply
from xrviewer.spatial.views import View, clip_from_eye, eye_from_room, looking_at, symmetric_fov

INFO = MapInfo("thickness_mm", "Thickness (nearest)", "mm", "defined", "by hand and by eye", 0.05)
SCALE = Scale(INFO, 0.0, 4.0, 0, "viridis", True)
VIEW = View(looking_at((0.2, 1.5, 0.3), (0.0, 1.0, -0.5)), symmetric_fov(0.9, 1.6))
STAND = before_eye(VIEW)


def test_all_that_belongs_to_a_number_is_written() -> None:
    words = " ".join(label.text for label in legend_marks(SCALE, STAND).labels)
    for wanted in ("Thickness (nearest)", "mm", "by hand and by eye", "error 0.05 mm", "full loss"):
        assert wanted in words
    assert "Not for diagnostic use" in words and "not measured" in words
    for tick in ("0.0", "1.0", "2.0", "3.0", "4.0"):
        assert tick in words
    unknown = replace(SCALE, info=replace(INFO, error=None), has_loss=False)
    words = " ".join(label.text for label in legend_marks(unknown, STAND).labels)
    assert "error not stated" in words and "full loss" not in words


@pytest.mark.parametrize("aspect", [0.8, 1.6, 2.4])
def test_on_a_desk_all_of_it_is_in_the_picture_and_the_model_is_behind(aspect: float) -> None:
    view = replace(VIEW, fov=symmetric_fov(0.9, aspect))
    marks = legend_marks(SCALE, before_eye(view))
    stand = before_eye(view)
    ends = [stand.at(WIDTH, y) for y in (0.0, 40.0)]
    points = np.concatenate([marks.strokes["start_m"], [v.position_m for v in marks.labels], ends])
    seen = apply(eye_from_room(view), points)
    clip = np.column_stack([seen, np.ones(len(seen))]) @ clip_from_eye(view.fov).T
    places = clip[:, :2] / clip[:, 3:]
    assert (np.abs(places) < 0.99).all()
    assert places[:, 0].min() > 0.99 - 0.7 / aspect  # the middle is the model's
    assert (-seen[:, 2] < 0.05).all()


def test_in_a_room_it_stands_beside_the_model_upright_and_as_large_from_afar() -> None:
    sizes = []
    for distance_m in (0.6, 1.2, 2.4):
        head = looking_at((0.0, 1.4, distance_m), (0.0, 1.0, 0.0))
        stand = beside_model((0.0, 1.0, 0.0), 0.1, head, 1.0)
        np.testing.assert_allclose(stand.up, (0, 1, 0))
        np.testing.assert_allclose(stand.right, (1, 0, 0), atol=1e-9)
        marks = legend_marks(SCALE, stand)
        assert max(stroke["end_m"][0] for stroke in marks.strokes) < -0.05
        away = np.linalg.norm(np.subtract(head.position_m, stand.corner_m))
        sizes.append(stand.letter_m / away)
        other = beside_model((0.0, 1.0, 0.0), 0.1, head, 1.0, is_right=True)
        assert other.corner_m[0] > 0.1 and other.letter_m == stand.letter_m
    assert max(sizes) < 1.3 * min(sizes)


def test_bar_has_the_colours_of_the_table_in_order() -> None:
    bar = legend_marks(SCALE, STAND).strokes[:128]
    table = SCALE.table()[::-2] / 255.0  # from the top
    truth = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(bar["color"], truth, atol=2e-3)
    up = np.einsum("ij,j->i", bar["start_m"], STAND.up)
    assert (np.diff(up) < 0).all()


def test_the_pointed_value_is_marked_at_its_height() -> None:
    heights = []
    for value in (0.5, 2.0, 3.5, 9.0):
        marks = legend_marks(SCALE, STAND, value).strokes
        pointer = marks[np.abs(marks["color"] - ACCENT_COLOR).sum(axis=1) < 1e-5]
        assert len(pointer) == 1
        heights.append(float(pointer["start_m"][0] @ STAND.up))
    assert heights == sorted(heights)
    assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1], rel=0.01)
    assert len(legend_marks(SCALE, STAND, float("nan")).strokes) == len(
        legend_marks(SCALE, STAND).strokes
    )


def test_the_histogram_is_as_long_as_its_area() -> None:
    area = np.zeros(32)
    area[[4, 9]] = 50.0, 100.0
    spread = Tally(np.linspace(0, 4, 33), area, 1.0)
    plain, more = (legend_marks(SCALE, STAND, None, s).strokes for s in (None, spread))
    assert len(more) - len(plain) == 2
    rows = more[128:130]
    lengths = np.linalg.norm(rows["end_m"] - rows["start_m"], axis=1)
    assert lengths[1] == pytest.approx(2 * lengths[0], rel=1e-3)
