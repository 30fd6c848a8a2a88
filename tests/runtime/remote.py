"""Moves the runtime's head, hands and buttons: Monado's remote driver, one packet a change."""

from __future__ import annotations

import socket
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

POSE = np.dtype([("rotation_xyzw", "<f4", 4), ("position_m", "<f4", 3)])
VIEW = np.dtype([("fov", "<f4", 4), ("pose", POSE), ("pad", "u1", 4)])
HAND = np.dtype(
    [
        ("pose", POSE),
        ("linear_velocity", "<f4", 3),
        ("angular_velocity", "<f4", 3),
        ("curl", "<f4", 5),  # little, ring, middle, index, thumb
        ("trigger", "<f4"),
        ("squeeze", "<f4"),
        ("squeeze_force", "<f4"),
        ("stick", "<f4", 2),
        ("trackpad_force", "<f4"),
        ("trackpad", "<f4", 2),
        ("is_hand_tracked", "u1"),
        ("is_active", "u1"),
        ("system", "u1", 2),  # click, touch: also the next four
        ("a", "u1", 2),
        ("b", "u1", 2),
        ("trigger_button", "u1", 2),
        ("stick_button", "u1", 2),
        ("trackpad_touch", "u1"),
        ("pad", "u1", 3),
    ]
)
PACKET = np.dtype(
    [
        ("header", "S8"),
        ("views", VIEW, 2),
        ("head", POSE),
        ("has_views", "u1"),
        ("pad", "u1", 3),
        ("left", HAND),
        ("right", HAND),
    ]
)
assert PACKET.itemsize == 376
HEADER = b"mndrmt3"
GREETINGS = 2
"""Packets the driver sends on connecting: its reset state and its latest."""


class Remote:
    """A scripted wearer. Change `packet` through the methods, then `send`."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        left = GREETINGS * PACKET.itemsize
        while left:
            left -= len(self._socket.recv(left))
        self.packet: NDArray[Any] = np.zeros((), PACKET)
        self.packet["header"] = HEADER
        self.head((0.0, 1.6, 0.0))
        self.hand("left", (-0.2, 1.2, -0.4))
        self.hand("right", (0.2, 1.2, -0.4))
        self.send()

    def head(self, position_m: ArrayLike, rotation_xyzw: ArrayLike = (0, 0, 0, 1)) -> None:
        self.packet["head"]["position_m"] = position_m
        self.packet["head"]["rotation_xyzw"] = rotation_xyzw

    def hand(
        self,
        name: str,
        position_m: ArrayLike,
        rotation_xyzw: ArrayLike = (0, 0, 0, 1),
        *,
        is_active: bool = True,
    ) -> None:
        hand = self.packet[name]
        hand["pose"]["position_m"] = position_m
        hand["pose"]["rotation_xyzw"] = rotation_xyzw
        hand["is_active"] = is_active

    def press(self, name: str, **values: Any) -> None:
        """press("left", squeeze=1.0, stick=(0, 1), a=(1, 1)): any field of HAND."""
        for field, value in values.items():
            self.packet[name][field] = value

    def curl(self, name: str, *, fingers: float, thumb: float, is_tracked: bool = True) -> None:
        """0 is a flat hand, 1 a fist; from then on the hand has joints."""
        self.packet[name]["curl"] = (fingers, fingers, fingers, fingers, thumb)
        self.packet[name]["is_hand_tracked"] = is_tracked

    def send(self) -> None:
        self._socket.sendall(self.packet.tobytes())

    def close(self) -> None:
        self._socket.close()
