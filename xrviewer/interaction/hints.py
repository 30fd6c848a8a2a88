"""What each button of a controller does at this moment, and where on it it is."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from xrviewer.interaction.input import ButtonNames
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.step import Tools
from xrviewer.spatial.transforms import Vec3
from xrviewer.words import spoken, tr

SQUEEZE: Vec3 = (0.022, -0.005, 0.01)
TRIGGER: Vec3 = (0.022, -0.018, -0.055)
STICK: Vec3 = (0.026, 0.022, -0.062)
BUTTON_A: Vec3 = (0.026, 0.026, -0.040)
BUTTON_B: Vec3 = (0.026, 0.026, -0.052)
"""In a right hand's grip frame, just outside the controller; a left hand's are mirrored."""


class _Moment(NamedTuple):
    """All that a hand's hints depend on."""

    names: ButtonNames
    has_model: bool
    has_part: bool
    other_has_model: bool
    is_dominant: bool
    takes: bool
    is_pointing: bool
    has_board: bool
    is_at_end: bool
    """Of a measurement, with no point of another one pending."""
    can_undo: bool
    can_redo: bool
    is_locked: bool
    walks: bool
    turns: bool
    language: str


def hints_of(
    tools: Tools, hand: int, preferences: Preferences, can_undo: bool, can_redo: bool
) -> tuple[tuple[Vec3, str], ...]:
    """From the top of the controller down. Nothing is promised that would do nothing, and no
    button that the controller in this hand has not got; one that is known is called by its name.
    A hand at the board has none: its buttons are the board's, and the words would lie over it."""
    if tools.board is not None and tools.board.reaches[hand].at is not None:
        return ()
    return _hints(_moment(tools, hand, preferences, can_undo, can_redo))


def buttons_of(
    tools: Tools, hand: int, preferences: Preferences, can_undo: bool, can_redo: bool
) -> tuple[tuple[Vec3, str, str], ...]:
    """The same, with each button's own name apart from what it does."""
    return _named(_moment(tools, hand, preferences, can_undo, can_redo))


def _moment(
    tools: Tools, hand: int, preferences: Preferences, can_undo: bool, can_redo: bool
) -> _Moment:
    names, grab = tools.seen[hand].names or _UNNAMED, tools.grab
    near, spots, press = tools.measuring.near, tools.measuring.spots, tools.measuring.press
    # Where one button is both, the model goes before its parts.
    takes = tools.pointing == hand and (names is _UNNAMED or names.trigger != names.squeeze)
    return _Moment(
        names,
        has_model=grab is not None and grab.hands[hand],
        has_part=tools.held[hand] is not None,
        other_has_model=grab is not None,
        is_dominant=(hand == 0) is preferences.left_handed,
        takes=takes,
        is_pointing=tools.pointed is not None,
        has_board=tools.board is not None,
        is_at_end=near is not None and not spots and press is None,
        can_undo=can_undo,
        can_redo=can_redo,
        is_locked=preferences.visitor_lock,
        walks=preferences.walk,
        turns=preferences.snap_turn,
        language=spoken(),
    )


@lru_cache(maxsize=256)
def _named(moment: _Moment) -> tuple[tuple[Vec3, str, str], ...]:
    does = _deeds(moment)
    found = ((place, getattr(moment.names, act), does.get(act, "")) for place, act in _PLACES)
    return tuple(
        (place, tr(name) if name else "", text)
        for place, name, text in found
        if text and name is not None
    )


@lru_cache(maxsize=256)
def _hints(moment: _Moment) -> tuple[tuple[Vec3, str], ...]:
    named = _named(moment)
    return tuple((place, f"{name}: {text}" if name else text) for place, name, text in named)


_PLACES = (
    (BUTTON_B, "b"),
    (BUTTON_A, "a"),
    (STICK, "stick"),
    (TRIGGER, "trigger"),
    (SQUEEZE, "squeeze"),
)
_UNNAMED = ButtonNames("", "", "", "", "", "")
"""Of hands that a recording or a mouse plays: every button is there, and has no name."""


def _deeds(moment: _Moment) -> dict[str, str]:
    """What each button does now, by its action."""
    if moment.has_model:
        return {"squeeze": tr("let go")}
    if moment.has_part:
        return {"trigger": tr("put down")}
    squeeze = tr("turn and scale") if moment.other_has_model else tr("grab")
    if moment.is_locked:
        return {"squeeze": squeeze}
    stick = tr("spin · raise")
    if moment.is_dominant:
        stick = _joined((tr("walk"), moment.walks), (tr("turn"), moment.turns))
    inside = tr("hold: stand there") if moment.is_pointing else tr("hold: fill the room")
    has_click = moment.names.stick_click is not None
    undo = tr("take this away") if moment.is_at_end else tr("undo")
    return {
        "b": tr("panels") if moment.has_board else "",
        "a": _joined((undo, moment.can_undo), (tr("hold: redo"), moment.can_redo)),
        "stick": _joined(
            (stick, bool(stick)), (tr("click: bring here"), has_click), (inside, has_click)
        ),
        "trigger": tr("take out · twice: hide") if moment.takes else "",
        "squeeze": squeeze,
    }


def _joined(*words: tuple[str, bool]) -> str:
    return " · ".join(text for text, is_there in words if is_there)
