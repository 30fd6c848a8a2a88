"""What each button of a controller does at this moment, and where on it it is."""

from __future__ import annotations

from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.step import Tools
from xrviewer.spatial.transforms import Vec3

SQUEEZE: Vec3 = (0.022, -0.005, 0.01)
TRIGGER: Vec3 = (0.022, -0.018, -0.055)
STICK: Vec3 = (0.026, 0.022, -0.062)
BUTTON_A: Vec3 = (0.026, 0.026, -0.040)
"""In a right hand's grip frame, just outside the controller; a left hand's are mirrored."""


def hints_of(
    tools: Tools, hand: int, preferences: Preferences, can_undo: bool, can_redo: bool
) -> list[tuple[Vec3, str]]:
    """Nothing is promised that would do nothing."""
    grab, held = tools.grab, tools.held[hand]
    is_grabbing = grab is not None and grab.hands[hand]
    is_other = grab is not None and grab.hands[1 - hand]
    squeeze = "let go" if is_grabbing else "both: turn and scale" if is_other else "grab"
    hints = [(SQUEEZE, squeeze)] if held is None else []
    if preferences.visitor_lock:
        return hints
    if held is not None:
        hints.append((TRIGGER, "put down"))
    elif tools.pointed is not None and not is_grabbing:
        hints.append((TRIGGER, "take out"))
    if hand == preferences.dominant:
        stick = _dominant_stick(preferences)
    else:
        stick = "spin · raise"
    hints += [(STICK, f"{stick} · click: bring here" if stick else "click: bring here")]
    undo = " · ".join(
        text for text, is_there in (("undo", can_undo), ("hold: redo", can_redo)) if is_there
    )
    return [*hints, (BUTTON_A, undo)] if undo else hints


def _dominant_stick(preferences: Preferences) -> str:
    words = ("walk", preferences.walk), ("turn", preferences.snap_turn)
    return " · ".join(text for text, is_on in words if is_on)
