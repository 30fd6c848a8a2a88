"""What can be asked of slices whoever asks: add one, step it by an acquired slice, cut there."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.volume import Volume
from xrviewer.document.intents import Intent
from xrviewer.document.plane_intents import (
    AddCut,
    AddSlice,
    PlaceSlice,
    RemoveSlice,
    TurnSlice,
    free_id,
)
from xrviewer.document.planes import CURVED_HALF_MM, CutKind, CutShape, Slice
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.world import World
from xrviewer.spatial.planes import (
    ANATOMICAL_NAMES,
    Plane,
    anatomical,
    dot,
    name_of,
    rotation_to,
    unit,
)
from xrviewer.spatial.transforms import Vec3

Curve = tuple[Vec3, ...]
TURN_RAD = math.radians(10)
"""By a step of a curved slice."""
_PARALLEL = 1 - 1e-6
"""Cosine to the acquired slices from which a plane is one of them."""


def volumes_of(snapshot: Snapshot, world: World) -> tuple[Volume, ...]:
    """The scans of the date that is shown."""
    return next(t.volumes for t in world.case.timepoints if t.id == snapshot.timepoint)


def active_slice(snapshot: Snapshot) -> str | None:
    """The slice that keys and sticks mean: the last one that was added and is seen."""
    seen = [id for id, slice in snapshot.slices.items() if slice.is_visible]
    return seen[-1] if seen else None


def next_slice(snapshot: Snapshot, world: World) -> list[Intent]:
    """Axial, then coronal, then sagittal through the middle of the first scan, then none."""
    volumes = volumes_of(snapshot, world)
    slices = {id: slice for id, slice in snapshot.slices.items() if not slice.curve_mm}
    if not volumes:
        return []
    if len(slices) >= len(ANATOMICAL_NAMES):
        return [RemoveSlice(id) for id in slices]
    taken = {name_of(slice.plane) for slice in slices.values()}
    name = next(name for name in ANATOMICAL_NAMES if name not in taken)
    plane = anatomical(name, volumes[0].center_mm)
    return [AddSlice(free_id("slice", snapshot.slices), volumes[0].id, plane)]


def stepped(snapshot: Snapshot, world: World, steps: int, slice: str | None = None) -> list[Intent]:
    """By so many acquired slices, towards the viewer of the slice when positive; a curved one is
    turned about its line."""
    id = slice or active_slice(snapshot)
    if id is None or steps == 0:
        return []
    state = snapshot.slices[id]
    if state.curve_mm:
        return [TurnSlice(id, state.turn_rad + steps * TURN_RAD)]
    volume = next((v for v in volumes_of(snapshot, world) if v.id == state.volume), None)
    return [] if volume is None else [PlaceSlice(id, stepped_plane(state.plane, volume, steps))]


def stepped_plane(plane: Plane, volume: Volume, steps: int) -> Plane:
    """Along the axis of the voxels that is nearest to the normal. A plane that lies as the
    acquired slices do comes to lie on the middle of one, whatever lay between before."""
    voxel_from_case = np.linalg.inv(volume.case_from_voxel)
    k = _axis_across(plane, volume)
    # Rows of the inverse are the normals of the acquired planes: of a tilted gantry they are
    # not the direction in which the slices follow each other.
    row = voxel_from_case[k, :3]
    x, y, z = row.tolist()
    acquired = unit((x, y, z))
    per_voxel_mm = 1 / float(np.linalg.norm(row))
    cosine = dot(acquired, plane.normal)
    sign = 1 if cosine > 0 else -1
    if abs(cosine) < _PARALLEL:
        return plane.shifted(steps * per_voxel_mm)
    index = float(row @ plane.point_mm + voxel_from_case[k, 3])
    near = round(index) if abs(index - round(index)) < 1e-6 else _beside(index, steps * sign)
    wanted = near + steps * sign
    wanted = min(max(wanted, 0), volume.voxels.shape[k] - 1)
    return plane.shifted((wanted - index) * sign * per_voxel_mm)


def _beside(index: float, steps: int) -> int:
    """Between two slices, the first step goes to the next one of them."""
    return math.floor(index) if steps > 0 else math.ceil(index)


def _axis_across(plane: Plane, volume: Volume) -> int:
    """Of the volume's planes i, j, k, those that the plane is most alike."""
    normals = np.linalg.inv(volume.case_from_voxel)[:3, :3]
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return int(np.argmax(np.abs(normals @ plane.normal)))


def cut_here(snapshot: Snapshot, slice: str | None = None) -> list[Intent]:
    """Opens what lies before a slice; its face shows the same scan at the same window."""
    id = slice or active_slice(snapshot)
    if id is None or snapshot.slices[id].curve_mm:
        return []
    state = snapshot.slices[id]
    shape = cut_along(state)
    return [AddCut(free_id("cut", snapshot.cuts), shape, state.volume, state.window)]


def cut_along(state: Slice) -> CutShape:
    return CutShape(CutKind.PLANE, state.plane.point_mm, rotation_to(state.plane))


def coordinate(plane: Plane, volume: Volume) -> tuple[float, float]:
    """Where the plane is said to be, in millimetres, and whether that grows along its normal: of
    the patient's own planes the patient's coordinate, of others the distance to the scan's
    middle."""
    for axis, part in enumerate(plane.normal):
        if abs(part) > 1 - 1e-9:
            return math.copysign(1.0, part), plane.point_mm[axis]
    return 1.0, -plane.distance_mm(volume.center_mm)


def reach_mm(plane: Plane, volume: Volume) -> tuple[float, float]:
    """From where to where a plane so turned meets the scan, as `coordinate` says it."""
    sign, here = coordinate(plane, volume)
    middle = here + plane.distance_mm(volume.center_mm) * sign
    half, _ = volume.half_extent_mm(plane.normal, plane.across)
    return middle - half, middle + half


def slice_number(plane: Plane, volume: Volume) -> tuple[int, int] | None:
    """Which acquired slice it lies on, counted from 1, and of how many; None for an oblique."""
    k = _axis_across(plane, volume)
    voxel_from_case = np.linalg.inv(volume.case_from_voxel)
    row = voxel_from_case[k, :3]
    if abs(dot(unit((float(row[0]), float(row[1]), float(row[2]))), plane.normal)) < _PARALLEL:
        return None
    count = volume.voxels.shape[k]
    index = round(float(row @ plane.point_mm + voxel_from_case[k, 3]))
    return min(max(index, 0), count - 1) + 1, count


def as_curve(points_mm: NDArray[np.float64]) -> Curve:
    """A hundredth of a millimetre is finer than any scan; the journal need not hold more."""
    return tuple((x, y, z) for x, y, z in np.round(points_mm, 2).tolist())


def screen_beside(curve_mm: Curve, volume: Volume) -> Plane:
    """Where a straightened scan stands: upright at the patient's left, beside all of the scan."""
    x, y, z = np.mean(curve_mm, axis=0).tolist()
    half, _ = volume.half_extent_mm((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    beside = volume.center_mm[0] + half + 1.5 * CURVED_HALF_MM
    return anatomical("coronal", (max(beside, x), y, z))
