"""Where the room is: the space all poses are given in."""

from __future__ import annotations

from typing import Any

import xr

from xrviewer.frontends.openxr import convert
from xrviewer.frontends.openxr.instance import Instance

EYE_HEIGHT_M = 1.2
"""Of a seated person, where no runtime tells where the floor is."""


def best_kind(offered: frozenset[int]) -> int:
    """Local-floor: the viewer starts at the origin, on the real floor. The stage's origin is
    the middle of the play area, which may lie behind a wall of the consulting room."""
    for kind in (xr.ReferenceSpaceType.LOCAL_FLOOR, xr.ReferenceSpaceType.LOCAL):
        if kind.value in offered:
            return int(kind.value)
    return int(xr.ReferenceSpaceType.STAGE.value)


class Room:
    """The reference space; made again when the floor under an emulated one moves."""

    def __init__(self, session: Any, instance: Instance) -> None:
        self._session = session
        offered = {int(k) for k in xr.enumerate_reference_spaces(session)}
        if not instance.has("XR_EXT_local_floor"):
            offered.discard(xr.ReferenceSpaceType.LOCAL_FLOOR.value)
        self._offered = frozenset(offered)
        self.kind = best_kind(self._offered)
        self.view: Any = self._space(xr.ReferenceSpaceType.VIEW.value)
        self.handle: Any = self._space(self.kind)
        self._is_floor_known = self.kind != xr.ReferenceSpaceType.LOCAL.value
        if not self._is_floor_known:
            self._lower(EYE_HEIGHT_M)

    def find_floor(self, time_ns: int) -> None:
        """Only an eye-level space has one to find: as far below it as the stage lies, if at all."""
        if self._is_floor_known or xr.ReferenceSpaceType.STAGE.value not in self._offered:
            return
        local = self._space(xr.ReferenceSpaceType.LOCAL.value)
        stage = self._space(xr.ReferenceSpaceType.STAGE.value)
        location = xr.locate_space(stage, local, time_ns)
        for space in (stage, local):
            xr.destroy_space(space)
        pose = convert.valid_pose(int(location._location_flags), location.pose)
        if pose is not None:
            self._lower(-pose.position_m[1])
            self._is_floor_known = True

    def recentre(self, kind: int) -> bool:
        """The runtime has moved a space's origin; true when it is this one's. A runtime tells it
        of each of its spaces. An emulated floor is looked for again whichever has moved."""
        self._is_floor_known = self.kind != xr.ReferenceSpaceType.LOCAL.value
        return kind == self.kind

    def close(self) -> None:
        for space in (self.handle, self.view):
            try:
                xr.destroy_space(space)
            except xr.XrException:
                pass  # lost with its session

    def _lower(self, height_m: float) -> None:
        xr.destroy_space(self.handle)
        self.handle = self._space(xr.ReferenceSpaceType.LOCAL.value, -height_m)

    def _space(self, kind: int, up_m: float = 0.0) -> Any:
        return xr.create_reference_space(
            self._session,
            xr.ReferenceSpaceCreateInfo(
                reference_space_type=xr.ReferenceSpaceType(kind),
                pose_in_reference_space=xr.Posef(position=(0.0, up_m, 0.0)),
            ),
        )
