"""The distal femur, in its own frame: extended, axes as the case, origin on the flexion axis.

The flexion axis is the line through the centres of the two posterior condyles, which are round.
"""

from __future__ import annotations

import numpy as np

from xrviewer.demos.implicit import Coords, Values, bump, ellipsoid, smooth_max, smooth_min
from xrviewer.demos.loft import Loft, Outline, Section
from xrviewer.demos.noise import Noise

CUT_MM = 57.0
"""Where the field of view cuts the shaft."""
BOUNDS = ((-46.0, -48.0, -28.0), (48.0, 28.0, CUT_MM + 2))

LATERAL_CONDYLE = Outline(
    (-9.0, 2.0),
    [
        (19.2, 0.0), (17.2, 9.0), (10.0, 17.0), (0.0, 22.0), (-15.0, 27.0), (-30.0, 22.0),
        (-39.0, 12.5), (-40.8, 3.0), (-38.0, -7.0), (-31.0, -14.3), (-20.0, -19.0),
        (-8.0, -20.5), (2.0, -19.3), (11.5, -15.2), (17.2, -8.3),
    ],
)  # fmt: skip
"""Seen from the side, (y, z): round behind, flat below, and highest in front (the lateral lip)."""
MEDIAL_CONDYLE = Outline(
    (-8.0, 2.0),
    [
        (20.8, 0.0), (18.6, 9.5), (11.0, 18.0), (0.0, 22.0), (-14.0, 26.0), (-27.0, 20.5),
        (-34.6, 11.5), (-36.6, 3.0), (-34.6, -7.0), (-28.0, -15.6), (-18.0, -21.0),
        (-7.0, -22.8), (3.5, -21.0), (13.3, -15.9), (18.9, -8.6),
    ],
)  # fmt: skip
"""Longer and lower than the lateral one, its front lip less high."""
TROCHLEA = Outline(
    (-19.0, 4.0),
    [
        (-34.0, 12.0), (-33.2, 5.0), (-31.2, -3.0), (-27.0, -8.6), (-21.8, -12.2),
        (-15.8, -13.2), (-11.0, -8.0), (-6.5, 0.0), (-2.5, 8.0), (-2.5, 18.0), (-14.0, 26.0),
        (-29.0, 22.0),
    ],
)  # fmt: skip
"""The floor of the groove in front; behind, the sloping roof of the notch."""

SHAFT: tuple[Section, ...] = (
    ((-3.5, -17.0, 60.0), [17.5, 18.0, 16.0, 14.0, 15.6, 17.5, 17.5, 17.0, 16.5, 15.8, 16.3, 17.0]),
    ((-1.5, -17.5, 45.0), [20.0, 21.0, 17.0, 14.0, 16.6, 20.0, 19.3, 18.6, 17.7, 16.8, 17.6, 18.8]),
    ((0.0, -17.0, 32.0), [25.5, 26.5, 18.5, 14.2, 17.5, 23.5, 23.0, 22.0, 20.5, 18.2, 20.0, 22.5]),
    ((0.5, -15.5, 20.0), [31.0, 35.0, 20.0, 13.8, 18.5, 28.5, 27.8, 27.0, 25.0, 20.3, 23.3, 26.3]),
    ((1.0, -14.0, 8.0), [33.5, 40.5, 21.5, 12.0, 20.0, 33.0, 31.5, 30.0, 27.0, 21.8, 24.3, 28.0]),
    ((1.0, -13.0, -4.0), [33.5, 40.0, 20.0, 9.0, 19.0, 33.5, 32.0, 30.0, 26.0, 21.0, 23.5, 27.5]),
)
"""From the tube of the shaft through the metaphyseal flare to the epicondyles; the back, at 90
degrees, is the flat popliteal surface between the two supracondylar lines."""
_SHAFT_LOFT = Loft(SHAFT)

_GROWTH = Noise(11, 10.0)
_GRAIN = Noise(12, 3.6)


def condyle_middle(coords: Coords, is_medial: bool) -> Values:
    """x of the crest of a condyle: both turn towards the groove in front, the medial one more."""
    forward = np.clip((-coords[1] - 2) / 36, 0, 1.15)
    if is_medial:
        return np.asarray(23.2 - 8.8 * forward * forward - 0.02 * coords[2])
    return np.asarray(-21.6 + 3.6 * forward * forward + 0.02 * coords[2])


def _condyle(coords: Coords, is_medial: bool) -> Values:
    outline, half_width, frontal_radius = (
        (MEDIAL_CONDYLE, 14.2, 24.0) if is_medial else (LATERAL_CONDYLE, 13.6, 26.0)
    )
    across = coords[0] - condyle_middle(coords, is_medial)
    rim = outline.distance(coords[1], coords[2]) + across * across / (2 * frontal_radius)
    return smooth_max(rim, np.abs(across) - half_width, 9.0)


def _trochlea(coords: Coords) -> Values:
    across = coords[0] + 1.5
    rim = TROCHLEA.distance(coords[1], coords[2]) - across * across / 70
    return smooth_max(rim, np.abs(across) - 15.0, 6.0)


def _metaphysis(coords: Coords) -> Values:
    shaft = _SHAFT_LOFT.distance(coords)
    return smooth_max(shaft, -coords[2] - 5.0, 14.0)


def _landmarks(coords: Coords, bone: Values) -> Values:
    """Epicondyles, adductor tubercle, and the hollows between them that tendons lie in."""
    for center, radii, blend in (
        ((35.5, -2.0, 3.5), (6.5, 10.0, 10.0), 7.0),  # medial epicondyle
        ((33.0, 5.5, 16.0), (4.5, 4.5, 6.0), 8.0),  # adductor tubercle
        ((-32.5, -1.0, 3.5), (6.0, 8.0, 8.5), 6.0),  # lateral epicondyle
    ):
        bone = smooth_min(bone, ellipsoid(coords, center, radii), blend)
    bone = bone + 2.6 * bump(coords, (-36.0, 6.0, -8.0), (5.0, 6.0, 4.0))  # popliteus groove
    bone = bone + 2.0 * bump(coords, (0.0, -39.0, 24.0), (11.0, 7.0, 7.0))  # fossa above the groove
    return bone + 1.5 * bump(coords, (39.0, -16.0, -9.0), (5.0, 9.0, 7.0))


def articular(coords: Coords) -> Values:
    """1 where cartilage lies, 0 on rough bone, smooth between: polished bone under cartilage."""
    from_axis = np.hypot(coords[1] + 6, coords[2] - 1)
    low = np.clip((12.0 - coords[2] + 0.25 * coords[1]) / 8, 0, 1)
    side = np.clip((35.0 - np.abs(coords[0] - 1)) / 5, 0, 1)
    return np.asarray(low * side * np.clip((from_axis - 14) / 6, 0, 1))


def field(coords: Coords) -> Values:
    """The bone as far as it is in view."""
    return cut(coords, uncut(coords))


def cut(coords: Coords, bone: Values) -> Values:
    return smooth_max(bone, coords[2] - CUT_MM, 1.2)


def uncut(coords: Coords) -> Values:
    """The bone with its shaft going on."""
    lateral, medial = _condyle(coords, False), _condyle(coords, True)
    bone = smooth_min(_metaphysis(coords), _trochlea(coords), 12.0)
    bone = smooth_min(smooth_min(bone, lateral, 7.0), medial, 7.0)
    bone = _landmarks(coords, bone)
    rough = 1.0 - 0.8 * articular(coords)
    return np.asarray(bone - rough * (0.34 * _GROWTH(coords) + 0.07 * _GRAIN(coords)))
