"""The spot to stand in, in rooms whose best view is known."""

from __future__ import annotations

import numpy as np

from tests.shapes import Mesh, box, case_of, sphere
from xrviewer.case.surfaces import Surfaces
from xrviewer.scene.inside import find_spot

_HALF_MM = 60.0


def _room() -> dict[str, Mesh]:
    """Six plain slabs around a space of 120 mm."""
    slabs = {}
    for axis in range(3):
        for side in (-1, 1):
            center = [0.0, 0.0, 0.0]
            center[axis] = side * (_HALF_MM + 5)
            half = [_HALF_MM] * 3
            half[axis] = 5
            slabs[f"slab {axis} {side}"] = box(tuple(center), tuple(half))
    return slabs


def _surfaces(parts: dict[str, Mesh]) -> Surfaces:
    return case_of(parts).timepoints[0].surfaces


def test_the_glance_goes_to_the_many_structures_and_not_to_the_bare_wall() -> None:
    balls = {
        f"ball {i}": sphere((40.0, y, z), 8, rings=12)
        for i, (y, z) in enumerate([(-30, -15), (-15, 15), (0, -15), (15, 15), (30, -15)])
    }
    surfaces = _surfaces({**_room(), **balls})
    spot = find_spot(surfaces, np.ones(len(surfaces.part_ids), np.bool_))
    assert spot is not None
    assert spot.direction[0] > 0.8
    assert np.isclose(np.linalg.norm(spot.direction), 1.0)


def test_the_eye_stands_free_of_every_structure() -> None:
    pillars = {
        f"pillar {x} {y}": box((x, y, 0.0), (12, 12, 59)) for x in (-30, 30) for y in (-30, 30)
    }
    surfaces = _surfaces({**_room(), **pillars})
    spot = find_spot(surfaces, np.ones(len(surfaces.part_ids), np.bool_))
    assert spot is not None
    assert np.all(np.abs(spot.eye_mm) < _HALF_MM)
    assert not any(
        np.all(np.abs(spot.eye_mm[:2] - (x, y)) < 12) for x in (-30, 30) for y in (-30, 30)
    )


def test_a_ball_in_the_open_encloses_nothing() -> None:
    surfaces = _surfaces({"ball": sphere()})
    assert find_spot(surfaces, np.ones(1, np.bool_)) is None
