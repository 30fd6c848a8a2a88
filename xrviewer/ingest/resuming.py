"""The slow stages of an import, each taken from one that was stopped where that had done it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xrviewer.case.mesh import Mesh
from xrviewer.case.volume import Volume
from xrviewer.ingest.autosegment import Tell, auto_segmented, named, segmentable
from xrviewer.ingest.budget import Fitted, fit
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.maps import carried
from xrviewer.ingest.part import Part
from xrviewer.ingest.stages import Arrays, Stages


def segmented(volumes: Sequence[Volume], stages: Stages, tell: Tell) -> LabelMap:
    """Of the scan that suits it best."""
    volume = segmentable(volumes)
    made: list[LabelMap] = []

    def make() -> Arrays:
        made.append(auto_segmented(volume, tell))
        return {"labels": made[0].labels, "grid": made[0].case_from_voxel}

    found = stages.kept(
        "segmentation", lambda: (volume.voxels, volume.case_from_voxel, volume.modality), make
    )
    return made[0] if made else named(volume, found["labels"], found["grid"])


def fit_once(parts: Sequence[Part], triangles: int, stages: Stages, tell: Tell) -> Fitted:
    """As `fit`."""
    made: list[Fitted] = []

    def make() -> Arrays:
        made.append(fit(parts, triangles, tell))
        return _packed(made[0])

    inputs = (triangles, *(array for part in parts for array in _arrays(part.mesh)))
    found = stages.kept("reduced surfaces", lambda: inputs, make)
    if made:
        return made[0]
    meshes = [Mesh(*(found[f"{kind}{i}"] for kind in "pnt")) for i in range(len(parts))]
    return Fitted(
        tuple(
            replace(part, mesh=mesh, maps=carried(part.maps, part.mesh, mesh))
            for part, mesh in zip(parts, meshes, strict=True)
        ),
        tuple(str(line) for line in found["provenance"]),
    )


def _arrays(mesh: Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return mesh.points_mm, mesh.normals, mesh.triangles


def _packed(fitted: Fitted) -> Arrays:
    found = {
        f"{kind}{i}": array
        for i, part in enumerate(fitted.parts)
        for kind, array in zip("pnt", _arrays(part.mesh), strict=True)
    }
    return found | {"provenance": np.array(fitted.provenance, np.str_)}
