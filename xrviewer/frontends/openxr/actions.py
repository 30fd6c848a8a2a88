"""Buttons, sticks and poses of two controllers, and their vibration."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import xr

from xrviewer.frontends.openxr import convert
from xrviewer.frontends.openxr.calls import NOT_FOCUSED, call, call_all, prepared
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.places import Places
from xrviewer.frontends.openxr.profiles import ACTIONS, Kind, offered
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import ButtonNames, Hand
from xrviewer.spatial.transforms import Pose

HANDS = ("left", "right")
_STATES = {
    Kind.BOOLEAN: (xr.ActionStateBoolean, "xrGetActionStateBoolean"),
    Kind.FLOAT: (xr.ActionStateFloat, "xrGetActionStateFloat"),
    Kind.VECTOR2: (xr.ActionStateVector2f, "xrGetActionStateVector2f"),
}


class Actions:
    """The one action set, attached to the session for its life."""

    def __init__(self, instance: Instance, session: Any) -> None:
        self._session = session
        self._users = tuple(instance.path(f"/user/hand/{hand}") for hand in HANDS)
        self._set = xr.create_action_set(
            instance.handle,
            xr.ActionSetCreateInfo(action_set_name="viewer", localized_action_set_name="Viewer"),
        )
        self._actions = {name: self._create(name) for name in ACTIONS}
        profiles = offered(instance.extensions)
        self.refused = tuple(p.path for p in profiles if not self._suggest(instance, p))
        self._profiles = {instance.path(p.path): p for p in profiles}
        attach = xr.SessionActionSetsAttachInfo(action_sets=[self._set])
        xr.attach_session_action_sets(session, attach)
        self._active = (xr.ActiveActionSet * 1)(xr.ActiveActionSet(self._set, 0))
        info = xr.ActionsSyncInfo(active_action_sets=self._active)
        self._sync = prepared("xrSyncActions", session, ctypes.byref(info))
        self._controllers = tuple(_Controller(session, self._actions, u) for u in self._users)
        self._asks = [ask for controller in self._controllers for ask in controller.asks]
        poses = [(self._actions[name], u) for u in self._users for name in ("grip", "aim")]
        spaces = (xr.ActionSpaceCreateInfo(*pose, xr.Posef()) for pose in poses)
        made = [xr.create_action_space(session, info) for info in spaces]
        self.places = Places(instance, session, made)

    def sync(self) -> bool:
        """False while the input belongs to another program, or to the runtime's own menu."""
        return call(self._sync) != NOT_FOCUSED

    def hands(self, room: Any, time_ns: int) -> tuple[Hand, Hand]:
        left_grip, left_aim, right_grip, right_aim = self.places.locate(room, time_ns)
        call_all(self._asks)
        left, right = self._controllers
        return left.read(left_grip, left_aim), right.read(right_grip, right_aim)

    def pulse(self, pulse: Pulse) -> None:
        """A short vibration; a runtime without one ignores it."""
        vibration = xr.HapticVibration(
            duration=int(pulse.duration_s * convert.NS_PER_S),
            frequency=0,  # as the controller does it best
            amplitude=pulse.amplitude,
        )
        info = xr.HapticActionInfo(self._actions["haptic"], self._users[pulse.hand])
        base = ctypes.cast(ctypes.pointer(vibration), ctypes.POINTER(xr.HapticBaseHeader))
        call(xr.raw_functions.xrApplyHapticFeedback, self._session, info, base)

    def profile(self, index: int) -> int:
        """Path of the interaction profile in use; 0 for none."""
        state = xr.get_current_interaction_profile(self._session, self._users[index])
        return int(state.interaction_profile)

    def name_buttons(self, profiles: tuple[int, int]) -> None:
        """After the controllers in the hands have changed: these are their profiles' paths."""
        for index, path in enumerate(profiles):
            known = self._profiles.get(path)
            self._controllers[index].names = known.names(index) if known else None

    def close(self) -> None:
        self.places.close()
        try:
            xr.destroy_action_set(self._set)
        except xr.XrException:
            pass  # lost with its instance

    def _create(self, name: str) -> Any:
        shown, kind = ACTIONS[name]
        return xr.create_action(
            self._set,
            xr.ActionCreateInfo(
                action_name=name,
                action_type=xr.ActionType(kind.value),
                subaction_paths=list(self._users),
                localized_action_name=shown,
            ),
        )

    def _suggest(self, instance: Instance, profile: Any) -> bool:
        """False when this runtime does not know a path: the other profiles still count."""
        suggested = [
            xr.ActionSuggestedBinding(self._actions[action], instance.path(path))
            for action, path in profile.bindings()
        ]
        try:
            xr.suggest_interaction_profile_bindings(
                instance.handle,
                xr.InteractionProfileSuggestedBinding(
                    interaction_profile=instance.path(profile.path),
                    suggested_bindings=suggested,
                ),
            )
        except xr.PathUnsupportedError:
            return False
        return True


class _Controller:
    """One hand's states, with the structures they are read into made once."""

    def __init__(self, session: Any, actions: dict[str, Any], user: int) -> None:
        self.names: ButtonNames | None = None
        self.asks: list[Callable[[], int]] = []
        """What reads them anew."""

        def state(name: str) -> Any:
            made, function = _STATES[ACTIONS[name][1]]
            info, found = xr.ActionStateGetInfo(actions[name], user), made()
            self.asks.append(prepared(function, session, ctypes.byref(info), ctypes.byref(found)))
            return found

        self._stick, self._stick_click = state("stick"), state("stick_click")
        self._squeeze, self._trigger = state("squeeze"), state("trigger")
        self._a, self._b = state("a"), state("b")

    def read(self, grip: Pose | None, aim: Pose | None) -> Hand:
        """As they were asked last. Buttons are neutral where an action is not active: the runtime
        zeroes them."""
        stick = self._stick.current_state
        return Hand(
            grip,
            aim,
            self._squeeze.current_state,
            self._trigger.current_state,
            (stick.x, stick.y),
            bool(self._stick_click.current_state),
            bool(self._a.current_state),
            bool(self._b.current_state),
            names=self.names,
        )
