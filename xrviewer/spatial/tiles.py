"""A large picture in pieces that a graphics card takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xrviewer.spatial.views import Fov, View

_STEP = 8
"""Pieces begin at multiples of it: patterns of four half-size pixels go on across seams."""
_REACH = 0.075
"""Of the whole picture's width: how far around a pixel its shade looks."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A piece as it is drawn, and what of it is kept. Pixels from the lower left."""

    left: int
    bottom: int
    keep: tuple[int, int, int, int]
    """Left, bottom, right and top in the whole picture."""


def tiles(width: int, height: int, limit: int) -> tuple[tuple[int, int], list[Tile]]:
    """The size of every piece, and the pieces: each drawn with so much more that its shade is the
    whole picture's."""
    margin = math.ceil(_REACH * width / _STEP) * _STEP + _STEP
    across, wide = _pieces(width, limit, margin)
    along, high = _pieces(height, limit, margin)
    found = [
        Tile(left, bottom, (first, lowest, last, highest))
        for bottom, lowest, highest in along
        for left, first, last in across
    ]
    return (wide, high), found


def _pieces(length: int, limit: int, margin: int) -> tuple[list[tuple[int, int, int]], int]:
    """(drawn from, kept from, kept to), and the length that is drawn each time."""
    if length <= limit:
        return [(0, 0, length)], length
    drawn = limit - (limit - length) % _STEP
    margin = min(margin, (drawn // 4) // _STEP * _STEP)
    return list(_slid(length, drawn, margin)), drawn


def _slid(length: int, drawn: int, margin: int) -> Iterator[tuple[int, int, int]]:
    kept = 0
    while kept < length:
        start = min(max((kept - margin) // _STEP * _STEP, 0), length - drawn)
        until = length if start == length - drawn else start + drawn - margin
        yield start, kept, until
        kept = until


def tile_view(view: View, tile: Tile, drawn: tuple[int, int], whole: tuple[int, int]) -> View:
    """The part of a view that a piece shows."""
    fov = view.fov
    left, right = _span(fov.left_rad, fov.right_rad, tile.left, drawn[0], whole[0])
    down, up = _span(fov.down_rad, fov.up_rad, tile.bottom, drawn[1], whole[1])
    return replace(view, fov=Fov(left, right, up, down), whole=fov)


def _span(low_rad: float, high_rad: float, first: int, count: int, of: int) -> tuple[float, float]:
    low, high = math.tan(low_rad), math.tan(high_rad)
    step = (high - low) / of
    return math.atan(low + step * first), math.atan(low + step * (first + count))
