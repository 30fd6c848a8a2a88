"""The bars round a slice's screen: what a hand takes hold of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xrviewer.scene.marks import NO_MARKS, Marks, strokes
from xrviewer.scene.slice_rows import BAR_SHARE
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
    """All frames at once: (frames, corners, 3)."""
    turn = room_from_case[:3, :3]
    quads = np.array([quad for _, quad in shown.frames])
    sides = np.sqrt((quads[:, 1:] ** 2).sum(axis=-1))
    radii_mm = BAR_SHARE * sides.max(axis=1)
    out = _CORNERS * (1 + radii_mm[:, None] / np.maximum(sides, 1e-9))[:, None]
    corners = (quads[:, :1] + out @ quads[:, 1:]) @ turn.T + room_from_case[:3, 3]
    radii_m = radii_mm * np.sqrt((turn[:, 0] ** 2).sum())
    made = strokes(_flat(corners), _flat(corners[:, _NEXT]), np.repeat(radii_m, 4), BAR_COLOR, True)
    is_held = [id == held for id, _ in shown.frames]
    if any(is_held):
        made["color"][np.repeat(is_held, 4)] = HELD_COLOR
    return Marks(strokes=made)


def _flat(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points.reshape(-1, 3)
