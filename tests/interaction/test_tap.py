"""Two quick presses on a structure hide it; anything slower, farther or elsewhere does not."""

from __future__ import annotations

import pytest

from tests.interaction.gestures import Wearer
from tests.interaction.test_take import AIM, HIT, reaching
from xrviewer.document.intents import SelectTool, SetLayerVisible, Undo
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.tap import TWICE_WITHIN_S
from xrviewer.spatial.transforms import Pose

HIDE = SetLayerVisible("femur", False)


def wearer_at_part(preferences: Preferences | None = None) -> Wearer:
    return Wearer(preferences, pick=lambda ray: HIT)


def press(wearer: Wearer, at_s: float, frames: int = 5, moved_m: float = 0.0) -> None:
    for i in range(frames):
        pose = Pose((moved_m * i, 1.0, 0.0), AIM.rotation_xyzw)
        wearer.hands(right=reaching(pose), time_s=at_s)
    wearer.hands(right=reaching(AIM, trigger=0.0), time_s=at_s)


def test_twice_hides_and_undo_shows_again() -> None:
    wearer = wearer_at_part()
    press(wearer, 1.0)
    assert not wearer.asked
    press(wearer, 1.0 + TWICE_WITHIN_S * 0.9)
    assert wearer.asked == [HIDE]
    assert not wearer.document.snapshot.layers["is_visible"][0]
    wearer.document.apply(Undo())
    assert wearer.document.snapshot.layers["is_visible"][0]
    press(wearer, 1.5)
    assert wearer.asked == [HIDE]  # a third press is a first one again


@pytest.mark.parametrize(
    ("gap_s", "frames", "moved_m"),
    [(TWICE_WITHIN_S * 1.1, 5, 0.0), (0.2, 30, 0.0), (0.2, 5, 0.01)],
    ids=["too late", "too long", "carried"],
)
def test_what_is_no_second_tap(gap_s: float, frames: int, moved_m: float) -> None:
    wearer = wearer_at_part()
    press(wearer, 1.0)
    press(wearer, 1.0 + gap_s, frames, moved_m)
    assert HIDE not in wearer.asked


def test_a_visitor_and_another_tool_hide_nothing() -> None:
    for wearer in (wearer_at_part(Preferences(visitor_lock=True)), wearer_at_part()):
        if not wearer.world.preferences.visitor_lock:
            wearer.document.apply(SelectTool("ruler"))
        press(wearer, 1.0)
        press(wearer, 1.1)
        assert not wearer.asked


def test_how_long_one_points_at_the_same() -> None:
    wearer = wearer_at_part()
    for _ in range(10):
        wearer.hands(right=reaching(AIM, trigger=0.0))
    assert wearer.tools.pointed_s == pytest.approx(9 / 90)
    for _ in range(90):  # a lost hand points on for half a second
        wearer.hands()
    assert wearer.tools.pointed_s == 0.0
