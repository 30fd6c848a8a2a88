"""What points at a panel, whatever plays it: a ray, a finger or the mouse of a desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PanelPointer:
    """In one frame. The same value from every device, so a panel cannot tell them apart."""

    at: tuple[float, float] | None = None
    """Share of the panel's width and height, from its upper left; None when nothing points."""
    is_pressed: bool = False
    scroll: float = 0.0
    """Notches, up is positive."""
    typed: str = ""
    edits: frozenset[str] = frozenset()
    """Editing keys that went down: 'backspace', 'enter', 'escape', 'left', 'right'."""


NO_POINTER = PanelPointer()


@dataclass(frozen=True, slots=True)
class Desk:
    """The window a frame is for. Its panels are docked at its edge, not put in the room."""

    width: int
    height: int
    """In the units of the mouse."""
    pixel_ratio: float
    """Pixels of the picture in one of those units."""
    pointer: tuple[float, float] | None = None
    """In those units, from the upper left; None outside of the window."""
    is_pressed: bool = False
    """The left button, when it went down on the panels."""
    scroll: float = 0.0
    """Of the wheel over the panels."""
    typed: str = ""
    edits: frozenset[str] = frozenset()
