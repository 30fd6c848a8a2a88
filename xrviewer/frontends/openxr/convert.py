"""The runtime's values to ours, and what of them can be believed. Pure; calls no runtime."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import xr
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import Fov

NS_PER_S = 1_000_000_000
ORIENTATION_VALID, POSITION_VALID = 1, 2
"""Bits of XrSpaceLocationFlags and XrViewStateFlags. The tracked bits may be off while these are
on: the runtime then infers (a controller behind the back), which is good enough to draw."""
BOTH_VALID = ORIENTATION_VALID | POSITION_VALID
MAX_DT_S = 0.1
"""After a pause the world goes on from where it was: no tool sees a step longer than this."""
MAX_NORM_ERROR = 0.01
_POSE, _LOCATION, _VIEW = struct.Struct("7f"), struct.Struct("=Q7f"), struct.Struct("=16x7f4f4x")
"""XrPosef; XrSpaceLocation from its flags on; XrView."""


def pose(raw: Any) -> Pose | None:
    """From an XrPosef; None when it holds no rotation or numbers that are not finite.

    Runtimes have been seen to set the valid bits over a zero quaternion in the first frames.
    """
    return pose_of(*_POSE.unpack_from(raw))


def pose_of(x: float, y: float, z: float, w: float, px: float, py: float, pz: float) -> Pose | None:
    """From an XrPosef's seven numbers, which cost less to unpack at once than to ask for."""
    norm = math.sqrt(x * x + y * y + z * z + w * w)
    if not abs(norm - 1.0) < MAX_NORM_ERROR or not math.isfinite(px + py + pz):
        return None
    return Pose((px, py, pz), (x / norm, y / norm, z / norm, w / norm))


def valid_pose(flags: int, raw: Any) -> Pose | None:
    return pose(raw) if flags & BOTH_VALID == BOTH_VALID else None


def located(location: Any) -> Pose | None:
    """From an XrSpaceLocation."""
    flags, *numbers = _LOCATION.unpack_from(location, xr.SpaceLocation._location_flags.offset)
    return pose_of(*numbers) if flags & BOTH_VALID == BOTH_VALID else None


def seen_by(views: Any) -> list[tuple[Pose | None, Fov | None]]:
    """From an array of XrView."""
    numbers = _VIEW.iter_unpack(views)
    return [(pose_of(*seen[:7]), usable_fov(*seen[7:])) for seen in numbers]


def raw_pose(known: Pose) -> xr.Posef:
    return xr.Posef(xr.Quaternionf(*known.rotation_xyzw), xr.Vector3f(*known.position_m))


@lru_cache(maxsize=8)
def usable_fov(left_rad: float, right_rad: float, up_rad: float, down_rad: float) -> Fov | None:
    """Some runtimes hand out zero angles until the headset's own are known; then they stay."""
    is_usable = left_rad < right_rad and down_rad < up_rad
    return Fov(left_rad, right_rad, up_rad, down_rad) if is_usable else None


def hidden_triangles(
    vertices: NDArray[np.float32], indices: NDArray[np.uint32]
) -> NDArray[np.float32]:
    """(N, 2) corners of the triangles the lens never shows, as tangents at z = -1.

    Empty when the runtime has no mask, or one that does not hang together.
    """
    is_whole = len(indices) and len(indices) % 3 == 0 and indices.max() < len(vertices)
    corners = vertices[indices] if is_whole else np.zeros((0, 2), np.float32)
    return np.ascontiguousarray(corners, np.float32)


def scaled_size(recommended: int, largest: int, scale: float) -> int:
    """Of a swapchain's side: the recommended size times a factor, even, within what is allowed."""
    wanted = round(recommended * scale / 2) * 2
    return max(2, min(wanted, largest))


def refresh_rate(offered: tuple[float, ...], wanted_hz: float) -> float | None:
    """The fastest that is not above the wanted one; else the slowest there is."""
    fitting = [rate for rate in offered if rate <= wanted_hz + 0.5]
    return max(fitting) if fitting else min(offered, default=None)


@dataclass(slots=True)
class Clock:
    """The runtime's display times, as seconds that never go back, also over a new session."""

    _last_ns: int | None = None
    _now_s: float = 0.0

    def tick(self, display_ns: int) -> tuple[float, float]:
        """(time_s, dt_s) of the frame that will be displayed then."""
        passed_ns = 0 if self._last_ns is None else display_ns - self._last_ns
        self._last_ns = display_ns
        return self.advance(passed_ns / NS_PER_S)

    def advance(self, passed_s: float) -> tuple[float, float]:
        """A frame that no headset showed."""
        dt_s = min(max(passed_s, 0.0), MAX_DT_S)
        self._now_s += dt_s
        return self._now_s, dt_s

    def now(self) -> tuple[float, float]:
        return self._now_s, 0.0
