"""A ready film, made in the middle of a session: a picture a frame at most, and none is dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from xrviewer.capture.furniture import dressed
from xrviewer.commands.film_eyes import FilmEyes
from xrviewer.commands.ready import Ready
from xrviewer.commands.recording import Pixels, Recorder
from xrviewer.commands.render import FRAMES_PER_S, TURNTABLE_S
from xrviewer.commands.shots import Shot, tour_shots, turntable_shots
from xrviewer.commands.stage import Stage
from xrviewer.commands.stills import told
from xrviewer.gpu.target import RenderTarget


class Making:
    """Whoever is there goes on meanwhile; what they do to the case shows in a turntable."""

    def __init__(self, stage: Stage, eyes: FilmEyes, recorder: Recorder, wanted: Ready) -> None:
        self._stage, self._eyes, self._recorder = stage, eyes, recorder
        aspect = recorder.width / recorder.height
        self._shots: Iterator[Shot] = (
            tour_shots(stage, aspect, FRAMES_PER_S)
            if wanted is Ready.TOUR
            else turntable_shots(stage, aspect, TURNTABLE_S * FRAMES_PER_S)
        )

    def __call__(self, target: RenderTarget) -> bool:
        """False when it is done."""
        if not self._recorder.has_room:
            return True
        shot = next(self._shots, None)
        if shot is None:
            return False
        picture = self._eyes.pictured(shot.draw, shot.view, target)
        self._recorder.add((picture,), self._dresser(shot))
        return True

    def _dresser(self, shot: Shot) -> Callable[[Pixels], Pixels]:
        said = told(self._stage, shot.draw, shot.view, self._recorder.height)
        said = replace(said, sentence=shot.sentence)
        return lambda picture: dressed(picture, said)
