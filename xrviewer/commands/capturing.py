"""Stills and films asked for while somebody looks: by a key at the desk, by the panel anywhere."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from xrviewer.app.inbox import Inbox
from xrviewer.capture.furniture import dressed
from xrviewer.capture.image import write_still
from xrviewer.capture.video import can_encode
from xrviewer.capture.voice import Microphone
from xrviewer.commands.film_eyes import FilmEyes
from xrviewer.commands.making import Making
from xrviewer.commands.preview import Preview
from xrviewer.commands.printing import say
from xrviewer.commands.ready import RECIPES, Ready, Recipe
from xrviewer.commands.recording import HEADSET_FILM, Filming, Recorder
from xrviewer.commands.signals import Signals
from xrviewer.commands.stage import Stage
from xrviewer.commands.stills import drawn, told
from xrviewer.errors import InputError, XrviewerError
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.preferences import Preferences
from xrviewer.panels.state import Capturing
from xrviewer.scene.light import RecordingLight
from xrviewer.spatial.film import Camera
from xrviewer.spatial.views import View
from xrviewer.words import tr

STILL_KEY, FILM_KEY = "v", "shift+v"
STILL_WIDTH = 3840
BLINK_S = 0.15


class Capturer:
    """Watches finished frames. Drawing a still takes the frame it is asked in; writing it does
    not. What becomes of it is told on the panel and in the terminal."""

    def __init__(
        self,
        stage: Stage,
        folder: Path,
        pulse: Callable[[Pulse], None],
        preferences: Preferences | None = None,
    ) -> None:
        """folder: made when the first file is."""
        self._stage, self._folder = stage, folder
        self._signals = Signals(pulse, preferences or Preferences())
        self._eyes = FilmEyes(stage)
        self._preview = Preview(stage, self._eyes)
        self._recorder: Recorder | None = None
        self._other: Recorder | None = None
        self._making: Making | None = None
        """What fills the recorder in place of the frames."""
        self._film: Path | None = None
        self._asked_stills, self._size = 0, HEADSET_FILM
        self._wants_film = False
        self._began_s, self._blinks_until_s = 0.0, -math.inf
        self._told, self._inbox = Capturing(can_film=can_encode()), Inbox()
        self._write_lock = threading.Lock()

    def __call__(self, target: RenderTarget) -> None:
        self._inbox.drain()
        app = self._stage.app
        self._eyes.see()
        self._preview(target)
        self._size = self._film_size(target)
        self._signals.count(self._panels.state.capture_held_s if self._panels else None)
        self._make_ready()
        is_still, wants_film = self._asked(app.shutter.keys)
        if is_still:
            self._take_still()
        if wants_film != self._wants_film:
            self._wants_film = wants_film
            self._start() if wants_film else self._stop()
        if self._recorder is not None:
            if self._making is None:
                self._recorder(target)
            if self._recorder.problem or (self._making and not self._making(target)):
                self._stop()
        app.shutter.is_closed = app.time_s < self._blinks_until_s
        self._tell()

    def go_with(self, recorder: Recorder | None, film: Filming) -> None:
        """Gives the film of a whole session its camera, and has its light shown; the panel's films
        begin with the same choices."""
        camera = film.camera
        if self._panels is not None:
            chosen = replace(self._panels.state, camera=camera, with_voice=film.has_voice)
            self._panels.state = chosen
        if recorder is None:
            return
        self._other, aspect = recorder, recorder.width / recorder.height

        def source(frame: RenderTarget) -> tuple[RenderTarget, ...]:
            is_desk = len(self._stage.app.views) == 1
            if is_desk and camera is Camera.EYE:
                return (frame,)
            return self._eyes.pictures(camera, frame, aspect)

        recorder.source = source

    def close(self) -> None:
        """Ends what is being filmed, and waits until every still is written."""
        self._stop()
        self._inbox.close()
        self._inbox.drain(math.inf)
        self._signals.close()
        self._preview.close()
        self._eyes.close()

    def _asked(self, keys: frozenset[str]) -> tuple[bool, bool]:
        """A still now; a film from now on. The panel's state and the keys are one control."""
        panels = self._panels
        is_still, wants_film = STILL_KEY in keys, self._wants_film != (FILM_KEY in keys)
        if panels is None:
            return is_still, wants_film
        state = panels.state
        if state.stills != self._asked_stills:
            self._asked_stills, is_still = state.stills, True
        if state.is_filming != self._wants_film and FILM_KEY not in keys:
            wants_film = state.is_filming
        return is_still, wants_film

    def _make_ready(self) -> None:
        """What the panel was asked for by its name."""
        asked = self._panels.state.ready if self._panels else ""
        if not asked or self._panels is None:
            return
        self._panels.state = replace(self._panels.state, ready="")
        if asked == Ready.REPORT_STILL:
            self._take_still(RECIPES[Ready.REPORT_STILL])
        elif self._recorder is None:
            self._wants_film = True
            self._begin(None, Ready(asked))

    def _take_still(self, recipe: Recipe | None = None) -> None:
        app, now_s = self._stage.app, self._stage.app.time_s
        view, (width, height) = self._view(recipe)
        draw = app.shutter.plain
        if view is None or draw is None:
            return
        draw = replace(draw, is_on_white=recipe is not None and recipe.is_on_white)
        picture = drawn(app.renderer, draw, view, (width, height))
        said = told(self._stage, draw, view, height)
        self._blinks_until_s = now_s + BLINK_S
        self._signals.click()
        self._inbox.submit(lambda: self._written(lambda: dressed(picture, said)), self._say)

    def _written(self, make: Callable[[], object]) -> str:
        try:
            with self._write_lock:  # two stills may not take one name
                file = next_file(self._folder, "still", ".png")
                write_still(make(), file)  # type: ignore[arg-type]
        except XrviewerError as error:
            return str(error)
        return tr("saved {file}", file=file.name)

    def _view(self, recipe: Recipe | None) -> tuple[View | None, tuple[int, int]]:
        width, height = recipe.size if recipe else self._size
        size = (width, height) if recipe else (STILL_WIDTH, round(STILL_WIDTH * height / width))
        camera = Camera.EYE if self._camera is Camera.EYE else Camera.ROOM
        return self._eyes.view(camera, width / height), size

    def _start(self) -> None:
        """A microphone is opened beside the frame: it takes its time."""
        if self._panels is not None and self._panels.state.with_voice:
            self._inbox.submit(_listening, self._begin)
        else:
            self._begin(None)

    def _begin(self, microphone: Microphone | str | None, ready: Ready | None = None) -> None:
        """With a microphone, or the reason why there is none. ready: a film of its own shots."""
        if isinstance(microphone, str):
            return self._refuse(microphone)
        if not self._wants_film:  # it was stopped before it could begin
            return microphone.close() if microphone else None
        size, camera = self._size, self._camera
        try:
            self._film = next_file(self._folder, "film", ".mp4")
            self._recorder = Recorder(self._stage, self._film, *size, microphone)
        except XrviewerError as error:
            return self._refuse(str(error))
        aspect, is_desk = size[0] / size[1], len(self._stage.app.views) == 1
        if ready is not None:
            self._making = Making(self._stage, self._eyes, self._recorder, ready)
        self._recorder.has_legend = is_desk and camera is Camera.ROOM
        self._recorder.source = lambda frame: self._eyes.pictures(camera, frame, aspect)
        self._began_s = self._stage.app.time_s
        self._change_panel(True)

    def _refuse(self, why: str) -> None:
        self._wants_film = False
        self._change_panel(False)
        self._say(why)

    def _stop(self) -> None:
        recorder, self._recorder, self._making = self._recorder, None, None
        self._wants_film, self._stage.app.shutter.light = False, None
        self._change_panel(False)
        if recorder is None or self._film is None:
            return
        try:
            recorder.close()
            self._told = replace(self._told, said=tr("saved {file}", file=self._film.name))
        except XrviewerError as error:
            self._say(str(error))

    def _tell(self) -> None:
        """The panel, and who is in the picture."""
        app, seconds = self._stage.app, None
        if self._recorder is not None:
            seconds = int(app.time_s - self._began_s)
            app.shutter.light = RecordingLight(seconds, self._recorder.hears_voice)
        elif self._other is not None and (len(app.views) > 1 or self._other.hears_voice):
            app.shutter.light = RecordingLight(self._other.seconds, self._other.hears_voice)
        hears_voice = self._recorder is not None and self._recorder.hears_voice
        self._told = replace(self._told, film_s=seconds, hears_voice=hears_voice)
        if app.panelling is not None:
            app.panelling.capturing = self._told

    def _say(self, line: str) -> None:
        say(line)
        self._told = replace(self._told, said=line)

    @property
    def _panels(self):  # type: ignore[no-untyped-def]
        panelling = self._stage.app.panelling
        return panelling.panels if panelling else None

    @property
    def _camera(self) -> Camera:
        return self._panels.state.camera if self._panels else Camera.EYE

    def _film_size(self, target: RenderTarget) -> tuple[int, int]:
        """An eye of a headset is nearly square and of any size; a film is not."""
        is_desk = len(self._stage.app.views) == 1
        return (target.width, max(target.height, 1)) if is_desk else HEADSET_FILM

    def _change_panel(self, is_filming: bool) -> None:
        if self._panels is not None:
            self._panels.state = replace(self._panels.state, is_filming=is_filming)


def _listening() -> Microphone | str:
    try:
        return Microphone()
    except XrviewerError as error:
        return str(error)


def captures_folder(case: Path) -> Path:
    """In the case where it is a folder, else beside the file."""
    return (case if case.is_dir() else case.parent) / "captures"


def next_file(folder: Path, word: str, suffix: str) -> Path:
    """The first number that is free. No date and no name of anybody is in it."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(folder, f"cannot be made: {error.strerror}") from error
    taken = {path.name for path in folder.iterdir()}
    number = 1
    while any(f"{word}-{number:03d}{suffix}{more}" in taken for more in ("", ".part")):
        number += 1
    return folder / f"{word}-{number:03d}{suffix}"
