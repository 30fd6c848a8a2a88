"""Measuring on the faces of cuts and on curved slices: points belong to the patient."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.interaction.measurer import OUT_OF_SIGHT, Surveyor
from tests.interaction.test_bare import joints
from tests.interaction.test_slice_aim import (
    CASE,
    CIRCLE_MM,
    DOWN,
    MIDDLE,
    RADIUS_MM,
    SCALES,
    SPACING_MM,
    UP,
    WITHIN_MM,
    on_circle,
)
from tests.shapes import case_of, sphere
from xrviewer.case.measured import Kind
from xrviewer.document.intents import PlaceModel, PlacePart, SetLayerVisible
from xrviewer.document.plane_intents import AddCurvedSlice, AddCut, SetCutExempt, TurnSlice
from xrviewer.document.planes import CURVED_HALF_MM, CutKind, CutShape
from xrviewer.interaction.bare import INDEX_TIP, THUMB_TIP
from xrviewer.interaction.measure_aim import SNAP_M
from xrviewer.interaction.measure_kinds import CONTROLLER_M
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import anatomical, plus, scaled
from xrviewer.spatial.transforms import IDENTITY_ROTATION, PartPlace, Placement, Vec3, apply

LEVEL = CutShape(CutKind.PLANE, MIDDLE)
"""Takes all above the circle."""
LEFT: Vec3 = (1.0, 0.0, 0.0)


def cut_ball(scale: float = 1.0, shape: CutShape = LEVEL, volume: str | None = "scan") -> Surveyor:
    made = Surveyor(CASE, Kind.DISTANCE, scale)
    made.document.apply(AddCut("cut-1", shape, volume))
    return made


def live_layer(made: Surveyor, at: Vec3, normal: Vec3 = UP) -> str | None:
    """What is measured there: a part, the empty word for a face, None for nothing."""
    made.hover(at, normal)
    live = made.tools.measuring.live
    return None if live is None else live.layer


@pytest.mark.parametrize("scale", SCALES)
def test_across_the_face_of_a_cut(scale: float) -> None:
    made = cut_ball(scale)
    off_mm = min(0.8 * SNAP_M * made.mm_per_m, 1.5)
    for angle in (0.3, 0.3 + math.pi):
        made.click(on_circle(angle, CIRCLE_MM - off_mm), UP)
    (found,) = made.found
    assert found.quantity is not None and found.layers == ()
    assert found.quantity.value == pytest.approx(2 * CIRCLE_MM, abs=WITHIN_MM)
    assert [point[2] for point in found.points_mm] == pytest.approx([MIDDLE[2]] * 2, abs=1e-6)
    end_mm = math.hypot(CONTROLLER_M / scale * 1000, math.sqrt(3) * SPACING_MM / 2)
    assert found.quantity.uncertainty == pytest.approx(math.sqrt(2) * end_mm, rel=0.2)


def test_it_stays_on_the_patient_wherever_the_model_is_put() -> None:
    made = cut_ball()
    for angle in (0.0, 2.0):
        made.click(on_circle(angle, 10.0), UP)
    made.document.apply(PlaceModel(Placement((3.0, 1.0, 2.0), IDENTITY_ROTATION, 7.0)))
    for angle, point in zip((0.0, 2.0), made.found[0].points_mm, strict=True):
        assert point == pytest.approx(on_circle(angle, 10.0), abs=1e-3)


def test_faces_are_where_a_structure_was_cut_and_nowhere_else() -> None:
    made = cut_ball()
    inside, outside = on_circle(1.0, 10.0), on_circle(1.0, CIRCLE_MM + 6.0)
    assert live_layer(made, inside) == ""
    assert live_layer(made, outside) is None
    # From below the ball's own surface comes first.
    assert live_layer(made, inside, DOWN) == "ball"
    made.document.apply(SetCutExempt("cut-1", ("ball",)))
    assert live_layer(made, inside) == "ball"
    made.document.apply(SetCutExempt("cut-1", ()))
    made.document.apply(SetLayerVisible("ball", False))
    assert live_layer(made, inside) is None


def test_what_another_cut_took_has_no_face() -> None:
    made = cut_ball()
    x, y, z = on_circle(0.0, 10.0)
    made.document.apply(AddCut("cut-2", CutShape(CutKind.BOX, (x, y, z), half_size_mm=(5, 5, 5))))
    made.hover((x, y, z), UP)
    live = made.tools.measuring.live
    assert live is not None and live.point_mm == pytest.approx((x, y, z - 5.0), abs=1e-3)
    assert live_layer(made, on_circle(math.pi, 10.0)) == ""


def test_a_structure_within_a_structure() -> None:
    """The inside of a shell is face from its surface to the kernel's, and the kernel's as well."""
    case = case_of({"shell": sphere((0, 0, 0), 30, 64), "kernel": sphere((0, 0, -4), 12, 48)})
    made = Surveyor(case, Kind.DISTANCE)
    made.document.apply(AddCut("cut-1", CutShape(CutKind.PLANE, (0.0, 0.0, 0.0))))
    for x in (3.0, 20.0):
        assert live_layer(made, (x, 0.0, 0.0)) == ""
    made.document.apply(SetLayerVisible("shell", False))
    assert live_layer(made, (3.0, 0.0, 0.0)) == ""
    assert live_layer(made, (20.0, 0.0, 0.0)) is None


def test_edges_of_what_was_moved_take_no_point() -> None:
    made = cut_ball()
    near = on_circle(0.0, CIRCLE_MM - 1.0)
    made.hover(near, UP)
    assert made.tools.measuring.live is not None
    assert math.dist(made.tools.measuring.live.point_mm, MIDDLE) == pytest.approx(CIRCLE_MM, 1e-3)
    made.document.apply(PlacePart("ball", PartPlace((0.5, 0.0, 0.0))))
    made.hover(near, UP)
    assert made.tools.measuring.live.point_mm == pytest.approx(near, abs=1e-3)


def test_the_sides_of_a_box_are_measured() -> None:
    box = CutShape(CutKind.BOX, (35.0, -8.0, 12.0), half_size_mm=(30.0, 40.0, 40.0))
    made = cut_ball(shape=box, volume=None)  # takes all with x > 5: half of the ball
    for y in (-18.0, 7.0):
        made.click((5.0, y, 12.0), LEFT)
    (found,) = made.found
    assert found.quantity is not None and found.quantity.value == pytest.approx(25.0, abs=1e-3)


def test_the_fingertips_of_a_bare_hand_touch_a_face() -> None:
    made = cut_ball()
    made.touched = True
    x, y, z = on_circle(1.0, 5.0)
    tips = joints()
    room_from_case = made.document.snapshot.model.matrix() @ MODEL_FROM_CASE
    tips[[THUMB_TIP, INDEX_TIP], :3] = apply(room_from_case, (x, y, z + 3.0))
    made.see(OUT_OF_SIGHT, replace(made.at((x, y, z), UP), joints=tips))
    live = made.tools.measuring.live
    assert live is not None and live.point_mm == pytest.approx((x, y, z), abs=1e-3)


# --- curved slices

SCREEN = anatomical("coronal", (200.0, -8.0, 12.0))
LINE = tuple((5.0, -8.0, float(z)) for z in np.linspace(-12.0, 36.0, 25))
BENT_MM = 20.0
ARC = tuple(
    (5.0 + BENT_MM * math.cos(a), -8.0 + BENT_MM * math.sin(a), 12.0)
    for a in np.linspace(0.0, math.pi, 65).tolist()
)


def straightened(line: tuple[Vec3, ...], scale: float = 1.0) -> Surveyor:
    made = Surveyor(CASE, Kind.DISTANCE, scale)
    made.document.apply(SetLayerVisible("ball", False))
    made.document.apply(AddCurvedSlice("curved", "scan", SCREEN, line))
    return made


def on_screen(across_mm: float, along_mm: float) -> Vec3:
    aside = scaled(SCREEN.across, across_mm)
    return plus(SCREEN.point_mm, plus(aside, scaled(SCREEN.along, along_mm)))


@pytest.mark.parametrize("turn_rad", [0.0, math.pi / 2, 0.7])
@pytest.mark.parametrize("scale", SCALES)
def test_a_straight_line_is_measured_as_the_patient_is(scale: float, turn_rad: float) -> None:
    made = straightened(LINE, scale)
    made.document.apply(TurnSlice("curved", turn_rad))
    for across, along in ((-6.0, -8.0), (10.0, 15.0)):
        made.click(on_screen(across, along), SCREEN.normal)
    (found,) = made.found
    wanted = [
        (5.0 + u * math.cos(turn_rad), -8.0 + u * math.sin(turn_rad), 12.0 + v)
        for u, v in ((-6.0, -8.0), (10.0, 15.0))
    ]
    assert found.layers == () and found.quantity is not None
    for point, expected in zip(found.points_mm, wanted, strict=True):
        assert point == pytest.approx(expected, abs=WITHIN_MM)
    assert found.quantity.value == pytest.approx(math.dist(*wanted), abs=WITHIN_MM)


def test_what_is_straight_on_the_screen_is_measured_bent() -> None:
    made = straightened(ARC)
    reach = math.pi * BENT_MM / 2
    for share in (-0.5, 0.5):
        made.click(on_screen(0.0, share * reach), SCREEN.normal)
    (found,) = made.found
    assert found.quantity is not None
    # A quarter of the arc to either side of its top: the chord of a right angle.
    assert found.quantity.value == pytest.approx(math.sqrt(2) * BENT_MM, abs=WITHIN_MM)
    for point in found.points_mm:
        assert math.dist(point, (5.0, -8.0, 12.0)) == pytest.approx(BENT_MM, abs=0.02)


def test_beside_the_screen_and_beyond_the_scan_there_is_nothing() -> None:
    made = straightened(LINE)
    assert live_layer(made, on_screen(CURVED_HALF_MM - 1.0, 0.0), SCREEN.normal) == ""
    assert live_layer(made, on_screen(CURVED_HALF_MM + 1.0, 0.0), SCREEN.normal) is None
    far = straightened(tuple((5.0, -8.0, float(z)) for z in np.linspace(0.0, 200.0, 50)))
    assert live_layer(far, on_screen(0.0, -90.0), SCREEN.normal) == ""
    assert live_layer(far, on_screen(0.0, 90.0), SCREEN.normal) is None


def test_the_ball_is_whole_again_when_the_cut_is_undone() -> None:
    made = cut_ball()
    made.click(on_circle(0.0, 10.0), UP)
    made.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "ctrl+z")
    made.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "ctrl+z")
    top = (MIDDLE[0], MIDDLE[1], 12.0 + RADIUS_MM)
    assert live_layer(made, top) == "ball"
