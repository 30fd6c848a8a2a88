"""`xrviewer lesions`: what became of lesions from one mask to the next."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from xrviewer.analysis.image_registration import ImageFit, fitted_scans
from xrviewer.analysis.lesions import Fate, Grid, LesionChange, lesion_changes, on_grid
from xrviewer.case.volume import Volume
from xrviewer.caseio.loose import open_path
from xrviewer.caseio.nifti import read_nifti
from xrviewer.errors import InputError, MeasureError
from xrviewer.ingest.volumes import NIFTI_SUFFIXES, read_label_maps
from xrviewer.scene.legend import NOT_DIAGNOSTIC
from xrviewer.words import mark

LESION_METHOD = mark(
    "voxels that touch are one lesion; of two dates those are the same that share voxels; a change "
    "counts from what a tenth of half a voxel's diagonal all around makes of both"
)


class ScanFit(msgspec.Struct, frozen=True):
    """How the later scan lies in the first one."""

    residual_mm: float
    overlap: float
    likeness: float
    baseline_from_followup: tuple[tuple[float, ...], ...]


class LesionTable(msgspec.Struct, frozen=True):
    """What `lesions` prints. One mask alone is a mask of what is new."""

    method: str
    fit: ScanFit | None
    counts: dict[str, int]
    before_mm3: float
    after_mm3: float
    rows: tuple[LesionChange, ...]
    note: str = NOT_DIAGNOSTIC


def lesions(
    before: Path, after: Path | None, scans: tuple[Path, Path] | None, least_mm3: float
) -> LesionTable:
    """Raises MeasureError where masks or scans do not belong together."""
    first, fit = _mask(before), None
    if after is None:
        first, second = Grid(np.zeros_like(first.mask), first.case_from_voxel), first
    else:
        second = _mask(after)
        if scans is not None:
            fit = fitted_scans(_scan(scans[1]), _scan(scans[0]))
        if not first.mask.any() and not second.mask.any():
            raise MeasureError(f"{before.name} and {after.name} mark nothing at all")
        second = on_grid(second, first, None if fit is None else fit.fixed_from_moving)
    rows = [
        row
        for row in lesion_changes(first, second)
        if max(row.before_mm3, row.after_mm3) >= least_mm3
    ]
    counts = {str(fate): sum(row.fate is fate for row in rows) for fate in Fate}
    sizes = [float(grid.mask.sum()) * first.voxel_mm3 for grid in (first, second)]
    return LesionTable(LESION_METHOD, _told(fit), counts, sizes[0], sizes[1], tuple(rows))


def _mask(file: Path) -> Grid:
    if file.name.lower().endswith(NIFTI_SUFFIXES):  # one that marks nothing is a finding, too
        volume = read_nifti(file, "mask", "mask").volume
        return Grid(np.asarray(volume.voxels) > 0, np.asarray(volume.case_from_voxel))
    maps = read_label_maps(file)
    if not maps:
        raise InputError(file, "holds no mask")
    if len(maps) > 1:
        raise InputError(file, f"holds {len(maps)} masks; name a file with one")
    return Grid(np.asarray(maps[0].labels) > 0, maps[0].case_from_voxel)


def _scan(file: Path) -> Volume:
    volumes = open_path(file).timepoints[0].volumes
    if not volumes:
        raise InputError(file, "holds no scan to fit")
    return volumes[0]


def _told(fit: ImageFit | None) -> ScanFit | None:
    if fit is None:
        return None
    matrix = tuple(tuple(float(v) for v in row) for row in fit.fixed_from_moving)
    return ScanFit(fit.residual_mm, fit.overlap, fit.likeness, matrix)
