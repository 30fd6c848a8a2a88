"""The head, neck and upper shaft of the fibula, in the joint frame."""

from __future__ import annotations

from xrviewer.demos.implicit import Coords, Values, ellipsoid, smooth_max, smooth_min
from xrviewer.demos.knee import tibia
from xrviewer.demos.loft import Loft, Section
from xrviewer.demos.noise import Noise

CUT_MM = tibia.CUT_MM
BOUNDS = ((-58.0, -4.0, CUT_MM - 2), (-12.0, 40.0, -6.0))
JOINT_GAP_MM = 1.3
"""Cartilage of the tibiofibular joint, which no layer shows."""

SECTIONS: tuple[Section, ...] = (
    ((-37.5, 19.0, -13.0), [5.0, 6.5, 6.5, 5.5, 5.0, 5.5, 5.5, 5.0]),
    ((-36.5, 17.5, -20.0), [9.5, 9.5, 9.0, 9.0, 9.5, 9.5, 9.5, 9.5]),
    ((-35.5, 17.0, -26.0), [11.0, 10.5, 9.5, 9.5, 11.0, 11.5, 10.5, 10.5]),
    ((-34.5, 17.5, -33.0), [10.0, 9.5, 8.5, 8.5, 10.0, 10.5, 10.0, 9.5]),
    ((-33.0, 18.5, -43.0), [7.0, 7.0, 7.0, 6.5, 6.8, 7.5, 7.5, 7.0]),
    ((-31.5, 20.0, -55.0), [5.8, 6.4, 6.4, 5.6, 5.4, 6.4, 6.8, 5.8]),
    ((-30.0, 21.5, -72.0), [5.4, 6.4, 6.0, 5.0, 5.2, 6.6, 6.8, 5.2]),
)
_LOFT = Loft(SECTIONS)
_GROWTH = Noise(41, 8.0)
_GRAIN = Noise(42, 3.0)


def field(coords: Coords) -> Values:
    """The bone as far as it is in view."""
    return cut(coords, uncut(coords))


def cut(coords: Coords, bone: Values) -> Values:
    return smooth_max(bone, CUT_MM - coords[2], 1.0)


def uncut(coords: Coords) -> Values:
    """The bone with its shaft going on."""
    bone = smooth_max(_LOFT.distance(coords), coords[2] + 14.0, 8.0)
    bone = smooth_min(
        bone, ellipsoid(coords, (-38.5, 20.5, -13.5), (4.0, 4.0, 5.0)), 6.0
    )  # styloid
    bone = bone - 0.40 * _GROWTH(coords) - 0.10 * _GRAIN(coords)
    return smooth_max(bone, JOINT_GAP_MM - tibia.uncut(coords), 2.0)
