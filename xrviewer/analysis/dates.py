"""How a later date lies on the first one, structure by structure, for seeing both at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.by_hand import WHOLE_DATE
from xrviewer.analysis.followup import CORES, fit_of, full_parts
from xrviewer.analysis.image_registration import fitted_scans
from xrviewer.analysis.nearest import NearestPoint
from xrviewer.analysis.pairs import KNOWN_PAIRS
from xrviewer.analysis.registration import Fit
from xrviewer.analysis.thickness import part_mesh
from xrviewer.case.model import Case, Timepoint
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, apply, invert_similarity

_ON_BONE = {pair.outer: pair.inner for pair in KNOWN_PAIRS} | {
    "medial_meniscus": "tibia",
    "lateral_meniscus": "tibia",
}
"""What lies on one bone goes with it; all else goes with the largest."""


def date_fits(case: Case, first: Timepoint, later: Timepoint) -> dict[str, Fit]:
    """By bone, else of the whole by its scan. Raises MeasureError where nothing fits."""
    common = sorted(bones_of(case) & full_parts(first) & full_parts(later))
    if not common:
        return {WHOLE_DATE: _by_scan(first, later)}
    with ThreadPoolExecutor(CORES) as pool:
        tried = list(pool.map(lambda bone: _tried(bone, first, later), common))
    found = {b: fit for b, fit in zip(common, tried, strict=True) if isinstance(fit, Fit)}
    refused = [error for error in tried if isinstance(error, MeasureError)]
    # A small bone may be cut off by the scan's edge; the largest must fit.
    if not found or main_bone(found, first) != main_bone(dict.fromkeys(common), first):
        raise refused[0]
    return found


def bones_of(case: Case) -> set[str]:
    """What does not bend: by its tissue, or because cartilage is measured on it."""
    return {layer.id for layer in case.layers if layer.role == "bone" or layer.id in _BONES}


_BONES = {pair.inner for pair in KNOWN_PAIRS}


def _tried(bone: str, first: Timepoint, later: Timepoint) -> Fit | MeasureError:
    try:
        return fit_of(bone, first, later)
    except MeasureError as error:
        return error


def _by_scan(first: Timepoint, later: Timepoint) -> Fit:
    scans = {volume.id: volume for volume in first.volumes}
    for moving in later.volumes:
        if moving.id in scans:
            fit = fitted_scans(moving, scans[moving.id])
            return Fit(fit.fixed_from_moving, fit.residual_mm, fit.residual_mm, fit.overlap)
    raise MeasureError(f"{first.name} and {later.name} have neither a bone nor a scan in common")


def main_bone(fits: Iterable[str], timepoint: Timepoint) -> str:
    """The one with the largest box."""
    surfaces = timepoint.surfaces
    sizes = (surfaces.parts["max_mm"] - surfaces.parts["min_mm"]).prod(axis=1)
    rows = {id: row for row, id in enumerate(surfaces.part_ids)}
    return max(sorted(fits), key=lambda id: float(sizes[rows[id]]) if id in rows else 0.0)


def bone_under(layer: str, fits: Mapping[str, object], main: str) -> str:
    """Which fit a structure goes by."""
    if layer in fits:
        return layer
    bone = _ON_BONE.get(layer, main)
    return bone if bone in fits else main


def surface_change(
    case: Case, shown: Timepoint, other: Timepoint, shown_from_other: Mapping[str, Matrix]
) -> NDArray[np.float32]:
    """At each vertex of the shown date, mm: how far the other's surface lies outside, below 0
    inside. shown_from_other: by layer. NaN for what the other date lacks, and for what reaches
    over a joint: that a knee was bent otherwise is no change."""
    surfaces = shown.surfaces
    values = np.full(len(surfaces.positions_mm), np.nan, np.float32)
    bones = bones_of(case)
    for layer in sorted(full_parts(shown) & full_parts(other)):
        if bones and layer not in bones and layer not in _ON_BONE:
            continue
        row = surfaces.parts[surfaces.part_ids.index(layer)]
        first = int(row["vertex_first"])
        there = values[first : first + int(row["vertex_count"])]
        mesh = part_mesh(surfaces, layer)
        target = part_mesh(other.surfaces, layer)
        points = apply(invert_similarity(shown_from_other[layer]), mesh.points_mm)
        feet = NearestPoint(target).feet(points)
        outwards = feet.interpolated(target, target.normals)
        away = np.einsum("ij,ij->i", points - feet.points_mm, outwards)
        there[:] = np.where(away > 0, -1.0, 1.0) * feet.distance_mm
    return values
