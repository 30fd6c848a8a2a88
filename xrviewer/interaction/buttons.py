"""Buttons that act at once: A or X takes back, held it does again; a stick's click brings the model
home, held it brings the viewer in."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.document.intents import Intent, Redo, Undo
from xrviewer.interaction.input import Hand
from xrviewer.values import changed

LONG_S = 0.6
"""A press that lasts this long is another one."""


@dataclass(frozen=True, slots=True)
class Buttons:
    """Of both hands together: either one's button is the button."""

    held_s: float | None = None
    """How long A or X has been down; None while it is up."""
    is_spent: bool = False
    """It has done again what was undone: its release means nothing more."""
    click_s: float | None = None
    """How long a stick has been down."""
    wants_home: bool = False
    """A short click, in this frame only."""
    wants_in: bool = False
    """A long one."""


def step_buttons(
    buttons: Buttons, left: Hand, right: Hand, dt_s: float
) -> tuple[Buttons, list[Intent]]:
    is_down = left.is_a_pressed or right.is_a_pressed
    is_clicked = left.is_stick_pressed or right.is_stick_pressed
    if not (is_down or is_clicked) and (buttons is UP or buttons == UP):
        return UP, []
    after = _clicked(buttons, is_clicked, dt_s)
    if not is_down:
        intents: list[Intent] = []
        if buttons.held_s is not None and not buttons.is_spent:
            intents.append(Undo())
        return changed(after, held_s=None, is_spent=False), intents
    held_s = 0.0 if buttons.held_s is None else buttons.held_s + dt_s
    if held_s >= LONG_S and not buttons.is_spent:
        return changed(after, held_s=held_s, is_spent=True), [Redo()]
    return changed(after, held_s=held_s), []


def _clicked(buttons: Buttons, is_down: bool, dt_s: float) -> Buttons:
    before_s = buttons.click_s
    if not is_down:
        is_short = before_s is not None and before_s < LONG_S
        return changed(buttons, click_s=None, wants_home=is_short, wants_in=False)
    click_s = 0.0 if before_s is None else before_s + dt_s
    is_long = before_s is not None and before_s < LONG_S <= click_s
    return changed(buttons, click_s=click_s, wants_home=False, wants_in=is_long)


UP = Buttons()
