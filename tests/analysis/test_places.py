"""Whoever points at a knee is told the region, on the bone and on the cartilage over it."""

from __future__ import annotations

import numpy as np

from tests.analysis.phantoms import shell_mesh
from xrviewer.analysis.places import places_of
from xrviewer.case.surfaces import pack_parts


def test_both_surfaces_of_a_layer_have_the_same_names() -> None:
    inner, outer = shell_mesh(20, 2, detail=4)
    apart = shell_mesh(5, 1, detail=2)[0]
    far = [(200.0, 0.0, 0.0), (-200.0, 0.0, 0.0)]
    meshes = [("femur", inner, (0, 0, 0)), ("femoral_cartilage", outer, (0, 0, 0))]
    meshes += [("mcl", apart, far[0]), ("lcl", apart, far[1])]  # a right knee: lateral is -x
    surfaces = pack_parts(
        [
            (id, (m.points_mm + at).astype(np.float32), m.normals.astype(np.float32), m.triangles)
            for id, m, at in meshes
        ]
    )
    places = places_of(surfaces)
    bone, layer = len(inner.points_mm), len(outer.points_mm)
    assert (places.of_vertex[bone + layer :] == -1).all()  # a ligament is no region
    assert places.name(bone + layer) == ""
    on_bone = [places.name(v) for v in range(bone)]
    assert [places.name(bone + v) for v in range(bone)] == on_bone  # the shell's far side
    front = np.flatnonzero(inner.points_mm[:, 1] < -18)
    assert all("trochlea" in on_bone[v] for v in front)
    left, right = (np.flatnonzero(s * inner.points_mm[:, 0] > 10) for s in (1, -1))
    assert all("medial" in on_bone[v] for v in left)
    assert all("lateral" in on_bone[v] for v in right)
