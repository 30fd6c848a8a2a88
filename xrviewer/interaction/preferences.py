"""What a person has set once for every case: handedness, comfort, what is shown."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.words import AUTO


@dataclass(frozen=True, slots=True)
class Preferences:
    """Kept in the settings file, never in a session."""

    left_handed: bool = False
    """The left hand points and walks, the right one spins the model."""
    one_handed: bool = False
    """A handle over the model scales it with a single hand."""
    visitor_lock: bool = False
    """Only grab and point: nothing a guest does by accident changes more than the view."""
    seated: bool = False
    """The model comes at chest height instead of table height."""
    walk: bool = True
    """The dominant hand's stick walks."""
    snap_turn: bool = False
    """The same stick turns the viewer by 30 degrees a flick, left and right."""
    vignette: bool = True
    """The edge of sight darkens while walking."""
    haptics: bool = True
    sound: bool = True
    """A count and a shutter are heard when a picture is taken."""
    letters: bool = True
    """R/L, A/P and S/I stand around the model."""
    readout: bool = True
    """The scale and a scale bar stand beside the model while it changes."""
    hints: bool = True
    """What a button does is written beside it."""
    text_size: float = 1.0
    """Of everything written in the room; 0.5 to 3."""
    language: str = AUTO
    """Of everything written in the viewer: en, de, ...; auto is the machine's."""

    @property
    def dominant(self) -> int:
        """0 is the left hand, 1 the right one."""
        return 0 if self.left_handed else 1
