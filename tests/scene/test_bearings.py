"""The scale of a picture against a projected length, the letters against the anatomy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.pictures import draw_data
from tests.shapes import case_of, sphere
from xrviewer.document.intents import PlaceModel
from xrviewer.scene.bearings import edge_letters, mm_per_pixel
from xrviewer.spatial.cameras import named_view
from xrviewer.spatial.transforms import Placement, apply, axis_rotation
from xrviewer.spatial.views import View, clip_from_eye, eye_from_room, looking_at, symmetric_fov

CASE = case_of({"ball": sphere((5, -3, 20), 40, 12)})


def seen_px(view: View, point_m: np.ndarray, height: int) -> np.ndarray:
    clip = clip_from_eye(view.fov) @ eye_from_room(view) @ np.append(point_m, 1.0)
    return clip[:2] / clip[3] * height / 2


@pytest.mark.parametrize("scale", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("distance", [2.0, 5.0])
def test_a_length_in_the_middle_is_as_many_pixels_as_said(scale: float, distance: float) -> None:
    placed = PlaceModel(Placement((0.1, 0.9, -0.4), axis_rotation((0, 1, 0), 0.7), scale))
    draw = draw_data(CASE, [placed])
    center = np.array(draw.room.model_center_m)
    eye = center + distance * scale * np.array((0.3, 0.1, 0.4)) / np.linalg.norm((0.3, 0.1, 0.4))
    view = View(looking_at(tuple(eye), tuple(center)), symmetric_fov(0.5, 1.0))
    found = mm_per_pixel(draw, view, 1000)
    assert found is not None
    up = view.eye.matrix()[:3, 1]
    ten_mm = np.linalg.norm(
        apply(draw.room_from_case, (10, 0, 0)) - apply(draw.room_from_case, (0, 0, 0))
    )
    a, b = seen_px(view, center, 1000), seen_px(view, center + up * ten_mm, 1000)
    assert np.linalg.norm(b - a) * found == pytest.approx(10.0, rel=1e-6)


def test_from_within_nothing_has_one_scale() -> None:
    draw = draw_data(CASE)
    inside = View(looking_at(draw.room.model_center_m, (0, 0, -9)), symmetric_fov(1.0, 1.0))
    assert mm_per_pixel(draw, inside, 500) is None


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("front", ("R", "L", "S", "I")),
        ("back", ("L", "R", "S", "I")),
        ("left", ("A", "P", "S", "I")),
        ("right", ("P", "A", "S", "I")),
        ("top", ("R", "L", "P", "A")),
        ("corner", ("RP", "LA", "S", "I")),
    ],
)
def test_the_letters_of_the_named_views(name: str, letters: tuple[str, ...]) -> None:
    """At rest the patient faces the viewer: their right is at the picture's left."""
    draw = draw_data(CASE)
    view = named_view(name, np.array((-0.1, 0.7, -0.7)), np.array((0.1, 0.9, -0.5)), 1.0)
    assert edge_letters(draw.room_from_case, view) == letters
