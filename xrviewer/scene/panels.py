"""What a panel looks like and where it is: plain triangles that `render` draws into a texture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Pose, rotated

PANEL_VERTEX_DTYPE = np.dtype([("at", "f4", 2), ("uv", "f4", 2), ("color", "u1", 4)])
"""Pixels from the panel's upper left, place in the glyphs' image, straight sRGB with alpha."""
PANEL_RUN_DTYPE = np.dtype(
    [("clip", "f4", 4), ("first", "u4"), ("count", "u4"), ("base_vertex", "u4")]
)
"""Indices drawn within one clip rectangle: left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyphs:
    """Letters, icons and a white spot: how much of each pixel is covered."""

    pixels: NDArray[np.uint8]
    """(height, width), top row first."""
    revision: int


@dataclass(frozen=True, slots=True, eq=False)
class PanelDrawing:
    """One finished drawing of a panel."""

    width_px: int
    height_px: int
    vertices: NDArray[Any]
    """PANEL_VERTEX_DTYPE"""
    indices: NDArray[np.uint32]
    runs: NDArray[Any]
    """PANEL_RUN_DTYPE, in the order they are painted."""
    glyphs: Glyphs
    revision: int
    """Changes when, and only when, the drawing did."""


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A finished picture: a sign, or what a camera sees just now."""

    pixels: NDArray[np.uint8]
    """(height, width, 4) sRGB, straight alpha, top row first."""
    revision: int = 0
    """Another for another picture; a sign has but one."""


class Shown(Enum):
    """Who lets a panel be seen."""

    IN_SCENE = auto()
    """The picture holds it, like any solid."""
    BEHIND = auto()
    """A compositor, behind the picture: which is open where the panel is the nearest thing."""
    NOWHERE = auto()


@dataclass(frozen=True, slots=True)
class InRoom:
    """A flat board in the room; it faces its own +z."""

    pose: Pose
    """Of its middle."""
    width_m: float
    height_m: float


@dataclass(frozen=True, slots=True)
class OnScreen:
    """Over the picture of a window, in pixels of its framebuffer from the upper left."""

    left_px: int
    top_px: int


Share = tuple[float, float, float, float]
"""Left, top, right, bottom of a piece of a picture, from its upper left: 0 to 1."""


@dataclass(frozen=True, slots=True)
class Risen:
    """A piece of a panel's picture that stands before the panel: the button under the hand."""

    share: Share
    place: InRoom


@dataclass(frozen=True, slots=True, eq=False)
class ShownPanel:
    """A drawing and where it is seen."""

    drawing: PanelDrawing | Still
    place: InRoom | OnScreen
    shown: Shown = Shown.IN_SCENE
    risen: Risen | None = None


def risen_from(board: InRoom, share: Share, out_m: float) -> Risen:
    """That piece of a board, so far before it."""
    left, top, right, bottom = share
    x, y = (left + right - 1) / 2 * board.width_m, (1 - top - bottom) / 2 * board.height_m
    off = rotated(board.pose.rotation_xyzw, (x, y, out_m))
    a, b, c = (p + q for p, q in zip(board.pose.position_m, off, strict=True))
    size = ((right - left) * board.width_m, (bottom - top) * board.height_m)
    return Risen(share, InRoom(Pose((a, b, c), board.pose.rotation_xyzw), *size))
