"""All parts of the knee in one pose, in the joint frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh
from xrviewer.demos.distance import Nearest
from xrviewer.demos.implicit import Coords, Field, Values
from xrviewer.demos.knee import cartilage, femur, fibula, ligaments, menisci, patella, skin, tibia
from xrviewer.demos.knee.cartilage import CARTILAGES, Sheet
from xrviewer.demos.knee.pose import KneePose
from xrviewer.demos.mesh import grid_points, polygonise, sample_near
from xrviewer.spatial.transforms import Matrix, Vec3

_BAND_MM = 4.5
"""Below the surface lies the cortex, above it cartilage: there the fields must be exact."""


@dataclass(frozen=True, slots=True)
class Bone:
    """A bone's formula: the shaft going on, and cut where the view ends."""

    uncut: Field
    cut: Callable[[Coords, Values], Values]
    bounds: tuple[Vec3, Vec3]

    def field(self, coords: Coords) -> Values:
        return self.cut(coords, self.uncut(coords))


BONES: dict[str, Bone] = {
    "femur": Bone(femur.uncut, femur.cut, femur.BOUNDS),
    "tibia": Bone(tibia.uncut, tibia.cut, tibia.BOUNDS),
    "patella": Bone(patella.uncut, patella.cut, patella.BOUNDS),
    "fibula": Bone(fibula.uncut, fibula.cut, fibula.BOUNDS),
}


@dataclass(frozen=True, slots=True)
class Detail:
    """Edge lengths of the triangles, millimetres, and how many voxels of the scan become one."""

    bone_mm: float = 0.9
    meniscus_mm: float = 0.65
    skin_mm: float = 2.6
    voxels: int = 1
    """Along each axis."""


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """What does not depend on the pose: bones and covered patches, each in its bone's frame."""

    bones: Mapping[str, Mesh]
    sheets: Mapping[str, Sheet]
    uncut: Mapping[str, NDArray[np.float32]]
    """The bones' fields on grids from their lower bounds, shafts going on."""
    cell_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    mesh: Mesh
    thickness_mm: Values | None = None
    """At every vertex of a cartilage."""

    def moved(self, transform: Matrix) -> Part:
        return replace(self, mesh=self.mesh.moved(transform))


def make_skeleton(detail: Detail, tell: Callable[[str], None]) -> Skeleton:
    bones: dict[str, Mesh] = {}
    uncut: dict[str, NDArray[np.float32]] = {}
    for name, bone in BONES.items():
        tell(name)
        uncut[name] = sample_near(bone.uncut, *bone.bounds, detail.bone_mm, _BAND_MM)
        coords, shape = grid_points(*bone.bounds, detail.bone_mm, np.float32)
        values = bone.cut(coords, uncut[name].ravel()).reshape(shape)
        bones[name] = polygonise(bone.field, *bone.bounds, detail.bone_mm, values)
    sheets = {c.id: cartilage.sheet(c, bones[c.bone], BONES[c.bone].field) for c in CARTILAGES}
    return Skeleton(bones, sheets, uncut, detail.bone_mm)


def hard_parts(
    skeleton: Skeleton, pose: KneePose, lost: Mapping[str, Callable[[Coords], Values]]
) -> dict[str, Part]:
    """Bones and cartilages; lost has what a cartilage has lost, by its id, in mm."""
    parts = {n: Part(m.moved(pose.joint_from(n))) for n, m in skeleton.bones.items()}
    for layer in CARTILAGES:
        sheet = skeleton.sheets[layer.id]
        coords = np.ascontiguousarray(sheet.points_mm.T)
        thickness = layer.thickness(coords)
        if layer.id in lost:
            thickness = thickness - lost[layer.id](coords)
        thickness = np.where(sheet.is_rim, 0.0, thickness)
        mesh, values = cartilage.layer(sheet, thickness)
        parts[layer.id] = Part(mesh.moved(pose.joint_from(layer.bone)), values)
    return parts


def outer_surface(
    skeleton: Skeleton, parts: Mapping[str, Part], bone: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and normals of what can be touched: cartilage where there is some, else the bone."""
    coords = np.ascontiguousarray(skeleton.bones[bone].points_mm.T)
    layers = [layer for layer in CARTILAGES if layer.bone == bone]
    bare = np.all([layer.covered(coords) <= 0 for layer in layers], axis=0)
    points, normals = [parts[bone].mesh.points_mm[bare]], [parts[bone].mesh.normals[bare]]
    for layer in layers:
        count = len(skeleton.sheets[layer.id].points_mm)
        points.append(parts[layer.id].mesh.points_mm[:count])
        normals.append(parts[layer.id].mesh.normals[:count])
    return np.concatenate(points), np.concatenate(normals)


def make_menisci(skeleton: Skeleton, parts: Mapping[str, Part], detail: Detail) -> dict[str, Part]:
    over = Nearest(*outer_surface(skeleton, parts, "femur"))
    under = Nearest(*outer_surface(skeleton, parts, "tibia"))
    return {m.id: Part(menisci.make(m, over, under, detail.meniscus_mm)) for m in menisci.MENISCI}


def make_soft(
    skeleton: Skeleton, parts: Mapping[str, Part], pose: KneePose, detail: Detail
) -> dict[str, Part]:
    """Ligaments, tendons and skin, around the parts there are; each keeps clear of those before."""
    touched = [outer_surface(skeleton, parts, bone) for bone in ("femur", "tibia", "patella")]
    meshes = [parts["fibula"].mesh, *(parts[m.id].mesh for m in menisci.MENISCI)]
    touched += [(mesh.points_mm, mesh.normals) for mesh in meshes]
    soft: dict[str, Part] = {}
    for cord in ligaments.CORDS:
        points, normals = (np.concatenate([t[i] for t in touched]) for i in (0, 1))
        mesh = ligaments.make(cord, pose, Nearest(points, normals))
        touched.append((mesh.points_mm, mesh.normals))
        soft[cord.id] = Part(mesh)
    return soft | {"skin": Part(skin.make(pose, detail.skin_mm))}
