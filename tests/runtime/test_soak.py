"""The soak's visitor in short: some of what nothing else does by hand, over again. Nothing is left
on the graphics card, and the session on the disk is the one in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from bed import Bed
from soak.footprint import gl_names
from soak.visit import bare_hands, board, straighten
from soak.visitor import SESSION, is_as_saved, visiting

from tests.shapes import Look, case_of, sphere
from xrviewer.case.volume import Volume
from xrviewer.gpu.context import GlfwContext

CHAPTERS = (straighten, board, bare_hands)
VISITS = 2


def visited_case():  # type: ignore[no-untyped-def]
    """A ball, and a tendon along which a scan can be straightened."""
    points, normals, triangles = sphere((0, -40, 0), 8, rings=12)
    meshes = {
        "femur": sphere(rings=8),
        "tendon": (points * np.float32([1, 1, 6]), normals, triangles),
    }
    case = case_of(meshes, {"femur": Look(role="bone"), "tendon": Look(role="tendon")})
    voxels = np.asfortranarray(np.indices((20, 20, 20)).sum(axis=0).astype(np.int16) * 10)
    affine = np.diag([8.0, 8.0, 8.0, 1.0])
    affine[:3, 3] = -76.0
    scan = Volume("mr", "MR", "MR", voxels, affine)
    return replace(case, timepoints=(replace(case.timepoints[0], volumes=(scan,)),))


def test_a_visit_leaves_nothing_behind(
    quick_bed: Bed, context: GlfwContext, tmp_path: Path
) -> None:
    case, names = visited_case(), []
    with visiting(quick_bed, case, context, tmp_path, rest=20.0) as visitor:
        for _ in range(VISITS):
            for chapter in CHAPTERS:
                chapter(visitor)
            visitor.look()
            names.append(gl_names())
        assert names[0] == names[1]
        assert visitor.snapshot.version > 4
    assert is_as_saved(visitor.document, case, tmp_path / SESSION) == []
