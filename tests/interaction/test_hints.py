from dataclasses import replace

from tests.interaction.gestures import Wearer, hand_at, holding
from tests.interaction.test_take import AIM, HIT, reaching
from xrviewer.interaction.board import Board
from xrviewer.interaction.board_touch import Reach
from xrviewer.interaction.hints import buttons_of, hints_of
from xrviewer.interaction.input import ButtonNames
from xrviewer.interaction.preferences import Preferences


def words(wearer: Wearer, hand: int, can_undo: bool = False, can_redo: bool = False) -> list[str]:
    hints = hints_of(wearer.tools, hand, wearer.world.preferences, can_undo, can_redo)
    return [text for _, text in hints]


def test_what_the_buttons_do_now() -> None:
    wearer = Wearer()
    assert words(wearer, 1) == ["walk · click: bring here · hold: fill the room", "grab"]
    assert words(wearer, 0) == ["spin · raise · click: bring here · hold: fill the room", "grab"]
    assert words(wearer, 1, True, True)[0] == "undo · hold: redo"
    wearer.hands(holding((0, 1, 0)), hand_at((0.3, 1, 0)))
    assert words(wearer, 0) == ["let go"] and words(wearer, 1)[-1] == "turn and scale"


def test_a_part_that_is_pointed_at_and_then_held() -> None:
    wearer = Wearer(pick=lambda ray: HIT)
    wearer.hands(right=reaching(AIM, trigger=0.0))
    take = "take out · twice: hide"
    assert take in words(wearer, 1) and take not in words(wearer, 0)
    wearer.hands(right=reaching(AIM))
    assert words(wearer, 1) == ["put down"]


def test_a_hand_at_the_board_has_no_words_beside_it() -> None:
    wearer = Wearer()
    at_it = Board(reaches=(Reach(), Reach(at=(0.5, 0.5))))
    tools = replace(wearer.tools, board=at_it)
    assert hints_of(tools, 1, wearer.world.preferences, True, True) == ()
    assert hints_of(tools, 0, wearer.world.preferences, True, True)
    assert buttons_of(tools, 1, wearer.world.preferences, True, True)  # Help goes on telling them


def test_preferences_change_the_words() -> None:
    left = Wearer(Preferences(left_handed=True, snap_turn=True))
    assert words(left, 0)[0] == "walk · turn · click: bring here · hold: fill the room"
    assert words(Wearer(Preferences(visitor_lock=True)), 1, True) == ["grab"]


INDEX = ButtonNames("grip", "trigger", "stick", "stick", "A", "B")
SIMPLE = ButtonNames(squeeze="trigger", trigger="trigger", b="menu button")


def test_buttons_are_called_as_on_the_controller_in_the_hand() -> None:
    wearer = Wearer(pick=lambda ray: HIT)
    wearer.hands(right=replace(reaching(AIM, trigger=0.0), names=INDEX))
    assert words(wearer, 1, can_undo=True) == [
        "A: undo",
        "stick: walk · click: bring here · hold: stand there",
        "trigger: take out · twice: hide",
        "grip: grab",
    ]
    assert words(wearer, 0)[-1] == "grab"  # nothing is known of this one


def test_no_button_is_promised_that_is_not_there() -> None:
    wearer = Wearer(pick=lambda ray: HIT)
    wearer.hands(right=replace(reaching(AIM, trigger=0.0), names=SIMPLE))
    assert words(wearer, 1, True, True) == ["trigger: grab"]
    held = replace(reaching(AIM), names=SIMPLE, squeeze=1.0)
    wearer.hands(right=held)  # the one button is both
    assert words(wearer, 1) == ["trigger: let go"] and wearer.tools.held == (None, None)
