"""A distance between two places that are known, measured by a scripted controller."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bed import Bed
from wearer import Wearer

from tests.interaction import test_slice_aim as sliced
from tests.interaction.test_measure import RULER, on_ruler, with_scan
from tests.no_renderer import NoRenderer
from tests.shapes import box, case_of, sphere
from xrviewer.app.loop import App
from xrviewer.case.measured import Kind
from xrviewer.case.model import Case
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel, SelectTool
from xrviewer.document.plane_intents import AddSlice
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.measure_kinds import CONTROLLER_M
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.rays import aim_ray
from xrviewer.spatial.transforms import (
    Placement,
    Pose,
    Vec3,
    apply,
    axis_rotation,
    quaternion,
)
from xrviewer.spatial.views import looking_at

WITHIN_MM = 0.1
AWAY_M = 0.3


class Surveyor(Wearer):
    """Finds from two poses how the runtime's aim lies in its grip, then aims as it wants."""

    def __init__(self, bed: Bed, scale: float, case: Case = RULER) -> None:
        self.remote = bed.start_runtime()
        self.frontend = bed.start_frontend()
        self.document = Document(case)
        preferences = Preferences(snap_turn=False)
        self.app = App(case, self.document, NoRenderer(), preferences=preferences)  # type: ignore[arg-type]
        turn = axis_rotation((1, 0, 0), 1.2)
        self.document.apply(PlaceModel(Placement((0.1, 1.1, -0.5), turn, scale)))
        self.document.apply(SelectTool(Kind.DISTANCE))
        self.seen: FrameInput | None = None

    def hold(self, pose: Pose, trigger: float) -> Pose:
        """The right hand; answers where its aim then is."""
        self.remote.hand("right", pose.position_m, pose.rotation_xyzw)
        self.remote.press("right", trigger=trigger)
        self.remote.send()

        def is_there(f: FrameInput) -> bool:
            if f.right.grip is None or abs(f.right.trigger - trigger) > 0.05:
                return False
            off = np.subtract(f.right.grip.position_m, pose.position_m)
            turn = abs(np.dot(f.right.grip.rotation_xyzw, pose.rotation_xyzw))
            return bool(np.abs(off).max() < 1e-4 and turn > 1 - 1e-6)

        aim = self.until(is_there).right.aim
        assert aim is not None
        return aim

    def click(self, point_mm: Vec3, normal: Vec3 = (0.0, 0.0, 1.0)) -> None:
        """Aims from before the place, corrects what the aim is off by, presses and lets go."""
        room_from_case = self.document.snapshot.model.matrix() @ MODEL_FROM_CASE
        goal = apply(room_from_case, point_mm)
        out = apply(room_from_case, np.add(point_mm, normal)) - goal
        eye = goal + AWAY_M * out / np.linalg.norm(out)
        pose = looking_at(tuple(eye.tolist()), tuple(goal.tolist()), (0.1, 0.2, 0.97))
        aim = self.hold(pose, 0.0)
        for _ in range(3):  # the grip's frame is not the aim's
            wanted = looking_at(tuple(eye.tolist()), tuple(goal.tolist()), (0.1, 0.2, 0.97))
            turn = wanted.matrix()[:3, :3] @ aim.matrix()[:3, :3].T
            matrix = np.eye(4)
            matrix[:3, :3] = turn @ pose.matrix()[:3, :3]
            matrix[:3, 3] = np.add(pose.position_m, eye - aim.position_m)
            pose = _pose(matrix)
            aim = self.hold(pose, 0.0)
        ray = aim_ray(aim)
        way = goal - ray.origin
        assert np.linalg.norm(way - (way @ ray.direction) * np.array(ray.direction)) < 1e-4
        self.hold(pose, 1.0)
        self.hold(pose, 0.0)
        start_s = self.app.time_s
        self.until(lambda f: f.time_s > start_s + 0.5)


def _pose(matrix: np.ndarray) -> Pose:
    x, y, z = matrix[:3, 3].tolist()
    return Pose((x, y, z), quaternion(matrix[:3, :3]))


@pytest.mark.parametrize("scale", [0.1, 1.0, 20.0])
def test_a_ruler(quick_bed: Bed, scale: float) -> None:
    surveyor = Surveyor(quick_bed, scale)
    surveyor.until(lambda f: surveyor.app._picker is not None and f.right.aim is not None)
    for x in (-73.25, 41.5):
        surveyor.click(on_ruler(x, 4.0)[0])
    (measurement,) = surveyor.document.snapshot.measurements.values()
    found = measurement.measured
    assert found is not None and found.quantity is not None and found.layers == ("ruler",)
    assert found.quantity.value == pytest.approx(114.75, abs=WITHIN_MM)
    half_voxel_mm = math.sqrt(3) * 0.25
    end_mm = math.hypot(CONTROLLER_M * 1000 / scale, half_voxel_mm)
    assert found.quantity.uncertainty == pytest.approx(math.sqrt(2) * end_mm, rel=0.2)
    surveyor.app.close()


BALL_MM, BOX_MM = 30.0, (25.0, 15.0, 10.0)
SHAPES = with_scan(
    case_of({"ball": sphere((-40, 0, 0), BALL_MM, 128), "box": box((40, 0, 0), BOX_MM)})
)


def on_ball(*direction: float) -> tuple[Vec3, Vec3]:
    x, y, z = (np.array(direction) / np.linalg.norm(direction)).tolist()
    return (BALL_MM * x - 40.0, BALL_MM * y, BALL_MM * z), (x, y, z)


@pytest.mark.parametrize("scale", [0.1, 1.0, 20.0])
def test_a_chord_of_a_ball_and_a_way_across_a_box(quick_bed: Bed, scale: float) -> None:
    surveyor = Surveyor(quick_bed, scale, SHAPES)
    surveyor.until(lambda f: surveyor.app._picker is not None and f.right.aim is not None)
    top: Vec3 = (0.0, 0.0, 1.0)
    for place in (on_ball(-1, 0.3, 1), on_ball(0.8, -0.4, 1)):
        surveyor.click(*place)
    for x, y in ((18.0, -12.5), (61.5, 9.0)):
        surveyor.click((x, y, BOX_MM[2]), top)
    ball, on_box = (m.measured for m in surveyor.document.snapshot.measurements.values())
    assert ball is not None and ball.layers == ("ball",) and ball.quantity is not None
    one, other = (np.array(on_ball(*way)[0]) for way in ((-1, 0.3, 1), (0.8, -0.4, 1)))
    assert ball.quantity.value == pytest.approx(np.linalg.norm(one - other), abs=WITHIN_MM)
    assert on_box is not None and on_box.layers == ("box",) and on_box.quantity is not None
    assert on_box.quantity.value == pytest.approx(math.hypot(43.5, 21.5), abs=WITHIN_MM)
    surveyor.app.close()


def test_across_a_circle_on_a_slice(quick_bed: Bed) -> None:
    surveyor = Surveyor(quick_bed, 1.0, sliced.CASE)
    surveyor.document.apply(AddSlice("slice-1", "scan", anatomical("axial", sliced.MIDDLE)))
    surveyor.until(lambda f: surveyor.app._picker is not None and f.right.aim is not None)
    for angle in (0.3, 0.3 + math.pi):
        surveyor.click(sliced.on_circle(angle, sliced.CIRCLE_MM + 1.0))
    (measurement,) = surveyor.document.snapshot.measurements.values()
    found = measurement.measured
    assert found is not None and found.quantity is not None and found.layers == ()
    assert found.quantity.value == pytest.approx(2 * sliced.CIRCLE_MM, abs=WITHIN_MM)
    surveyor.app.close()
