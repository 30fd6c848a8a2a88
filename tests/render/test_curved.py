"""A straightened scan: each pixel shows the place of the body that it stands for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.render.scans import AFFINES, SHAPE, case_with, seen_plane, volume_of
from xrviewer.document.plane_intents import (
    AddCurvedSlice,
    SetSliceFusion,
    SetSliceSlab,
    SetSliceWindow,
    TurnSlice,
)
from xrviewer.document.planes import CURVED_HALF_MM, Fusion, Projection
from xrviewer.gpu.context import Capabilities
from xrviewer.interaction.slicing import as_curve
from xrviewer.spatial.bend import Bend, bend_of, resampled
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import Matrix, apply

pytestmark = pytest.mark.gl
TURN = 0.7
PER_VOXEL = 500
SCREEN = anatomical("coronal", (300.0, 20.0, 10.0))


def helix(center_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    t = np.linspace(0, 4.5, 900)
    line = np.stack([9 * np.cos(t), 9 * np.sin(t), 5 * (t - 2.2)], axis=1) + center_mm
    return resampled(line, 120)


def places(bend: Bend, points_mm: NDArray[np.float64], turn: float) -> NDArray[np.float64]:
    """Of the body, for points on the screen; NaN beyond its ends."""
    u = (points_mm[:, 0] - SCREEN.point_mm[0]) / CURVED_HALF_MM
    v = (points_mm[:, 2] - SCREEN.point_mm[2]) / (bend.length / 2)
    at = (v * 0.5 + 0.5) * (len(bend.points) - 1)
    numbers = np.arange(len(bend.points))

    def along(values: NDArray[np.float64]) -> NDArray[np.float64]:
        columns = [np.interp(at, numbers, column) for column in values.T]
        return np.stack(columns, axis=1)

    aside = np.cos(turn) * along(bend.side) + np.sin(turn) * along(bend.up)
    found = along(bend.points) + (u * CURVED_HALF_MM)[:, None] * aside
    found[(np.abs(u) > 0.99) | (np.abs(v) > 0.99)] = np.nan
    return found


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES.keys())
def test_every_pixel_is_where_it_says(gl: Capabilities, affine: Matrix) -> None:
    count = 0
    for axis in range(3):
        volume = volume_of(affine, lambda *i, axis=axis: i[axis] * PER_VOXEL)
        curve = as_curve(helix(volume.center_mm))
        bend = bend_of(np.array(curve), (1.0, 0.0, 0.0))
        middle = SHAPE[axis] * 0.5
        window = (middle * PER_VOXEL, 12.0 * PER_VOXEL)
        asked = (AddCurvedSlice("s", "scan", SCREEN, curve), TurnSlice("s", TURN))
        seen = seen_plane(case_with(volume), SCREEN, *asked, SetSliceWindow("s", window))
        body = places(bend, seen.points_mm, TURN)
        voxels = apply(np.linalg.inv(affine), np.nan_to_num(body, nan=1e6))
        top = np.array(SHAPE) - 1.5
        is_inside = ((voxels > 0.5) & (voxels < top)).all(axis=1)
        is_told = is_inside & (seen.gray > 2) & (seen.gray < 253) & seen.is_scan
        read = middle + (seen.gray / 255 - 0.5) * 12
        assert np.abs(read - voxels[:, axis])[is_told].max(initial=0) < 0.1
        count += int(is_told.sum())
    assert count > 3000


def test_a_slab_goes_across_the_curve_and_a_second_scan_lies_in_its_place(
    gl: Capabilities,
) -> None:
    """Along a straight line to the feet, turned by nothing: across is the depth, y."""
    volume = volume_of(AFFINES["axis-aligned"], lambda i, j, k: j * 10)
    x, y, z = volume.center_mm
    line = np.stack([np.full(40, x), np.full(40, y), np.linspace(z - 15, z + 15, 40)], axis=1)
    added = AddCurvedSlice("s", "scan", SCREEN, as_curve(line))
    window = SetSliceWindow("s", (195.0, 390.0))
    brightest = {}
    for projection in Projection:
        slab = SetSliceSlab("s", 13.0, projection)
        seen = seen_plane(case_with(volume), SCREEN, added, window, slab)
        body = places(bend_of(line, (1, 0, 0)), seen.points_mm, 0.0)
        is_near = np.abs(body - (x, y, z)).max(axis=1) < 8
        brightest[projection] = float(np.median(seen.gray[is_near]))
    half = 6.5 / 1.3 * 10 / 390 * 255  # half the slab in grey steps
    assert brightest[Projection.MEAN] == pytest.approx(127.5, abs=1.5)
    assert brightest[Projection.MAX] == pytest.approx(127.5 + half, abs=1.5)
    assert brightest[Projection.MIN] == pytest.approx(127.5 - half, abs=1.5)
    second = replace(volume_of(AFFINES["oblique"], lambda i, j, k: 0 * i + 390), id="over")
    fusion = SetSliceFusion("s", Fusion("over", 1.0, (195.0, 390.0)))
    seen = seen_plane(case_with(volume, second), SCREEN, added, window, fusion)
    body = places(bend_of(line, (1, 0, 0)), seen.points_mm, 0.0)
    is_near = np.abs(body - (x, y, z)).max(axis=1) < 8
    assert (seen.gray[is_near] == 255).all() and is_near.sum() > 500
