import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interaction.gestures import EYE, Wearer, frame, hand_at, positions, rotations
from xrviewer.document.intents import PlaceModel, Undo
from xrviewer.interaction import home
from xrviewer.interaction.input import Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.world import Extent
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import Placement, Pose, axis_rotation, rotation_matrix
from xrviewer.spatial.views import View

KNEE = Extent((-0.07, -0.08, -0.06), (0.05, 0.08, 0.06))
BODY = Extent((-0.3, -0.9, -0.2), (0.3, 0.9, 0.2))
places = st.builds(Placement, positions, rotations, st.floats(0.05, 20))
bounded = settings(max_examples=50, deadline=None, derandomize=True)


def test_reset_before_a_turned_head() -> None:
    head = Pose((1.0, 1.6, 2.0), axis_rotation((0, 1, 0), math.pi / 2))  # looks along -x
    model = home.before_viewer(KNEE, head, is_seated=False)
    assert KNEE.room_center(model) == pytest.approx((0.4, 0.8, 2.0))
    assert model.scale == 1.0
    front = rotation_matrix(model.rotation_xyzw) @ (0, 0, 1)
    np.testing.assert_allclose(front, (1, 0, 0), atol=1e-12)


@pytest.mark.parametrize(("pitch_rad", "sees"), [(-1.5, "down"), (1.5, "up"), (0.3, "ahead")])
def test_ahead_is_ahead_however_the_head_nods(pitch_rad: float, sees: str) -> None:
    nodded = Pose((0, 1.6, 0), axis_rotation((1, 0, 0), pitch_rad))
    assert home.heading_rad(nodded) == pytest.approx(0.0, abs=1e-9), sees


@pytest.mark.parametrize(
    ("extent", "seated", "height_m"), [(KNEE, False, 0.8), (KNEE, True, 0.8), (BODY, False, 0.9)]
)
def test_height_of_home(extent: Extent, seated: bool, height_m: float) -> None:
    head = Pose((0, 1.2, 0), (0, 0, 0, 1))
    assert extent.room_center(home.before_viewer(extent, head, seated))[1] == pytest.approx(
        height_m
    )


def test_who_sits_low_has_it_before_the_chest() -> None:
    head = Pose((0, 1.05, 0), (0, 0, 0, 1))
    assert KNEE.room_center(home.before_viewer(KNEE, head, True))[1] == pytest.approx(0.65)


@bounded
@given(places)
def test_life_size_keeps_the_centre_and_the_turn(place: Placement) -> None:
    model = home.at_life_size(KNEE, place)
    assert model.scale == 1.0 and model.rotation_xyzw == place.rotation_xyzw
    np.testing.assert_allclose(KNEE.room_center(model), KNEE.room_center(place), atol=1e-9)


@bounded
@given(places, st.sampled_from([KNEE, BODY]))
def test_what_fits_the_room_stands_on_its_floor(place: Placement, extent: Extent) -> None:
    model = home.filling_room(extent, place)
    sides = [side * model.scale for side in extent.size_m]
    assert sides[1] <= 1.9 + 1e-9 and math.hypot(sides[0], sides[2]) <= 2.4 + 1e-9
    assert max(sides[1] / 1.9, math.hypot(sides[0], sides[2]) / 2.4) == pytest.approx(1.0)
    assert extent.room_center(model)[1] - sides[1] / 2 == pytest.approx(0.0, abs=1e-9)


def test_a_click_of_the_stick_brings_it_home_once_and_undo_takes_it_back() -> None:
    wearer = Wearer()
    moved = Placement((0.4, 1.3, -0.9), axis_rotation((1, 1, 0), 1.0), 3.0)
    wearer.document.apply(PlaceModel(moved))
    for _ in range(5):
        wearer.hands(right=hand_at((0, 1, 0), is_stick_pressed=True))
    assert wearer.asked == []
    for _ in range(3):
        wearer.hands(right=hand_at((0, 1, 0)))
    assert len(wearer.asked) == 1
    extent = wearer.world.extent(wearer.document.snapshot)
    center = extent.room_center(wearer.document.snapshot.model)
    assert center == pytest.approx((0.0, 0.8, -0.6)) and wearer.document.snapshot.model.scale == 1
    wearer.document.apply(Undo())
    assert wearer.document.snapshot.model == moved


def test_stand_inside_brings_the_point_to_the_eyes() -> None:
    hit = Hit(0, (10.0, -20.0, 30.0), (0.0, 0.0, 1.0), 500.0)
    wearer = Wearer(pick=lambda ray: hit)
    wearer.document.apply(
        PlaceModel(Placement((0.4, 1.3, -0.9), axis_rotation((1, 1, 0), 1.0), 20))
    )
    aiming = type(hand_at((0, 0, 0)))(aim=Pose((0, 1, 0), (0, 0, 0, 1)))
    wearer.hands(right=aiming)
    wearer.see(frame(right=aiming, keys=frozenset({"s"})))
    model = wearer.document.snapshot.model
    point = model.matrix() @ (0.010, 0.030, 0.020, 1.0)  # LPS mm to metres, y up
    np.testing.assert_allclose(point[:3], EYE.eye.position_m, atol=1e-9)
    assert model.scale == 20


def test_a_long_click_goes_in_where_it_points_else_fills_the_room() -> None:
    hit = Hit(0, (10.0, -20.0, 30.0), (0.0, 0.0, 1.0), 500.0)
    aim = Pose((0, 1, 0), (0, 0, 0, 1))
    pointing, away = Wearer(pick=lambda ray: hit), Wearer()
    for wearer in (pointing, away):
        for is_down in [True] * 100 + [False] * 3:
            wearer.hands(right=Hand(grip=aim, aim=aim, is_stick_pressed=is_down))
        assert len(wearer.asked) == 1
    point = pointing.document.snapshot.model.matrix() @ (0.010, 0.030, 0.020, 1.0)
    np.testing.assert_allclose(point[:3], EYE.eye.position_m, atol=1e-9)
    assert away.document.snapshot.model.scale > 5


def test_two_eyes_make_one_head() -> None:
    eyes = tuple(View(Pose((x, 1.6, 0.1), (0, 0, 0, 1)), EYE.fov) for x in (-0.032, 0.032))
    head = home.head_of(eyes)
    assert head is not None and head.position_m == pytest.approx((0, 1.6, 0.1))
    assert home.head_of(()) is None


def test_seated_reset_follows_the_preference() -> None:
    wearer = Wearer(Preferences(seated=True))
    wearer.hands(right=hand_at((0, 1, 0), is_stick_pressed=True))
    wearer.hands(right=hand_at((0, 1, 0)))
    extent = wearer.world.extent(wearer.document.snapshot)
    assert extent.room_center(wearer.document.snapshot.model)[1] == pytest.approx(1.2)


@pytest.mark.parametrize(("seated", "eyes", "asks"), [(True, 2, 1), (True, 1, 0), (False, 2, 0)])
def test_who_sits_has_it_before_the_chest_from_the_start(
    seated: bool, eyes: int, asks: int
) -> None:
    """In a headset; in a window the eye circles the model."""
    wearer = Wearer(Preferences(seated=seated))
    low = View(Pose((0.3, 1.1, 0.2), (0, 0, 0, 1)), EYE.fov)
    for _ in range(3):
        wearer.hands(views=(low,) * eyes)
    assert len(wearer.asked) == asks
    if asks:
        extent = wearer.world.extent(wearer.document.snapshot)
        center = extent.room_center(wearer.document.snapshot.model)
        assert center == pytest.approx((0.3, 0.7, -0.4))
