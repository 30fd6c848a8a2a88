"""How deep in each structure a point lies, on grids that a scan can be drawn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from xrviewer.case.mesh import Mesh
from xrviewer.demos.distance import depth_near
from xrviewer.demos.implicit import Coords, Values
from xrviewer.demos.knee import skin, tissues
from xrviewer.demos.knee.anatomy import BONES, Part, Skeleton
from xrviewer.demos.knee.cartilage import CARTILAGES, Cartilage
from xrviewer.demos.knee.pose import KneePose
from xrviewer.demos.mesh import grid_points, sample
from xrviewer.demos.noise import Noise
from xrviewer.spatial.transforms import Matrix, Vec3

FAR_MM = 9.0
_FINE_CELL_MM = 0.7
_COARSE_CELL_MM = 2.0
_REACH_MM = 5.0
_MARGIN_MM = 2.0
_PATCHES = Noise(72, 14.0)
_WIDE = ((-78.0, -96.0, -94.0), (78.0, 96.0, 102.0))
"""All that a scan can see, in the joint frame."""


@dataclass(frozen=True, slots=True, eq=False)
class DepthGrid:
    """Signed distance, negative inside, in millimetres."""

    values: NDArray[np.float32]
    grid_from_joint: Matrix

    def moved(self, part_from_joint: NDArray[Any]) -> DepthGrid:
        """Of a part whose grid was made in its own frame."""
        return DepthGrid(self.values, np.asarray(self.grid_from_joint @ part_from_joint))

    def block(
        self, joint_from_voxel: Matrix, first: tuple[int, int, int], last: tuple[int, int, int]
    ) -> tuple[tuple[slice, slice, slice], Values] | None:
        """Depths at the voxels of [first, last) that the grid covers, and which they are.

        Voxels as (k, j, i) arrays, i fastest; None when the grid covers none of them.
        """
        grid_from_voxel = self.grid_from_joint @ joint_from_voxel
        low, high = _covered(grid_from_voxel, self.values.shape)
        low, high = np.maximum(low, first), np.minimum(high, last)
        if (low >= high).any():
            return None
        a = grid_from_voxel.astype(np.float32)
        i, j, k = (np.arange(low[n], high[n], dtype=np.float32) for n in range(3))
        index = np.stack(
            [
                (a[n, 2] * k + a[n, 3])[:, None, None] + (a[n, 1] * j)[:, None] + a[n, 0] * i
                for n in range(3)
            ]
        )
        depth = map_coordinates(
            self.values, index, np.float32, order=1, mode="constant", cval=FAR_MM
        )
        where = [slice(int(low[n]) - first[n], int(high[n]) - first[n]) for n in (2, 1, 0)]
        return (where[0], where[1], where[2]), depth


def _covered(
    grid_from_voxel: Matrix, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The box of voxels around a grid's eight corners."""
    corners = np.array(np.meshgrid(*[(0, n - 1) for n in shape])).reshape(3, 8)
    voxel_from_grid = np.linalg.inv(grid_from_voxel)
    voxels = voxel_from_grid[:3, :3] @ corners + voxel_from_grid[:3, 3:]
    low, high = np.floor(voxels.min(axis=1)), np.ceil(voxels.max(axis=1)) + 1
    return low.astype(np.int64), high.astype(np.int64)


def still_grids(skeleton: Skeleton) -> dict[str, DepthGrid]:
    """Of bones and healthy cartilages, each in the frame of its bone: made once for all dates."""
    grids = {name: _bone_grid(skeleton, name) for name in BONES}
    return grids | {layer.id: cartilage_grid(layer, skeleton, None) for layer in CARTILAGES}


def mesh_grids(parts: Mapping[str, Part], ids: Iterable[str]) -> dict[str, DepthGrid]:
    """Of closed parts, in the joint frame."""
    return {name: _mesh_grid(parts[name].mesh) for name in ids}


def posed(grids: Mapping[str, DepthGrid], pose: KneePose) -> dict[str, DepthGrid]:
    """Each grid moved with its bone into the joint frame; menisci go with the tibia."""
    bone_of = {name: name for name in BONES} | {layer.id: layer.bone for layer in CARTILAGES}
    placed = {n: pose.joint_from(bone_of.get(n, "tibia")) for n in grids}
    return {n: g.moved(np.linalg.inv(placed[n])) for n, g in grids.items()}


def wide_grids(pose: KneePose) -> dict[str, DepthGrid]:
    """What only the scan shows; "patches" is no depth but unevenness of tone."""
    low, high = _WIDE
    grids: dict[str, DepthGrid] = {}
    for name, field in (
        ("skin", lambda at: skin.uncut(at, pose.flexion_deg)),
        ("muscle", lambda at: tissues.nearest_of(tissues.MUSCLES, at)),
        ("vessel", lambda at: tissues.nearest_of(tissues.VESSELS, at)),
        ("pouch", lambda at: tissues.nearest_of(tissues.POUCHES, at)),
        ("patches", _PATCHES),
    ):
        values = sample(field, low, high, _COARSE_CELL_MM)
        grids[name] = DepthGrid(values, _grid_from(low, _COARSE_CELL_MM))
    return grids


def _bone_grid(skeleton: Skeleton, name: str) -> DepthGrid:
    """The field over its slope: a distance to first order, and zero exactly where the field is."""
    values, cell_mm = skeleton.uncut[name], skeleton.cell_mm
    slope = np.sqrt(sum(g * g for g in np.gradient(values, cell_mm)))
    depth = (values / np.clip(slope, 0.5, 2.0)).astype(np.float32)
    return DepthGrid(depth, _grid_from(BONES[name].bounds[0], cell_mm))


def cartilage_grid(
    layer: Cartilage, skeleton: Skeleton, loss_mm: Callable[[Coords], Values] | None
) -> DepthGrid:
    """From the foot on the bone: inside when above the bone by less than the thickness there."""
    bone, sheet = skeleton.bones[layer.bone], skeleton.sheets[layer.id]
    low, high = _bounds(sheet.points_mm, _REACH_MM)
    coords, shape = grid_points(low, high, _FINE_CELL_MM)
    near = np.flatnonzero(layer.covered(np.ascontiguousarray(bone.points_mm.T)) > -3)
    points, normals = bone.points_mm[near], bone.normals[near]
    close, above, foot = _feet(points, normals, coords)
    thickness = layer.thickness(foot)
    if loss_mm is not None:
        thickness = thickness - loss_mm(foot)
    values = np.full(coords.shape[1], FAR_MM, np.float32)
    values[close] = np.where(thickness > 0, np.maximum(-above, above - thickness), FAR_MM)
    return DepthGrid(values.reshape(shape), _grid_from(low, _FINE_CELL_MM))


def _feet(
    points: NDArray[np.float64], normals: NDArray[np.float64], coords: Coords
) -> tuple[NDArray[np.intp], Values, Coords]:
    """Grid points near a surface, their heights above it, and the points of it under them."""
    close, above, index = depth_near(points, normals, coords, _REACH_MM)
    return close, above, coords[:, close] - above * normals[index].T


def _mesh_grid(mesh: Mesh) -> DepthGrid:
    low, high = _bounds(mesh.points_mm, _MARGIN_MM)
    coords, shape = grid_points(low, high, _FINE_CELL_MM)
    close, depth, _ = depth_near(mesh.points_mm, mesh.normals, coords, _REACH_MM)
    values = np.full(coords.shape[1], FAR_MM, np.float32)
    values[close] = depth
    return DepthGrid(values.reshape(shape), _grid_from(low, _FINE_CELL_MM))


def _bounds(points: NDArray[np.float64], margin_mm: float) -> tuple[Vec3, Vec3]:
    (a, b, c), (d, e, f) = points.min(axis=0) - margin_mm, points.max(axis=0) + margin_mm
    return (float(a), float(b), float(c)), (float(d), float(e), float(f))


def _grid_from(low: Vec3, cell_mm: float) -> Matrix:
    grid_from_part = np.diag([1 / cell_mm, 1 / cell_mm, 1 / cell_mm, 1.0])
    grid_from_part[:3, 3] = -np.array(low) / cell_mm
    return grid_from_part
