"""The brain demo: an MNI152 scan and the fsaverage5 cortex, from the files in nilearn's wheel.

nilearn itself is never imported: its datasets module would bring scikit-learn along and could
reach for the network. Only its data files are read.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from xrviewer.case.catalogue import groups, layer_for
from xrviewer.case.model import Case, MapInfo, Timepoint
from xrviewer.case.surfaces import Surfaces, frozen, pack_parts
from xrviewer.case.volume import Volume
from xrviewer.demos.hindbrain import Sheet, outline_hindbrain
from xrviewer.errors import DeviceError
from xrviewer.resources import cases_folder
from xrviewer.spatial.frames import CASE_FROM_RAS
from xrviewer.spatial.transforms import apply

Progress = Callable[[float, str], None]
"""What is being done, and the fraction that is done."""

MNI152_FROM_MNI305 = np.array(
    [
        [0.9975, -0.0073, 0.0176, -0.0429],
        [0.0146, 1.0009, -0.0024, 1.5496],
        [-0.0130, -0.0093, 0.9971, 1.1840],
        [0.0, 0.0, 0.0, 1.0],
    ]
)
"""RAS mm; FreeSurfer's CoordinateSystems page, case 8. fsaverage lies in MNI305."""
MNI152_FROM_MNI305.setflags(write=False)

THINNEST_CORTEX_MM = 0.5
"""No living cortex is this thin: below it lies the medial wall or its blurred rim."""

_SIDES = ("left", "right")
_GROUPS = ("cortex", "brain")
_CORTEX = ("pial_left", "pial_right", "white_left", "white_right")
_SCAN = "mni_icbm152_t1_tal_nlin_sym_09a_converted.nii.gz"
_WINDOW = (150.0, 200.0)
"""Cerebrospinal fluid at the edge is dark, white matter not yet saturated."""


def make_brain(progress: Progress) -> Case:
    """The whole case, in a few seconds. Raises DeviceError without the `brain` extra."""
    data = _data_folder()
    texts = json.loads((cases_folder() / "brain" / "brain.json").read_text(encoding="utf-8"))
    progress(0.0, "reading the scan")
    scan = _scan(data / _SCAN)
    progress(0.1, "reading the cortex")
    cortex = {name: _sheet(data / "fsaverage5" / f"{name}.gii.gz") for name in _CORTEX}
    progress(0.3, "outlining cerebellum and brainstem")
    hindbrain = outline_hindbrain(scan, [cortex["pial_left"], cortex["pial_right"]])
    surfaces = _surfaces({**cortex, "cerebellum_brainstem": hindbrain}, data / "fsaverage5")
    progress(1.0, "done")
    return Case(
        id=texts["id"],
        title=texts["title"],
        layers=tuple(layer_for(id) for id in surfaces.part_ids),
        timepoints=(Timepoint("t0", texts["timepoint"], 0, surfaces, (scan,)),),
        groups=tuple(group for group in groups() if group.id in _GROUPS),
        maps=tuple(MapInfo(**row) for row in texts["maps"]),
        provenance=(*texts["provenance"], _read_from()),
    )


def _data_folder() -> Path:
    spec = importlib.util.find_spec("nilearn")
    if spec is None or not spec.submodule_search_locations:
        raise DeviceError(
            "the brain demo reads files that nilearn's wheel carries, and nilearn is not "
            'installed; install it with: pip install "xrviewer[brain]"'
        )
    return Path(spec.submodule_search_locations[0], "datasets", "data")


def _read_from() -> str:
    nilearn, ours = (importlib.metadata.version(name) for name in ("nilearn", "nibabel"))
    return f"Read from the wheel of nilearn {nilearn} with nibabel {ours}."


def _load(file: Path) -> Any:
    if not file.is_file():
        version = importlib.metadata.version("nilearn")
        raise DeviceError(
            f"nilearn {version} does not carry {file.name}, which the brain demo reads; "
            'install one that does with: pip install "nilearn==0.14.1"'
        )
    return nibabel.load(file)


def _surfaces(sheets: dict[str, Sheet], folder: Path) -> Surfaces:
    """The maps run over the pial surfaces, which come first; the rest has none."""
    meshes = [(name, p, vertex_normals(p, t), t) for name, (p, t) in sheets.items()]
    thickness = np.concatenate([_values(folder / f"thick_{side}.gii.gz") for side in _SIDES])
    thickness[thickness < THINNEST_CORTEX_MM] = np.nan
    depth = np.concatenate([_values(folder / f"sulc_{side}.gii.gz") for side in _SIDES])
    count = sum(len(points) for points, _ in sheets.values())
    undefined = np.full(count - len(depth), np.nan, np.float32)
    maps = {"thickness_mm": thickness, "sulcal_depth": depth}
    return pack_parts(meshes, {k: np.concatenate([v, undefined]) for k, v in maps.items()})


def _sheet(file: Path) -> Sheet:
    """Neither the affine nor RAS to LPS mirrors, so triangles still face outward."""
    points, triangles = _load(file).agg_data(("pointset", "triangle"))
    case_from_mni305 = CASE_FROM_RAS @ MNI152_FROM_MNI305
    moved = apply(case_from_mni305, points).astype(np.float32)
    return moved, np.ascontiguousarray(triangles, dtype=np.uint32)


def _values(file: Path) -> NDArray[np.float32]:
    return np.array(_load(file).agg_data(), dtype=np.float32)


def vertex_normals(
    points_mm: NDArray[np.float32], triangles: NDArray[np.uint32]
) -> NDArray[np.float32]:
    """Unit, the mean of the triangles around a vertex weighted by their area."""
    a, b, c = (points_mm[triangles[:, i]].astype(np.float64) for i in range(3))
    faces = np.cross(b - a, c - a)
    corners = triangles.ravel()
    summed = np.stack(
        [np.bincount(corners, np.repeat(faces[:, k], 3), len(points_mm)) for k in range(3)], axis=1
    )
    unit: NDArray[np.float64] = summed / np.linalg.norm(summed, axis=1, keepdims=True)
    return unit.astype(np.float32)


def _scan(file: Path) -> Volume:
    image = _load(file)
    voxels = np.asfortranarray(image.dataobj.get_unscaled())
    return Volume(
        id="t1",
        name="T1-weighted MRI, average of 152 adults",
        modality="MR",
        voxels=frozen(voxels),
        case_from_voxel=frozen(CASE_FROM_RAS @ image.affine),
        slope=float(image.dataobj.slope),
        intercept=float(image.dataobj.inter),
        window=_WINDOW,
    )
