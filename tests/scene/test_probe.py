"""The value at a point, wherever its part has been put."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shapes import case_of, mapped, square
from xrviewer.analysis.places import Places
from xrviewer.case.model import MapInfo
from xrviewer.document.document import Document
from xrviewer.document.intents import Explode, PlacePart, ShowMap
from xrviewer.scene.build import Scene
from xrviewer.scene.pick import Picker
from xrviewer.scene.probe import Reading, read_at
from xrviewer.spatial.rays import Ray
from xrviewer.spatial.transforms import PartPlace, axis_rotation
from xrviewer.words import speak

INFO = MapInfo("thickness_mm", "Thickness (nearest)", "mm", "between two plates", "exact", 0.05)
PLATE = case_of({"plate": square(half_mm=30), "far": square((0, 300, 0), 30)})


def read(values: object, ray: Ray, intents: tuple[object, ...] = ()) -> Reading | None:
    case = mapped(PLATE, INFO, values)
    document, scene = Document(case), Scene(case)
    for intent in (ShowMap("thickness_mm"), *intents):
        document.apply(intent)
    scene.build(document.snapshot)
    surfaces, lies = case.timepoints[0].surfaces, scene.arrangement(document.snapshot)
    hit = Picker(surfaces).pick(ray, np.array([True, False]), lies)
    assert hit is not None and scene.scale is not None
    regions = Places(("trochlea",), np.zeros(len(surfaces.positions_mm), np.int16))
    return read_at(surfaces, scene.scale, hit, lies, regions)


def sloped(points: np.ndarray) -> np.ndarray:
    return 2 + points[:, 0] / 30


def towards(x_mm: float, z_mm: float) -> Ray:
    return Ray((x_mm, -500.0, z_mm), (0.0, 1.0, 0.0))


@pytest.mark.parametrize("x_mm", [-29.0, -7.0, 0.5, 22.0])
def test_between_corners_it_is_linear(x_mm: float) -> None:
    reading = read(sloped, towards(x_mm, 11.0))
    assert reading is not None
    assert reading.value == pytest.approx(2 + x_mm / 30, abs=1e-4)
    assert reading.region == "trochlea"
    assert reading.map_name == "Thickness (nearest)"
    assert reading.said == f"{reading.value:.3g} ± 0.05 mm"


def test_a_part_that_was_turned_and_spread_reads_as_it_did_at_home() -> None:
    place = PartPlace((40.0, 0.0, -10.0), axis_rotation((0, 1, 0), np.pi / 2))
    reading = read(sloped, towards(45.0, -20.0), (PlacePart("plate", place),))
    # A quarter turn about y takes the plate's x to -z: 10 mm under its middle was 10 mm of x.
    assert reading is not None and reading.value == pytest.approx(2 + 10 / 30, abs=1e-4)
    spread = read(sloped, towards(6.0, 0.0), (Explode(0.5),))
    assert spread is not None and spread.value == pytest.approx(2.2, abs=1e-4)


def test_loss_and_nothing_are_said_in_words() -> None:
    lost = read(lambda p: np.zeros(len(p)), towards(1.0, 2.0))
    assert lost is not None and lost.said == "full-thickness loss"
    nothing = read(lambda p: np.full(len(p), np.nan), towards(1.0, 2.0))
    assert nothing is not None and nothing.said == "not measured" and np.isnan(nothing.value)


def test_a_region_is_named_in_the_language_of_who_points() -> None:
    try:
        speak("de")
        reading = read(sloped, towards(0.5, 11.0))
    finally:
        speak("en")
    assert reading is not None and reading.region == "Trochlea"
