"""What is heard and felt of a capture: the count and the shutter."""

from __future__ import annotations

import math
from collections.abc import Callable

from xrviewer.capture.sounds import shutter, tick
from xrviewer.capture.speaker import Speaker
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.preferences import Preferences
from xrviewer.panels.state import COUNTDOWN_S

SHUTTER = (0.8, 0.05)
"""How strong and how long both hands feel a still."""
TICK = (0.3, 0.02)


class Signals:
    """As the person's settings want them; no frame waits for any."""

    def __init__(self, pulse: Callable[[Pulse], None], preferences: Preferences) -> None:
        self._pulse, self._is_felt = pulse, preferences.haptics
        self._speaker = Speaker(preferences.sound)
        self._tick, self._shutter = tick(), shutter()
        self._counted = 0

    def count(self, held_s: float | None) -> None:
        """Three, two, one, of a control that has been held so long."""
        left = 0 if held_s is None else math.ceil(COUNTDOWN_S - held_s)
        if left > 0 and left != self._counted:
            self._speaker.play(self._tick)
            self._feel(TICK)
        self._counted = left

    def click(self) -> None:
        self._speaker.play(self._shutter)
        self._feel(SHUTTER)

    def close(self) -> None:
        self._speaker.close()

    def _feel(self, how: tuple[float, float]) -> None:
        for hand in (0, 1) if self._is_felt else ():
            self._pulse(Pulse(hand, *how))
