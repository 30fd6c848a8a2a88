"""Puts the knee together: anatomy, thickness truth and scan of both dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.pairs import pairs_among
from xrviewer.analysis.terms import Definition
from xrviewer.analysis.thickness import measure_surfaces, thickness_info, thickness_values
from xrviewer.case import catalogue
from xrviewer.case.model import Case, Layer, MapInfo, Timepoint
from xrviewer.case.surfaces import ScalarMap, Surfaces, frozen, pack_parts
from xrviewer.case.volume import Volume
from xrviewer.demos.implicit import Coords, Values
from xrviewer.demos.knee import anatomy, depth, ligaments, mri
from xrviewer.demos.knee.anatomy import Detail, Part, Skeleton
from xrviewer.demos.knee.cartilage import CARTILAGES
from xrviewer.demos.knee.depth import DepthGrid
from xrviewer.demos.knee.recipe import Recipe, Visit, recipe
from xrviewer.demos.knee.tour import TOUR
from xrviewer.spatial.transforms import apply
from xrviewer.words import mark

Progress = Callable[[float, str], None]
THICKNESS_MAP = "thickness_truth_mm"
_NEAREST = thickness_info(Definition.NEAREST)
_SCAN_CENTER_MM = (0.0, 0.0, 3.5)
"""In the joint frame of either date: the radiographer centres on the joint."""


@dataclass(frozen=True, slots=True, eq=False)
class _Knee:
    """What both dates share."""

    recipe: Recipe
    skeleton: Skeleton
    detail: Detail
    menisci: Mapping[str, Part]
    still: Mapping[str, DepthGrid]
    """For the scans, each in its bone's frame."""


def make_knee(
    progress: Progress = lambda fraction, text: None,
    detail: Detail | None = None,
) -> Case:
    """Half a minute of one core; the same bytes every time."""
    made, detail = recipe(), detail or Detail()
    skeleton = anatomy.make_skeleton(detail, lambda name: progress(0.02, f"growing the {name}"))
    healthy = anatomy.hard_parts(skeleton, made.timepoints[0].pose, {})
    menisci = anatomy.make_menisci(skeleton, healthy, detail)
    progress(0.15, "preparing the scanner")
    still = depth.still_grids(skeleton) | depth.mesh_grids(menisci, menisci)
    knee = _Knee(made, skeleton, detail, menisci, still)
    visits: list[Timepoint] = []
    for visit, span in zip(made.timepoints, ((0.2, 0.6), (0.6, 1.0)), strict=True):
        visits.append(_see(knee, visit, _within(progress, *span)))
    progress(1.0, "done")
    return _case(made, tuple(visits))


def _see(knee: _Knee, visit: Visit, tell: Progress) -> Timepoint:
    """One date: the anatomy in its pose, and its scan."""
    tell(0.0, f"{visit.name}: soft tissue")
    lost = _lost(knee.recipe, visit)
    parts = anatomy.hard_parts(knee.skeleton, visit.pose, lost)
    parts |= knee.menisci
    parts |= anatomy.make_soft(knee.skeleton, parts, visit.pose, knee.detail)
    surfaces = _surfaces(parts, visit)
    tell(0.2, f"{visit.name}: scanning")
    return Timepoint(visit.id, visit.name, visit.day, surfaces, (_scan(knee, visit, parts, tell),))


def _scan(knee: _Knee, visit: Visit, parts: Mapping[str, Part], tell: Progress) -> Volume:
    scan = knee.recipe.mri.coarser(knee.detail.voxels)
    place = visit.pose.case_from_joint
    return mri.acquire(
        scan,
        _grids(knee, visit, parts),
        place,
        mri.sagittal(scan, apply(place, _SCAN_CENTER_MM)),
        visit.seed,
        lambda part: tell(0.3 + 0.7 * part, f"{visit.name}: scanning"),
    )


def _grids(knee: _Knee, visit: Visit, parts: Mapping[str, Part]) -> dict[str, DepthGrid]:
    """All that the scan of a date is drawn from, in the joint frame."""
    still = dict(knee.still)
    for layer in CARTILAGES:
        loss_mm = _lost(knee.recipe, visit).get(layer.id)
        if loss_mm is not None:
            still[layer.id] = depth.cartilage_grid(layer, knee.skeleton, loss_mm)
    moving = depth.mesh_grids(parts, [cord.id for cord in ligaments.CORDS])
    return depth.posed(still, visit.pose) | moving | depth.wide_grids(visit.pose)


def _lost(made: Recipe, visit: Visit) -> dict[str, Callable[[Coords], Values]]:
    """What each cartilage has lost since the first date."""
    is_later = visit.day > made.timepoints[0].day
    return {made.lesion.layer: made.lesion.loss_mm} if is_later else {}


def _surfaces(parts: Mapping[str, Part], visit: Visit) -> Surfaces:
    meshes: list[tuple[str, NDArray[np.float32], NDArray[np.float32], NDArray[np.uint32]]] = []
    thickness: list[NDArray[np.float32]] = []
    for name, part in parts.items():
        mesh = part.mesh.moved(visit.pose.case_from_joint)
        points, normals = mesh.points_mm.astype(np.float32), mesh.normals.astype(np.float32)
        meshes.append((name, points, normals, mesh.triangles))
        none = np.full(len(points), np.nan)
        known = none if part.thickness_mm is None else part.thickness_mm
        thickness.append(known.astype(np.float32))
    return _with_nearest(pack_parts(meshes, {THICKNESS_MAP: np.concatenate(thickness)}))


def _with_nearest(surfaces: Surfaces) -> Surfaces:
    """The other definition beside the formula's: measured, for no formula has it."""
    pairs = pairs_among(surfaces.part_ids)
    measured = [measure_surfaces(surfaces, pair, Definition.NEAREST) for pair in pairs]
    nearest = ScalarMap(_NEAREST.id, frozen(thickness_values(surfaces, measured)))
    return replace(surfaces, maps=MappingProxyType({**surfaces.maps, nearest.id: nearest}))


def _case(made: Recipe, timepoints: tuple[Timepoint, ...]) -> Case:
    layers = tuple(_layer(name) for name in timepoints[0].surfaces.part_ids)
    used = {layer.group for layer in layers}
    return Case(
        id="knee-demo",
        title=made.title,
        layers=layers,
        timepoints=timepoints,
        groups=tuple(group for group in catalogue.groups() if group.id in used),
        maps=(_thickness_info(), _NEAREST),
        tour=TOUR,
        provenance=_provenance(made),
    )


def _layer(name: str) -> Layer:
    layer = catalogue.known(name)
    if layer is None:
        raise KeyError(f"the catalogue has no layer {name!r}, which the demo knee is made of")
    return layer


def _thickness_info() -> MapInfo:
    return MapInfo(
        THICKNESS_MAP,
        mark("True thickness (along the normal)"),
        "mm",
        mark("along the bone's normal, from the bone to the cartilage's surface"),
        mark("the formula the surface was made with"),
        0.0,
    )


def _provenance(made: Recipe) -> tuple[str, ...]:
    lesion = made.lesion
    return (
        "Made from formulas by xrviewer.demos.knee; it is the anatomy of nobody.",
        f"Cartilage of the medial femoral condyle is thinner at {made.timepoints[1].name} by "
        f"{lesion.depth_mm} mm, to half of that within {lesion.half_depth_radius_mm} mm "
        f"({lesion.half_depth_area_mm2:.1f} mm2).",
        "Between the dates the leg moved and the knee bent by "
        f"{made.timepoints[1].pose.flexion_deg - made.timepoints[0].pose.flexion_deg} degrees; "
        "nothing is registered.",
    )


def _within(progress: Progress, low: float, high: float) -> Progress:
    return lambda fraction, text: progress(min(low + (high - low) * fraction, high), text)
