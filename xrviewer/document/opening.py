"""What a session on a case holds before anything is done."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Case, Timepoint
from xrviewer.case.volume import Volume
from xrviewer.document.plane_rules import new_slice
from xrviewer.document.planes import Mode
from xrviewer.document.registers import Register, Value, is_text
from xrviewer.document.snapshot import (
    MODEL_EXPLODE,
    MODEL_PLACEMENT,
    SESSION_CROSSHAIR,
    SESSION_GHOSTED,
    SESSION_ISOLATED,
    SESSION_MAP,
    SESSION_PEELED,
    SESSION_TIMEPOINT,
    SESSION_TOOL,
    layer_register,
    map_register,
    place_value,
    placement_value,
)
from xrviewer.errors import DocumentError
from xrviewer.spatial.frames import MM_PER_M, MODEL_FROM_CASE
from xrviewer.spatial.planes import ANATOMICAL_NAMES, Plane, anatomical, oblique
from xrviewer.spatial.transforms import IDENTITY_ROTATION, PartPlace, Placement, Vec3, apply

REST_HEIGHT_M = 0.80
REST_DISTANCE_M = 0.60
OPENING_TOOL = "grab"
_ALONG = 0.9999
"""Cosine of 0.8 degrees: a scan turned by less is cut along the anatomical planes."""


def opening_values(case: Case) -> dict[Register, Value]:
    """Every layer as the case shows it, the first timepoint, the model at rest; of a case that has
    scans alone, three slices through the middle of the first."""
    if not case.timepoints:
        raise DocumentError(f"case {case.id!r} has no timepoint to show")
    ids = (x.id for kind in (case.layers, case.timepoints, case.maps) for x in kind)
    for name in (case.id, *ids):
        if not is_text(name):
            raise DocumentError(f"case {case.id!r} has an id that cannot be written: {name!r}")
    values: dict[Register, Value] = {}
    for layer in case.layers:
        values[layer_register(layer.id, "is_visible")] = True
        values[layer_register(layer.id, "opacity")] = float(layer.opacity)
        values[layer_register(layer.id, "color")] = layer.color.hex()
        values[layer_register(layer.id, "place")] = place_value(PartPlace())
    values[MODEL_PLACEMENT] = placement_value(placement_at_rest(*bounds_mm(case.timepoints[0])))
    values |= _slices(case)
    values[MODEL_EXPLODE] = 0.0
    values[SESSION_TIMEPOINT] = case.timepoints[0].id
    values[SESSION_TOOL] = OPENING_TOOL
    values[SESSION_MAP] = None
    values[SESSION_CROSSHAIR] = None
    values[SESSION_ISOLATED] = values[SESSION_GHOSTED] = None
    values[SESSION_PEELED] = ()
    for info in case.maps:
        values[map_register(info.id, "range")] = None
        values[map_register(info.id, "steps")] = 0
        values[map_register(info.id, "isolines")] = False
    return values


def _slices(case: Case) -> dict[Register, Value]:
    """Without them nothing would be seen."""
    volumes = case.timepoints[0].volumes
    if not volumes or any(len(t.surfaces.triangles) for t in case.timepoints):
        return {}
    made: dict[Register, Value] = {}
    for name, plane in zip(ANATOMICAL_NAMES, _as_scanned(volumes[0]), strict=True):
        made |= new_slice(name, volumes[0].id, plane, Mode.PAINTED)
    return made


def _as_scanned(scan: Volume) -> list[Plane]:
    """Along its own slices and across them: of a few that were tilted the anatomical planes would
    show strips."""
    planes = [anatomical(name, scan.center_mm) for name in ANATOMICAL_NAMES]
    axes = scan.case_from_voxel[:3, :3] / scan.spacing_mm
    facing = np.array([plane.normal for plane in planes]) @ axes
    order = max(permutations(range(3)), key=lambda of: np.abs(facing[range(3), of]).sum())
    found = []
    for row, (plane, column) in enumerate(zip(planes, order, strict=True)):
        x, y, z = (axes[:, column] * np.sign(facing[row, column])).tolist()
        is_along = abs(facing[row, column]) > _ALONG
        found.append(plane if is_along else oblique(plane.point_mm, (x, y, z), plane.across))
    return found


def placement_at_rest(low_mm: NDArray[np.floating], high_mm: NDArray[np.floating]) -> Placement:
    """Life size, upright, its front to the viewer, at table height.

    What is too tall for that stands on the floor.
    """
    low, high = np.asarray(low_mm, np.float64), np.asarray(high_mm, np.float64)
    half_height_m = (high[2] - low[2]) / MM_PER_M / 2
    centre_m = (0.0, max(REST_HEIGHT_M, half_height_m), -REST_DISTANCE_M)
    x, y, z = (float(v) for v in centre_m - apply(MODEL_FROM_CASE, (low + high) / 2))
    return Placement((x, y, z), IDENTITY_ROTATION, 1.0)


def bounds_mm(timepoint: Timepoint) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Of the surfaces; of the scans where there is no surface."""
    if np.any(timepoint.surfaces.parts["triangle_count"] > 0) or not timepoint.volumes:
        return timepoint.surfaces.bounds_mm()
    corners = np.concatenate(
        [
            apply(volume.case_from_voxel, _CORNERS * np.subtract(volume.voxels.shape[:3], 1))
            for volume in timepoint.volumes
        ]
    )
    return corners.min(axis=0), corners.max(axis=0)


def middle_mm(timepoint: Timepoint) -> Vec3:
    """Of what there is at a date; case frame."""
    low, high = bounds_mm(timepoint)
    x, y, z = ((np.asarray(low, np.float64) + high) / 2).tolist()
    return (x, y, z)


_CORNERS = np.array(list(np.ndindex(2, 2, 2)), dtype=np.float64)
