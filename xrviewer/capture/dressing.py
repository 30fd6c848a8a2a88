"""Furniture that many pictures share: drawn once, laid onto each of a film's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.capture.furniture import ALL, Furniture, Pixels, Told, dressed

_GAP_PX = 32
"""What stands farther apart is laid on piece by piece: most of a picture has nothing on it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    rows: slice
    columns: slice
    ink: NDArray[np.uint16]
    """255 times what is added."""
    left: NDArray[np.uint16]
    """Of the picture, in 255ths."""

    def lay_on(self, picture: Pixels) -> None:
        under = picture[self.rows, self.columns, :3]
        under[:] = (under * self.left + self.ink) // 255


class Dressing:
    """Of one thread: the encoder's, or who films picture by picture."""

    def __init__(self, told: Told, furniture: Furniture = ALL) -> None:
        self._told, self._furniture = told, furniture
        self._pieces: dict[tuple[int, int], tuple[_Piece, ...]] = {}

    def __call__(self, picture: Pixels) -> Pixels:
        """The picture, (height, width, 3 or 4), itself, with what belongs on it."""
        height, width = picture.shape[:2]
        pieces = self._pieces.get((height, width))
        if pieces is None:
            made = tuple(_pieces(self._told, self._furniture, height, width))
            pieces = self._pieces[height, width] = made
        for piece in pieces:
            piece.lay_on(picture)
        return picture


def _pieces(told: Told, furniture: Furniture, height: int, width: int) -> Iterator[_Piece]:
    """All furniture is laid over a picture; what it leaves of one is seen on black and on white."""
    black = np.zeros((height, width, 3), np.uint8)
    on_black = dressed(black, told, furniture).astype(np.uint16)
    on_white = dressed(~black, told, furniture)
    left = on_white - on_black
    is_inked: NDArray[np.bool_] = np.asarray((left < 255).any(axis=2))
    for rows in _runs(np.asarray(is_inked.any(axis=1))):
        for columns in _runs(np.asarray(is_inked[rows].any(axis=0))):
            ink = 255 * on_black[rows, columns] + 127  # rounded, not cut off
            yield _Piece(rows, columns, ink, left[rows, columns].copy())


def _runs(is_there: NDArray[np.bool_]) -> Iterator[slice]:
    """Where there is something, with gaps that are too small to be worth leaving out."""
    places = np.flatnonzero(is_there)
    if not len(places):
        return
    for run in np.split(places, np.flatnonzero(np.diff(places) > _GAP_PX) + 1):
        yield slice(int(run[0]), int(run[-1]) + 1)
