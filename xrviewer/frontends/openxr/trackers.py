"""Hand joints from the runtime, where it tracks hands."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import xr
from numpy.typing import NDArray

from xrviewer.frontends.openxr import hands
from xrviewer.frontends.openxr.calls import call, extension_function
from xrviewer.frontends.openxr.instance import Instance

EXTENSION = "XR_EXT_hand_tracking"
_SIDES = (xr.HandEXT.LEFT, xr.HandEXT.RIGHT)


class HandTrackers:
    """Both hands' trackers; none where the runtime or the headset cannot."""

    def __init__(self, instance: Instance, session: Any) -> None:
        self._trackers = [_Tracker(instance, session, side) for side in _SIDES]

    def joints(self, index: int, room: Any, time_ns: int) -> NDArray[np.float32] | None:
        return self._trackers[index].joints(room, time_ns)

    def close(self) -> None:
        for tracker in self._trackers:
            tracker.close()


def hand_trackers(instance: Instance, system: int, session: Any) -> HandTrackers | None:
    """None where the runtime has no hand tracking or the headset's is off."""
    if not instance.has(EXTENSION):
        return None
    found = xr.SystemHandTrackingPropertiesEXT()
    properties = xr.SystemProperties(next=ctypes.cast(ctypes.pointer(found), ctypes.c_void_p))
    call(xr.raw_functions.xrGetSystemProperties, instance.handle, system, properties)
    return HandTrackers(instance, session) if found.supports_hand_tracking else None


class _Tracker:
    def __init__(self, instance: Instance, session: Any, side: Any) -> None:
        self._locate = extension_function(instance.handle, "xrLocateHandJointsEXT")
        self._destroy = extension_function(instance.handle, "xrDestroyHandTrackerEXT")
        self._handle = xr.HandTrackerEXT()
        create = extension_function(instance.handle, "xrCreateHandTrackerEXT")
        info = xr.HandTrackerCreateInfoEXT(hand=side, hand_joint_set=xr.HandJointSetEXT.DEFAULT)
        call(create, session, info, self._handle)
        self._raw = (xr.HandJointLocationEXT * hands.JOINT_COUNT)()
        self._seen = np.frombuffer(self._raw, hands.RAW_JOINT)
        self._locations = xr.HandJointLocationsEXT(joint_locations=self._raw)
        self._info = xr.HandJointsLocateInfoEXT()
        self._locate.argtypes = None  # the arguments are made once, and are what it wants
        self._arguments = (
            self._handle, ctypes.byref(self._info), ctypes.byref(self._locations),
        )  # fmt: skip

    def joints(self, room: Any, time_ns: int) -> NDArray[np.float32] | None:
        self._info.base_space, self._info.time = room, time_ns
        call(self._locate, *self._arguments)
        return hands.joints(self._seen) if self._locations.is_active else None

    def close(self) -> None:
        self._destroy(self._handle)  # an error means that it was lost with its session
