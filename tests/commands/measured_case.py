"""A small case whose thickness is known: a ball of 10 mm under a shell of 2 mm."""

from __future__ import annotations

import numpy as np

from tests.analysis.phantoms import shell_mesh
from xrviewer.case.catalogue import groups, layer_for
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.surfaces import pack_parts


def shell_case() -> Case:
    inner, outer = shell_mesh(10, 2, detail=3)
    meshes = [
        (id, m.points_mm.astype(np.float32), m.normals.astype(np.float32), m.triangles)
        for id, m in (("femur", inner), ("femoral_cartilage", outer))
    ]
    surfaces = pack_parts([(i, p, n, t.astype(np.uint32)) for i, p, n, t in meshes])
    layers = tuple(layer_for(id) for id in surfaces.part_ids)
    return Case("shell", "Shell", layers, (Timepoint("t0", "Today", 0, surfaces),), groups())
