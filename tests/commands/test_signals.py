"""Three, two, one, and the shutter: as the person's settings want them."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from xrviewer.capture.sounds import Samples
from xrviewer.capture.speaker import Speaker
from xrviewer.commands.signals import SHUTTER, TICK, Signals
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.preferences import Preferences


def counted(preferences: Preferences, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Pulse], int]:
    """What a whole count was felt as, and how many sounds were asked for that could be heard."""
    felt: list[Pulse] = []
    played: list[Samples] = []

    def play(self: Speaker, sound: Samples) -> None:
        if self._is_on:
            played.append(sound)

    monkeypatch.setattr(Speaker, "play", play)
    with closing(Signals(felt.append, preferences)) as signals:
        for held_s in (None, *np.arange(0.0, 3.4, 0.05).tolist(), None):
            signals.count(held_s)
        signals.click()
    return felt, len(played)


def test_each_second_is_heard_and_felt_once_then_the_shutter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    felt, heard = counted(Preferences(), monkeypatch)
    assert [(p.amplitude, p.duration_s) for p in felt] == 2 * 3 * [TICK] + 2 * [SHUTTER]
    assert heard == 4


def test_settings_turn_either_off(monkeypatch: pytest.MonkeyPatch) -> None:
    felt, heard = counted(Preferences(haptics=False), monkeypatch)
    assert (felt, heard) == ([], 4)
    felt, heard = counted(Preferences(sound=False), monkeypatch)
    assert len(felt) == 8 and heard == 0
