"""A stack to a volume in the patient."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xrviewer.case.surfaces import frozen
from xrviewer.case.volume import Volume
from xrviewer.errors import VolumeError
from xrviewer.ingest.dicom.geometry import (
    Arrangement,
    arrange,
    filled,
    made_up,
    upright,
    upright_origin,
)
from xrviewer.ingest.dicom.header import Frame
from xrviewer.ingest.dicom.pixels import Read, Tell, read_stack
from xrviewer.ingest.dicom.series import Stack
from xrviewer.ingest.dicom.uptake import uptake
from xrviewer.ingest.stages import Arrays, Stages
from xrviewer.spatial.transforms import apply

_LIMBS = ("KNEE", "HIP", "SHOULDER", "ELBOW", "WRIST", "ANKLE", "FOOT", "HAND", "LEG", "THIGH")
_PLANES = ("sagittal", "coronal", "axial")
"""By the LPS axis that the normal of the slices is nearest to."""
_MIDLINE_MM = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A volume, and what was found out on the way to it."""

    volume: Volume
    notes: tuple[str, ...]


def read_scan(stack: Stack, id: str, allow_gaps: bool, tell: Tell, stages: Stages) -> Scan:
    """Raises VolumeError for slices that make no volume, or one with holes in it."""
    name, folder = stack.label, stack.first.path.parent
    frames = stack.frames
    try:
        grid = arrange(
            np.array([frame.position_mm for frame in frames]),
            np.array(frames[0].along_row),
            np.array(frames[0].along_column),
            frames[0].spacing_mm,
        )
    except ValueError as error:
        raise VolumeError(folder, f"{name} {error}") from None
    notes = _grid_notes(name, grid)
    if not allow_gaps and (grid.missing or not grid.is_even):
        is_most = len(grid.missing) > len(frames)
        ask = ", more than there are: is that the whole series?" if is_most else ";"
        raise VolumeError(folder, f"{_gap_note(name, grid)}{ask} --allow-gaps fills them in")
    volume = _volume(stack, id, grid, lambda frames: _read_once(stack, frames, tell, stages))
    volume, told = _in_its_unit(stack, volume)
    return Scan(volume, (*notes, *told, *_side_notes(stack, volume)))


def _in_its_unit(stack: Stack, volume: Volume) -> tuple[Volume, tuple[str, ...]]:
    if stack.first.is_cone_beam:
        note = f"{stack.label}: from a cone beam, whose grey values are no Hounsfield units"
        return volume, (note,)
    found = uptake(stack)
    if found is None:
        return replace(volume, unit="HU" if volume.modality == "CT" else ""), ()
    window = None if found.factor != 1 else volume.window  # what is stated is for what is stored
    scaled = replace(
        volume,
        slope=volume.slope * found.factor,
        intercept=volume.intercept * found.factor,
        unit=found.unit,
        window=window,
    )
    return scaled, found.notes


def _read_once(stack: Stack, frames: Sequence[Frame], tell: Tell, stages: Stages) -> Read:
    """Of an import that was stopped where it had unpacked the same files."""
    if stack.first.raw is not None:
        return read_stack(frames, stack.headers, tell)

    def make() -> Arrays:
        voxels, scaling = read_stack(frames, stack.headers, tell)
        return {"voxels": voxels, "scaling": np.array(scaling)}

    def inputs() -> tuple[object, ...]:
        paths = dict.fromkeys(frame.path for frame in frames)
        digests = [hashlib.blake2b(path.read_bytes()).hexdigest() for path in paths]
        return (*digests, *((frame.index, frame.scaling) for frame in frames))

    found = stages.kept("unpacked slices", inputs, make)
    slope, intercept = (float(v) for v in found["scaling"])
    return found["voxels"], (slope, intercept)


def _volume(
    stack: Stack, id: str, grid: Arrangement, read: Callable[[Sequence[Frame]], Read]
) -> Volume:
    voxels, (slope, intercept) = read([stack.frames[i] for i in grid.order])
    gaps: tuple[int, ...] = ()
    if grid.missing or not grid.is_even:
        voxels, gaps = filled(voxels, grid.depth), made_up(grid.depth)
    case_from_voxel = grid.case_from_voxel
    if grid.lean != (0.0, 0.0):
        voxels = upright(voxels, grid.lean)
        case_from_voxel = upright_origin(case_from_voxel, grid.lean, grid.count)
    return Volume(
        id=id,
        name=f"{stack.label}, {_plane_name(grid)}",
        modality=stack.first.modality,
        voxels=frozen(voxels),
        case_from_voxel=frozen(case_from_voxel),
        slope=slope,
        intercept=intercept,
        window=stack.first.window,
        echo_ms=stack.frames[0].echo_ms,
        filled_slices=gaps,
    )


def _plane_name(grid: Arrangement) -> str:
    return _PLANES[int(np.argmax(np.abs(grid.case_from_voxel[:3, 2])))]


def _grid_notes(name: str, grid: Arrangement) -> tuple[str, ...]:
    notes = []
    if grid.duplicates:
        notes.append(f"{name}: {grid.duplicates} at a place that another slice has: left out")
    if grid.missing or not grid.is_even:
        notes.append(f"{_gap_note(name, grid)}; filled in between their neighbours")
    if grid.lean != (0.0, 0.0):
        shift = float(np.hypot(*np.multiply(grid.lean, _pixel_mm(grid))))
        angle = np.degrees(np.arctan2(shift, np.linalg.norm(grid.case_from_voxel[:3, 2])))
        notes.append(f"{name}: the gantry was tilted by {angle:.1f} degrees: resampled upright")
    return tuple(notes)


def _pixel_mm(grid: Arrangement) -> tuple[float, float]:
    i, j = (float(v) for v in np.linalg.norm(grid.case_from_voxel[:3, :2], axis=0))
    return i, j


def _gap_note(name: str, grid: Arrangement) -> str:
    if not grid.is_even:
        return f"{name} has slices at uneven distances"
    places = ", ".join(f"{place:.1f}" for place in grid.missing[:4])
    more = ", ..." if len(grid.missing) > 4 else ""
    count = len(grid.missing)
    slices = "1 slice" if count == 1 else f"{count} slices"
    return f"{name} lacks {slices}, {places}{more} mm from the first"


def _side_notes(stack: Stack, volume: Volume) -> tuple[str, ...]:
    """Of a limb, the header's side against the side of the table it was scanned on."""
    side = stack.first.side
    if side not in ("L", "R") or not any(limb in stack.first.body_part for limb in _LIMBS):
        return ()
    middle = apply(volume.case_from_voxel, [(n - 1) / 2 for n in volume.voxels.shape])
    lies = "L" if middle[0] > 0 else "R"
    if abs(middle[0]) < _MIDLINE_MM or lies == side:
        return ()
    says, where = ("left", "right") if side == "L" else ("right", "left")
    return (f"{volume.name}: the header says {says}, but it lies on the {where}: check the side",)
