"""What a cut takes away, and the faces it leaves: areas against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.render.pictures import FOCAL_PX, PLAIN, Picture, draw_data, eyes, facing, pictures
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
from xrviewer.scene.build import Scene
from xrviewer.scene.comparing import FLICKER_S, Comparing
from xrviewer.spatial.planes import anatomical, rotation_to
from xrviewer.spatial.transforms import Vec3

pytestmark = pytest.mark.gl

RADIUS = 30.0
STILL = replace(PLAIN, waits_for_scans=True)
WINDOW = (128.0, 256.0)
BRIGHT, DARK = 200, 60


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


def disc_px(radius_mm: float, y_mm: float) -> float:
    """Of a disc that faces the eye, which is 0.4 m before the case's middle."""
    return float(np.pi * (radius_mm / 1000 * FOCAL_PX / (0.4 + y_mm / 1000)) ** 2)


@pytest.mark.parametrize("y_mm", [-20.0, 0.0, 12.0])
def test_the_face_of_a_cut_ball_is_a_disc_of_scan(gl: Capabilities, y_mm: float) -> None:
    (shown,) = drawn(scanned(case_of({"ball": sphere(rings=64)})), cut_at(y_mm))
    expected = disc_px(np.sqrt(RADIUS**2 - y_mm**2), y_mm)
    assert face_px(shown) == pytest.approx(expected, rel=0.06)


def test_both_eyes_see_the_face_in_either_way_of_drawing(gl: Capabilities) -> None:
    case = scanned(case_of({"ball": sphere(rings=64)}))
    for stereo in Stereo:
        for shown in drawn(case, cut_at(0.0), stereo=stereo):
            assert face_px(shown) == pytest.approx(disc_px(RADIUS, 0.0), rel=0.06)


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
    expected = disc_px(30, 0) - disc_px(20, 0) + disc_px(10, 0)
    assert face_px(shown) == pytest.approx(expected, rel=0.08)


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
    assert face_px(shown) == pytest.approx(disc_px(15.0, 0.0), rel=0.06)


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
    assert face_px(shown) == pytest.approx(disc_px(RADIUS, 0.0) / 2, rel=0.07)


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
    counts = []
    for time_s in (0.0, FLICKER_S * 1.5):
        draw = comparing.shown(scene.build(snapshot), snapshot, time_s)
        (shown,) = pictures(draw, (facing((0.03, 0.8, -0.6)),), STILL)
        counts.append([grey_px(shown, bright) for bright in (BRIGHT, DARK)])
    large, small = disc_px(30, 0), disc_px(20, 0)
    wanted = {
        Together.SIDE: [[large, small], [large, small]],
        Together.FLICKER: [[large, 0], [0, small]],
        Together.SWIPE: [[large / 2, small / 2], [large / 2, small / 2]],
    }
    for got, expected in zip(counts, wanted[together], strict=True):
        assert got == pytest.approx(expected, rel=0.06, abs=30)
