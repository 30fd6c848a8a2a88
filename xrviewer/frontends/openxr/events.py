"""What the runtime tells between frames."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import xr

from xrviewer.frontends.openxr.calls import EVENT_UNAVAILABLE, call, prepared
from xrviewer.frontends.openxr.life import State


@dataclass(frozen=True, slots=True)
class StateChanged:
    state: State


@dataclass(frozen=True, slots=True)
class InstanceLossPending:
    pass


@dataclass(frozen=True, slots=True)
class Recentred:
    """The wearer or the runtime has moved the origin of one of the spaces."""

    kind: int
    """XrReferenceSpaceType"""


@dataclass(frozen=True, slots=True)
class ProfileChanged:
    """Other controllers, or hands instead of them."""


@dataclass(frozen=True, slots=True)
class MaskChanged:
    """The lens hides another part of the image."""


Event = StateChanged | InstanceLossPending | Recentred | ProfileChanged | MaskChanged

_KINDS: dict[int, type[InstanceLossPending | ProfileChanged | MaskChanged]] = {
    xr.StructureType.EVENT_DATA_INSTANCE_LOSS_PENDING.value: InstanceLossPending,
    xr.StructureType.EVENT_DATA_INTERACTION_PROFILE_CHANGED.value: ProfileChanged,
    xr.StructureType.EVENT_DATA_VISIBILITY_MASK_CHANGED_KHR.value: MaskChanged,
}
_BUFFER = xr.StructureType.EVENT_DATA_BUFFER.value
_SPACE_CHANGED = xr.StructureType.EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING.value
_STATE_CHANGED = xr.StructureType.EVENT_DATA_SESSION_STATE_CHANGED.value


class Events:
    """The queue of one instance; read into one buffer."""

    def __init__(self, instance: Any) -> None:
        self._buffer = xr.EventDataBuffer()
        self._poll = prepared("xrPollEvent", instance, ctypes.byref(self._buffer))

    def poll(self) -> Iterator[Event]:
        """All that have come; kinds we did not ask for are passed over."""
        while self._next():
            kind = self._buffer._type
            if kind == _STATE_CHANGED:
                change = self._as(xr.EventDataSessionStateChanged)
                yield StateChanged(State(change._state))
            elif kind == _SPACE_CHANGED:
                moved = self._as(xr.EventDataReferenceSpaceChangePending)
                yield Recentred(int(moved._reference_space_type))
            elif kind in _KINDS:
                yield _KINDS[kind]()

    def _as(self, structure: type[Any]) -> Any:
        return ctypes.cast(ctypes.pointer(self._buffer), ctypes.POINTER(structure)).contents

    def _next(self) -> bool:
        self._buffer._type = _BUFFER
        self._buffer._next = None
        return call(self._poll) != EVENT_UNAVAILABLE
