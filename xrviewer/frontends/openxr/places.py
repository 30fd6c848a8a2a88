"""Where the spaces of the pose actions are: asked for together where the runtime can answer so."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Sequence
from typing import Any

import xr

from xrviewer.frontends.openxr import convert
from xrviewer.frontends.openxr.calls import call, call_all, prepared, prepared_extension
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.spatial.transforms import Pose

EXTENSION = "XR_KHR_locate_spaces"
_LOCATION = struct.Struct("=Q7f4x")
"""XrSpaceLocationDataKHR."""


class Places:
    """Some spaces of one session; owns them."""

    def __init__(self, instance: Instance, session: Any, spaces: Sequence[Any]) -> None:
        self.spaces = tuple(spaces)
        is_together = instance.has(EXTENSION)
        self._ask: _Together | _OneByOne = (
            _Together(instance, session, self.spaces) if is_together else _OneByOne(self.spaces)
        )

    def locate(self, room: Any, time_ns: int) -> list[Pose | None]:
        """In the order of the spaces."""
        return self._ask.locate(room, time_ns)

    def close(self) -> None:
        for space in self.spaces:
            try:
                xr.destroy_space(space)
            except xr.XrException:
                pass  # lost with its session


class _Together:
    """A runtime in another process is woken once instead of once a space."""

    def __init__(self, instance: Instance, session: Any, spaces: Sequence[Any]) -> None:
        count = len(spaces)
        self._found = (xr.SpaceLocationData * count)()
        handles = (xr.Space * count)(*spaces)
        self._info = xr.SpacesLocateInfo(space_count=count, spaces=handles)
        self._locations = xr.SpaceLocations(location_count=count, locations=self._found)
        self._room: Any = None
        self._locate = prepared_extension(
            instance.handle, "xrLocateSpacesKHR", session,
            ctypes.byref(self._info), ctypes.byref(self._locations),
        )  # fmt: skip

    def locate(self, room: Any, time_ns: int) -> list[Pose | None]:
        if room is not self._room:
            self._info.base_space = self._room = room
        self._info.time = time_ns
        call(self._locate)
        return [
            convert.pose_of(*pose) if flags & convert.BOTH_VALID == convert.BOTH_VALID else None
            for flags, *pose in _LOCATION.iter_unpack(self._found)
        ]


class _OneByOne:
    def __init__(self, spaces: Sequence[Any]) -> None:
        self._spaces = spaces
        self._time, self._locations = xr.Time(), [xr.SpaceLocation() for _ in spaces]
        self._asks: list[Callable[[], int]] = []
        self._room: Any = None

    def locate(self, room: Any, time_ns: int) -> list[Pose | None]:
        if room is not self._room:
            self._room = room
            self._asks = [
                prepared("xrLocateSpace", space, room, self._time, ctypes.byref(location))
                for space, location in zip(self._spaces, self._locations, strict=True)
            ]
        self._time.value = time_ns
        call_all(self._asks)
        return [convert.located(location) for location in self._locations]
