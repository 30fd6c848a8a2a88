"""The proximal tibia, in the joint frame: origin between the plateaus, on the joint line."""

from __future__ import annotations

import numpy as np

from xrviewer.demos.implicit import Coords, Values, bump, ellipsoid, smooth_max, smooth_min
from xrviewer.demos.loft import Loft, Section
from xrviewer.demos.noise import Noise

CUT_MM = -70.0
BOUNDS = ((-44.0, -40.0, CUT_MM - 2), (44.0, 34.0, 9.0))

SECTIONS: tuple[Section, ...] = (
    ((0.0, 0.0, 2.0), [36.0, 35.5, 27.8, 20.5, 25.5, 33.5, 36.0, 32.5, 25.8, 23.0, 25.8, 32.5]),
    ((0.0, 0.0, -8.0), [37.3, 36.5, 28.2, 20.8, 26.0, 34.3, 37.3, 33.6, 26.6, 24.0, 26.6, 33.6]),
    ((0.0, 0.0, -14.0), [36.8, 35.6, 27.2, 20.8, 25.4, 33.0, 36.8, 34.2, 27.2, 24.6, 26.8, 33.0]),
    ((0.0, 0.0, -22.0), [33.4, 31.5, 24.4, 19.8, 22.6, 28.5, 33.4, 33.4, 28.0, 25.2, 26.0, 30.3]),
    ((-1.0, -3.5, -32.0), [28.6, 25.8, 21.0, 18.4, 19.6, 22.6, 26.2, 27.8, 26.4, 24.0, 23.0, 25.2]),
    ((-0.5, -5.0, -43.0), [23.4, 21.6, 19.4, 18.4, 17.6, 18.4, 20.6, 22.4, 23.6, 22.6, 20.0, 20.6]),
    ((2.0, -5.0, -56.0), [18.2, 18.0, 18.0, 17.4, 15.8, 15.0, 16.4, 18.6, 20.6, 20.2, 16.8, 16.6]),
    ((3.0, -4.5, -72.0), [15.4, 15.8, 16.2, 15.8, 14.4, 13.4, 14.4, 16.6, 19.0, 18.2, 14.6, 14.4]),
)
"""The bean of the plateau (the dent behind holds the PCL), the metaphysis tapering from it, and
the shaft's triangle with its front crest."""
_LOFT = Loft(SECTIONS)
_GROWTH = Noise(21, 9.0)
_GRAIN = Noise(22, 3.4)


def plateau_height(x: Values, y: Values) -> Values:
    """z of the upper surface: dished medially, domed laterally, the spines between."""
    level = -5.6 - 0.045 * y
    medial = 2.1 * np.exp(-(((x - 21.5) / 13) ** 2) - ((y - 1) / 19) ** 2)
    lateral = 0.7 * np.exp(-(((x + 20.5) / 12) ** 2) - ((y - 1) / 13) ** 2)
    behind = np.clip((np.abs(y - 1) - 12) / 12, 0, 1.4) ** 2
    level = level - medial + lateral - 1.6 * behind * smooth_side(-x)
    return np.asarray(level + _eminence(x, y))


def _eminence(x: Values, y: Values) -> Values:
    ridge = 2.6 * np.exp(-((x / 8.5) ** 2) - ((y - 2) / 10.5) ** 2)
    medial_spine = 5.2 * np.exp(-(((x - 4.8) / 3.6) ** 2) - ((y - 1.0) / 7.0) ** 2)
    lateral_spine = 4.1 * np.exp(-(((x + 6.0) / 3.7) ** 2) - ((y - 3.5) / 5.6) ** 2)
    front = -1.8 * np.exp(-((x / 8.5) ** 2) - ((y + 14.5) / 6.5) ** 2)
    back = -5.0 * np.exp(-((x / 8.0) ** 2) - ((y - 20.0) / 7.0) ** 2)
    return np.asarray(ridge + medial_spine + lateral_spine + front + back)


def smooth_side(x: Values) -> Values:
    """1 on the positive side, 0 on the other."""
    return np.asarray(0.5 + 0.5 * np.tanh(x / 4))


def _landmarks(coords: Coords, bone: Values) -> Values:
    for center, radii, blend in (
        ((-5.0, -25.6, -40.0), (7.5, 4.0, 12.0), 9.0),  # tibial tuberosity, just lateral of middle
        ((-23.0, -20.0, -16.5), (7.0, 4.0, 6.0), 8.0),  # Gerdy's tubercle
        ((-27.0, 14.0, -17.5), (7.0, 5.5, 6.0), 7.0),  # shelf over the fibular head
    ):
        bone = smooth_min(bone, ellipsoid(coords, center, radii), blend)
    return bone + 1.4 * bump(coords, (28.0, 14.0, -15.0), (9.0, 9.0, 4.0))  # semimembranosus groove


def field(coords: Coords) -> Values:
    """The bone as far as it is in view."""
    return cut(coords, uncut(coords))


def cut(coords: Coords, bone: Values) -> Values:
    return smooth_max(bone, CUT_MM - coords[2], 1.2)


def uncut(coords: Coords) -> Values:
    """The bone with its shaft going on."""
    bone = _landmarks(coords, _LOFT.distance(coords))
    above = coords[2] - plateau_height(coords[0], coords[1])
    polished = np.clip((coords[2] + 9) / 4, 0, 1)
    rough = 1.0 - 0.75 * polished
    bone = bone - rough * (0.34 * _GROWTH(coords) + 0.07 * _GRAIN(coords))
    return smooth_max(bone, above - 0.08 * _GROWTH(coords), 4.5)
