"""The one value that goes to the renderer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces
from xrviewer.scene.cuts import NO_CUTS, ShownCuts
from xrviewer.scene.marks import NO_MARKS, Marks
from xrviewer.scene.panels import ShownPanel
from xrviewer.scene.slices import NO_SLICES, ShownSlices
from xrviewer.spatial.transforms import Matrix

PART_DRAW_DTYPE = np.dtype(
    [
        ("case_from_part", "f4", (3, 4)),
        ("color", "f4", 4),
        ("roughness", "f4"),
        ("ghost_edge", "f4"),
        ("occlusion_received", "f4"),
        ("is_pointed", "f4"),
        ("exempt", "f4"),
        ("beside_mm", "f4", 3),
    ]
)
"""A part's state as shaders/lib/part.glsl reads it; colour is linear, its fourth is opacity;
exempt: bits of the cuts that spare it, and OPEN_BIT; beside_mm: how far from its place it is shown,
after all cuts."""

OPAQUE_FROM = 0.995
"""Opacity from which a part is drawn as a solid."""


@dataclass(frozen=True, slots=True)
class Room:
    """What stands around the model; room frame, metres."""

    shadow_center_m: tuple[float, float, float]
    shadow_radius_m: float
    table_radius_m: float
    """0 when there is no table: the model is too large for one."""
    floor_strength: float = 1.0
    occlusion_radius_m: float = 0.02
    model_center_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    model_radius_m: float = 1.0
    """Of a ball round all of it, every part at home."""


@dataclass(frozen=True, slots=True, eq=False)
class ShownMap:
    """Numbers that colour the surfaces; one object as long as nothing of it changes."""

    values: NDArray[np.float32]
    """At every vertex; where it is NaN the part has its own colour, lit."""
    colors: NDArray[np.float32]
    """(256, 3) linear, from low to high."""
    loss_colors: NDArray[np.float32]
    """(2, 3) linear: the stripes where the value is 0 and has_loss."""
    low: float
    high: float
    has_loss: bool
    isoline_step: float = 0.0
    """Lines at its multiples; 0 for none."""
    within_error: float = 0.0
    """Values nearer to 0 are lit, for their grey stands for no number."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawData:
    """All that one frame shows, apart from who looks at it."""

    surfaces: Surfaces
    parts: NDArray[Any]
    """PART_DRAW_DTYPE, in the order of surfaces.parts; a hidden part has opacity 0."""
    revision: int
    """Changes when, and only when, parts changed."""
    room_from_case: Matrix
    room: Room
    is_anything_pointed: bool = False
    marks: Marks = NO_MARKS
    measures: Marks = NO_MARKS
    """Their lines are seen faintly through what lies before them, their writing as it is."""
    vignette: float = 0.0
    """0 to 1: how far the edge of sight is darkened."""
    map: ShownMap | None = None
    slices: ShownSlices = NO_SLICES
    cuts: ShownCuts = NO_CUTS
    has_scans: bool = False
    """The date has some: a slice may be asked for at any time."""
    is_in_real_room: bool = False
    """The wearer sees the real room: where nothing of the model is, the picture stays empty."""

    is_on_white: bool = False
    """As on paper: no room stands behind the model."""
    panels: tuple[ShownPanel, ...] = ()

    def solid_and_see_through(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which parts are drawn as solids, which as ghosts; a hidden one as neither."""
        opacity = self.parts["color"][:, 3].copy()  # out of the records once, not at each look
        is_solid: NDArray[np.bool_] = opacity >= OPAQUE_FROM
        is_ghost: NDArray[np.bool_] = (opacity > 0) > is_solid
        return is_solid, is_ghost
