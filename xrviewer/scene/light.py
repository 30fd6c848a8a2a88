"""The light that says a film is being made: whoever is in it sees it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xrviewer.scene.marks import NO_MARKS, Anchor, Label, Marks, joined, strokes
from xrviewer.spatial.transforms import Vec3, apply
from xrviewer.spatial.views import View
from xrviewer.words import tr

RED: Vec3 = (0.85, 0.05, 0.04)
VOICE: Vec3 = (0.95, 0.55, 0.02)
"""A second, amber light, below the red one: the microphone is on."""
_AWAY_M, _LETTER_SHARE, _BALL_SHARE, _LINE_SHARE = 0.9, 0.011, 0.008, 0.024
_ASIDE = 0.30
"""Tangents, to the right and up: in the corner of the eye, and in nobody's way."""
_UP = 0.27


@dataclass(frozen=True, slots=True)
class RecordingLight:
    """A film that is being made, or the blink of a shutter."""

    seconds: int = 0
    hears_voice: bool = False
    """The microphone is on."""


def recording_light(light: RecordingLight, views: tuple[View, ...]) -> Marks:
    if not views:
        return NO_MARKS
    places = np.mean([view.eye.position_m for view in views], axis=0)
    room_from_head = views[0].eye.matrix()
    room_from_head[:3, 3] = places
    at = (_ASIDE * _AWAY_M, _UP * _AWAY_M, -_AWAY_M)
    beside = (at[0] - 0.025, at[1], at[2])
    ball, text = (_vec3(apply(room_from_head, place)) for place in (at, beside))
    said = tr("filming {time}", time=f"{light.seconds // 60}:{light.seconds % 60:02d}")
    height_m, radius_m = _LETTER_SHARE * _AWAY_M, _BALL_SHARE * _AWAY_M
    labels = [Label(said, text, height_m, anchor=Anchor.RIGHT)]
    lights = [strokes(ball, ball, radius_m, RED, True)]
    if light.hears_voice:
        below = (0.0, -_LINE_SHARE * _AWAY_M, 0.0)
        ball, text = (_vec3(apply(room_from_head, np.add(on, below))) for on in (at, beside))
        labels.append(Label(tr("microphone on"), text, height_m, anchor=Anchor.RIGHT))
        lights.append(strokes(ball, ball, radius_m, VOICE, True))
    return Marks(tuple(labels), joined(lights))


def _vec3(point: object) -> Vec3:
    x, y, z = np.asarray(point, np.float64).tolist()
    return (x, y, z)
