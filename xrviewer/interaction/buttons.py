"""Buttons that act at once: A or X takes back, held it does again; a stick's click brings the model
home."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xrviewer.document.intents import Intent, Redo, Undo
from xrviewer.interaction.input import Hand

REDO_AFTER_S = 0.6


@dataclass(frozen=True, slots=True)
class Buttons:
    """Of both hands together: either one's button is the button."""

    held_s: float | None = None
    """How long A or X has been down; None while it is up."""
    is_spent: bool = False
    """It has done again what was undone: its release means nothing more."""
    is_stick_down: bool = False
    wants_home: bool = False
    """In this frame only."""


def step_buttons(
    buttons: Buttons, left: Hand, right: Hand, dt_s: float
) -> tuple[Buttons, list[Intent]]:
    if buttons == _UP and not any(map(_is_any_pressed, (left, right))):
        return buttons, []
    is_down = left.is_a_pressed or right.is_a_pressed
    is_stick_down = left.is_stick_pressed or right.is_stick_pressed
    wants_home = is_stick_down and not buttons.is_stick_down
    after = replace(buttons, is_stick_down=is_stick_down, wants_home=wants_home)
    if not is_down:
        intents: list[Intent] = []
        if buttons.held_s is not None and not buttons.is_spent:
            intents.append(Undo())
        return replace(after, held_s=None, is_spent=False), intents
    held_s = 0.0 if buttons.held_s is None else buttons.held_s + dt_s
    if held_s >= REDO_AFTER_S and not buttons.is_spent:
        return replace(after, held_s=held_s, is_spent=True), [Redo()]
    return replace(after, held_s=held_s), []


def _is_any_pressed(hand: Hand) -> bool:
    return hand.is_a_pressed or hand.is_stick_pressed


_UP = Buttons()
