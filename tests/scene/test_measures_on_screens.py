"""Measurements on the screens of slices: what lies in the plane, where it lies in it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.render.scans import case_with, volume_of
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.document.document import Document
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.plane_intents import AddCurvedSlice, AddSlice
from xrviewer.document.planes import Mode
from xrviewer.scene.build import Scene
from xrviewer.scene.marks import Marks
from xrviewer.scene.measures import LINE_M, DrawnMeasures, row_ends
from xrviewer.scene.measures_on_screens import screens_of
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, Vec3, apply
from xrviewer.spatial.views import looking_at

SCAN = volume_of(np.diag([1.0, 1.0, 2.0, 1.0]), lambda i, j, k: 0 * i, shape=(40, 40, 40))
CASE = case_with(SCAN)
MIDDLE: Vec3 = (20.0, 20.0, 40.0)
HEAD = Pose((0.0, 0.0, 5.0), IDENTITY_ROTATION)
MM = np.diag([1e-3, 1e-3, 1e-3, 1.0])


def shown(
    points: tuple[Vec3, ...], mode: Mode = Mode.BOTH, head: Pose = HEAD
) -> tuple[Marks, Marks, np.ndarray]:
    """Without and with the screens; where the screen stands from the slice."""
    document = Document(CASE)
    document.apply(AddSlice("s", SCAN.id, anatomical("axial", MIDDLE), mode))
    quantity = Quantity(10.0, Unit.MM, 1.0)
    document.apply(Measure("m1", Measured(Kind.DISTANCE, "t0", points, (), quantity)))
    scene, snapshot = Scene(CASE), document.snapshot
    frames = scene.build(snapshot).slices.frames
    screens = screens_of(frames, snapshot, CASE.timepoints[0].volumes)
    where = snapshot, (), scene.arrangement(snapshot), MM, head
    (shift,) = {screen.shift_mm for screen in screens} or {(0.0, 0.0, 0.0)}
    return (
        DrawnMeasures().marks(*where),
        DrawnMeasures().marks(*where, screens=screens),
        np.array(shift),
    )


def lines(marks: Marks) -> np.ndarray:
    return marks.strokes[marks.strokes["radius_m"] == np.float32(LINE_M)]


def test_a_line_in_the_plane_is_on_the_screen_with_its_value() -> None:
    ends = ((10.0, 15.0, 40.0), (30.0, 15.0, 40.5))
    plain, with_screen, shift = shown(ends)
    (before,), after = lines(plain), lines(with_screen)
    assert len(after) == 2 and len(with_screen.labels) == 2 * len(plain.labels) == 2
    assert np.linalg.norm(shift) > 40 and shift[2] == 0
    for end, at in (("start_m", ends[0]), ("end_m", ends[1])):
        # In the plane, a hair nearer to the eye than it.
        np.testing.assert_allclose(before[end][:2] * 1e3, at[:2], atol=0.1)
        np.testing.assert_allclose(after[1][end][:2] * 1e3, (at + shift)[:2], atol=0.1)


@pytest.mark.parametrize("height", [-30.0, 30.0])
def test_a_line_that_passes_the_plane_is_a_dot_where_it_does(height: float) -> None:
    plain, with_screen, shift = shown(((12.0, 18.0, 40.0 + height), (12.0, 18.0, 40.0 - height)))
    dot = lines(with_screen)[-1]
    assert len(lines(with_screen)) == 2 and with_screen.labels == plain.labels
    for end in ("start_m", "end_m"):
        np.testing.assert_allclose(dot[end][:2] * 1e3, np.add(shift, (12, 18, 0))[:2], atol=0.1)


def test_only_the_part_within_the_slice_is_a_dash() -> None:
    """The scan's voxels are 2 mm thick: a millimetre to each side is on the slice."""
    _, with_screen, shift = shown(((10.0, 20.0, 30.0), (30.0, 20.0, 50.0)))
    dash = lines(with_screen)[-1]
    for end, x in (("start_m", 19.0), ("end_m", 21.0)):
        np.testing.assert_allclose(dash[end][:2] * 1e3, np.add(shift, (x, 20, 0))[:2], atol=0.1)


@pytest.mark.parametrize(
    "points",
    [
        ((10.0, 15.0, 43.0), (30.0, 15.0, 43.0)),
        ((90.0, 15.0, 40.0), (95.0, 15.0, 40.0)),
    ],
    ids=["beside the plane", "beyond the screen's edge"],
)
def test_what_is_not_on_the_slice_is_not_on_its_screen(points: tuple[Vec3, ...]) -> None:
    plain, with_screen, _ = shown(points)
    assert len(with_screen.strokes) == len(plain.strokes)


def test_a_slice_that_is_in_its_place_alone_shows_nothing_twice() -> None:
    points = ((10.0, 15.0, 40.0), (30.0, 15.0, 40.0))
    plain, with_screen, _ = shown(points, Mode.PAINTED)
    assert len(with_screen.strokes) == len(plain.strokes)


@pytest.mark.parametrize(("height_m", "has_value"), [(0.05, False), (0.3, True)])
def test_a_screen_seen_from_its_side_says_nothing(height_m: float, has_value: bool) -> None:
    aside = looking_at((0.5, 0.02, 0.04 + height_m), (0.06, 0.02, 0.04))
    plain, with_screen, _ = shown(((10.0, 15.0, 40.0), (30.0, 15.0, 40.0)), head=aside)
    assert len(with_screen.labels) - len(plain.labels) == has_value


def test_values_on_a_screen_keep_off_those_in_place() -> None:
    """One behind the other, as the head sees them."""
    points = ((30.0, 15.0, 40.0), (10.0, 15.0, 40.0))
    _, _, shift = shown(points)
    behind = (np.array((20.0, 15.0, 40.0)) + shift / 2) * 1e-3
    eye = behind + 1.2 * shift / np.linalg.norm(shift) + (0.0, 0.0, 0.36)
    head = looking_at(tuple(eye.tolist()), tuple(behind.tolist()), (0.0, 0.0, 1.0))
    _, marks, _ = shown(points, head=head)
    boxes = []
    for label in marks.labels:
        ends = apply(np.linalg.inv(head.matrix()), row_ends(label, head))
        away = -ends[:, 2].mean()
        x, y, half = *(ends[:, :2].mean(axis=0) / away), label.height_m / away
        boxes.append((x, y, abs(ends[1, 0] - ends[0, 0]) / away, half))
    (x, y, wide, high), (u, v, wide_too, high_too) = boxes
    assert abs(x - u) >= (wide + wide_too) / 2 or abs(y - v) >= (high + high_too) / 2


def test_a_line_beside_a_curve_is_straight_on_its_screen() -> None:
    """Half round the patient's axis: the ends lie a quarter from either end of the screen."""
    document, radius = Document(CASE), 12.0
    angles = np.linspace(0.0, np.pi, 65)
    curve = tuple((20 + radius * np.cos(a), 20 + radius * np.sin(a), 40.0) for a in angles)
    screen = anatomical("coronal", (90.0, 20.0, 40.0))
    document.apply(AddCurvedSlice("bent", SCAN.id, screen, curve))
    ends = tuple(curve[i] for i in (16, 48))
    far = ((20.0, 20.0, 10.0), (21.0, 20.0, 10.0))
    for name, points in (("m1", ends), ("m2", far)):
        value = Quantity(math.dist(*points), Unit.MM, 1.0)
        document.apply(Measure(name, Measured(Kind.DISTANCE, "t0", points, (), value)))
    scene, snapshot = Scene(CASE), document.snapshot
    frames = scene.build(snapshot).slices.frames
    screens = screens_of(frames, snapshot, CASE.timepoints[0].volumes)
    head = Pose((0.09, -5.0, 0.04), IDENTITY_ROTATION)  # lines are drawn a hair nearer to it
    where = snapshot, (), scene.arrangement(snapshot), MM, head
    before = len(lines(DrawnMeasures().marks(*where)))
    added = lines(DrawnMeasures().marks(*where, screens=screens))[before:]
    (line,) = added  # and none for what is far from the line
    found = sorted(line[end][2] * 1e3 - 40.0 for end in ("start_m", "end_m"))
    quarter = np.pi * radius / 4
    assert np.allclose(found, [-quarter, quarter], atol=0.1)
    assert np.allclose([line[end][0] * 1e3 for end in ("start_m", "end_m")], 90.0, atol=0.5)
