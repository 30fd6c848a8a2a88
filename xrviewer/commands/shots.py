"""What a made film shows, picture by picture: once around, or a case's tour with its captions."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.tour import TourStep
from xrviewer.commands.stage import Stage, room_bounds_m
from xrviewer.document.intents import Intent, Isolate, ShowAll
from xrviewer.errors import UsageError
from xrviewer.scene.build import Scene
from xrviewer.scene.draw import DrawData
from xrviewer.spatial.cameras import named_view, turntable
from xrviewer.spatial.film import eased, flown
from xrviewer.spatial.transforms import Vec3, apply
from xrviewer.spatial.views import View
from xrviewer.words import tr

FLIGHT_S = 1.8
LEAST_S, LOOK_S, LETTERS_PER_S = 3.5, 1.2, 16.0
"""A sentence stays for a look and for as long as it takes to read."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture."""

    draw: DrawData
    view: View
    sentence: str = ""


def turntable_shots(stage: Stage, aspect: float, count: int) -> Iterator[Shot]:
    """Of what the stage's last frame showed; its first shot is asked for after a frame."""
    bounds = room_bounds_m(stage.case, stage.app.document.snapshot)
    for view in turntable(*bounds, aspect, count):
        draw = stage.app.shutter.plain
        assert draw is not None, "a frame comes before its picture"
        yield Shot(draw, view)


def tour_length(stage: Stage, frames_per_s: int) -> int:
    """In pictures. Raises UsageError for a case that has no tour."""
    if not stage.case.tour:
        raise UsageError(f"{stage.case.id}: the case has no tour to film: its manifest lists none")
    flights = (len(stage.case.tour) - 1) * round(FLIGHT_S * frames_per_s)
    return flights + sum(_stays(step, frames_per_s) for step in stage.case.tour)


def tour_shots(stage: Stage, aspect: float, frames_per_s: int) -> Iterator[Shot]:
    """Each step is looked at for as long as its sentence takes; between two of them the camera
    flies, and what is shown fades. The session itself is left as it is."""
    stops = [_stop(stage, step, aspect, i) for i, step in enumerate(stage.case.tour)]
    steps, fades = len(stops), itertools.count(-steps_numbered(len(stops)), -1)
    for i, stop in enumerate(stops):
        for _ in range(_stays(stop.step, frames_per_s)):
            yield Shot(stop.draw, stop.view, tr(stop.step.sentence))
        if i + 1 < steps:
            yield from _flight(stop, stops[i + 1], round(FLIGHT_S * frames_per_s), fades)


def steps_numbered(count: int) -> int:
    """Revisions below 0 are nobody else's: -1 for the first step, and so on, then the fades."""
    return count + 1


@dataclass(frozen=True, slots=True, eq=False)
class _Stop:
    step: TourStep
    draw: DrawData
    view: View
    center_m: Vec3


def _stop(stage: Stage, step: TourStep, aspect: float, number: int) -> _Stop:
    shown: Intent = Isolate(step.layers) if step.layers else ShowAll()
    snapshot = stage.app.document.preview((shown,))
    draw = replace(Scene(stage.case).build(snapshot), revision=-1 - number)
    low, high = _bounds_m(draw)
    x, y, z = ((low + high) / 2).tolist()
    return _Stop(step, draw, named_view(step.view, low, high, aspect), (x, y, z))


def _bounds_m(draw: DrawData) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of what is seen, in the room; of everything where nothing is."""
    is_seen = draw.parts["color"][:, 3] > 0
    parts = draw.surfaces.parts[is_seen] if is_seen.any() else draw.surfaces.parts
    low_mm, high_mm = parts["min_mm"].min(axis=0), parts["max_mm"].max(axis=0)
    corners = np.array(np.meshgrid(*zip(low_mm, high_mm, strict=True))).reshape(3, -1).T
    in_room = apply(draw.room_from_case, corners)
    return in_room.min(axis=0), in_room.max(axis=0)


def _stays(step: TourStep, frames_per_s: int) -> int:
    seconds = max(LEAST_S, LOOK_S + len(tr(step.sentence)) / LETTERS_PER_S)
    return round(seconds * frames_per_s)


def _flight(start: _Stop, end: _Stop, count: int, fades: Iterator[int]) -> Iterator[Shot]:
    """The sentence comes with its step, in the second half."""
    for i in range(1, count + 1):
        share = eased(i / (count + 1))
        view = flown(start.view, start.center_m, end.view, end.center_m, share)
        sentence = tr((start if i <= count / 2 else end).step.sentence)
        yield Shot(_faded(start.draw, end.draw, share, next(fades)), view, sentence)


def _faded(start: DrawData, end: DrawData, share: float, revision: int) -> DrawData:
    parts = end.parts.copy()
    before, after = start.parts["color"][:, 3], end.parts["color"][:, 3]
    parts["color"][:, 3] = before * (1 - share) + after * share
    return replace(end, parts=parts, revision=revision)
