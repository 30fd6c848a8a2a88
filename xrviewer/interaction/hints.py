"""What each button of a controller does at this moment, and where on it it is."""

from __future__ import annotations

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
    """From the top of the controller down. Nothing is promised that would do nothing."""
    grab = tools.grab
    if grab is not None and grab.hands[hand]:
        return [(SQUEEZE, tr("let go"))]
    if tools.held[hand] is not None:
        return [(TRIGGER, tr("put down"))]
    squeeze = tr("turn and scale") if grab is not None else tr("grab")
    if preferences.visitor_lock:
        return [(SQUEEZE, squeeze)]
    undo = _joined((tr("undo"), can_undo), (tr("hold: redo"), can_redo))
    stick = _dominant_stick(preferences) if hand == preferences.dominant else tr("spin · raise")
    is_pointing = tools.pointing == hand
    inside = tr("hold: stand there") if tools.pointed is not None else tr("hold: fill the room")
    hints = [
        (BUTTON_B, tr("panels") if tools.board is not None else ""),
        (BUTTON_A, undo),
        (STICK, _joined((stick, bool(stick)), (tr("click: bring here"), True), (inside, True))),
        (TRIGGER, tr("take out · twice: hide") if is_pointing else ""),
        (SQUEEZE, squeeze),
    ]
    return [(place, text) for place, text in hints if text]


def _dominant_stick(preferences: Preferences) -> str:
    return _joined((tr("walk"), preferences.walk), (tr("turn"), preferences.snap_turn))


def _joined(*words: tuple[str, bool]) -> str:
    return " · ".join(text for text, is_there in words if is_there)
