"""What a cut takes away, and the faces it leaves: areas against closed forms."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from OpenGL import GL

from tests.render.pictures import (
    FOCAL_PX,
    PLAIN,
    SIZE,
    Picture,
    draw_data,
    eyes,
    facing,
    pictures,
)
from tests.shapes import Look, Mesh, case_of, sphere, surfaces_of
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.document.comparison import KeptFit, Together
from xrviewer.document.comparison_intents import CompareWith, KeepFits, SeeTogether
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent, SetLayerVisible
from xrviewer.document.plane_intents import AddCut, SetCutExempt
from xrviewer.document.planes import CutKind, CutShape
from xrviewer.gpu.context import Capabilities
from xrviewer.render.renderer import Stereo
from xrviewer.render.targets import SceneImages
from xrviewer.scene.build import Scene
from xrviewer.scene.comparing import FLICKER_S, Comparing
from xrviewer.spatial.planes import anatomical, rotation_to
from xrviewer.spatial.transforms import Vec3
from xrviewer.spatial.views import View

pytestmark = pytest.mark.gl

RADIUS = 30.0
STILL = replace(PLAIN, waits_for_scans=True)
WINDOW = (128.0, 256.0)
BRIGHT, DARK = 200, 60
KEPT_SIDE = -1.0
"""Of x, what a sagittal cut leaves."""
Solid = Callable[[NDArray[np.float64], int], NDArray[np.bool_]]


def cut_at(y_mm: float, cut: str = "c") -> Intent:
    """Coronal, seen from the front: what lies before it goes."""
    plane = anatomical("coronal", (0.0, y_mm, 0.0))
    shape = CutShape(CutKind.PLANE, plane.point_mm, rotation_to(plane))
    return AddCut(cut, shape, "scan", WINDOW)


def scanned(case: Case) -> Case:
    """A scan that is as bright everywhere, and holds all of the case."""
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = -100.0
    voxels = np.full((101, 101, 101), BRIGHT, np.uint8, order="F")
    volume = Volume("scan", "Scan", "MR", voxels, affine)
    return replace(case, timepoints=tuple(replace(t, volumes=(volume,)) for t in case.timepoints))


def face_px(shown: Picture) -> int:
    return grey_px(shown, BRIGHT)


def grey_px(shown: Picture, stored: int) -> int:
    """Pixels that show the scan: no light falls on it, and nothing else is as grey."""
    return int((np.abs(shown.astype(int) - round(stored / 256 * 255)) <= 1).all(axis=-1).sum())


def drawn(case: Case, *intents: Intent, stereo: Stereo | None = None) -> list[Picture]:
    views = (facing(),) if stereo is None else eyes(facing())
    return pictures(draw_data(case, intents), views, STILL, stereo)


def ball_of(radius_mm: float, rings: int = 64, at_x_mm: float = 0.0) -> Solid:
    """A solid of so many rings, and how far its facets and the driver's grid of 1/256 pixel let it
    differ from a ball. `slack` is -1 for the least that it may be, 1 for the most."""
    facet = radius_mm * (1 - np.cos(np.sqrt(2) * np.pi / (2 * rings)))
    grid = 400 / FOCAL_PX / 256

    def holds(points_mm: NDArray[np.float64], slack: int) -> NDArray[np.bool_]:
        most = radius_mm + grid if slack > 0 else radius_mm - facet - grid
        return np.asarray(((points_mm - (at_x_mm, 0, 0)) ** 2).sum(axis=-1) <= most**2)

    return holds


def sample_places() -> NDArray[np.float32]:
    """(samples, 2): right and up from the pixel's corner, as this driver has them."""
    with closing(SceneImages(8, 8, 1, PLAIN.samples)) as images:
        with closing(images.solids(0)) as framebuffer:
            GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, framebuffer.name)
            places = np.zeros((images.samples, 2), np.float32)
            for i, place in enumerate(places):
                GL.glGetMultisamplefv(GL.GL_SAMPLE_POSITION, i, place)
            return places


def on_plane(y_mm: float, view: View) -> NDArray[np.float64]:
    """(sample, down, right, 3): where the lines of sight through the samples of each pixel meet a
    coronal plane. In the case frame; its middle rests at (0, 0.8, -0.6) of the room."""
    samples = sample_places()
    middle = np.arange(SIZE) - SIZE / 2
    right = middle[None, None, :] + samples[:, 0, None, None]
    up = -middle[None, :, None] - 1 + samples[:, 1, None, None]
    x, y, z = np.subtract(view.eye.position_m, (0.0, 0.8, -0.6)) * 1000
    right, up = np.broadcast_arrays(right, up)
    away = (z + y_mm) / FOCAL_PX
    return np.stack([x + right * away, np.full(right.shape, y_mm), y + up * away], axis=-1)


def full_px(is_in: NDArray[np.bool_]) -> int:
    """Pixels that show nothing else: each of their samples is within."""
    return int(is_in.all(axis=0).sum())


def is_face_of(
    count: int, solid: Solid, y_mm: float = 0.0, view: View | None = None, half: float = 0.0
) -> bool:
    """half: of the face, what lies at such x only, for another cut takes the rest. A rim that a
    part has in two cuts is found by the middle of each pixel."""
    points = on_plane(y_mm, view or facing())
    is_asked = points[..., 0] * half >= 0
    least, most = (full_px(solid(points, slack) & is_asked) for slack in (-1, 1))
    if half:
        middle = solid(points.mean(axis=0), 1)
        most = full_px((solid(points, 1) | middle) & is_asked)
    assert 0 < least and most - least <= 0.04 * most + 8, "an answer that says little"
    return least <= count <= most


@pytest.mark.parametrize("y_mm", [-20.0, 0.0, 12.0])
def test_the_face_of_a_cut_ball_is_a_disc_of_scan(gl: Capabilities, y_mm: float) -> None:
    (shown,) = drawn(scanned(case_of({"ball": sphere(rings=64)})), cut_at(y_mm))
    assert is_face_of(face_px(shown), ball_of(RADIUS), y_mm)


def test_both_eyes_see_the_face_in_either_way_of_drawing(gl: Capabilities) -> None:
    case = scanned(case_of({"ball": sphere(rings=64)}))
    for stereo in Stereo:
        for shown, view in zip(
            drawn(case, cut_at(0.0), stereo=stereo), eyes(facing()), strict=True
        ):
            assert is_face_of(face_px(shown), ball_of(RADIUS), view=view)


def test_what_lies_wholly_behind_or_before_has_no_face(gl: Capabilities) -> None:
    """A back face behind the plane is no sign of being cut, nor is a ball within a shell."""
    balls = {"behind": sphere((0, 20, 0), 10), "before": sphere((0, -20, 0), 8)}
    case = scanned(case_of(balls))
    (shown,) = drawn(case, cut_at(0.0))
    assert face_px(shown) == 0
    assert np.array_equal(shown, drawn(case, SetLayerVisible("before", False))[0])


def test_a_hollow_stays_hollow_and_what_is_in_it_is_full(gl: Capabilities) -> None:
    """A shell, turned inwards inside: winding tells its wall from its hollow; a core within."""
    points, normals, triangles = sphere(radius_mm=20)
    hollow = (points, -normals, np.ascontiguousarray(triangles[:, ::-1]))
    shell = sphere(radius_mm=30)
    both = (
        np.concatenate([shell[0], hollow[0]]),
        np.concatenate([shell[1], hollow[1]]),
        np.concatenate([shell[2], hollow[2] + len(shell[0])]).astype(np.uint32),
    )
    case = scanned(case_of({"shell": both, "core": sphere(radius_mm=10)}))
    (shown,) = drawn(case, cut_at(0.0))
    wall, hole, middle = (ball_of(radius_mm, 48) for radius_mm in (30, 20, 10))

    def solid(points_mm: NDArray[np.float64], slack: int) -> NDArray[np.bool_]:
        return wall(points_mm, slack) & ~hole(points_mm, -slack) | middle(points_mm, slack)

    assert is_face_of(face_px(shown), solid)


def bowl(center_mm: Vec3 = (0, 0, 0), radius_mm: float = RADIUS) -> Mesh:
    """The lower half of a ball: an open sheet."""
    points, normals, triangles = sphere(center_mm, radius_mm, rings=48)
    is_low = (points[triangles][:, :, 2] <= center_mm[2] + 1e-3).all(axis=1)
    return points, normals, np.ascontiguousarray(triangles[is_low])


@pytest.mark.parametrize("aside_m", [0.0, 0.07])
def test_an_open_sheet_shows_its_edge_and_no_face(gl: Capabilities, aside_m: float) -> None:
    """Along most lines of sight a bowl that is cut in two is left once more than it is entered."""
    case = scanned(case_of({"bowl": bowl()}))
    view = facing(aside_m=aside_m)
    cut, whole = (
        pictures(draw_data(case, intents), (view,), STILL)[0] for intents in ([cut_at(0.0)], [])
    )
    assert face_px(cut) == 0
    assert not np.array_equal(cut, whole)


def test_an_open_sheet_takes_nothing_from_the_face_of_what_is_closed(gl: Capabilities) -> None:
    case = scanned(case_of({"bowl": bowl(), "ball": sphere(radius_mm=15, rings=64)}))
    (shown,) = drawn(case, cut_at(0.0))
    assert is_face_of(face_px(shown), ball_of(15))


def test_a_spared_layer_is_as_it_was(gl: Capabilities) -> None:
    case = scanned(case_of({"ball": sphere(), "other": sphere((200, 0, 0), 5)}))
    whole = drawn(case)[0]
    spared = drawn(case, cut_at(0.0), SetCutExempt("c", ("ball",)))[0]
    assert np.array_equal(whole, spared)
    assert not np.array_equal(whole, drawn(case, cut_at(0.0))[0])


def test_a_box_opens_a_window_with_walls(gl: Capabilities) -> None:
    """From the front to the middle: its back wall is a square of scan."""
    case = scanned(case_of({"ball": sphere(rings=64)}))
    box = CutShape(CutKind.BOX, (0.0, -20.0, 0.0), half_size_mm=(10.0, 20.0, 10.0))
    (shown,) = drawn(case, AddCut("c", box, "scan", WINDOW))
    wall = (20 / 1000 * FOCAL_PX / 0.4) ** 2
    opening = (20 / 1000 * FOCAL_PX / 0.372) ** 2  # where the ball begins
    assert wall * 0.95 < face_px(shown) < opening * 1.05
    assert not np.array_equal(shown, drawn(case)[0])


def test_the_face_of_one_cut_ends_where_another_takes_it(gl: Capabilities) -> None:
    case = scanned(case_of({"ball": sphere(rings=64)}))
    left = anatomical("sagittal", (0.0, 0.0, 0.0))
    half = AddCut("d", CutShape(CutKind.PLANE, left.point_mm, rotation_to(left)), "scan", WINDOW)
    (shown,) = drawn(case, cut_at(0.0), half)
    assert is_face_of(face_px(shown), ball_of(RADIUS), half=KEPT_SIDE)


def test_a_ghost_is_cut_and_has_no_face(gl: Capabilities) -> None:
    case = scanned(case_of({"ball": sphere()}, {"ball": Look(opacity=0.3)}))
    (shown,) = drawn(case, cut_at(0.0))
    assert face_px(shown) == 0
    assert not np.array_equal(shown, drawn(case)[0])


@pytest.mark.parametrize("together", [Together.SIDE, Together.FLICKER, Together.SWIPE])
def test_of_two_dates_each_shows_its_own_scan(gl: Capabilities, together: Together) -> None:
    """Two balls of 30 and 20 mm, each in its own scan, the second carried away by 7 mm; cut alike.
    Of a swipe each has the half of its side."""
    moved = np.eye(4)
    moved[0, 3] = 7.0
    case = scanned(case_of({"femur": sphere(rings=64)}, {"femur": Look(role="bone")}, dates=2))
    first, second = case.timepoints
    dark = replace(second.volumes[0], voxels=np.full((101, 101, 101), DARK, np.uint8, order="F"))
    ball = surfaces_of({"femur": sphere((-7, 0, 0), 20, 64)})
    case = replace(case, timepoints=(first, replace(second, surfaces=ball, volumes=(dark,))))
    fit = KeepFits("t1", (KeptFit("femur", tuple(moved.ravel().tolist()), 0.0, 1.0),))
    document, scene, comparing = Document(case), Scene(case), Comparing(case)
    for intent in (CompareWith("t1"), fit, SeeTogether(together), cut_at(0.0)):
        document.apply(intent)
    snapshot = comparing.prepared(document.snapshot)
    eye, halves = facing((0.03, 0.8, -0.6)), together is Together.SWIPE
    is_by_turns, aside_mm = together is Together.FLICKER, 60 * 1.12 * (together is Together.SIDE)
    for is_later_up in (False, True):
        draw = comparing.shown(scene.build(snapshot), snapshot, FLICKER_S * (is_later_up + 0.5))
        (shown,) = pictures(draw, (eye,), STILL)
        bright, dark = (grey_px(shown, stored) for stored in (BRIGHT, DARK))
        if is_by_turns:
            assert (bright if is_later_up else dark) == 0
        if not (is_by_turns and is_later_up):
            assert is_face_of(bright, ball_of(30), view=eye, half=KEPT_SIDE * halves)
        if not is_by_turns or is_later_up:
            later = ball_of(20, at_x_mm=aside_mm)
            assert is_face_of(dark, later, view=eye, half=-KEPT_SIDE * halves)
