"""The structures' edges on a slice: where they are, which ones, and how many parts are asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.render.pictures import PLAIN, canvas, draw_data, eyes, facing, pictures, renderer
from tests.render.scans import AFFINES, SHAPE, Seen, seen_plane, volume_of
from tests.render.test_slices import PLANES, added, plane_through
from tests.shapes import Look, Mesh, case_of, sphere
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent, PlacePart, SetLayerVisible
from xrviewer.document.plane_intents import AddSlice, PlaceSlice, SetSliceMode, SetSliceOutlines
from xrviewer.document.planes import Mode, Outlines
from xrviewer.gpu.context import Capabilities
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.shares import blocks
from xrviewer.ingest.surfaces import surfaces
from xrviewer.render.outlines import Boxes
from xrviewer.render.renderer import Stereo
from xrviewer.scene.build import Scene
from xrviewer.spatial.planes import Plane, anatomical
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Matrix, PartPlace

pytestmark = pytest.mark.gl

RED = Look("#ff0000")
RADIUS = 14.0
HIDDEN: Intent = SetLayerVisible("ball", False)
WINDOW = (0.0, 400.0)
WHOLE = replace(PLAIN, waits_for_scans=True)


def scanned(volume: Volume, meshes: dict[str, Mesh]) -> Case:
    case = case_of(meshes, dict.fromkeys(meshes, RED))
    (timepoint,) = case.timepoints
    return replace(case, timepoints=(replace(timepoint, volumes=(volume,)),))


def plain_scan(affine: Matrix) -> Volume:
    return volume_of(affine, lambda i, j, k: 0 * i)


def red(seen: Seen) -> NDArray[np.float64]:
    """The points of the plane that are seen red."""
    r, g, b = seen.rgb.T
    return seen.points_mm[(r > 120) & (g < 60) & (b < 60)]


def lined(
    case: Case, plane: Plane, *intents: Intent, which: Outlines = Outlines.ALL
) -> NDArray[np.float64]:
    (volume,) = case.timepoints[0].volumes
    asked = (*added(volume, plane, WINDOW), SetSliceOutlines("s", which), *intents)
    return red(seen_plane(case, plane, *asked))  # type: ignore[arg-type]


@pytest.mark.parametrize("affine", AFFINES.values(), ids=AFFINES.keys())
@pytest.mark.parametrize("name", PLANES)
def test_the_outline_is_the_circle_in_which_the_plane_meets_the_ball(
    gl: Capabilities, affine: Matrix, name: str
) -> None:
    """Half a voxel is the promise, 0.55 mm here, of which half the line's width takes 0.32."""
    volume = plain_scan(affine)
    plane = plane_through(volume, name).shifted(5.0)
    middle = np.array(volume.center_mm)
    case = scanned(volume, {"ball": sphere(volume.center_mm, RADIUS, rings=96)})
    off = lined(case, plane, HIDDEN) - middle
    radius = np.linalg.norm(off - np.outer(off @ plane.normal, plane.normal), axis=1)
    expected = np.sqrt(RADIUS**2 - 25)
    assert np.abs(radius - expected).max() < 0.5
    assert abs(radius.mean() - expected) < 0.05
    around = np.arctan2(off @ plane.along, off @ plane.across)
    assert (np.histogram(around, 60, (-np.pi, np.pi))[0] > 0).all(), "the line is dashed"


def test_it_lies_on_the_edge_of_the_label_that_the_surface_came_from(gl: Capabilities) -> None:
    """The scan is the label map itself: it passes through a half where the label ends."""
    affine = AFFINES["oblique"]
    indices = np.stack(np.meshgrid(*map(np.arange, SHAPE), indexing="ij"), axis=-1)
    points = indices @ affine[:3, :3].T + affine[:3, 3]
    middle = affine[:3, :3] @ ((np.array(SHAPE) - 1) / 2) + affine[:3, 3]
    is_in = np.linalg.norm(points - middle, axis=-1) <= RADIUS
    labels = np.asfortranarray(is_in.astype(np.uint8))
    label_map = LabelMap(labels, affine)
    (mesh,) = surfaces(label_map, list(blocks(label_map)))
    volume = volume_of(affine, lambda *_: labels)
    meshes = {"ball": (mesh.points_mm, mesh.normals, mesh.triangles)}
    plane = plane_through(volume, "oblique")
    case = scanned(volume, meshes)  # type: ignore[arg-type]
    on_line = lined(case, plane, HIDDEN)
    assert len(on_line) > 100
    voxels = (on_line - affine[:3, 3]) @ np.linalg.inv(affine[:3, :3]).T
    edge = np.argwhere(_is_edge(is_in))
    away = [np.abs(edge - v).max(axis=1).min() for v in voxels]
    # An edge voxel has its middle within half a voxel of the label's border.
    assert np.mean(away) < 0.5 and max(away) < 1.0


def _is_edge(is_in: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Voxels on either side of the label's border."""
    found = np.zeros_like(is_in)
    for axis in range(3):
        differs = np.diff(is_in.astype(np.int8), axis=axis) != 0
        for start in (0, 1):
            part = [slice(None)] * 3
            part[axis] = slice(start, start + differs.shape[axis])
            found[tuple(part)] |= differs
    return found


def test_hidden_structures_are_outlined_when_all_are_wanted(gl: Capabilities) -> None:
    volume = plain_scan(AFFINES["axis-aligned"])
    case = scanned(volume, {"ball": sphere(volume.center_mm, RADIUS)})
    plane = plane_through(volume, "axial")
    counts = {which: len(lined(case, plane, HIDDEN, which=which)) for which in Outlines}
    assert counts[Outlines.ALL] > 100
    assert counts[Outlines.SHOWN] == counts[Outlines.NONE] == 0


def test_a_structure_that_was_carried_away_is_outlined_where_it_was(gl: Capabilities) -> None:
    volume = plain_scan(AFFINES["axis-aligned"])
    case = scanned(volume, {"ball": sphere(volume.center_mm, RADIUS)})
    plane = plane_through(volume, "axial")
    away = PlacePart("ball", PartPlace((300.0, 0.0, 0.0), IDENTITY_ROTATION))
    still = lined(case, plane, HIDDEN)
    assert np.array_equal(still, lined(case, plane, HIDDEN, away))


def test_nothing_is_drawn_beyond_the_scan(gl: Capabilities) -> None:
    volume = plain_scan(AFFINES["oblique"])
    case = scanned(volume, {"ball": sphere(volume.center_mm, 26.0, rings=96)})
    plane = plane_through(volume, "oblique")
    points = lined(case, plane, HIDDEN)
    voxels = (points - volume.case_from_voxel[:3, 3]) @ np.linalg.inv(
        volume.case_from_voxel[:3, :3]
    ).T
    assert len(points) > 50
    assert (voxels > -0.8).all() and (voxels < np.array(SHAPE) - 0.2).all()


@pytest.mark.parametrize("stereo", list(Stereo))
def test_place_and_screen_are_outlined_for_both_eyes(gl: Capabilities, stereo: Stereo) -> None:
    volume = plain_scan(AFFINES["axis-aligned"])
    case = scanned(volume, {"ball": sphere(volume.center_mm, RADIUS)})
    plane = anatomical("coronal", volume.center_mm)
    reds = {}
    for mode in Mode:
        asked = [*added(volume, plane, WINDOW), SetSliceOutlines("s", Outlines.ALL), HIDDEN]
        draw = draw_data(case, [*asked, SetSliceMode("s", mode)])  # type: ignore[list-item]
        shown = pictures(draw, eyes(facing(distance_m=0.5)), WHOLE, stereo)
        reds[mode] = [int(((p[..., 0] > 120) & (p[..., 1] < 60)).sum()) for p in shown]
    for eye in (0, 1):
        assert min(reds[Mode.PAINTED][eye], reds[Mode.FRAME][eye]) > 50
        assert reds[Mode.BOTH][eye] > 1.8 * min(reds[Mode.PAINTED][eye], reds[Mode.FRAME][eye])


def test_every_slice_is_outlined_however_many(gl: Capabilities) -> None:
    """Each run of the shader looks at a dozen: the plane looked at is the fifteenth."""
    volume = plain_scan(AFFINES["axis-aligned"])
    case = scanned(volume, {"ball": sphere(volume.center_mm, RADIUS)})
    plane = plane_through(volume, "axial")
    below = [
        AddSlice(f"s{i}", "scan", plane.shifted(-5.0 - i / 10), Mode.PAINTED) for i in range(14)
    ]
    alone = lined(case, plane, HIDDEN)
    asked = (*below, *added(volume, plane, WINDOW), SetSliceOutlines("s", Outlines.ALL), HIDDEN)
    among = red(seen_plane(case, plane, *asked))  # type: ignore[arg-type]
    assert len(alone) > 100 and np.array_equal(alone, among)


def test_parts_that_come_within_reach_are_sent(gl: Capabilities) -> None:
    """A plane in the hand is not asked about in each frame: from ball to ball and back."""
    balls = {f"b{i}": sphere((0, 0, 30.0 * i), 10.0, rings=8) for i in range(4)}
    volume = volume_of(np.diag([2.0, 2.0, 6.0, 1.0]), lambda i, j, k: 0 * i)
    case = scanned(volume, balls)
    document, scene = Document(case), Scene(case)
    for intent in [
        AddSlice("s", "scan", anatomical("axial", (0.0, 0.0, 0.0)), Mode.PAINTED),
        SetSliceOutlines("s", Outlines.ALL),
        *(SetLayerVisible(name, False) for name in balls),
    ]:
        document.apply(intent)
    with renderer(WHOLE) as made, canvas(64, 64) as target:
        for z in [*np.arange(0.0, 95.0, 5.0), 45.0, 0.0]:
            plane = anatomical("axial", (0.0, 0.0, float(z)))
            snapshot = document.preview((PlaceSlice("s", plane),))
            draw = scene.build(snapshot)
            made.draw(draw, (facing(),), target.target)
            assert made._slices is not None and made._slices._outlines is not None
            sent = made._slices._outlines.sent
            met = Boxes(draw.surfaces.parts).outlined(draw)
            assert set(met.tolist()) <= set(sent.tolist()) and len(sent) < len(balls)


def test_only_parts_that_a_slice_meets_are_sent() -> None:
    balls = {f"b{i}": sphere((0, 0, 10.0 * i), 4.0, rings=4) for i in range(40)}
    volume = volume_of(np.diag([5.0, 5.0, 20.0, 1.0]), lambda i, j, k: 0 * i)
    case = scanned(volume, balls)
    at_mm = anatomical("axial", (100.0, 100.0, 102.0))
    draw = draw_data(case, [AddSlice("s", "scan", at_mm, Mode.PAINTED)])
    assert Boxes(draw.surfaces.parts).outlined(draw).tolist() == [10]
    hidden = draw_data(
        case, [AddSlice("s", "scan", at_mm, Mode.PAINTED), SetLayerVisible("b10", False)]
    )
    assert not len(Boxes(hidden.surfaces.parts).outlined(hidden))
