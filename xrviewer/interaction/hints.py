"""What each button of a controller does at this moment, and where on it it is."""

from __future__ import annotations

from xrviewer.interaction.input import ButtonNames
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.step import Tools
from xrviewer.spatial.transforms import Vec3
from xrviewer.words import tr

SQUEEZE: Vec3 = (0.022, -0.005, 0.01)
TRIGGER: Vec3 = (0.022, -0.018, -0.055)
STICK: Vec3 = (0.026, 0.022, -0.062)
BUTTON_A: Vec3 = (0.026, 0.026, -0.040)
BUTTON_B: Vec3 = (0.026, 0.026, -0.052)
"""In a right hand's grip frame, just outside the controller; a left hand's are mirrored."""


def hints_of(
    tools: Tools, hand: int, preferences: Preferences, can_undo: bool, can_redo: bool
) -> list[tuple[Vec3, str]]:
    """From the top of the controller down. Nothing is promised that would do nothing, and no
    button that the controller in this hand has not got; one that is known is called by its name."""
    names = tools.seen[hand].names or _UNNAMED
    does = _deeds(tools, hand, preferences, can_undo, can_redo)
    hints = []
    for place, action in _PLACES:
        name, text = getattr(names, action), does.get(action)
        if text and name is not None:
            hints.append((place, f"{tr(name)}: {text}" if name else text))
    return hints


_PLACES = (
    (BUTTON_B, "b"),
    (BUTTON_A, "a"),
    (STICK, "stick"),
    (TRIGGER, "trigger"),
    (SQUEEZE, "squeeze"),
)
_UNNAMED = ButtonNames("", "", "", "", "", "")
"""Of hands that a recording or a mouse plays: every button is there, and has no name."""


def _deeds(
    tools: Tools, hand: int, preferences: Preferences, can_undo: bool, can_redo: bool
) -> dict[str, str]:
    """What each button does now, by its action."""
    grab, names = tools.grab, tools.seen[hand].names or _UNNAMED
    if grab is not None and grab.hands[hand]:
        return {"squeeze": tr("let go")}
    if tools.held[hand] is not None:
        return {"trigger": tr("put down")}
    squeeze = tr("turn and scale") if grab is not None else tr("grab")
    if preferences.visitor_lock:
        return {"squeeze": squeeze}
    stick = _dominant_stick(preferences) if hand == preferences.dominant else tr("spin · raise")
    inside = tr("hold: stand there") if tools.pointed is not None else tr("hold: fill the room")
    has_click = names.stick_click is not None
    # Where one button is both, the model goes before its parts.
    takes = tools.pointing == hand and (names is _UNNAMED or names.trigger != names.squeeze)
    return {
        "b": tr("panels") if tools.board is not None else "",
        "a": _joined((_undo(tools), can_undo), (tr("hold: redo"), can_redo)),
        "stick": _joined(
            (stick, bool(stick)), (tr("click: bring here"), has_click), (inside, has_click)
        ),
        "trigger": tr("take out · twice: hide") if takes else "",
        "squeeze": squeeze,
    }


def _undo(tools: Tools) -> str:
    """At the end of a measurement it takes that one away."""
    measuring = tools.measuring
    is_at_end = measuring.near is not None and not measuring.spots and measuring.press is None
    return tr("take this away") if is_at_end else tr("undo")


def _dominant_stick(preferences: Preferences) -> str:
    return _joined((tr("walk"), preferences.walk), (tr("turn"), preferences.snap_turn))


def _joined(*words: tuple[str, bool]) -> str:
    return " · ".join(text for text, is_there in words if is_there)
