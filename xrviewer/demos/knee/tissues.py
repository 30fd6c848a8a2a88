"""Muscles, vessels and joint fluid: seen in the scan only. In the joint frame."""

from __future__ import annotations

import numpy as np

from xrviewer.demos.implicit import Coords, Values, ellipsoid
from xrviewer.spatial.transforms import Vec3

Body = tuple[Vec3, Vec3]
"""Centre and radii of an ellipsoid."""

MUSCLES: tuple[Body, ...] = (
    ((36.0, -14.0, 70.0), (20.0, 30.0, 52.0)),  # vastus medialis
    ((-36.0, -12.0, 80.0), (20.0, 32.0, 52.0)),  # vastus lateralis
    ((-2.0, -26.0, 104.0), (30.0, 17.0, 36.0)),  # rectus and vastus intermedius
    ((-33.0, 38.0, 66.0), (15.5, 20.0, 62.0)),  # biceps femoris
    ((24.0, 40.0, 62.0), (18.5, 19.0, 66.0)),  # semimembranosus and semitendinosus
    ((44.0, 18.0, 60.0), (8.0, 15.0, 74.0)),  # sartorius and gracilis
    ((22.0, 42.0, -52.0), (22.0, 19.0, 78.0)),  # gastrocnemius, medial head
    ((-21.0, 42.0, -56.0), (20.5, 18.5, 78.0)),  # gastrocnemius, lateral head
    ((-3.0, 27.0, -66.0), (30.0, 16.0, 50.0)),  # soleus and popliteus
    ((-28.0, -12.0, -76.0), (17.0, 19.0, 52.0)),  # tibialis anterior
    ((-44.0, 6.0, -78.0), (11.0, 18.0, 52.0)),  # peronei
)
VESSELS: tuple[Body, ...] = (
    ((-2.0, 34.0, 10.0), (3.2, 3.2, 120.0)),  # popliteal artery
    ((-6.5, 40.0, 10.0), (4.4, 3.6, 120.0)),  # popliteal vein
)
POUCHES: tuple[Body, ...] = (
    ((-3.0, -36.0, 64.0), (19.0, 1.9, 13.0)),  # suprapatellar pouch
    ((0.0, 21.0, 14.0), (7.0, 1.6, 6.0)),  # behind the cruciates
)


def nearest_of(bodies: tuple[Body, ...], coords: Coords) -> Values:
    result = np.full(coords.shape[1], np.inf, coords.dtype)
    for center, radii in bodies:
        result = np.minimum(result, ellipsoid(coords, center, radii))
    return result
