"""The headset alone as a front-end: the loop's five calls on a session that may come and go."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import xr

from xrviewer.errors import RuntimeUnavailable
from xrviewer.frontends.frontend import PanelPicture, Wait
from xrviewer.frontends.openxr import events
from xrviewer.frontends.openxr.bindings import needed_extensions
from xrviewer.frontends.openxr.convert import Clock
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.life import Duty
from xrviewer.frontends.openxr.pacing import FrameLog
from xrviewer.frontends.openxr.reading import Reader
from xrviewer.frontends.openxr.session import Options, Session
from xrviewer.gpu import native
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput
from xrviewer.scene.panels import Shown

RETRY_S = 1.0
"""Between two looks for a runtime or a headset."""


class Headset:
    """The current OpenGL context is the caller's and outlives every session.

    A session that ends or is lost is a pause: the loop gets one frame without hands and views, so
    that whatever was held is let go, and idles until there is another. wait() does not sleep then.
    """

    def __init__(
        self,
        options: Options,
        say: Callable[[str], None],
        hear: Callable[[str], None] | None = None,
    ) -> None:
        """say gets lines for the user; hear gets the runtime's own messages."""
        self._options, self._say, self._hear = options, say, hear
        self._instance: Instance | None = None
        self._events: events.Events | None = None
        self._session: Session | None = None
        self._reader: Reader | None = None
        self._target: RenderTarget | None = None
        self.clock, self.log = Clock(), FrameLog()
        self._is_frame_open = self._owes_neutral = self._is_recentred = False
        self._next_try_s, self._last_said = 0.0, ""

    # -- the loop's five calls -------------------------------------------------

    def wait(self) -> Wait:
        try:
            answer = self._turn()
        except xr.ErrorResult as error:
            answer = self._lost(error)
        return Wait.RUN if answer is Wait.IDLE and self._owes_neutral else answer

    def input(self) -> FrameInput:
        """Without views when there is nothing to draw; present() must follow all the same."""
        try:
            if self._session is not None and self._reader is not None and self._is_frame_open:
                return self._read(self._session, self._reader)
        except xr.ErrorResult as error:
            self._lost(error)
        self._owes_neutral = False
        return FrameInput(*self.clock.now(), views=())

    def target(self) -> RenderTarget:
        """Only for an input that has views."""
        assert self._target is not None
        return self._target

    def present(self) -> None:
        if self._session is None or not self._is_frame_open:
            return
        try:
            self._submit(self._session)
        except xr.ErrorResult as error:
            self._lost(error)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
        if self._instance is not None:
            self._instance.close()
        self._session = self._instance = self._events = self._reader = self._target = None
        self._is_frame_open = False
        self.log.paused()

    # -- beside the loop -------------------------------------------------------

    def pulse(self, pulse: Pulse) -> None:
        """A vibration of one controller; nothing where there is none."""
        if self._session is None or not self._session.life.is_focused:
            return
        try:
            self._session.actions.pulse(pulse)
        except xr.ErrorResult as error:
            self._lost(error)

    def show_panels(self, panels: tuple[PanelPicture, ...]) -> tuple[Shown, ...]:
        """While the input belongs to another program, what asks for hands is not seen."""
        session = self._session
        if session is None or not self.has_target:
            return (Shown.IN_SCENE,) * len(panels)
        is_focused = session.life.is_focused
        seen = [panel for panel in panels if is_focused or panel.is_sign]
        try:
            shown = iter(session.quads.show(tuple(seen), session.eyes.head_m))
        except xr.ErrorResult as error:
            self._lost(error)
            return (Shown.IN_SCENE,) * len(panels)
        return tuple(next(shown) if p in seen else Shown.NOWHERE for p in panels)

    @property
    def session(self) -> Session | None:
        return self._session

    @property
    def has_target(self) -> bool:
        """Between an input with views and its present()."""
        return self._target is not None

    # -- a frame ---------------------------------------------------------------

    def _turn(self) -> Wait:
        if self._session is None and not self._found():
            return Wait.IDLE
        assert self._session is not None
        duty = self._take_events(self._session)
        if duty is Duty.QUIT:
            return Wait.QUIT
        if duty is Duty.RESTART:
            self.close()
            return Wait.IDLE
        if not self._session.life.is_running:
            return Wait.IDLE
        return self._wait_frame(self._session)

    def _wait_frame(self, session: Session) -> Wait:
        if not session.wait_frame():
            session.begin_frame()
            session.end_frame([])  # nobody looks: frames must go on, but empty
            self.log.paused()
            return Wait.IDLE
        self.log.began(session.display_ns, session.period_ns)
        self._is_frame_open = True
        return Wait.RUN

    def _read(self, session: Session, reader: Reader) -> FrameInput:
        frame = reader.read(*self.clock.tick(session.display_ns), self._is_recentred)
        session.begin_frame()
        if frame.views:
            self._target = session.eyes.acquire()
        self._is_recentred, self._owes_neutral = False, True
        return frame

    def _submit(self, session: Session) -> None:
        layers: list[Any] = []
        if self._target is not None:
            session.eyes.release()
            layers = session.layers()
        self._target, self._is_frame_open = None, False
        session.end_frame(layers)
        self.log.ended()

    # -- coming and going ------------------------------------------------------

    def _found(self) -> bool:
        """Looks for a runtime and a headset, but not at every turn."""
        now_s = time.monotonic()
        if now_s < self._next_try_s:
            return False
        self._next_try_s = now_s + RETRY_S
        try:
            self._connect()
        except RuntimeUnavailable as problem:
            self._tell(f"{problem}; waiting for it")  # a connection that was made is kept
        except xr.ErrorResult as error:
            self._tell(f"the headset cannot be had now ({error}); waiting for it")
            self.close()
        return self._session is not None

    def _connect(self) -> None:
        if self._instance is None:
            self._instance = Instance(needed_extensions(native.current()), self._hear)
            self._events = events.Events(self._instance.handle)
        system = self._instance.require_headset()
        self._session = Session(self._instance, system, self._options)
        self._reader = Reader(self._session)
        hz = self._session.refresh_hz
        pace = f" at {hz:.0f} Hz" if hz else ""
        self._tell(f"showing in the headset of {self._instance.runtime}{pace}")

    def _take_events(self, session: Session) -> Duty:
        """All that have come; the duty that is left to the caller."""
        assert self._events is not None
        left = Duty.NOTHING
        for event in self._events.poll():
            match event:
                case events.StateChanged(state):
                    duty = session.on_state(state)
                    left = duty if duty in (Duty.RESTART, Duty.QUIT) else left
                case events.InstanceLossPending():
                    left = Duty.RESTART
                case events.Recentred(kind):
                    self._is_recentred |= session.room.recentre(kind)
                case events.MaskChanged():
                    session.eyes.forget_mask()
                case events.ProfileChanged():
                    session.profiles_changed()
        return left

    def _lost(self, error: xr.ErrorResult) -> Wait:
        self._tell(f"the headset's session was lost ({error}); waiting for it")
        self.close()
        return Wait.IDLE

    def _tell(self, line: str) -> None:
        """Each line once in a row: a missing headset is looked for every second."""
        if line != self._last_said:
            self._last_said = line
            self._say(line)
