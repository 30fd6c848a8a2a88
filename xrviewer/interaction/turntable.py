"""The non-dominant stick: left-right spins the model about the vertical, up-down raises it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from xrviewer.interaction.stick import beyond_dead_zone, is_resting
from xrviewer.interaction.world import Extent
from xrviewer.spatial.transforms import Placement, axis_rotation, rotated, turned

SPIN_RAD_PER_S = math.radians(180)
RAISE_M_PER_S = 0.30
LOWEST_M, HIGHEST_M = 0.30, 1.50
"""Of the model's centre over the floor."""


@dataclass(frozen=True, slots=True, eq=False)
class Turning:
    """A spin in progress: one angle and one height since it began."""

    model_at_start: Placement
    angle_rad: float
    raised_m: float
    model: Placement


def step_turning(
    turning: Turning | None,
    stick: tuple[float, float],
    dt_s: float,
    at_rest: Placement,
    extent: Extent,
) -> Turning | None:
    """None once the stick is back in its middle."""
    if is_resting(stick, was_moving=turning is not None):
        return None
    if turning is None:
        turning = Turning(at_rest, 0.0, 0.0, at_rest)
    across, along = (beyond_dead_zone(v) for v in stick)
    angle = turning.angle_rad + across * SPIN_RAD_PER_S * dt_s
    start = turning.model_at_start
    raised = _within_reach(
        float(extent.room_center(start)[1]), turning.raised_m + along * RAISE_M_PER_S * dt_s
    )
    return replace(
        turning, angle_rad=angle, raised_m=raised, model=_spun(start, angle, raised, extent)
    )


def _within_reach(start_m: float, raised_m: float) -> float:
    """A model that hands have put out of these limits may come back, not go farther."""
    low, high = min(LOWEST_M, start_m), max(HIGHEST_M, start_m)
    return min(max(start_m + raised_m, low), high) - start_m


def _spun(start: Placement, angle_rad: float, raised_m: float, extent: Extent) -> Placement:
    turn = axis_rotation((0, 1, 0), angle_rad)
    cx, cy, cz = extent.room_center(start)
    px, py, pz = start.position_m
    x, y, z = rotated(turn, (px - cx, py - cy, pz - cz))
    position = (cx + x, cy + y + raised_m, cz + z)
    return Placement(position, turned(turn, start.rotation_xyzw), start.scale)
