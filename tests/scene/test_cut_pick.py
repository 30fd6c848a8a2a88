"""A ray goes through what a cut has taken away, and stops at what it has left."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shapes import sphere, surfaces_of
from xrviewer.document.arrangement import Arrangement
from xrviewer.document.planes import Cut, CutKind, CutShape
from xrviewer.scene.cuts import first_left
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Hit, Ray

LAYERS = ("outer", "inner")
ALONG_X = Ray((-100.0, 3.0, 0.0), (1.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def picker() -> Picker:
    return Picker(surfaces_of({"outer": sphere(radius_mm=30), "inner": sphere(radius_mm=10)}))


def hit(picker: Picker, *cuts: Cut) -> Hit | None:
    home = Arrangement(
        np.tile(np.eye(3), (2, 1, 1)), np.zeros((2, 3)), np.zeros(2, np.bool_), False
    )
    visible = np.ones(2, np.bool_)
    return first_left(lambda ray: picker.pick(ray, visible, home), ALONG_X, LAYERS, cuts)


def box(half_mm: float, **more: object) -> Cut:
    shape = CutShape(CutKind.BOX, (-30.0, 0.0, 0.0), half_size_mm=(half_mm,) * 3)
    return Cut(shape=shape, is_there=True, **more)  # type: ignore[arg-type]


def test_without_cuts_the_first_surface(picker: Picker) -> None:
    found = hit(picker)
    assert found is not None and found.part == 0
    assert found.distance_mm == pytest.approx(100 - np.sqrt(900 - 9), abs=0.1)


def test_through_the_hole_to_what_lies_within(picker: Picker) -> None:
    found = hit(picker, box(12.0))
    assert found is not None and found.part == 1
    assert found.distance_mm == pytest.approx(100 - np.sqrt(100 - 9), abs=0.1)
    assert found.point_mm[0] == pytest.approx(-np.sqrt(91), abs=0.1)


def test_a_spared_layer_and_a_hidden_cut_stop_it(picker: Picker) -> None:
    for cut in (box(12.0, exempt=("outer",)), box(12.0, is_visible=False)):
        found = hit(picker, cut)
        assert found is not None and found.part == 0 and found.point_mm[0] < 0


def test_where_all_is_gone_there_is_nothing(picker: Picker) -> None:
    assert hit(picker, box(500.0)) is None
