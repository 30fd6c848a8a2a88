"""A DESS-like scan of the knee, drawn from the same surfaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from xrviewer.case.volume import Volume
from xrviewer.demos.implicit import Values
from xrviewer.demos.knee import ligaments, menisci
from xrviewer.demos.knee.anatomy import BONES
from xrviewer.demos.knee.cartilage import CARTILAGES
from xrviewer.demos.knee.depth import DepthGrid
from xrviewer.demos.knee.recipe import Scan
from xrviewer.spatial.transforms import Matrix, axis_rotation, rotation_matrix

_SLAB = 8
_GRAIN_SIZE = 96
_TRABECULAE = gaussian_filter(
    np.random.Generator(np.random.PCG64(71)).standard_normal((_GRAIN_SIZE,) * 3, np.float32),
    (0.5, 1.0, 1.0),
    mode="wrap",
)
_TRABECULAE /= _TRABECULAE.std()
_TENDONS = ("patellar_tendon", "quadriceps_tendon")


def sagittal(scan: Scan, center_mm: NDArray[np.float64]) -> Matrix:
    """case_from_voxel: i runs backwards, j down, k from right to left, all a little turned."""
    turn = np.eye(3)
    for axis, angle in (
        ((1, 0, 0), scan.oblique_deg.about_x),
        ((0, 1, 0), scan.oblique_deg.about_y),
        ((0, 0, 1), scan.oblique_deg.about_z),
    ):
        turn = rotation_matrix(axis_rotation(axis, np.deg2rad(angle))) @ turn
    axes = turn @ np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    case_from_voxel = np.eye(4)
    case_from_voxel[:3, :3] = axes * scan.spacing_mm
    middle = (np.array(scan.shape) - 1) / 2
    case_from_voxel[:3, 3] = center_mm - case_from_voxel[:3, :3] @ middle
    return case_from_voxel


def acquire(
    scan: Scan,
    grids: Mapping[str, DepthGrid],
    case_from_joint: Matrix,
    case_from_voxel: Matrix,
    seed: int,
    tell: Callable[[float], None],
) -> Volume:
    """Slab by slab, so that memory stays small."""
    joint_from_voxel = np.linalg.inv(case_from_joint) @ case_from_voxel
    generator = np.random.Generator(np.random.PCG64(seed))
    voxels = np.empty(scan.shape, np.int16, order="F")
    for first in range(0, scan.shape[2], _SLAB):
        last = min(first + _SLAB, scan.shape[2])
        canvas = _Canvas(scan, grids, joint_from_voxel, first, last)
        _draw(canvas)
        clean = canvas.value * _bias(scan.shape, first, last)
        voxels[:, :, first:last] = _rician(clean, scan.noise, generator).T
        tell(last / scan.shape[2])
    return Volume("dess", "DESS", "MR", voxels, case_from_voxel, window=(300.0, 640.0))


def _rician(clean: Values, noise: float, generator: np.random.Generator) -> NDArray[np.int16]:
    """The magnitude of two noisy channels: what is left of air is not zero."""
    real = clean + noise * generator.standard_normal(clean.shape, np.float32)
    imaginary = noise * generator.standard_normal(clean.shape, np.float32)
    magnitude = np.sqrt(real * real + imaginary * imaginary)
    return np.asarray(np.rint(magnitude), np.int16)


def _bias(shape: tuple[int, int, int], first: int, last: int) -> Values:
    """The coil hears the front and the middle best."""
    i, j, k = (np.linspace(-1, 1, n, dtype=np.float32) for n in shape)
    across = -0.13 * i - 0.10 * i * i
    down = 1.06 - 0.12 * (j * j)[:, None]
    through = (0.04 * i - 0.07 * k[:, None])[:, None] * k[:, None, None]
    return np.asarray(across + down + through[first:last])


class _Canvas:
    """A slab of the scan, (k, j, i), that tissues are laid over, each with a soft edge."""

    def __init__(
        self,
        scan: Scan,
        grids: Mapping[str, DepthGrid],
        joint_from_voxel: Matrix,
        first: int,
        last: int,
    ) -> None:
        width, height, _ = scan.shape
        self.tone = scan.signal
        self.value = np.full((last - first, height, width), self.tone["air"], np.float32)
        self._grids, self._edge_mm = grids, np.float32(scan.edge_mm)
        self._joint_from_voxel = joint_from_voxel
        self._first, self._last = (0, 0, first), (width, height, last)

    def depth(self, name: str) -> tuple[tuple[slice, slice, slice], Values] | None:
        return self._grids[name].block(self._joint_from_voxel, self._first, self._last)

    def lay(self, name: str, tone: str, grown_mm: float = 0.0) -> None:
        """A tissue with its surface moved outwards."""
        found = self.depth(name)
        if found is not None:
            where, depth = found
            self.blend(where, depth - np.float32(grown_mm), np.float32(self.tone[tone]))

    def blend(self, where: tuple[slice, slice, slice], depth: Values, tone: Any) -> None:
        share = np.clip(np.float32(0.5) - depth / self._edge_mm, 0, 1)
        self.value[where] += share * (tone - self.value[where])

    def height(self, where: tuple[slice, slice, slice]) -> Values:
        """z of the voxels in the joint frame."""
        i, j, k = (np.arange(s.start, s.stop) for s in reversed(where))
        a = self._joint_from_voxel[2]
        z = (a[2] * (k + self._first[2]) + a[3])[:, None, None] + (a[1] * j)[:, None] + a[0] * i
        return np.asarray(z, np.float32)

    def grain(self, where: tuple[slice, slice, slice]) -> Values:
        """Trabeculae finer than a voxel: a texture fixed to the scan, not to the bone."""
        i, j, k = (np.arange(s.start, s.stop) for s in reversed(where))
        k = k + self._first[2]
        cells = np.ix_(k % _GRAIN_SIZE, j % _GRAIN_SIZE, i % _GRAIN_SIZE)
        return np.asarray(_TRABECULAE[cells])


def _draw(canvas: _Canvas) -> None:
    """Tissue over tissue, from the skin inwards."""
    _soft(canvas)
    for layer in CARTILAGES:
        canvas.lay(layer.id, "fluid", 0.55)  # the film of fluid on it
    canvas.lay("pouch", "fluid")
    for cord in ligaments.CORDS:
        canvas.lay(cord.id, "tendon" if cord.id in _TENDONS else "ligament")
    for meniscus in menisci.MENISCI:
        canvas.lay(meniscus.id, "meniscus")
    for name in BONES:
        _bone(canvas, name)
    for layer in CARTILAGES:
        canvas.lay(layer.id, "cartilage")


def _soft(canvas: _Canvas) -> None:
    """Skin, the fat under it, muscles with fat between them, vessels."""
    skin, muscle, patches = (canvas.depth(n) for n in ("skin", "muscle", "patches"))
    if skin is None or muscle is None or patches is None:
        return
    where, depth = skin
    canvas.blend(where, depth, canvas.tone["skin"])
    canvas.blend(where, depth + 1.6, canvas.tone["fat"] * (1 + 0.10 * patches[1]))
    under_fascia = np.maximum(muscle[1], depth + 5.0)
    canvas.blend(where, under_fascia, canvas.tone["muscle"] * (1 + 0.07 * patches[1]))
    canvas.lay("vessel", "vessel")


def _bone(canvas: _Canvas, name: str) -> None:
    """A dark shell, thick on the shafts and thin under cartilage, around textured marrow."""
    found = canvas.depth(name)
    if found is None:
        return
    where, depth = found
    shell = 0.9 + 1.9 * np.clip((np.abs(canvas.height(where) - 8) - 32) / 45, 0, 1)
    canvas.blend(where, depth, canvas.tone["cortex"])
    canvas.blend(where, depth + shell, canvas.tone["marrow"] * (1 + 0.10 * canvas.grain(where)))
