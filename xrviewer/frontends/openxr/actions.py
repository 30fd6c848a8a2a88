"""Buttons, sticks and poses of two controllers, and their vibration."""

from __future__ import annotations

import ctypes
from typing import Any

import xr

from xrviewer.frontends.openxr import convert
from xrviewer.frontends.openxr.calls import NOT_FOCUSED, call
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.profiles import ACTIONS, Kind, offered
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import Pose

HANDS = ("left", "right")
_STATES = {
    Kind.BOOLEAN: (xr.ActionStateBoolean, xr.raw_functions.xrGetActionStateBoolean),
    Kind.FLOAT: (xr.ActionStateFloat, xr.raw_functions.xrGetActionStateFloat),
    Kind.VECTOR2: (xr.ActionStateVector2f, xr.raw_functions.xrGetActionStateVector2f),
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
        attach = xr.SessionActionSetsAttachInfo(action_sets=[self._set])
        xr.attach_session_action_sets(session, attach)
        self._active = (xr.ActiveActionSet * 1)(xr.ActiveActionSet(self._set, 0))
        self._sync_info = xr.ActionsSyncInfo(active_action_sets=self._active)
        self._controllers = tuple(_Controller(session, self._actions, u) for u in self._users)

    def sync(self) -> bool:
        """False while the input belongs to another program, or to the runtime's own menu."""
        result = call(xr.raw_functions.xrSyncActions, self._session, self._sync_info)
        return result is not NOT_FOCUSED

    def hand(self, index: int, room: Any, time_ns: int) -> Hand:
        return self._controllers[index].read(room, time_ns)

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

    def close(self) -> None:
        for controller in self._controllers:
            controller.close()
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
    """One hand's states and spaces, with the structures they are read into made once."""

    def __init__(self, session: Any, actions: dict[str, Any], user: int) -> None:
        self._session = session
        self._states = {
            name: (
                _STATES[kind][1],
                xr.ActionStateGetInfo(actions[name], user),
                _STATES[kind][0](),
            )
            for name, (_, kind) in ACTIONS.items()
            if kind in _STATES
        }
        self._spaces = {
            name: xr.create_action_space(
                session, xr.ActionSpaceCreateInfo(actions[name], user, xr.Posef())
            )
            for name, (_, kind) in ACTIONS.items()
            if kind is Kind.POSE
        }
        self._location = xr.SpaceLocation()

    def read(self, room: Any, time_ns: int) -> Hand:
        stick = self._state("stick")
        return Hand(
            grip=self._pose("grip", room, time_ns),
            aim=self._pose("aim", room, time_ns),
            squeeze=self._state("squeeze").current_state,
            trigger=self._state("trigger").current_state,
            stick=(stick.current_state.x, stick.current_state.y),
            is_stick_pressed=bool(self._state("stick_click").current_state),
            is_a_pressed=bool(self._state("a").current_state),
            is_b_pressed=bool(self._state("b").current_state),
        )

    def close(self) -> None:
        for space in self._spaces.values():
            try:
                xr.destroy_space(space)
            except xr.XrException:
                pass  # lost with its session

    def _state(self, name: str) -> Any:
        """Neutral when the action is not active: the runtime zeroes it."""
        function, info, state = self._states[name]
        call(function, self._session, info, state)
        return state

    def _pose(self, name: str, room: Any, time_ns: int) -> Pose | None:
        location = self._location
        call(xr.raw_functions.xrLocateSpace, self._spaces[name], room, time_ns, location)
        return convert.valid_pose(location._location_flags, location.pose)
