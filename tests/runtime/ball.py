"""The smallest case there is: one ball, so that every number about it is known."""

from __future__ import annotations

import numpy as np
import trimesh

from xrviewer.case.model import Case, Color, Layer, Timepoint
from xrviewer.case.surfaces import pack_parts

RADIUS_MM = 100.0


def ball_case(color: str = "#e04020") -> Case:
    """A red ball about the origin of the case."""
    mesh = trimesh.creation.icosphere(subdivisions=3, radius=RADIUS_MM)
    points = np.asarray(mesh.vertices, np.float32)
    triangles = np.asarray(mesh.faces, np.uint32)
    surfaces = pack_parts([("ball", points, points / np.float32(RADIUS_MM), triangles)])
    layer = Layer("ball", "Ball", Color.from_hex(color))
    return Case("ball", "Ball", (layer,), (Timepoint("t0", "first", 0, surfaces),))
