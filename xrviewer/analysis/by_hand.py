"""How far a later date lies from the first one where a hand has put it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from xrviewer.analysis.registration import COARSE_POINTS, Apart, Fit, off
from xrviewer.analysis.thickness import part_mesh
from xrviewer.case.model import Timepoint
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, apply
from xrviewer.words import mark

WHOLE_DATE = ""
"""In place of a bone: a date that has none, laid by its scan."""


class DateApart:
    """Made in a second, then asked in milliseconds: while the date is in the hand."""

    def __init__(self, first: Timepoint, later: Timepoint, layers: Iterable[str]) -> None:
        """layers: those that were fitted."""
        self._bones = {
            layer: Apart(
                part_mesh(later.surfaces, layer), part_mesh(first.surfaces, layer), COARSE_POINTS
            )
            for layer in layers
            if layer != WHOLE_DATE
        }
        self._corners = _corners_mm(first)

    def worst_mm(self, first_from_date: Mapping[str, Matrix]) -> float:
        """Of the bones, laid so."""
        return max(one.at(first_from_date[bone]).residual_mm for bone, one in self._bones.items())

    def scan_mm(self, residual_mm: float, nudge: Matrix) -> float:
        """Of a date without a bone: how far off its scan was, and how far it was moved since."""
        moved = np.linalg.norm(apply(nudge, self._corners) - self._corners, axis=1)
        return float(np.hypot(residual_mm, np.sqrt((moved**2).mean())))


def _corners_mm(timepoint: Timepoint) -> Matrix:
    """Of the box round the first scan; else round the surfaces."""
    unit = np.array(list(np.ndindex(2, 2, 2)), np.float64)
    for volume in timepoint.volumes:
        return apply(volume.case_from_voxel, unit * (np.array(volume.voxels.shape[:3]) - 1.0))
    low, high = (np.asarray(end, np.float64) for end in timepoint.surfaces.bounds_mm())
    return np.asarray(low + unit * (high - low))


def laid_by_hand(
    fits: Mapping[str, Fit], nudge: Matrix, before: Timepoint, after: Timepoint
) -> dict[str, Fit]:
    """Each bone's fit with what a person has moved since. Raises MeasureError for one that nobody
    should measure with."""
    laid = {}
    for bone, fit in fits.items():
        meshes = part_mesh(after.surfaces, bone), part_mesh(before.surfaces, bone)
        laid[bone] = moved = Apart(*meshes).at(nudge @ fit.fixed_from_moving)
        if not moved.is_good:
            raise MeasureError(
                mark(
                    "{bone}: adjusted by hand to {size} mm off over {share} % of the surface; "
                    "take the adjustment back"
                ),
                bone=bone,
                **off(moved),
            )
    return laid
