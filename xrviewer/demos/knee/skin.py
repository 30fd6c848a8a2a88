"""The skin of the segment in view, in the joint frame."""

from __future__ import annotations

import numpy as np

from xrviewer.demos.implicit import Coords, Values, bump, smooth_max, smooth_step
from xrviewer.demos.knee.pose import FLEXION_AXIS_MM, KneePose
from xrviewer.demos.loft import Loft, Section
from xrviewer.demos.mesh import Mesh, polygonise
from xrviewer.spatial.transforms import axis_rotation, rotation_matrix

TOP_MM, BOTTOM_MM = 86.0, -73.0
BOUNDS = ((-74.0, -80.0, BOTTOM_MM - 4), (74.0, 80.0, TOP_MM + 4))
REFERENCE_FLEXION_DEG = 6.0

SECTIONS: tuple[Section, ...] = (
    (
        (0.0, 4.0, 90.0),
        [
            66.0, 66.0, 64.0, 61.0, 59.0, 61.0, 63.5, 65.0,
            65.5, 65.0, 63.0, 61.0, 60.0, 61.0, 63.5, 65.5,
        ],
    ),
    (
        (0.0, 2.0, 60.0),
        [
            62.0, 62.0, 60.0, 57.0, 55.0, 57.0, 59.5, 61.0,
            61.5, 61.0, 60.5, 61.0, 61.5, 60.5, 60.5, 61.5,
        ],
    ),
    (
        (0.0, 0.0, 38.0),
        [
            58.0, 58.5, 57.5, 53.0, 50.5, 53.5, 56.0, 56.5,
            56.0, 56.0, 57.5, 60.0, 61.5, 59.5, 57.5, 57.5,
        ],
    ),
    (
        (0.0, 0.0, 20.0),
        [
            57.0, 57.5, 57.0, 52.5, 49.5, 53.0, 56.0, 55.5,
            54.5, 54.0, 55.5, 58.5, 60.0, 58.0, 55.5, 56.0,
        ],
    ),
    (
        (0.0, 0.0, 0.0),
        [
            54.5, 56.0, 57.0, 54.0, 51.5, 54.5, 57.0, 56.0,
            53.5, 51.5, 52.5, 56.0, 57.5, 55.5, 52.5, 53.0,
        ],
    ),
    (
        (-1.0, 2.0, -20.0),
        [
            52.0, 55.0, 58.0, 58.0, 57.0, 58.5, 59.5, 58.0,
            55.0, 51.5, 49.5, 50.5, 51.0, 50.0, 49.0, 50.0,
        ],
    ),
    (
        (-1.0, 6.0, -42.0),
        [
            51.5, 55.5, 58.0, 59.0, 59.0, 59.5, 60.0, 59.0,
            56.0, 51.0, 47.0, 45.5, 44.0, 44.0, 45.0, 47.5,
        ],
    ),
    (
        (-1.0, 10.0, -78.0),
        [
            52.0, 55.5, 58.0, 59.5, 60.0, 60.0, 59.5, 58.0,
            55.0, 50.0, 46.0, 43.5, 41.5, 41.5, 44.0, 47.5,
        ],
    ),
)  # fmt: skip
"""Thigh, the cap over the patella, the hollow behind the knee, and the calf coming up below it."""
_LOFT = Loft(SECTIONS)


def field(coords: Coords, flexion_deg: float) -> Values:
    """The segment in view, closed at both ends."""
    skin = smooth_max(uncut(coords, flexion_deg), coords[2] - TOP_MM, 5.0)
    return smooth_max(skin, BOTTOM_MM - coords[2], 5.0)


def uncut(coords: Coords, flexion_deg: float) -> Values:
    """The leg going on. Above the joint the skin goes with the thigh."""
    at = _unbent(coords, flexion_deg - REFERENCE_FLEXION_DEG)
    skin = _LOFT.distance(at)
    skin = skin - 1.8 * bump(at, (-2.5, -60.0, 30.0), (19.0, 16.0, 19.0))  # patella
    skin = skin - 1.2 * bump(at, (-5.0, -38.0, -40.0), (10.0, 10.0, 14.0))  # tuberosity
    for x in (-25.0, 20.0):  # dimples on both sides of the patellar tendon
        skin = skin + 2.0 * bump(at, (x, -50.0, -1.0), (9.0, 12.0, 11.0))
    return skin


def _unbent(coords: Coords, more_deg: float) -> Coords:
    turn = rotation_matrix(axis_rotation((1, 0, 0), np.deg2rad(more_deg))).astype(coords.dtype)
    axis = np.array(FLEXION_AXIS_MM, coords.dtype)[:, None]
    turned = turn @ (coords - axis) + axis
    share = smooth_step(-20.0, 60.0, coords[2])
    return np.asarray(coords + share * (turned - coords))


def make(pose: KneePose, spacing_mm: float) -> Mesh:
    return polygonise(lambda coords: field(coords, pose.flexion_deg), *BOUNDS, spacing_mm)
