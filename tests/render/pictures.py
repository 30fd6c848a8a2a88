"""Pictures of small cases, and what is known about them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Case
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.gpu.context import capabilities
from xrviewer.gpu.target import Canvas
from xrviewer.render.renderer import Quality, Renderer, Stereo
from xrviewer.scene.build import Scene
from xrviewer.scene.draw import DrawData
from xrviewer.spatial.transforms import Pose, Vec3
from xrviewer.spatial.views import View, looking_at, symmetric_fov

SIZE = 160
FOV_RAD = math.radians(30)
FOCAL_PX = SIZE / 2 / math.tan(FOV_RAD / 2)
PLAIN = Quality(samples=4, has_occlusion=False)
CRISP = Quality(samples=1, has_occlusion=False)
"""As few samples as the driver gives: a pixel is covered when one of them is."""
LINEAR_ROUNDING = 0.012
"""Two roundings to a byte, of the renderer's image and of the target's, where sRGB is steepest."""

Picture = NDArray[np.uint8]


def facing(
    target_m: Vec3 = (0.0, 0.8, -0.6), distance_m: float = 0.4, aside_m: float = 0.0
) -> View:
    """An eye before a point, looking along -z; life-size models rest round (0, 0.8, -0.6)."""
    x, y, z = target_m
    pose = looking_at((x + aside_m, y, z + distance_m), (x + aside_m, y, z))
    return View(pose, symmetric_fov(FOV_RAD, 1.0))


def eyes(view: View, apart_m: float = 0.064) -> tuple[View, View]:
    x, y, z = view.eye.position_m
    left, right = (Pose((x + s * apart_m / 2, y, z), view.eye.rotation_xyzw) for s in (-1, 1))
    return View(left, view.fov), View(right, view.fov)


def draw_data(case: Case, intents: Sequence[Intent] = (), pointed: int | None = None) -> DrawData:
    document, scene = Document(case), Scene(case)
    for intent in intents:
        document.apply(intent)
    return scene.build(document.snapshot, None, pointed)


@contextmanager
def renderer(quality: Quality = PLAIN, stereo: Stereo | None = None) -> Iterator[Renderer]:
    made = Renderer(capabilities(), quality, stereo)
    try:
        yield made
    finally:
        made.close()


@contextmanager
def canvas(width: int = SIZE, height: int = SIZE, layers: int = 1) -> Iterator[Canvas]:
    made = Canvas(width, height, layers)
    try:
        yield made
    finally:
        made.close()


def pictures(
    draw: DrawData,
    views: tuple[View, ...],
    quality: Quality = PLAIN,
    stereo: Stereo | None = None,
) -> list[Picture]:
    """(SIZE, SIZE, 3) of each view."""
    with renderer(quality, stereo) as made, canvas(layers=len(views)) as target:
        made.draw(draw, views, target.target)
        return [target.picture(i)[..., :3] for i in range(len(views))]


def picture(
    case: Case,
    *intents: Intent,
    view: View | None = None,
    pointed: int | None = None,
    quality: Quality = PLAIN,
) -> Picture:
    return pictures(draw_data(case, intents, pointed), (view or facing(),), quality)[0]


def linear(shown: Picture) -> NDArray[np.float64]:
    """The light that sRGB bytes stand for, by IEC 61966-2-1."""
    c = shown / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


@dataclass(frozen=True, slots=True)
class Silhouette:
    """Where two pictures differ."""

    mask: NDArray[np.bool_]

    @property
    def area_px(self) -> int:
        return int(self.mask.sum())

    @property
    def centre_px(self) -> tuple[float, float]:
        """Right and down, from the picture's corner."""
        down, right = np.nonzero(self.mask)
        return float(right.mean()) + 0.5, float(down.mean()) + 0.5


def difference(a: Picture, b: Picture) -> Silhouette:
    """Of two crisp pictures: a pixel counts when any of it is covered."""
    return Silhouette((a != b).any(axis=-1))
