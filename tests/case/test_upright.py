"""Which way up a body lies, by its names."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

from tests.shapes import box, surfaces_of
from xrviewer.case.model import Color, Layer
from xrviewer.case.surfaces import Surfaces
from xrviewer.case.upright import lps_from_file, turned

HEIGHTS = {
    "zygomatic bone": 1650, "humerus": 1350, "rib": 1250, "hip bone": 950, "femur": 700,
    "tibia": 350, "fibula": 340, "talus": 60, "calcaneus": 40, "soleus": 300,
}  # fmt: skip
TURNS = [
    np.array([np.eye(3)[axis] * sign for axis, sign in zip(order, signs, strict=True)])
    for order in permutations(range(3))
    for signs in product((1, -1), repeat=3)
]
TURNS = [turn for turn in TURNS if np.linalg.det(turn) > 0]


def body(heights: dict[str, int] = HEIGHTS) -> tuple[list[Layer], Surfaces]:
    """A box for each, left and right of the middle; the foot's before the leg."""
    meshes = {}
    for name, z in heights.items():
        for side, x in (("left", 120), ("right", -120)):
            y = -60 if z < 100 else 0
            meshes[f"{side} {name}"] = box((x, y, z), (20, 15, 10))
    layers = [Layer(name, name, Color(1, 1, 1)) for name in meshes]
    return layers, surfaces_of(meshes)


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_a_body_in_any_pose_of_the_axes_is_brought_back(turn: np.ndarray) -> None:
    layers, upright = body()
    lying = turned(upright, turn)
    back = lps_from_file(layers, lying)
    if np.array_equal(turn, np.eye(3)):
        assert back is None
        return
    assert back is not None
    np.testing.assert_array_equal(back, turn.T)
    again = turned(lying, back)
    np.testing.assert_array_equal(again.positions_mm, upright.positions_mm)
    np.testing.assert_array_equal(again.parts, upright.parts)
    assert np.linalg.det(back) == pytest.approx(1.0)


def test_less_than_a_body_is_left_as_it_lies() -> None:
    knee = {name: HEIGHTS[name] for name in ("femur", "tibia", "fibula", "soleus")}
    layers, surfaces = body(knee)
    assert lps_from_file(layers, turned(surfaces, TURNS[5])) is None


def test_names_that_tell_nothing_turn_nothing() -> None:
    layers, surfaces = body()
    nameless = [Layer(layer.id, f"part {i}", layer.color) for i, layer in enumerate(layers)]
    assert lps_from_file(nameless, turned(surfaces, TURNS[5])) is None
