"""The headset as a front-end: the loop's five calls on top of a session that may come and go."""

from __future__ import annotations

import time
from collections.abc import Callable

import xr

from xrviewer.errors import RuntimeUnavailable
from xrviewer.frontends.frontend import Frontend, Wait
from xrviewer.frontends.openxr import events
from xrviewer.frontends.openxr.bindings import needed_extensions
from xrviewer.frontends.openxr.convert import Clock
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.life import Duty
from xrviewer.frontends.openxr.reading import Reader
from xrviewer.frontends.openxr.session import Options, Session
from xrviewer.gpu import native
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.input import FrameInput, Pulse

RETRY_S = 1.0
"""Between two looks for a runtime or a headset."""
NAP_S = 0.01
"""How long an idle turn sleeps when no desk window paces it."""


class OpenXrFrontend:
    """Draws into the headset; into the desk window while there is no headset.

    The current OpenGL context is the caller's and outlives every session, and so do all the
    renderer's objects in it.
    """

    def __init__(
        self,
        options: Options | None = None,
        desk: Frontend | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self._options, self._desk, self._say = options or Options(), desk, say
        self._instance: Instance | None = None
        self._events: events.Events | None = None
        self._session: Session | None = None
        self._reader: Reader | None = None
        self._clock = Clock()
        self._is_frame_open = self._is_target_taken = self._is_recentred = False
        self._next_try_s, self._last_said = 0.0, ""

    # -- the loop's five calls -------------------------------------------------

    def wait(self) -> Wait:
        try:
            return self._wait()
        except xr.ErrorResult as error:
            return self._lost(error)

    def input(self) -> FrameInput:
        assert self._session is not None and self._reader is not None
        time_s, dt_s = self._clock.tick(self._session.display_ns)
        return self._reader.read(time_s, dt_s)

    def target(self) -> RenderTarget:
        assert self._session is not None
        self._is_target_taken = True
        return self._session.eyes.acquire()

    def feel(self, pulses: tuple[Pulse, ...]) -> None:
        assert self._session is not None
        for pulse in pulses:
            self._session.actions.pulse(pulse.hand, pulse.amplitude, pulse.duration_s)

    def present(self) -> None:
        session = self._session
        assert session is not None
        layers = []
        if self._is_target_taken:
            session.eyes.release()
            layers = [session.eyes.layer(session.room.handle, session.is_see_through)]
        self._is_frame_open = self._is_target_taken = False
        session.end_frame(layers)

    def close(self) -> None:
        self._drop()

    # -- the session's coming and going ----------------------------------------

    def _wait(self) -> Wait:
        if self._session is None and not self._found_headset():
            return self._idle()
        assert self._session is not None
        duty = self._take_events()
        if duty is Duty.QUIT:
            return Wait.QUIT
        if duty is Duty.RESTART:
            self._drop()
            return Wait.IDLE
        if not self._session.life.is_running:
            return self._idle()
        if self._session.begin_frame():
            self._is_frame_open = True
            return Wait.RUN
        self._session.end_frame([])
        return Wait.IDLE

    def _idle(self) -> Wait:
        time.sleep(NAP_S)
        return Wait.IDLE

    def _found_headset(self) -> bool:
        now_s = time.monotonic()
        if now_s < self._next_try_s:
            return False
        self._next_try_s = now_s + RETRY_S
        try:
            self._connect()
        except RuntimeUnavailable as problem:
            self._tell(str(problem))
            self._drop()
        return self._session is not None

    def _connect(self) -> None:
        if self._instance is None:
            self._instance = Instance(needed_extensions(native.current()))
            self._events = events.Events(self._instance.handle)
        system = self._instance.headset()
        if system is None:
            self._tell(f"no headset on {self._instance.runtime}; waiting for one")
            return
        self._session = Session(self._instance, system, self._options)
        self._reader = Reader(self._session)
        self._tell(f"headset: {self._instance.runtime}")

    def _take_events(self) -> Duty:
        """The last duty that the caller must see to; the others are done on the way."""
        assert self._events is not None and self._session is not None
        left = Duty.NOTHING
        for event in self._events.poll():
            match event:
                case events.StateChanged(state):
                    duty = self._session.on_state(state)
                    left = duty if duty in (Duty.RESTART, Duty.QUIT) else left
                case events.InstanceLossPending():
                    left = Duty.RESTART
                case events.Recentred():
                    self._is_recentred = True
                    self._session.room.recentre()
                case events.MaskChanged():
                    self._session.eyes.forget_mask()
                case events.ProfileChanged():
                    self._session.profiles_changed()
        return left

    def _lost(self, error: xr.ErrorResult) -> Wait:
        self._tell(f"the headset's session was lost ({error}); making another")
        self._drop()
        return Wait.IDLE

    def _drop(self) -> None:
        for owned in (self._session, self._instance):
            if owned is not None:
                owned.close()
        self._session = self._instance = self._events = self._reader = None
        self._is_frame_open = self._is_target_taken = False

    def _tell(self, line: str) -> None:
        """Each line once in a row: a missing headset is looked for every second."""
        if line != self._last_said:
            self._last_said = line
            self._say(line)
