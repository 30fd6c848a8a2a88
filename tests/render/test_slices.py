"""What a slice shows, read back from the picture: against formulas and against SimpleITK."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK
from numpy.typing import NDArray
from OpenGL import GL

from tests.python_calls import python_calls
from tests.render.pictures import canvas, facing
from tests.render.scans import AFFINES, SHAPE, STILL, case_with, seen_plane, volume_of
from xrviewer.case.volume import Volume
from xrviewer.document.document import Document
from xrviewer.document.plane_intents import (
    AddSlice,
    PlaceSlice,
    SetSliceColors,
    SetSliceFilter,
    SetSliceFusion,
    SetSliceSlab,
    SetSliceWindow,
)
from xrviewer.document.planes import Filter, Fusion, Mode, Projection
from xrviewer.gpu.context import Capabilities
from xrviewer.render.renderer import Renderer
from xrviewer.scene.build import Scene
from xrviewer.scene.mapping import color_table
from xrviewer.spatial.planes import ANATOMICAL_NAMES, Plane, anatomical, oblique
from xrviewer.spatial.transforms import Matrix, apply

pytestmark = pytest.mark.gl

PER_VOXEL = 500
MOST_CALLS = 180
PLANES = ("axial", "coronal", "sagittal", "oblique")


def plane_through(volume: Volume, name: str) -> Plane:
    at = volume.center_mm
    return oblique(at, (0.3, -0.5, 0.8)) if name == "oblique" else anatomical(name, at)


def added(volume: Volume, plane: Plane, window: tuple[float, float]) -> list[object]:
    return [AddSlice("s", volume.id, plane, Mode.PAINTED), SetSliceWindow("s", window)]


def voxels_of(volume: Volume, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    return apply(np.linalg.inv(volume.case_from_voxel), points_mm)


def is_well_inside(voxels: NDArray[np.float64], margin: float = 0.5) -> NDArray[np.bool_]:
    top = np.array(SHAPE) - 1 - margin
    return np.asarray(((voxels > margin) & (voxels < top)).all(axis=1))


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES.keys())
@pytest.mark.parametrize("name", PLANES)
def test_every_voxel_is_where_it_is(gl: Capabilities, affine: Matrix, name: str) -> None:
    """Each axis in turn is written into the values; 0.1 voxel is the promise, a grey step is
    0.04 of one."""
    count = 0
    for axis in range(3):
        volume = volume_of(affine, lambda *i, axis=axis: i[axis] * PER_VOXEL)
        plane = plane_through(volume, name)
        for middle in (SHAPE[axis] * 0.35, SHAPE[axis] * 0.5, SHAPE[axis] * 0.65):
            window = (middle * PER_VOXEL, 10.0 * PER_VOXEL)
            seen = seen_plane(case_with(volume), plane, *added(volume, plane, window))
            expected = voxels_of(volume, seen.points_mm)
            read = middle + (seen.gray / 255 - 0.5) * 10
            is_told = (seen.gray > 2) & (seen.gray < 253) & is_well_inside(expected) & seen.is_scan
            assert np.abs(read - expected[:, axis])[is_told].max(initial=0) < 0.06
            count += int(is_told.sum())
    assert count > 5000


def texel_middles(count: int, factor: int) -> NDArray[np.float64]:
    """In voxels: of each so many, and of those that are left over."""
    starts = np.arange(0, count, factor)
    return np.asarray((starts + np.minimum(starts + factor, count) - 1) / 2)


@pytest.mark.parametrize("most_texels", [15, 7])
@pytest.mark.parametrize("name", ["axial", "oblique"])
def test_a_scan_that_the_card_cannot_hold_is_where_it_is_to_its_far_edge(
    gl: Capabilities, most_texels: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of sizes that no factor divides: 40 of threes leave one, 48 of sevens six. Within a tenth of
    what is shown as one voxel, from the middle of the first to that of the last."""
    plain = GL.glGetIntegerv
    limited = {GL.GL_MAX_3D_TEXTURE_SIZE: most_texels}
    monkeypatch.setattr(GL, "glGetIntegerv", lambda n: limited.get(n) or plain(n))
    factors = [-(-n // most_texels) for n in SHAPE]
    middles = [texel_middles(n, f) for n, f in zip(SHAPE, factors, strict=True)]
    first, last = (np.array([m[end] for m in middles]) for end in (0, -1))
    count = 0
    for axis in range(3):
        volume = volume_of(AFFINES["oblique"], lambda *i, axis=axis: i[axis] * PER_VOXEL)
        plane = plane_through(volume, name)
        for middle in (first[axis] + 4, SHAPE[axis] / 2, last[axis] - 4):
            window = (middle * PER_VOXEL, 10.0 * PER_VOXEL)
            seen = seen_plane(case_with(volume), plane, *added(volume, plane, window))
            expected = voxels_of(volume, seen.points_mm)
            read = middle + (seen.gray / 255 - 0.5) * 10
            is_told = (seen.gray > 2) & (seen.gray < 253) & seen.is_scan
            is_told &= ((expected >= first) & (expected <= last)).all(axis=1)
            off = np.abs(read - expected[:, axis])[is_told]
            assert off.max(initial=0) < 0.1 * factors[axis]
            count += len(off)
    assert count > 5000


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES.keys())
@pytest.mark.parametrize("name", PLANES)
def test_values_are_simpleitks_within_a_grey_step(
    gl: Capabilities, affine: Matrix, name: str
) -> None:
    rng = np.random.default_rng(5)
    noise = rng.integers(-1000, 3000, SHAPE)
    volume = volume_of(affine, lambda *_: noise)
    plane, window = plane_through(volume, name), (700.0, 900.0)
    seen = seen_plane(case_with(volume), plane, *added(volume, plane, window))
    is_inside = is_well_inside(voxels_of(volume, seen.points_mm), 0.01)
    chosen = rng.choice(np.flatnonzero(is_inside & seen.is_scan), 1500, replace=False)
    values = by_simpleitk(volume, seen.points_mm[chosen])
    expected = np.clip((values - window[0]) / window[1] + 0.5, 0, 1) * 255
    # Noise of the full range between two voxels: half a step is what rounding alone may take.
    assert np.abs(expected - seen.gray[chosen]).max() <= 1.0


def by_simpleitk(volume: Volume, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Its direction need not be a rotation, so a tilted gantry is one more image to it."""
    image = SimpleITK.GetImageFromArray(np.transpose(volume.voxels.astype(np.float64)))
    spacing = np.linalg.norm(volume.case_from_voxel[:3, :3], axis=0)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((volume.case_from_voxel[:3, :3] / spacing).ravel().tolist())
    image.SetOrigin(volume.case_from_voxel[:3, 3].tolist())
    found = [image.EvaluateAtPhysicalPoint(p, SimpleITK.sitkLinear) for p in points_mm.tolist()]
    return np.array(found)


def test_a_slab_shows_the_mean_the_highest_and_the_lowest(gl: Capabilities) -> None:
    """Across a ramp that is known in closed form: the ends of the slab are its extremes."""
    volume = volume_of(AFFINES["axis-aligned"], lambda i, j, k: k * 100)
    plane = plane_through(volume, "axial")
    window = (1550.0, 3100.0)
    thickness_mm = 8 * 2.1
    for projection, k in ((Projection.MEAN, 15.5), (Projection.MAX, 19.5), (Projection.MIN, 11.5)):
        slab = SetSliceSlab("s", thickness_mm, projection)
        seen = seen_plane(case_with(volume), plane, *added(volume, plane, window), slab)
        is_inside = is_well_inside(voxels_of(volume, seen.points_mm)) & seen.is_scan
        assert is_inside.sum() > 5000
        expected = 255 * k / 31
        assert np.abs(seen.gray[is_inside] - expected).max() <= 1.0


def test_a_cubic_filter_goes_through_the_voxels_and_bends_between(gl: Capabilities) -> None:
    """A parabola is what it reproduces; the straight one cannot."""
    volume = volume_of(AFFINES["axis-aligned"], lambda i, j, k: 40 * (i - 24) ** 2)
    plane = plane_through(volume, "axial")
    errors = {}
    for kind in Filter:
        asked = (*added(volume, plane, (2000.0, 4000.0)), SetSliceFilter("s", kind))
        seen = seen_plane(case_with(volume), plane, *asked, distance_m=0.05)
        i = voxels_of(volume, seen.points_mm)[:, 0]
        is_inside = is_well_inside(voxels_of(volume, seen.points_mm), 2) & seen.is_scan
        expected = np.clip(40 * (i - 24) ** 2 / 4000, 0, 1) * 255
        errors[kind] = np.abs(expected - seen.gray)[is_inside].max()
    assert errors[Filter.CUBIC] <= 0.51 < errors[Filter.LINEAR]


def test_a_slice_has_the_colours_of_its_table(gl: Capabilities) -> None:
    volume = volume_of(AFFINES["axis-aligned"], lambda i, j, k: 0 * i + 640)
    plane = plane_through(volume, "axial")
    asked = (*added(volume, plane, (500.0, 1000.0)), SetSliceColors("s", "viridis"))
    seen = seen_plane(case_with(volume), plane, *asked)
    expected = color_table("viridis", 0)[round(0.64 * 255)]
    is_inside = is_well_inside(voxels_of(volume, seen.points_mm))
    assert abs(int(np.median(seen.gray[is_inside])) - int(expected[1])) <= 1


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_second_scan_lies_over_the_first_in_its_own_place(gl: Capabilities, share: float) -> None:
    first = volume_of(AFFINES["axis-aligned"], lambda i, j, k: 0 * i + 200)
    other = volume_of(AFFINES["oblique"], lambda i, j, k: i * 100)
    second = replace(other, id="over")
    plane = plane_through(first, "axial")
    fusion = Fusion("over", share, (2350.0, 4700.0))
    asked = (*added(first, plane, (500.0, 1000.0)), SetSliceFusion("s", fusion))
    seen = seen_plane(case_with(first, second), plane, *asked)
    voxels = voxels_of(second, seen.points_mm)
    is_both = is_well_inside(voxels) & is_well_inside(voxels_of(first, seen.points_mm))
    levels = (
        np.array([round(0.2 * 255) / 255, 0])
        + np.outer(np.round(voxels[:, 0] / 47 * 255), (0, 1)) / 255
    )
    levels = np.clip(levels, 0, 1)
    light = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    mixed = light @ (1 - share, share)
    expected = 255 * np.where(mixed <= 0.0031308, mixed * 12.92, 1.055 * mixed ** (1 / 2.4) - 0.055)
    assert is_both.sum() > 3000
    assert np.abs(expected - seen.gray)[is_both & seen.is_scan].max() <= 2.1


@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "int16", "uint16", "int32", "uint32", "float32", "float64"]
)
def test_every_kind_of_number_is_shown_as_it_is(gl: Capabilities, dtype: str) -> None:
    # On the card 32-bit numbers are float32: what lies between voxels is good to a 16th here.
    top = min(np.iinfo(dtype).max, 1 << 20) if np.dtype(dtype).kind in "iu" else 1000
    low = top - 40
    volume = volume_of(AFFINES["axis-aligned"], lambda i, j, k: low + np.minimum(i, 40), dtype)
    plane = plane_through(volume, "axial")
    seen = seen_plane(case_with(volume), plane, *added(volume, plane, (low + 20.0, 40.0)))
    i = voxels_of(volume, seen.points_mm)[:, 0]
    is_inside = is_well_inside(voxels_of(volume, seen.points_mm)) & seen.is_scan
    expected = np.minimum(i, 40) / 40 * 255
    assert np.abs(expected - seen.gray)[is_inside].max() <= 1.0


def test_not_a_number_is_black_and_a_constant_is_plain(gl: Capabilities) -> None:
    volume = volume_of(
        AFFINES["axis-aligned"], lambda i, j, k: np.where(i < 24, np.nan, 5.0), "float32"
    )
    plane = plane_through(volume, "axial")
    seen = seen_plane(case_with(volume), plane, AddSlice("s", "scan", plane, Mode.PAINTED))
    i = voxels_of(volume, seen.points_mm)[:, 0]
    is_inside = is_well_inside(voxels_of(volume, seen.points_mm))
    assert (seen.gray[is_inside & (i < 22.9)] == 0).all()
    plain = seen.gray[is_inside & (i > 24.1)]
    assert len(plain) > 1000 and len(np.unique(plain)) == 1


def test_one_slice_has_the_thickness_of_its_voxels(gl: Capabilities) -> None:
    volume = volume_of(AFFINES["axis-aligned"], lambda i, j, k: i * 10, shape=(48, 40, 1))
    middle = volume.center_mm
    for off_mm, is_there in ((0.0, True), (1.0, True), (1.1, False)):
        plane = anatomical("axial", (middle[0], middle[1], middle[2] + off_mm))
        seen = seen_plane(case_with(volume), plane, *added(volume, plane, (235.0, 470.0)))
        assert bool(seen.gray.max() > 100) is is_there


def test_a_plane_in_the_hand_takes_few_python_calls(gl: Capabilities) -> None:
    """All that the frame thread does for one of three slices elsewhere: preview, draw data, what
    is written."""
    volume = volume_of(AFFINES["oblique"], lambda i, j, k: i)
    case = case_with(volume)
    document, scene = Document(case), Scene(case)
    for name in ANATOMICAL_NAMES:
        document.apply(AddSlice(name, volume.id, anatomical(name, volume.center_mm)))
    renderer = Renderer(gl, STILL)
    with canvas(32, 32) as target:
        renderer.draw(scene.build(document.snapshot), (facing(),), target.target)
        slices, geometry = renderer._slices, renderer._geometry
        assert slices is not None and geometry is not None

        def move(plane: Plane) -> None:
            snapshot = document.preview((PlaceSlice("axial", plane),))
            slices.write(scene.build(snapshot), geometry, (32, 32), True)

        plane = oblique(volume.center_mm, (0.2, 0.1, 1.0))
        move(plane)
        assert python_calls(lambda: move(plane.shifted(0.5))) <= MOST_CALLS
    renderer.close()
