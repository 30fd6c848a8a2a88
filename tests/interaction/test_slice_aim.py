"""Measuring on slices: a ball's circle, pointed at in place and on the screen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interaction.measurer import OUT_OF_SIGHT, Surveyor
from tests.interaction.test_bare import joints
from tests.shapes import case_of, sphere
from xrviewer.case.measured import Kind
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.document.intents import PlacePart, SelectTool, SetLayerVisible
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.plane_intents import (
    AddSlice,
    SetSliceMode,
    SetSliceOutlines,
    SetSliceVisible,
)
from xrviewer.document.planes import Mode, Outlines
from xrviewer.interaction.bare import INDEX_TIP, THUMB_TIP
from xrviewer.interaction.measure_aim import SNAP_M
from xrviewer.interaction.measure_kinds import BARE_M, CONTROLLER_M, MOUSE_M
from xrviewer.scene.slice_rows import MadeOf, slice_rows
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import PartPlace, Vec3, apply

RADIUS_MM, OVER_MM, SPACING_MM = 30.0, 10.0, 2.0
CIRCLE_MM = math.sqrt(RADIUS_MM**2 - OVER_MM**2)
MIDDLE = (5.0, -8.0, 12.0 + OVER_MM)
UP: Vec3 = (0.0, 0.0, 1.0)
DOWN: Vec3 = (0.0, 0.0, -1.0)
WITHIN_MM = 0.1


def _case() -> Case:
    """A ball within a scan of 96 mm."""
    made = case_of({"ball": sphere((5, -8, 12), RADIUS_MM, 96)})
    affine = np.diag([SPACING_MM] * 3 + [1.0])
    affine[:3, 3] = np.array((5, -8, 12)) - 23.5 * SPACING_MM
    scan = Volume("scan", "Scan", "MR", np.zeros((48, 48, 48), np.int16), affine)
    return replace(made, timepoints=tuple(replace(t, volumes=(scan,)) for t in made.timepoints))


CASE = _case()
SCALES = (0.1, 1.0, 20.0)


def on_circle(angle: float, radius_mm: float) -> Vec3:
    x, y, z = MIDDLE
    return (x + radius_mm * math.cos(angle), y + radius_mm * math.sin(angle), z)


def surveyor(
    scale: float = 1.0, is_mouse: bool = False, kind: Kind = Kind.DISTANCE, mode: Mode = Mode.BOTH
) -> Surveyor:
    made = Surveyor(CASE, kind, scale, is_mouse)
    made.document.apply(AddSlice("slice-1", "scan", anatomical("axial", MIDDLE), mode))
    return made


def shift_of(made: Surveyor) -> np.ndarray:
    """To the screen, as it is drawn."""
    state = made.document.snapshot.slices["slice-1"]
    _, quads = slice_rows(MadeOf(state, CASE.timepoints[0].volumes[0], None, (0, -1, 0, 0), None))
    return np.subtract(quads[-1][0], state.plane.point_mm)


def shown(made: Surveyor, point: Vec3) -> Vec3:
    x, y, z = (np.array(point) + shift_of(made)).tolist()
    return (x, y, z)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("is_mouse", [False, True])
@pytest.mark.parametrize("is_on_screen", [False, True])
def test_across_a_circle(scale: float, is_mouse: bool, is_on_screen: bool) -> None:
    made = surveyor(scale, is_mouse)
    off_mm = min(0.8 * SNAP_M * made.mm_per_m, 1.5)
    for angle in (0.3, 0.3 + math.pi):
        at = on_circle(angle, CIRCLE_MM + off_mm)
        made.click(shown(made, at), DOWN) if is_on_screen else made.click(at, UP)
    (found,) = made.found
    assert found.quantity is not None and found.layers == ()
    assert found.quantity.value == pytest.approx(2 * CIRCLE_MM, abs=WITHIN_MM)
    assert [point[2] for point in found.points_mm] == pytest.approx([MIDDLE[2]] * 2, abs=1e-6)
    input_mm = (MOUSE_M if is_mouse else CONTROLLER_M) / scale * 1000
    end_mm = math.hypot(input_mm, math.sqrt(3) * SPACING_MM / 2)
    assert found.quantity.uncertainty == pytest.approx(math.sqrt(2) * end_mm, rel=0.2)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.floats(0, 2 * math.pi), st.floats(0, 44), st.sampled_from(SCALES))
def test_a_point_jumps_to_the_outline_or_not_at_all(
    angle: float, radius_mm: float, scale: float
) -> None:
    """On the screen, where nothing lies before it."""
    made = surveyor(scale, mode=Mode.FRAME)
    aimed = on_circle(angle, radius_mm)
    made.hover(shown(made, aimed), DOWN)
    live = made.tools.measuring.live
    assert live is not None
    off_mm, within_mm = abs(radius_mm - CIRCLE_MM), SNAP_M * made.mm_per_m
    assert math.dist(live.point_mm, aimed) <= within_mm + 1e-3
    if off_mm < within_mm - 0.01:
        assert math.dist(live.point_mm, MIDDLE) == pytest.approx(CIRCLE_MM, abs=0.01)
    elif off_mm > within_mm + 0.01:
        assert math.dist(live.point_mm, aimed) < 0.01


def test_what_lies_before_a_slice_is_measured() -> None:
    made = surveyor()
    made.hover(MIDDLE, DOWN)  # from below, through the ball
    live = made.tools.measuring.live
    assert live is not None and live.layer == "ball"
    assert live.point_mm[2] == pytest.approx(12 - RADIUS_MM, abs=0.05)
    made.document.apply(SetLayerVisible("ball", False))
    made.hover(MIDDLE, DOWN)
    live = made.tools.measuring.live
    assert live is not None and live.layer == "" and live.point_mm == pytest.approx(MIDDLE)


def test_outlines_that_are_not_drawn_take_no_point() -> None:
    made = surveyor(mode=Mode.FRAME)
    near = on_circle(1.0, CIRCLE_MM - 1.0)

    def radius() -> float:
        made.hover(shown(made, near), DOWN)
        live = made.tools.measuring.live
        assert live is not None
        return math.dist(live.point_mm, MIDDLE)

    assert radius() == pytest.approx(CIRCLE_MM, abs=0.01)
    made.document.apply(SetLayerVisible("ball", False))
    assert radius() == pytest.approx(CIRCLE_MM - 1.0, abs=0.01)
    made.document.apply(SetSliceOutlines("slice-1", Outlines.ALL))
    assert radius() == pytest.approx(CIRCLE_MM, abs=0.01)
    made.document.apply(SetLayerVisible("ball", True))
    made.document.apply(SetSliceOutlines("slice-1", Outlines.NONE))
    assert radius() == pytest.approx(CIRCLE_MM - 1.0, abs=0.01)


def test_a_slice_shows_the_patient_as_scanned_where_parts_are_moved() -> None:
    made = surveyor(mode=Mode.FRAME)
    made.document.apply(PlacePart("ball", PartPlace((0.0, 200.0, 0.0), (0.0, 0.0, 0.0, 1.0))))
    for angle in (0.0, math.pi):
        made.click(shown(made, on_circle(angle, CIRCLE_MM + 1.0)), DOWN)
    (found,) = made.found
    assert found.quantity is not None
    assert found.quantity.value == pytest.approx(2 * CIRCLE_MM, abs=WITHIN_MM)


def test_undo_takes_back_the_point_then_the_measurement() -> None:
    made = surveyor()
    made.click(on_circle(0.0, CIRCLE_MM + 1.0), UP)
    assert len(made.tools.measuring.spots) == 1
    made.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "ctrl+z")
    assert made.tools.measuring.spots == () and made.found == []
    for angle in (0.0, 2.0):
        made.click(on_circle(angle, CIRCLE_MM + 1.0), UP)
    assert len(made.found) == 1
    made.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "ctrl+z")
    assert made.found == []


def test_an_end_on_a_part_can_be_dragged_onto_the_slice() -> None:
    made = surveyor()
    on_ball = (5.0, -8.0 + RADIUS_MM, 12.0)
    made.click((5.0, -8.0, 12.0 - RADIUS_MM), DOWN)
    made.click(on_ball, (0.0, 1.0, 0.0))
    assert made.found[0].layers == ("ball",)
    goal = on_circle(0.0, CIRCLE_MM + 1.0)
    made.hover(on_ball, (0.0, 1.0, 0.0))
    made.see(OUT_OF_SIGHT, made.at(on_ball, (0.0, 1.0, 0.0), 1.0))
    made.see(OUT_OF_SIGHT, made.at(goal, UP, 1.0))
    (intent,) = made.see(OUT_OF_SIGHT, made.at(goal, UP))
    assert isinstance(intent, Measure)
    assert intent.measured.layers == ()
    edge = on_circle(0.0, CIRCLE_MM)
    assert intent.measured.points_mm[1] == pytest.approx(edge, abs=0.01)


@pytest.mark.parametrize("tool", [Kind.SURFACE, Kind.GAP, Kind.AREA, Kind.VOLUME, "lesion"])
def test_tools_that_ask_for_parts_look_through_slices(tool: str) -> None:
    made = surveyor()
    made.document.apply(SelectTool(tool))
    made.hover(on_circle(0.0, RADIUS_MM - 0.5), UP)
    live = made.tools.measuring.live
    assert live is not None and live.layer == "ball"


def test_nothing_is_met_beside_the_scan_or_on_a_slice_that_is_hidden() -> None:
    made = surveyor()
    outside = on_circle(math.pi, 60.0)
    made.hover(outside, UP)
    assert made.tools.measuring.live is None
    inside = on_circle(0.0, 40.0)
    made.hover(inside, UP)
    assert made.tools.measuring.live is not None
    made.document.apply(SetSliceMode("slice-1", Mode.FRAME))
    made.hover(inside, UP)
    assert made.tools.measuring.live is None
    made.document.apply(SetSliceMode("slice-1", Mode.PAINTED))
    made.hover(inside, UP)
    assert made.tools.measuring.live is not None
    made.document.apply(SetSliceVisible("slice-1", False))
    made.hover(inside, UP)
    assert made.tools.measuring.live is None


def test_the_fingertips_of_a_bare_hand_touch_a_screen() -> None:
    made = surveyor(mode=Mode.FRAME)
    made.touched = True
    x, y, z = shown(made, on_circle(1.0, 12.0))
    room_from_case = made.document.snapshot.model.matrix() @ MODEL_FROM_CASE
    tips = joints()
    tips[[THUMB_TIP, INDEX_TIP], :3] = apply(room_from_case, (x, y, z - 5.0))
    made.see(OUT_OF_SIGHT, replace(made.at((x, y, z), DOWN), joints=tips))
    live = made.tools.measuring.live
    assert live is not None and live.input_mm == pytest.approx(BARE_M * 1000)
    assert live.point_mm == pytest.approx(on_circle(1.0, 12.0), abs=1e-3)
