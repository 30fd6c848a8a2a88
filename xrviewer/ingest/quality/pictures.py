"""The middle of a scan in three planes, with the outlines of the surfaces on it, as PNG."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from xrviewer.case.model import Timepoint
from xrviewer.case.volume import Volume
from xrviewer.spatial.transforms import apply

HEIGHT = 420
"""Pixels of every picture."""
_WIDEST = 3.0
"""Times as wide as high: a few slices are not drawn out further."""

Segments = NDArray[np.float64]


def pictures(timepoint: Timepoint, volume: Volume, colors: Mapping[str, str]) -> Iterator[bytes]:
    """Across each axis of the voxels, at the middle of the structures."""
    surfaces = timepoint.surfaces
    voxel_from_case = np.asarray(np.linalg.inv(volume.case_from_voxel), np.float64)
    meshes = {id: surfaces.part(n) for n, id in enumerate(surfaces.part_ids)}
    places = {
        id: apply(voxel_from_case, points.astype(np.float64)) for id, (points, _) in meshes.items()
    }
    center = _center(volume, places)
    for axis in (2, 1, 0):
        at = center[axis]
        image, scale = _slice(volume, axis, at)
        draw = ImageDraw.Draw(image)
        for id, (_, triangles) in meshes.items():
            # A quarter of a voxel beside the plane: a vertex that lies in it would give no line.
            for line in outline(places[id], triangles, axis, at + 0.25):
                ends = (line + 0.5) * scale
                draw.line([tuple(end) for end in ends.tolist()], colors.get(id, "#ffffff"), 2)
        packed = io.BytesIO()
        image.save(packed, "PNG")
        yield packed.getvalue()


def outline(points: Segments, triangles: NDArray[np.uint32], axis: int, at: float) -> Segments:
    """(N, 2, 2): where the triangles cross the plane, by the two other axes in their order."""
    height = points[:, axis] - at
    above = height[triangles] > 0
    crossed = triangles[above.any(axis=1) & ~above.all(axis=1)]
    if not len(crossed):
        return np.zeros((0, 2, 2))
    others = [a for a in range(3) if a != axis]
    flat = points[:, others]
    # Each triangle that is crossed has one corner alone on its side: turn it to the front.
    is_up = height[crossed] > 0
    alone = np.argmax(is_up == (is_up.sum(axis=1) == 1)[:, None], axis=1)
    turned = np.take_along_axis(crossed, (alone[:, None] + np.arange(3)) % 3, axis=1)
    one, h = turned[:, 0], height[turned]
    ends = [
        flat[one] + (h[:, 0] / (h[:, 0] - h[:, n]))[:, None] * (flat[turned[:, n]] - flat[one])
        for n in (1, 2)
    ]
    return np.stack(ends, axis=1)


def _center(volume: Volume, places: Mapping[str, Segments]) -> tuple[int, int, int]:
    last = np.array(volume.voxels.shape) - 1
    middle = last / 2
    if places:
        every = np.concatenate(list(places.values()))
        middle = (every.min(axis=0) + every.max(axis=0)) / 2
    i, j, k = np.clip(np.rint(middle), 0, last).astype(int)
    return int(i), int(j), int(k)


def _slice(volume: Volume, axis: int, at: int) -> tuple[Image.Image, NDArray[np.float64]]:
    """The picture, and its pixels for a voxel along its two axes."""
    plane = np.take(volume.voxels, at, axis).astype(np.float32) * volume.slope + volume.intercept
    low, high = _window(volume, plane)
    grey = np.clip((plane - low) / max(high - low, 1e-6) * 255, 0, 255).astype(np.uint8)
    spacing = np.delete(np.array(volume.spacing_mm), axis)
    wide, tall = np.array(grey.shape) * spacing
    width = max(int(HEIGHT * min(wide / tall, _WIDEST)), 16)
    image = Image.fromarray(np.ascontiguousarray(grey.T)).resize((width, HEIGHT))
    return image.convert("RGB"), np.array([width, HEIGHT]) / grey.shape


def _window(volume: Volume, plane: NDArray[np.float32]) -> tuple[float, float]:
    if volume.window is not None and volume.window[1] > 0:
        center, width = volume.window
        return center - width / 2, center + width / 2
    low, high = np.percentile(plane, (1, 99.5))
    return float(low), float(high)
