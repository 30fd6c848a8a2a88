"""A small case that uses every field."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.catalogue import known, known_group, layer_for
from xrviewer.case.model import Case, Group, MapInfo, Timepoint
from xrviewer.case.surfaces import Surfaces, frozen, pack_parts
from xrviewer.case.volume import Volume

TETRAHEDRON = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], np.uint32)


def tetrahedron(at_mm: tuple[float, float, float]) -> NDArray[np.float32]:
    corners = np.array([[0, 0, 0], [10, 0, 0], [0, 10, 0], [0, 0, 10]], np.float32)
    return corners + np.array(at_mm, np.float32)


def surfaces(*ids: str) -> Surfaces:
    normals = tetrahedron((-3, -3, -3)) / np.linalg.norm(tetrahedron((-3, -3, -3)), axis=1)[:, None]
    meshes = [
        (id, tetrahedron((20.5 * i, -7.25, 100)), normals, TETRAHEDRON) for i, id in enumerate(ids)
    ]
    thickness = np.full(4 * len(ids), np.nan, np.float32)
    thickness[:4] = (1.5, 2.25, 0, 3)
    return pack_parts(meshes, {"thickness_mm": thickness})


def volume(id: str = "dess") -> Volume:
    case_from_voxel = np.array([[0, 0, 1.5, -30], [0.5, 0, 0, 4], [0, -0.5, 0, 60], [0, 0, 0, 1.0]])
    voxels = np.arange(60, dtype=np.int16).reshape((3, 4, 5), order="F")
    return Volume(id, "DESS", "MR", frozen(voxels), case_from_voxel, 2.0, -5.0, (300.0, 600.0))


def small_case(title: str = "Knee") -> Case:
    bones, cartilage = known_group("bones"), known_group("cartilage")
    femur, lining = known("femur"), known("femoral_cartilage")
    assert bones and cartilage and femur and lining
    return Case(
        id="knee",
        title=title,
        layers=(lining, femur, layer_for("odd_thing", "Odd thing")),
        timepoints=(
            Timepoint(
                "t0",
                "Baseline",
                0,
                surfaces("femoral_cartilage", "femur", "odd_thing"),
                (volume(), volume("t2")),
            ),
            Timepoint("t1", "12 months", 365, surfaces("femoral_cartilage", "femur", "odd_thing")),
        ),
        groups=(Group("joint", "Joint"), bones, cartilage),
        maps=(MapInfo("thickness_mm", "Thickness", "mm", "shortest path", "exact", 0.02),),
        provenance=("made for a test",),
    )
