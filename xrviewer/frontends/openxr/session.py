"""One session with a headset: what is made with it, and its frames."""

from __future__ import annotations

import ctypes
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import xr

from xrviewer.frontends.openxr import problems
from xrviewer.frontends.openxr.actions import Actions
from xrviewer.frontends.openxr.bindings import graphics_binding
from xrviewer.frontends.openxr.blend import Way, chosen_blend
from xrviewer.frontends.openxr.calls import call, extension_function, prepared
from xrviewer.frontends.openxr.ending import FrameEnd
from xrviewer.frontends.openxr.eyes import Eyes
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.life import Duty, Life, State
from xrviewer.frontends.openxr.passthrough import FbPassthrough, is_supported
from xrviewer.frontends.openxr.quads import Quads, layers_allowed, quads_allowed
from xrviewer.frontends.openxr.refresh import choose_refresh_rate
from xrviewer.frontends.openxr.spaces import Room
from xrviewer.frontends.openxr.trackers import hand_trackers
from xrviewer.gpu import native

HAND_PROFILE = "/interaction_profiles/ext/hand_interaction_ext"
STEREO = xr.ViewConfigurationType.PRIMARY_STEREO


@dataclass(frozen=True, slots=True)
class Options:
    """What the user may choose of the headset."""

    render_scale: float = 1.0
    """Of the recommended size of an eye's image, each side."""
    refresh_hz: float = 90.0
    is_passthrough: bool = False


class Session:
    """Made whole or not at all; close() frees everything, in reverse."""

    display_ns = period_ns = 0
    """When the frame in hand will be seen, and how long after the one before."""
    are_bare = (False, False)
    """Where the runtime plays controller with the bare hand's fingers: left, right."""
    is_see_through = False
    """The real room is behind the case: nothing else may be drawn there."""

    def __init__(self, instance: Instance, system: int, options: Options) -> None:
        self.life = Life()
        self.instance = instance
        self._hand_profile = instance.path(HAND_PROFILE)
        self._state = xr.FrameState()
        with ExitStack() as stack:
            self.handle = _created(instance, system)
            stack.callback(self._destroy)
            state = ctypes.byref(self._state)
            self._wait = prepared("xrWaitFrame", self.handle, None, state)
            self._begin = prepared("xrBeginFrame", self.handle, None)
            modes = xr.enumerate_environment_blend_modes(instance.handle, system, STEREO)
            self.blend, self.way = chosen_blend(
                tuple(modes), is_supported(instance, system), options.is_passthrough
            )
            self.is_see_through = self.way is not Way.NONE
            allowed = layers_allowed(instance, system)
            self._end = FrameEnd(self.handle, self.blend, allowed)
            self.passthrough = None
            if self.way is Way.FB_LAYER:
                self.passthrough = FbPassthrough(instance, self.handle)
                stack.callback(self.passthrough.close)
            self.room = Room(self.handle, instance)
            stack.callback(self.room.close)
            self.actions = Actions(instance, self.handle)
            stack.callback(self.actions.close)
            self.trackers = hand_trackers(instance, system, self.handle)
            if self.trackers is not None:
                stack.callback(self.trackers.close)
            self.eyes = Eyes(instance, system, self.handle, STEREO, options.render_scale)
            stack.callback(self.eyes.close)
            runtime = problems.named_runtime(instance.runtime)
            self.quads = Quads(self.handle, quads_allowed(runtime, self.way, allowed))
            stack.callback(self.quads.close)
            self.refresh_hz: float | None = None
            """As it was asked for; None where the headset has no choice."""
            if instance.has("XR_FB_display_refresh_rate"):
                wanted_hz = options.refresh_hz
                self.refresh_hz = choose_refresh_rate(instance, self.handle, wanted_hz)
            self._owned = stack.pop_all()

    def close(self) -> None:
        self._owned.close()

    def on_state(self, state: State) -> Duty:
        """Does what the runtime is owed and returns what is left for the caller."""
        self.life, duty = self.life.on(state)
        if duty is Duty.BEGIN:
            begin = xr.SessionBeginInfo(primary_view_configuration_type=STEREO)
            call(xr.raw_functions.xrBeginSession, self.handle, begin)
        elif duty is Duty.END:
            call(xr.raw_functions.xrEndSession, self.handle)
        return duty

    def profiles_changed(self) -> None:
        left, right = self.actions.profile(0), self.actions.profile(1)
        self.are_bare = (left == self._hand_profile, right == self._hand_profile)
        self.actions.name_buttons((left, right))

    def wait_frame(self) -> bool:
        """Sleeps until the runtime wants a frame; false when nobody will see it."""
        call(self._wait)
        self.display_ns = self._state.predicted_display_time
        self.period_ns = self._state.predicted_display_period
        self.room.find_floor(self.display_ns)
        return bool(self._state.should_render)

    def begin_frame(self) -> None:
        """After the input was read: drawing starts here."""
        call(self._begin)

    def layers(self) -> list[Any]:
        """Of the picture just released: the farthest back first."""
        room, behind = self.room.handle, self.quads.is_anything_behind
        picture = self.eyes.layer(self.is_see_through, behind)
        real = [] if self.passthrough is None else [self.passthrough.layer]
        return [*real, *self.quads.layers(room), picture]

    def end_frame(self, layers: list[Any]) -> None:
        """Must follow every wait and begin, with no layers when there is nothing to show."""
        self._end.submit(self.display_ns, layers)

    def _destroy(self) -> None:
        try:
            xr.destroy_session(self.handle)
        except xr.XrException:
            pass  # lost with its service: there is nothing left to destroy


def _created(instance: Instance, system: int) -> Any:
    held = native.current()
    _check_version(instance, system)
    binding = graphics_binding(held)
    try:
        return xr.create_session(
            instance.handle, xr.SessionCreateInfo(system_id=system, next=binding)
        )
    except (xr.GraphicsDeviceInvalidError, xr.InitializationFailedError) as error:
        runtime = problems.named_runtime(instance.runtime)
        raise problems.unavailable(problems.Problem.GRAPHICS, runtime, str(error)) from error


def _check_version(instance: Instance, system: int) -> None:
    """The specification wants the question asked before a session is made."""
    needs = xr.GraphicsRequirementsOpenGLKHR()
    ask = extension_function(instance.handle, "xrGetOpenGLGraphicsRequirementsKHR")
    call(ask, instance.handle, system, needs)
    least, have = needs.min_api_version_supported, native.gl_version()
    if have < (least.major, least.minor):
        runtime = problems.named_runtime(instance.runtime)
        detail = f"it wants {least.major}.{least.minor}, the driver has {have[0]}.{have[1]}"
        raise problems.unavailable(problems.Problem.GRAPHICS, runtime, detail)
