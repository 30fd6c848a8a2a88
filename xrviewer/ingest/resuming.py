"""The slow stages of an import, each taken from one that was stopped where that had done it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from xrviewer.case.mesh import Mesh
from xrviewer.case.volume import Volume
from xrviewer.ingest.autosegment import Tell, auto_segmented, named, segmentable
from xrviewer.ingest.budget import Fitted, fit
from xrviewer.ingest.islands import Cleaned
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


def cleaned_once(
    inputs: tuple[object, ...], make: Callable[[], Iterable[Cleaned]], stages: Stages
) -> Sequence[Cleaned]:
    """Surfaces of labels, with what was left out of each."""
    made: list[Cleaned] = []

    def packed() -> Arrays:
        made.extend(make())
        left_out = np.array([(one.dropped, one.dropped_mm3) for one in made]).reshape(-1, 2)
        return _meshes([one.mesh for one in made]) | {"left_out": left_out}

    found = stages.kept("surfaces", lambda: inputs, packed)
    if made:
        return made
    return [
        Cleaned(_mesh(found, i), int(count), float(mm3))
        for i, (count, mm3) in enumerate(found["left_out"])
    ]


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
    meshes = [_mesh(found, i) for i in range(len(parts))]
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
    meshes = _meshes([part.mesh for part in fitted.parts])
    return meshes | {"provenance": np.array(fitted.provenance, np.str_)}


def _meshes(meshes: Sequence[Mesh]) -> dict[str, np.ndarray]:
    return {
        f"{kind}{i}": array
        for i, mesh in enumerate(meshes)
        for kind, array in zip("pnt", _arrays(mesh), strict=True)
    }


def _mesh(found: Arrays, i: int) -> Mesh:
    return Mesh(*(found[f"{kind}{i}"] for kind in "pnt"))
