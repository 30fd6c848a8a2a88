"""Scans whose voxels say where they are, and what is read back of them from a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.render.pictures import canvas
from tests.shapes import Look, case_of
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.gpu.context import capabilities
from xrviewer.render.renderer import Quality, Renderer
from xrviewer.scene.build import Scene
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import Matrix, apply
from xrviewer.spatial.views import View, looking_at, symmetric_fov

SHAPE = (48, 40, 32)
STILL = Quality(samples=1, has_occlusion=False, waits_for_scans=True)
SIDE = 200


def rotated_affine(spacing_mm: tuple[float, float, float], seed: int = 0) -> Matrix:
    """Any rotation; right-handed."""
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    if np.linalg.det(q) < 0:
        q[:, 0] *= -1
    return _placed(q * spacing_mm)


def _placed(columns: NDArray[np.float64]) -> Matrix:
    """Its middle at a place that is no round number."""
    affine = np.eye(4)
    affine[:3, :3] = columns
    affine[:3, 3] = (7.3, -11.1, 25.7) - columns @ ((np.array(SHAPE) - 1) / 2)
    return affine


SPACING = (1.1, 1.3, 2.1)
_TILTED = np.diag(SPACING)
_TILTED[1, 2] = 2.1 * np.tan(np.radians(18))  # each slice is shifted against the one before
AFFINES: dict[str, Matrix] = {
    "axis-aligned": _placed(np.diag(SPACING)),
    "oblique": rotated_affine(SPACING, 3),
    "left-handed": _placed(np.diag((-1.1, 1.3, 2.1))) @ np.eye(4),
    "gantry-tilted": _placed(_TILTED),
    "permuted": _placed(np.diag(SPACING)[:, [2, 0, 1]]),
}


def volume_of(
    affine: Matrix, values: Callable[..., Any], dtype: str = "int16", **fields: Any
) -> Volume:
    """values: of the three indices."""
    indices = np.indices(fields.pop("shape", SHAPE)).astype(np.float64)
    voxels = np.asfortranarray(np.asarray(values(*indices)).astype(dtype))
    return Volume("scan", "Scan", "MR", voxels, affine, **fields)


def case_with(*volumes: Volume) -> Case:
    """With a speck that is not seen: a case of scans alone opens with slices of its own."""
    corners = np.float32(volumes[0].center_mm) + np.float32(1e-3) * np.eye(3, dtype=np.float32)
    speck = corners, np.ones_like(corners), np.uint32([[0, 1, 2]])
    case = case_of({"speck": speck}, {"speck": Look(opacity=0.0)})
    (timepoint,) = case.timepoints
    return replace(case, timepoints=(replace(timepoint, volumes=volumes),))


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture of a plane, and where in the case each of its pixels lies."""

    gray: NDArray[np.uint8]
    """(SIDE * SIDE,)"""
    points_mm: NDArray[np.float64]
    is_scan: NDArray[np.bool_]
    """Where it is grey: the room around is not."""
    rgb: NDArray[np.int64]
    """(SIDE * SIDE, 3)"""


def seen_plane(case: Case, plane: Plane, *intents: Intent, distance_m: float = 0.16) -> Seen:
    document, scene = Document(case), Scene(case)
    for intent in intents:
        document.apply(intent)
    room_from_case = document.snapshot.model.matrix() @ MODEL_FROM_CASE
    view = facing_plane(room_from_case, plane, distance_m)
    renderer = Renderer(capabilities(), STILL)
    with canvas(SIDE, SIDE) as target:
        renderer.draw(scene.build(document.snapshot), (view,), target.target)
        shown = target.picture()[..., :3]
    renderer.close()
    flat = shown.reshape(-1, 3).astype(int)
    is_scan = (flat[:, 0] == flat[:, 1]) & (flat[:, 1] == flat[:, 2])
    return Seen(
        flat[:, 1].astype(np.uint8), pixel_points_mm(view, room_from_case, plane), is_scan, flat
    )


def facing_plane(room_from_case: Matrix, plane: Plane, distance_m: float) -> View:
    """Straight on, the plane's across to the right."""
    point = apply(room_from_case, plane.point_mm)
    turn = room_from_case[:3, :3]
    normal, along = (
        turn @ np.array(v) / np.linalg.norm(turn[:, 0]) for v in (plane.normal, plane.along)
    )
    eye = point + normal * distance_m
    pose = looking_at(tuple(eye.tolist()), tuple(point.tolist()), tuple(along.tolist()))
    return View(pose, symmetric_fov(np.radians(25), 1.0))


def pixel_points_mm(view: View, room_from_case: Matrix, plane: Plane) -> NDArray[np.float64]:
    """Where the ray through each pixel's middle meets the plane; top row first."""
    middles = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1
    right, down = np.meshgrid(middles, middles)
    rays = np.stack(
        [right * np.tan(view.fov.right_rad), -down * np.tan(view.fov.up_rad), -np.ones_like(right)],
        axis=-1,
    ).reshape(-1, 3)
    case_from_room = np.linalg.inv(room_from_case)
    origin = apply(case_from_room, view.eye.position_m)
    directions = rays @ view.eye.matrix()[:3, :3].T @ case_from_room[:3, :3].T
    normal = np.array(plane.normal)
    along = ((np.array(plane.point_mm) - origin) @ normal) / (directions @ normal)
    return origin + directions * along[:, None]
