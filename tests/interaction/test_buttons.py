import pytest

from tests.interaction.gestures import DT_S, Wearer, hand_at, holding
from xrviewer.document.intents import Redo, SetLayerVisible, Undo
from xrviewer.interaction.preferences import Preferences


def press(wearer: Wearer, seconds: float, side: str = "right") -> None:
    down = hand_at((0, 1, 0), is_a_pressed=True)
    for _ in range(round(seconds / DT_S)):
        wearer.hands(**{side: down})
    wearer.hands(hand_at((0, 1, 0)), hand_at((0, 1, 0)))


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_press_takes_back_once(side: str) -> None:
    wearer = Wearer()
    press(wearer, 0.2, side)
    assert wearer.asked == [Undo()]


def test_a_press_held_does_again_once_and_is_no_undo() -> None:
    wearer = Wearer()
    press(wearer, 2.0)
    assert wearer.asked == [Redo()]


def test_undo_and_redo_work_on_the_document() -> None:
    wearer = Wearer()
    wearer.document.apply(SetLayerVisible("femur", False))
    press(wearer, 0.1)
    assert wearer.document.snapshot.layers["is_visible"][0]
    press(wearer, 1.0)
    assert not wearer.document.snapshot.layers["is_visible"][0]


def test_nothing_is_taken_back_under_a_hand_that_holds() -> None:
    wearer = Wearer()
    for pressed in (False, True, False):
        wearer.hands(holding((-0.1, 1, 0)), hand_at((0, 1, 0), is_a_pressed=pressed))
    assert wearer.asked == []


def test_a_visitor_only_grabs_and_points() -> None:
    wearer = Wearer(Preferences(visitor_lock=True))
    press(wearer, 0.2)
    wearer.hands(hand_at((0, 1, 0), stick=(1, 1)), hand_at((0, 1, 0), is_stick_pressed=True))
    assert wearer.asked == [] and wearer.tools.placement is None
    wearer.hands(holding((0, 1, 0)))
    assert wearer.tools.placement is not None
