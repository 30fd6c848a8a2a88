"""Measuring by hand: the value is the geometry's, at any scale; bad input changes nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.interaction.measurer import DT_S, OUT_OF_SIGHT, Surveyor
from tests.interaction.test_bare import joints
from tests.shapes import box, case_of, sphere
from xrviewer.case.measured import Kind
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.document.intents import (
    Explode,
    PlacePart,
    SelectTool,
    SetLayerVisible,
    ShowTimepoint,
    Undo,
)
from xrviewer.document.measurement_intents import Measure, Retract
from xrviewer.interaction.bare import INDEX_TIP, THUMB_TIP
from xrviewer.interaction.hints import hints_of
from xrviewer.interaction.input import Hand
from xrviewer.interaction.measure_kinds import (
    AXES,
    CONTROLLER_M,
    MOUSE_M,
    WANTED,
    next_tool,
    previous_tool,
)
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import PartPlace, Pose, Vec3, apply, axis_rotation

SCALES = (0.1, 1.0, 20.0)
UP: Vec3 = (0.0, 0.0, 1.0)
RADIUS_MM = 30.0
WITHIN_MM = 0.1


def with_scan(case: Case, spacing_mm: float = 0.5) -> Case:
    voxels = np.zeros((2, 2, 2), np.int16)
    volume = Volume("scan", "Scan", "MR", voxels, np.diag([spacing_mm] * 3 + [1.0]))
    return replace(case, timepoints=tuple(replace(t, volumes=(volume,)) for t in case.timepoints))


BALL = with_scan(case_of({"ball": sphere((5, -8, 12), RADIUS_MM, 96)}, dates=2))
RULER = with_scan(case_of({"ruler": box((0, 0, 0), (100, 10, 2)), "lid": box((0, 60, 40))}))


def on_ball(direction: Vec3) -> tuple[Vec3, Vec3]:
    unit = np.array(direction) / np.linalg.norm(direction)
    x, y, z = (np.array((5.0, -8.0, 12.0)) + RADIUS_MM * unit).tolist()
    return (x, y, z), (unit[0], unit[1], unit[2])


def on_ruler(x: float, y: float = 0.0) -> tuple[Vec3, Vec3]:
    return (x, y, 2.0), UP


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("is_mouse", [False, True])
def test_a_distance_on_a_ruler(scale: float, is_mouse: bool) -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE, scale, is_mouse)
    assert surveyor.click(*on_ruler(-73.25)) == []
    (intent,) = surveyor.click(*on_ruler(41.5, 6.0))
    assert isinstance(intent, Measure)
    (found,) = surveyor.found
    assert found.quantity is not None and found.layers == ("ruler",)
    assert found.quantity.value == pytest.approx(math.hypot(114.75, 6.0), abs=WITHIN_MM)
    input_mm = (MOUSE_M if is_mouse else CONTROLLER_M) / scale * 1000
    ends_mm = math.sqrt(2) * math.hypot(input_mm, math.sqrt(3) * 0.25)
    assert found.quantity.uncertainty == pytest.approx(ends_mm, rel=0.2)


@pytest.mark.parametrize("scale", SCALES)
def test_a_chord_and_a_circle_of_a_sphere(scale: float) -> None:
    chord = Surveyor(BALL, Kind.DISTANCE, scale)
    chord.click(*on_ball((1, 0, 0)))
    chord.click(*on_ball((0, 1, 0)))
    assert chord.found[0].quantity is not None
    assert chord.found[0].quantity.value == pytest.approx(RADIUS_MM * math.sqrt(2), abs=WITHIN_MM)
    circle = Surveyor(BALL, Kind.DIAMETER, scale)
    for direction in ((1, 0, 0), (0, 0, 1), (-1, 0, 0.2)):
        circle.click(*on_ball(direction))
    assert circle.found == []
    circle.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "enter")
    assert circle.found[0].quantity is not None
    assert circle.found[0].quantity.value == pytest.approx(2 * RADIUS_MM, abs=WITHIN_MM)


@pytest.mark.parametrize("scale", SCALES)
def test_angles(scale: float) -> None:
    angle = Surveyor(RULER, Kind.ANGLE, scale)
    for at in ((60.0, 0.0), (0.0, 0.0), (8.0, 8.0)):
        angle.click(*on_ruler(*at))
    assert angle.found[0].quantity is not None
    assert angle.found[0].quantity.value == pytest.approx(45.0, abs=0.2)
    plane = Surveyor(BALL, Kind.PLANE_ANGLE, scale)
    for direction in ((1, 0, 1), (1, 1, 1), (1, -1, 1)):
        plane.click(*on_ball(direction))
    points = np.array([on_ball(d)[0] for d in ((1, 0, 1), (1, 1, 1), (1, -1, 1))])
    normal = np.cross(points[1] - points[0], points[2] - points[0])
    tilt = math.degrees(math.acos(abs(normal[2]) / np.linalg.norm(normal)))
    plane.click(*on_ball((1, -1, 1)), has_time=False)  # twice at the last place: that is all
    plane.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "enter")
    assert plane.found[0].quantity is not None
    assert plane.found[0].quantity.value == pytest.approx(tilt, abs=0.2)


def test_a_path_ends_with_a_second_press_at_its_end() -> None:
    surveyor = Surveyor(RULER, Kind.POLYLINE)
    for x in (-40.0, 0.0):
        surveyor.click(*on_ruler(x))
    surveyor.click(*on_ruler(0.0, 9.0), has_time=False)
    (intent,) = surveyor.click(*on_ruler(0.0, 9.0), has_time=False)
    assert isinstance(intent, Measure) and len(intent.measured.points_mm) == 3
    assert surveyor.found[0].quantity is not None
    assert surveyor.found[0].quantity.value == pytest.approx(49.0, abs=WITHIN_MM)


def test_the_next_point_rides_the_reticle_with_its_value() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    surveyor.click(*on_ruler(0.0))
    for x in (10.0, 25.0, 50.0):
        surveyor.hover(*on_ruler(x))
        preview = surveyor.tools.measuring.preview
        assert preview is not None and preview.quantity is not None
        assert preview.quantity.value == pytest.approx(x, abs=WITHIN_MM)
    assert surveyor.asked == []


def test_undo_takes_the_point_that_is_pending_first() -> None:
    surveyor = Surveyor(RULER, Kind.ANGLE)
    surveyor.click(*on_ruler(0.0))
    surveyor.click(*on_ruler(20.0))
    assert surveyor.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "ctrl+z") == []
    assert [s.point_mm[0] for s in surveyor.tools.measuring.spots] == pytest.approx([0.0], abs=0.01)
    for is_pressed in (True, False):  # A of a controller acts when it is let go
        surveyor.see(OUT_OF_SIGHT, replace(OUT_OF_SIGHT, is_a_pressed=is_pressed))
    assert surveyor.tools.measuring.spots == ()
    assert surveyor.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "ctrl+z") == [Undo()]


def test_a_press_beside_everything_flashes_and_places_nothing() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    surveyor.see(OUT_OF_SIGHT, OUT_OF_SIGHT)
    surveyor.see(OUT_OF_SIGHT, replace(OUT_OF_SIGHT, trigger=1.0))
    assert surveyor.tools.measuring.flash_s == pytest.approx(0.3)
    surveyor.wait(0.28)
    assert surveyor.tools.measuring.flash_s > 0
    surveyor.wait(0.05)
    assert surveyor.tools.measuring.flash_s == 0 and surveyor.tools.measuring.spots == ()


@pytest.mark.parametrize("frames", [0, 10, 30])
def test_two_hands_that_press_within_a_quarter_second_do_not_measure(frames: int) -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    left, right = on_ruler(-20.0), on_ruler(20.0)
    surveyor.see(surveyor.at(*left), surveyor.at(*right))
    for _ in range(frames):
        surveyor.see(surveyor.at(*left), surveyor.at(*right, 1.0))
    surveyor.see(surveyor.at(*left, 1.0), surveyor.at(*right, 1.0))
    surveyor.see(surveyor.at(*left), surveyor.at(*right))
    placed = len(surveyor.tools.measuring.spots)
    assert placed == (1 if frames * DT_S > 0.25 else 0)


def test_a_squeeze_of_the_other_hand_is_a_grab_too() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    far = Hand(grip=Pose((-0.4, 1.0, -0.4), (0, 0, 0, 1)))
    surveyor.see(far, surveyor.at(*on_ruler(20.0)))
    surveyor.see(replace(far, squeeze=1.0), surveyor.at(*on_ruler(20.0)))
    surveyor.see(far, surveyor.at(*on_ruler(20.0), 1.0))
    surveyor.see(far, surveyor.at(*on_ruler(20.0)))
    assert surveyor.tools.measuring.spots == ()


@pytest.mark.parametrize("scale", SCALES)
def test_parts_that_were_moved_and_spread_are_measured_at_home(scale: float) -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE, scale)
    turn = axis_rotation((1, 2, 3), 0.7)
    surveyor.document.apply(PlacePart("ruler", PartPlace((30.0, -20.0, -90.0), turn)))
    surveyor.document.apply(Explode(0.8))
    date, snapshot = RULER.timepoints[0], surveyor.document.snapshot
    spread = np.array(surveyor.world.spread_of(0, snapshot))
    place = PartPlace((30.0, -20.0, -90.0), turn).matrix()
    for x in (-50.0, 50.0):
        point = place @ (x, 3.0, 2.0, 1.0)
        px, py, pz = (point[:3] + spread).tolist()
        nx, ny, nz = (place[:3, :3] @ UP).tolist()
        surveyor.click((px, py, pz), (nx, ny, nz))
    (found,) = surveyor.found
    assert found.timepoint == date.id
    np.testing.assert_allclose(found.points_mm, [(-50, 3, 2), (50, 3, 2)], atol=0.05)
    assert found.quantity is not None and found.quantity.value == pytest.approx(100, abs=0.05)


def test_a_hand_that_is_lost_while_it_presses_places_nothing() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    surveyor.hover(*on_ruler(10.0))
    surveyor.see(Hand(), surveyor.at(*on_ruler(10.0), 1.0))
    for _ in range(60):
        surveyor.see(Hand(), Hand())
    assert surveyor.tools.measuring.press is None and surveyor.tools.measuring.spots == ()


def test_an_end_is_dragged_in_one_intent_and_undone_in_one() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE, 4.0)
    surveyor.click(*on_ruler(-30.0))
    surveyor.click(*on_ruler(30.0))
    first = surveyor.found[0]
    surveyor.hover(*on_ruler(30.5))
    near = surveyor.tools.measuring.near
    assert near is not None and (near.id, near.index) == ("m1", 1)
    before = len(surveyor.asked)
    for x in (30.5, 40.0, 55.0, 70.0):
        surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(x), 1.0))
        preview = surveyor.tools.measuring.preview
        assert preview is not None and preview.quantity is not None
        assert preview.quantity.value == pytest.approx(x + 30, abs=WITHIN_MM)
    assert surveyor.found == [first]
    surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(70.0)))
    (intent,) = surveyor.asked[before:]
    assert isinstance(intent, Measure) and intent.id == "m1"
    assert surveyor.found[0].quantity is not None and first.quantity is not None
    assert surveyor.found[0].quantity.value == pytest.approx(100.0, abs=WITHIN_MM)
    assert surveyor.found[0].quantity.uncertainty == pytest.approx(first.quantity.uncertainty)
    surveyor.document.apply(Undo())
    assert surveyor.found == [first]


def test_a_click_on_an_end_starts_the_next_one_there() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE, 4.0)
    surveyor.click(*on_ruler(-30.0))
    surveyor.click(*on_ruler(30.0))
    surveyor.click(*on_ruler(31.0))
    assert surveyor.tools.measuring.spots[0].point_mm == surveyor.found[0].points_mm[1]


def test_delete_takes_back_what_is_pointed_at() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE, 4.0)
    surveyor.click(*on_ruler(-30.0))
    surveyor.click(*on_ruler(30.0))
    assert surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(0.0)), "delete") == []
    surveyor.hover(*on_ruler(30.0))
    (intent,) = surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(30.0)), "delete")
    assert intent == Retract(("m1",)) and surveyor.found == []


def test_the_undo_button_takes_back_the_measurement_it_points_at() -> None:
    """And nothing else; elsewhere, and on a keyboard, it is an undo."""
    surveyor = Surveyor(RULER, Kind.DISTANCE, 4.0)
    for x in (-40.0, -20.0, 20.0, 40.0):
        surveyor.click(*on_ruler(x))
    pointing, aside = surveyor.at(*on_ruler(-40.0)), surveyor.at(*on_ruler(0.0))
    surveyor.hover(*on_ruler(-40.0))
    hints = hints_of(surveyor.tools, 1, surveyor.world.preferences, True, False)
    assert "take this away" in [says for _, says in hints]
    surveyor.see(OUT_OF_SIGHT, replace(pointing, is_a_pressed=True))
    assert surveyor.see(OUT_OF_SIGHT, pointing) == [Retract(("m1",))]
    assert set(surveyor.document.snapshot.measurements) == {"m2"}
    surveyor.see(OUT_OF_SIGHT, replace(aside, is_a_pressed=True))
    assert surveyor.see(OUT_OF_SIGHT, aside) == [Undo()]
    assert set(surveyor.document.snapshot.measurements) == {"m1", "m2"}
    surveyor.hover(*on_ruler(-40.0))
    assert surveyor.see(OUT_OF_SIGHT, pointing, "ctrl+z") == [Undo()]


@pytest.mark.parametrize(("scale", "off_mm"), [(1.0, 1.5), (20.0, 0.08)])
def test_a_corner_within_two_millimetres_of_the_room_takes_the_point(
    scale: float, off_mm: float
) -> None:
    case = case_of({"brick": box((0, 0, 0), (20, 15, 10))})
    surveyor = Surveyor(case, Kind.DISTANCE, scale)
    surveyor.click((20.0 - off_mm, 15.0 - off_mm / 2, 10.0), UP)
    (corner,) = surveyor.tools.measuring.spots
    assert corner.point_mm == (20.0, 15.0, 10.0)
    surveyor.click((20.0 - 2 * off_mm, -15.0 + off_mm, 10.0), UP)  # farther than that
    (found,) = surveyor.found
    np.testing.assert_allclose(found.points_mm[1], (20 - 2 * off_mm, -15 + off_mm, 10), atol=1e-3)


def test_corners_that_lie_close_together_take_no_point() -> None:
    """A hundredth of a degree between two: the point is where it is aimed at."""
    surveyor = Surveyor(case_of({"ball": sphere((0, 0, 0), 30, 128)}), Kind.DISTANCE)
    turn = math.radians(20.1)
    out = (math.cos(turn), 0.0, math.sin(turn))
    surveyor.click((30 * out[0], 0.0, 30 * out[2]), out)
    corners = surveyor.case.timepoints[0].surfaces.positions_mm
    (spot,) = surveyor.tools.measuring.spots
    assert np.linalg.norm(corners - spot.point_mm, axis=1).min() > 0.05


def test_a_held_trigger_moves_the_point_a_quarter_as_far() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    surveyor.hover(*on_ruler(10.0))
    surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(10.0), 1.0))
    for x in np.linspace(10, 22, 40).tolist():
        surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(x), 1.0))
    surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(22.0)))
    (spot,) = surveyor.tools.measuring.spots
    assert spot.point_mm[0] == pytest.approx(13.0, abs=0.05)


def test_fingertips_near_a_surface_snap_to_it() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    surveyor.touched = True
    room_from_case = surveyor.document.snapshot.model.matrix() @ MODEL_FROM_CASE
    for x in (-20.0, 20.0):
        over = apply(room_from_case, (x, 1.0, 2.0 + 15.0))
        for gap_m in (0.03, 0.03, 0.004, 0.03):
            seen = Hand(joints=joints(gap_m))
            assert seen.joints is not None
            between = (seen.joints[THUMB_TIP, :3] + seen.joints[INDEX_TIP, :3]) / 2
            seen.joints[:, :3] += (over - between).astype(np.float32)
            grip = Pose(tuple(seen.joints[0, :3].tolist()), (0, 0, 0, 1))
            surveyor.see(Hand(), replace(seen, grip=grip))
        surveyor.wait()
    (found,) = surveyor.found
    np.testing.assert_allclose(found.points_mm, [(-20, 1, 2), (20, 1, 2)], atol=0.5)
    assert [point[2] for point in found.points_mm] == pytest.approx([2.0, 2.0], abs=1e-3)


def test_slow_ones_are_asked_of_the_app_with_all_they_need() -> None:
    for kind, places, layers in (
        (Kind.SURFACE, ((-50.0, "ruler"), (50.0, "ruler")), ("ruler",)),
        (Kind.VOLUME, ((-50.0, "ruler"),), ("ruler",)),
    ):
        surveyor = Surveyor(RULER, kind)
        for x, _ in places[:-1]:
            surveyor.click(*on_ruler(x))
        surveyor.hover(*on_ruler(50.0))
        surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(50.0), 1.0))
        surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(50.0)))
        (slow,) = surveyor.tools.measuring.slow
        assert slow.measured.kind is kind and slow.measured.layers == layers
        assert slow.precision.point_mm is not None and surveyor.asked == []
        surveyor.wait(0.1)
        assert surveyor.tools.measuring.slow == ()


def test_a_gap_needs_two_parts_and_a_way_one() -> None:
    gap = Surveyor(RULER, Kind.GAP)
    gap.click(*on_ruler(80.0))
    gap.click(*on_ruler(-80.0))
    assert len(gap.tools.measuring.spots) == 1
    way = Surveyor(RULER, Kind.SURFACE)
    way.click(*on_ruler(80.0))
    way.click((0.0, 60.0, 50.0), UP)
    assert [spot.layer for spot in way.tools.measuring.spots] == ["ruler"]


def test_a_brush_paints_while_it_is_held_and_undo_takes_a_stroke() -> None:
    surveyor = Surveyor(RULER, Kind.AREA)
    for start in (-60.0, 40.0):
        for x in np.linspace(start, start + 30, 40).tolist():
            surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(x), 1.0))
        surveyor.see(OUT_OF_SIGHT, surveyor.at(*on_ruler(start + 30)))
        surveyor.wait()
    both = len(surveyor.tools.measuring.spots)
    assert both >= 20
    surveyor.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "ctrl+z")
    assert len(surveyor.tools.measuring.spots) == both // 2
    surveyor.see(OUT_OF_SIGHT, OUT_OF_SIGHT, "enter")
    (slow,) = surveyor.tools.measuring.slow
    assert slow.measured.radius_mm == pytest.approx(5.0)
    assert len(slow.measured.points_mm) == both // 2


def test_two_equal_points_make_no_distance() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    for _ in range(2):
        surveyor.click(*on_ruler(10.0))
    assert surveyor.found == [] and len(surveyor.tools.measuring.spots) == 1
    surveyor.click(*on_ruler(60.0))
    assert len(surveyor.found) == 1


def test_what_is_hidden_is_not_measured() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE)
    surveyor.document.apply(SetLayerVisible("ruler", False))
    surveyor.click(*on_ruler(90.0))
    assert surveyor.tools.measuring.spots == ()


def test_points_are_forgotten_with_their_date_and_their_tool() -> None:
    for intent in (ShowTimepoint("t1"), SelectTool(Kind.ANGLE), SelectTool("grab")):
        surveyor = Surveyor(BALL, Kind.DISTANCE)
        surveyor.click(*on_ball((1, 0, 0)))
        surveyor.document.apply(intent)
        surveyor.wait(0.05)
        assert surveyor.tools.measuring.spots == ()


def test_the_other_date_is_measured_for_itself() -> None:
    surveyor = Surveyor(BALL, Kind.DISTANCE)
    surveyor.document.apply(ShowTimepoint("t1"))
    surveyor.click(*on_ball((1, 0, 0)))
    surveyor.click(*on_ball((0, 1, 0)))
    assert surveyor.found[0].timepoint == "t1"
    surveyor.document.apply(ShowTimepoint("t0"))
    surveyor.hover(*on_ball((1, 0, 0)))
    assert surveyor.tools.measuring.near is None


def test_a_visitor_measures_nothing() -> None:
    surveyor = Surveyor(RULER, Kind.DISTANCE, preferences=Preferences(visitor_lock=True))
    surveyor.click(*on_ruler(10.0))
    assert surveyor.tools.measuring.kind is None


def test_a_note_is_one_press_and_the_key_goes_through_all_kinds() -> None:
    surveyor = Surveyor(RULER, Kind.NOTE)
    (intent,) = surveyor.click(*on_ruler(10.0))
    assert isinstance(intent, Measure) and intent.measured.quantity is None
    seen, tool = [], "grab"
    for _ in [*WANTED, *AXES]:
        tool = next_tool(tool)
        seen.append(tool)
    assert set(seen) == {*map(str, Kind), *AXES} and next_tool(tool) == seen[0]
    assert [previous_tool(t) for t in seen[1:]] == seen[:-1]
