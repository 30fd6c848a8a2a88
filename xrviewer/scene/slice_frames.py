"""The bars round a slice's screen: what a hand takes hold of."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import frozen
from xrviewer.document.planes import BAR_SHARE
from xrviewer.scene.marks import NO_MARKS, Marks, joined, strokes
from xrviewer.scene.slice_rows import Quad
from xrviewer.scene.slices import NO_SLICES, ShownSlices
from xrviewer.spatial.transforms import Matrix, Vec3

BAR_COLOR: Vec3 = (0.30, 0.33, 0.36)
HELD_COLOR: Vec3 = (0.102, 0.434, 0.578)
_CORNERS = np.array(((-1, -1), (1, -1), (1, 1), (-1, 1)), np.float64)
_NEXT = [1, 2, 3, 0]


class SliceFrames:
    """Holds what was made last: a model at rest has its bars where they were."""

    def __init__(self) -> None:
        self._made_of: tuple[ShownSlices, bytes, str | None] = (NO_SLICES, b"", None)
        self._bars = NO_MARKS

    def bars(self, shown: ShownSlices, room_from_case: Matrix, held: str | None = None) -> Marks:
        """In the room. held: the slice that is in a hand."""
        if not shown.frames:
            return NO_MARKS
        made_of = (shown, room_from_case.tobytes(), held)
        if made_of != self._made_of:
            self._made_of, self._bars = made_of, _bars(shown, room_from_case, held)
        return self._bars


def _bars(shown: ShownSlices, room_from_case: Matrix, held: str | None) -> Marks:
    room = room_from_case.tobytes()
    return Marks(strokes=joined([_frame(quad, room, id == held) for id, quad in shown.frames]))


@lru_cache(maxsize=64)
def _frame(quad: Quad, room: bytes, is_held: bool) -> NDArray[Any]:
    """Remembered: of several frames only one is in the hand."""
    room_from_case = np.frombuffer(room).reshape(4, 4)
    turn = room_from_case[:3, :3]
    middle, sides = np.array(quad[0]), np.array(quad[1:])
    lengths = [math.hypot(*side) for side in quad[1:]]
    radius_mm = BAR_SHARE * max(lengths)
    out = _CORNERS * [1 + radius_mm / max(length, 1e-9) for length in lengths]
    corners = (middle + out @ sides) @ turn.T + room_from_case[:3, 3]
    radius_m = radius_mm * math.hypot(*turn[:, 0].tolist())
    color = HELD_COLOR if is_held else BAR_COLOR
    return frozen(strokes(corners, corners[_NEXT], radius_m, color, True))
