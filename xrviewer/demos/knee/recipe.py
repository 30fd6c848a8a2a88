"""The numbers that tell one demo from another: dates, poses, the lesion, the scan."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np

from xrviewer.demos.implicit import Coords, Values
from xrviewer.demos.knee.pose import KneePose
from xrviewer.resources import cases_folder
from xrviewer.spatial.transforms import Vec3


class Visit(msgspec.Struct, frozen=True):
    id: str
    name: str
    day: int
    seed: int
    pose: KneePose


class Lesion(msgspec.Struct, frozen=True):
    """Thinning with a formula for a shape: known depth over a known area."""

    layer: str
    center_mm: Vec3
    """In the femur's frame."""
    depth_mm: float
    half_depth_radius_mm: float
    flat_radius_mm: float

    @property
    def edge_radius_mm(self) -> float:
        """Beyond it nothing is lost."""
        return 2 * self.half_depth_radius_mm - self.flat_radius_mm

    @property
    def half_depth_area_mm2(self) -> float:
        """Of bone under a loss of more than half the depth.

        Straight distances make this exact on a plane and on a sphere alike (Archimedes).
        """
        return float(np.pi * self.half_depth_radius_mm**2)

    def loss_mm(self, coords: Coords) -> Values:
        """At points of the bone's surface, in the femur's frame."""
        center = np.array(self.center_mm)[:, None]
        radius = np.linalg.norm(coords - center, axis=0)
        width = self.edge_radius_mm - self.flat_radius_mm
        t = np.clip((radius - self.flat_radius_mm) / width, 0, 1)
        return np.asarray(self.depth_mm * (1 - t * t * (3 - 2 * t)))


class Oblique(msgspec.Struct, frozen=True):
    about_x: float
    about_y: float
    about_z: float


class Scan(msgspec.Struct, frozen=True):
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    oblique_deg: Oblique
    noise: float
    """Standard deviation of either channel before the magnitude is taken."""
    edge_mm: float
    """Width over which one tissue gives way to the next: what a voxel sees of both."""
    signal: dict[str, float]

    def coarser(self, times: int) -> Scan:
        """The same field in fewer, larger voxels."""
        i, j, k = (n // times for n in self.shape)
        u, v, w = (step * times for step in self.spacing_mm)
        return msgspec.structs.replace(self, shape=(i, j, k), spacing_mm=(u, v, w))


class Recipe(msgspec.Struct, frozen=True):
    title: str
    timepoints: tuple[Visit, Visit]
    lesion: Lesion
    mri: Scan


@cache
def recipe() -> Recipe:
    file = cases_folder() / "knee" / "recipe.json"
    return msgspec.json.decode(file.read_bytes(), type=Recipe)
