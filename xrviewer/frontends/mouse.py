"""Mouse and keys of a desk: an orbiting eye, and hands played by the pointer.

Left drag turns the eye about the model, middle or shift+left drag moves it sideways, the wheel
goes nearer. A right drag is a squeezing right hand: it takes the model itself. With ctrl a left
hand mirrors the right one about the middle of the window, so that a drag turns and scales.
A left click is the trigger; shift+right drag holds it, and so takes a part out or moves what the
tool moves; with ctrl too it turns the wrist instead, where the hand is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from xrviewer.interaction.input import Hand
from xrviewer.spatial.cameras import FLAT_FOV_RAD, orbit_pose
from xrviewer.spatial.transforms import (
    Pose,
    Quat,
    Vec3,
    apply_direction,
    axis_rotation,
    quaternion,
    turned,
)
from xrviewer.spatial.views import Fov, View, looking_at

LEFT, RIGHT, MIDDLE = 0, 1, 2
_TURN_RAD_PER_PIXEL = 0.006
_MAX_PITCH_RAD = math.radians(88)
_ZOOM_PER_NOTCH = 0.88
_MIN_DISTANCE_M, _MAX_DISTANCE_M = 0.01, 60.0
_CLICK_MAX_PIXELS = 4.0


@dataclass(frozen=True, slots=True)
class Orbit:
    """Where the eye of the window is."""

    target_m: Vec3
    yaw_rad: float
    pitch_rad: float
    distance_m: float

    def eye(self) -> Pose:
        return orbit_pose(self.target_m, self.yaw_rad, self.pitch_rad, self.distance_m)

    def turned(self, right_px: float, down_px: float) -> Orbit:
        pitch = self.pitch_rad + down_px * _TURN_RAD_PER_PIXEL
        return replace(
            self,
            yaw_rad=self.yaw_rad - right_px * _TURN_RAD_PER_PIXEL,
            pitch_rad=min(max(pitch, -_MAX_PITCH_RAD), _MAX_PITCH_RAD),
        )

    def panned(self, right_px: float, down_px: float, height_px: int) -> Orbit:
        """What lies at the target stays under the pointer."""
        metres = 2 * self.distance_m * math.tan(FLAT_FOV_RAD / 2) / max(1, height_px)
        shift = apply_direction(self.eye().matrix(), (-right_px * metres, down_px * metres, 0))
        x, y, z = (float(t + s) for t, s in zip(self.target_m, shift, strict=True))
        return replace(self, target_m=(x, y, z))

    def zoomed(self, notches: float) -> Orbit:
        distance = self.distance_m * _ZOOM_PER_NOTCH**notches
        return replace(self, distance_m=min(max(distance, _MIN_DISTANCE_M), _MAX_DISTANCE_M))


@dataclass(slots=True)
class Mouse:
    """What the window system last told; turned into an eye and two hands each frame."""

    orbit: Orbit
    width: int = 1
    height: int = 1
    pointer_px: tuple[float, float] | None = None
    held: int | None = None
    is_shift: bool = False
    is_ctrl: bool = False
    reach_m: float | None = None
    """How far away the simulated hand holds; None when it holds nothing."""
    is_taking: bool = False
    """It holds by the trigger, a part, not by the grip, the model."""
    wrist_px: tuple[float, float] = (0.0, 0.0)
    """What of the way the pointer went while the wrist was turned."""
    clicked: bool = False
    moved_px: float = 0.0
    dock: float = 0.0
    """Width of the panels at the left edge; what begins there is theirs."""
    is_dock_pressed: bool = False
    was_dock_pressed: bool = False
    """Since the last look: a click may be over before the next frame."""
    dock_scroll: float = 0.0

    @property
    def is_on_dock(self) -> bool:
        return self.pointer_px is not None and self.pointer_px[0] < self.dock

    def take_dock(self) -> tuple[bool, float]:
        """Whether the button is down on the panels, and the wheel over them since the last time."""
        is_pressed = self.is_dock_pressed or self.was_dock_pressed
        scroll, self.dock_scroll = self.dock_scroll, 0.0
        self.was_dock_pressed = False
        return is_pressed, scroll

    def press(self, button: int) -> None:
        if self.held is None and self.is_on_dock:
            if button == LEFT:
                self.is_dock_pressed = self.was_dock_pressed = True
        elif self.held is None and not self.is_dock_pressed:
            self.held, self.moved_px, self.wrist_px = button, 0.0, (0.0, 0.0)
            self.reach_m = self.orbit.distance_m if button == RIGHT else None
            self.is_taking = button == RIGHT and self.is_shift

    def release(self, button: int) -> None:
        if button == LEFT and self.is_dock_pressed:
            self.is_dock_pressed = False
        elif self.held == button:
            self.clicked = button == LEFT and self.moved_px <= _CLICK_MAX_PIXELS
            self.held, self.reach_m, self.is_taking = None, None, False
            self.wrist_px = (0.0, 0.0)

    def move(self, x_px: float, y_px: float) -> None:
        before = self.pointer_px or (x_px, y_px)
        right, down = x_px - before[0], y_px - before[1]
        self.pointer_px = (x_px, y_px)
        self.moved_px += math.hypot(right, down)
        if self.is_taking and self.is_ctrl:
            self.wrist_px = (self.wrist_px[0] + right, self.wrist_px[1] + down)
        if self.held == MIDDLE or (self.held == LEFT and self.is_shift):
            self.orbit = self.orbit.panned(right, down, self.height)
        elif self.held == LEFT and self.moved_px > _CLICK_MAX_PIXELS:
            self.orbit = self.orbit.turned(right, down)

    def leave(self) -> None:
        self.pointer_px = None

    def scroll(self, notches: float) -> None:
        """Zooms; while the hand holds, it pushes the model away or pulls it nearer."""
        if self.is_on_dock and self.held is None:
            self.dock_scroll += notches
        elif self.reach_m is not None:
            self.reach_m /= _ZOOM_PER_NOTCH**notches
        else:
            self.orbit = self.orbit.zoomed(notches)

    def view(self) -> View:
        """What it circles is in the middle of what the panels leave free."""
        half, up = self.width / 2, max(self.height, 1) / 2
        per_px = math.tan(FLAT_FOV_RAD / 2) / up
        left, right = (half + self.dock / 2) * per_px, (half - self.dock / 2) * per_px
        above = math.atan(up * per_px)
        fov = Fov(-math.atan(left), math.atan(right), above, -above)
        return View(self.orbit.eye(), fov)

    def hands(self) -> tuple[Hand, Hand]:
        """Left and right. The left one is there only while it mirrors the other."""
        if self.pointer_px is None or (self.is_on_dock and self.held is None):
            return Hand(), Hand()
        x, y = (at - turn for at, turn in zip(self.pointer_px, self.wrist_px, strict=True))
        trigger = 1.0 if self.clicked or self.is_taking else 0.0
        self.clicked = False
        right = self._hand(x, y, trigger)
        if self.reach_m is None or not self.is_ctrl or self.is_taking:
            return Hand(), right
        return self._hand(self.width - x, self.height - y, 0.0), right

    def _hand(self, x_px: float, y_px: float, trigger: float) -> Hand:
        view = self.view()
        left, right = math.tan(view.fov.left_rad), math.tan(view.fov.right_rad)
        across = left + (right - left) * x_px / max(1, self.width)
        along = math.tan(view.fov.up_rad) * (1 - 2 * y_px / max(1, self.height))
        eye = view.eye.matrix()
        direction = apply_direction(eye, (across, along, -1.0))
        x, y, z = (float(p + d) for p, d in zip(view.eye.position_m, direction, strict=True))
        up = (float(eye[0, 1]), float(eye[1, 1]), float(eye[2, 1]))
        aim = looking_at(view.eye.position_m, (x, y, z), up)
        reach = self.reach_m if self.reach_m is not None else self.orbit.distance_m
        at = np.array(view.eye.position_m) + direction * reach
        wrist = self._wrist(quaternion(eye[:3, :3]))
        grip = Pose((float(at[0]), float(at[1]), float(at[2])), wrist)
        is_squeezing = self.reach_m is not None and not self.is_taking
        return Hand(grip, aim, float(is_squeezing), trigger, is_drawn=False)

    def _wrist(self, eye: Quat) -> Quat:
        """To the right about what is up to the eye, down about its right."""
        right, down = (px * _TURN_RAD_PER_PIXEL for px in self.wrist_px)
        across, along = (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)
        return turned(eye, turned(axis_rotation(across, right), axis_rotation(along, down)))
