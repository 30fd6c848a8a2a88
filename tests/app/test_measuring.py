"""Measuring in the loop: slow values come from beside the frame, and all of it is drawn."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.interaction.measurer import OUT_OF_SIGHT
from tests.interaction.test_bare import joints
from tests.no_renderer import NoRenderer
from tests.shapes import box, case_of, sphere
from xrviewer.analysis.figures import Precision
from xrviewer.app.loop import App
from xrviewer.app.measuring import WORN_TEXT
from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.model import Case
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.case.volume import Volume
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel, Redo, SelectTool, ShowTimepoint, Undo
from xrviewer.document.measurement_intents import Measure, Retract
from xrviewer.document.measurement_rules import MAX_MEASUREMENTS
from xrviewer.document.measurements import MAX_DRAWN
from xrviewer.document.plane_intents import AddSlice
from xrviewer.document.planes import Mode
from xrviewer.document.snapshot import Snapshot
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.measure_commit import Slow
from xrviewer.interaction.preferences import Preferences
from xrviewer.scene.legible import LEAST_PIXELS
from xrviewer.scene.measures import LETTER, REFUSED_COLOR, RETICLE_COLOR
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement, Pose, Vec3, apply
from xrviewer.spatial.views import View, looking_at, symmetric_fov

CASE = case_of({"ball": sphere((0, 0, 0), 30, 64), "brick": box((80, 0, 0), (20, 20, 20))}, dates=2)
EYE = View(Pose((0.0, 1.0, 1.0), IDENTITY_ROTATION), symmetric_fov(1.0, 1.0))


class Session:
    def __init__(self, preferences: Preferences | None = None, case: Case = CASE) -> None:
        self.document, self.told = Document(case), list[str]()
        given = case, self.document, NoRenderer(), self.told.append, preferences
        self.app = App(*given)  # type: ignore[arg-type]
        self.document.apply(PlaceModel(Placement((0.0, 1.0, 0.0), IDENTITY_ROTATION, 1.0)))
        self.time_s = 0.0

    def see(self, right: Hand = OUT_OF_SIGHT) -> None:
        self.time_s += 1 / 90
        self.draw = self.app.step(FrameInput(self.time_s, 1 / 90, (EYE,), right=right))

    def until(self, is_met: Callable[[], bool]) -> None:
        until = time.monotonic() + 20
        while not is_met() and time.monotonic() < until:
            self.see()
            time.sleep(0.002)
        assert is_met(), self.told

    def click(self, point_mm: Vec3) -> None:
        """From the front of the case, after half a second's rest."""
        room_from_case = self.document.snapshot.model.matrix() @ MODEL_FROM_CASE
        x, y, z = apply(room_from_case, point_mm).tolist()
        aim = looking_at((x, y, z + 0.5), (x, y, z))
        for trigger in (0.0, 1.0, 0.0):
            self.see(Hand(aim, aim, trigger=trigger))
        for _ in range(45):
            self.see()

    @property
    def found(self) -> list[Measured]:
        there = self.document.snapshot.measurements.values()
        return [m.measured for m in there if m.measured is not None]

    def measured(self, kind: Kind, *points: Vec3) -> Measured:
        self.document.apply(SelectTool(kind))
        self.click((500.0, 0.0, 0.0))  # nothing is there: the tool wakes, and its picker with it
        self.until(lambda: self.app._picker is not None)
        for point in points:
            self.click(point)
        self.until(lambda: bool(self.found))
        return self.found[-1]


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session()
    yield made
    made.app.close()


FRONT: Vec3 = (0.0, -30.0, 0.0)


def test_a_way_over_the_surface(session: Session) -> None:
    side = math.radians(60)
    found = session.measured(Kind.SURFACE, FRONT, (30 * math.sin(side), -30 * math.cos(side), 0.0))
    assert found.quantity is not None
    assert found.quantity.value == pytest.approx(30 * side, rel=0.01)
    assert len(found.line_mm) > 5
    np.testing.assert_allclose(np.linalg.norm(found.line_mm, axis=1), 30, atol=0.05)
    session.see()
    assert session.draw.measures.labels and session.told == []


def test_a_way_and_its_length_follow_the_hand(session: Session) -> None:
    session.document.apply(SelectTool(Kind.SURFACE))
    session.click((500.0, 0.0, 0.0))
    session.until(lambda: session.app._picker is not None)
    session.click(FRONT)
    room_from_case = session.document.snapshot.model.matrix() @ MODEL_FROM_CASE
    for degrees in (30.0, 50.0):
        side = math.radians(degrees)
        point = (30 * math.sin(side), -30 * math.cos(side), 0.0)
        x, y, z = apply(room_from_case, point).tolist()
        aim = looking_at((x, y, z + 0.5), (x, y, z))
        until = time.monotonic() + 20
        while time.monotonic() < until:
            session.see(Hand(aim, aim))
            texts = [label.text for label in session.draw.measures.labels]
            if texts and abs(float(texts[0].split()[0]) - 30 * side) < 0.3:
                break
        assert texts[0].endswith("mm") and abs(float(texts[0].split()[0]) - 30 * side) < 0.3
        assert len(session.draw.measures.strokes) > 10  # it lies along the ball
    session.document.apply(SelectTool("grab"))
    session.see()
    assert not session.draw.measures.labels and session.found == []


def test_a_gap_between_two_parts(session: Session) -> None:
    found = session.measured(Kind.GAP, FRONT, (80.0, -20.0, 0.0))
    assert found.quantity is not None and found.quantity.value == pytest.approx(30, abs=0.05)
    assert found.layers == ("ball", "brick")
    np.testing.assert_allclose(found.points_mm, [(30, 0, 0), (60, 0, 0)], atol=1.0)


def test_a_volume(session: Session) -> None:
    found = session.measured(Kind.VOLUME, (80.0, -20.0, 0.0))
    assert found.quantity is not None and found.quantity.value == pytest.approx(64.0, rel=1e-6)


@pytest.mark.parametrize("place", [FRONT, (80.0, -20.0, 0.0)])
def test_a_painted_area(session: Session, place: Vec3) -> None:
    """On small triangles, and on a face of two."""
    session.document.apply(SelectTool(Kind.AREA))
    session.click((500.0, 0.0, 0.0))
    session.until(lambda: session.app._picker is not None)
    session.click(place)
    session.app.step(FrameInput(9.0, 0.01, (EYE,), keys=frozenset({"enter"})))
    session.until(lambda: bool(session.found))
    area = session.found[0].quantity
    assert area is not None
    assert area.value == pytest.approx(math.pi * 25, rel=0.02)  # of a cap, whatever the ball


@pytest.mark.parametrize(
    ("tool", "lesion", "ends_mm"),
    [("lesion", Lesion.TARGET, math.sqrt(2) * 40), ("node", Lesion.NODE, math.sqrt(2) * 40)],
)
def test_the_axes_of_a_structure(
    session: Session, tool: str, lesion: Lesion, ends_mm: float
) -> None:
    """Of a brick of 40 x 40 both are its diagonals."""
    session.document.apply(SelectTool(tool))
    session.click((500.0, 0.0, 0.0))
    session.until(lambda: session.app._picker is not None)
    session.click((80.0, -20.0, 0.0))
    session.until(lambda: bool(session.found))
    (one,) = session.document.snapshot.measurements.values()
    assert one.lesion is lesion and one.measured is not None
    assert len(one.measured.points_mm) == 2 and one.measured.layers == ("brick",)
    assert one.measured.quantity is not None
    assert one.measured.quantity.value == pytest.approx(ends_mm, rel=1e-3)
    session.document.apply(Undo())  # the axis and what it is of were one step
    assert not session.document.snapshot.measurements
    session.document.apply(Redo())
    assert session.document.snapshot.measurements[one.id].lesion is lesion


def test_an_undo_with_nothing_left_is_seen_and_felt() -> None:
    session = Session(Preferences())
    session.until(lambda: session.app._picker is not None)
    aim = looking_at((0.0, 1.0, 0.5), (0.0, 1.0, 0.03))
    for _ in range(2):
        session.see(Hand(aim, aim))
    pale = session.draw.marks.strokes
    assert session.document.apply(Undo())  # the placement that the session began with
    for is_pressed in (True, False):
        session.see(Hand(aim, aim, is_a_pressed=is_pressed))
    assert {pulse.hand for pulse in session.app._tools.pulses} == {0, 1}
    red = np.float32(REFUSED_COLOR)
    assert (session.draw.marks.strokes["color"] == red).all(axis=1).any()
    assert not (pale["color"] == red).all(axis=1).any()
    for _ in range(40):  # longer than it flashes
        session.see(Hand(aim, aim))
    assert not (session.draw.marks.strokes["color"] == red).all(axis=1).any()
    session.app.close()


def test_what_was_measured_is_saved_beside_the_frame(session: Session) -> None:
    saved: list[int] = []

    def save(snapshot: Snapshot) -> str:
        saved.append(len(snapshot.measurements))
        return "saved a.csv"

    session.app.measurer.save = save
    quantity = Quantity(30.0, Unit.MM, 1.0)
    found = Measured(Kind.DISTANCE, "t0", (FRONT, (0.0, 0.0, 30.0)), ("ball",), quantity)
    session.document.apply(Measure("m1", found))
    heard: list[str] = []
    session.app.measurer.write(heard.append)
    session.until(lambda: bool(heard))
    assert saved == [1] and session.told == heard == ["saved a.csv"]


@pytest.mark.parametrize("height", [648, 1000, 4000])
def test_values_have_as_many_pixels_as_the_eye_needs(session: Session, height: int) -> None:
    """In a headset's coarse picture they are larger, in a fine one as large as in any other."""
    quantity = Quantity(30.0, Unit.MM, 1.0)
    found = Measured(Kind.DISTANCE, "t0", (FRONT, (0.0, -30.0, 30.0)), ("ball",), quantity)
    session.document.apply(Measure("m1", found))
    target = RenderTarget((0, 0), height * 8 // 9, height, True)
    inp = FrameInput(1.0, 1 / 90, (EYE, EYE))
    labels = session.app.step(inp, target).measures.labels
    away_m = np.linalg.norm(np.subtract(labels[0].position_m, EYE.eye.position_m))
    radians = labels[0].height_m / away_m
    pixels = radians * height / (2 * math.tan(EYE.fov.up_rad))
    assert pixels >= LEAST_PIXELS * 0.95
    if height == 4000:
        assert radians == pytest.approx(LETTER * WORN_TEXT, rel=0.05)


def test_only_the_last_of_an_end_that_was_moved_on_counts(session: Session) -> None:
    """Whichever way is found last; and what was taken away meanwhile does not come back."""
    far: Vec3 = (0.0, 30.0, 0.0)
    asked = Measured(Kind.SURFACE, "t0", (FRONT, far), ("ball",))
    side = replace(asked, points_mm=(FRONT, (30.0, 0.0, 0.0)))
    for id, name in (("m1", "Kept"), ("m2", "Taken away")):
        quantity = Quantity(94.2, Unit.MM, 1.0)
        session.document.apply(Measure(id, replace(asked, quantity=quantity), name))
    for id, figure in (("m1", asked), ("m1", side), ("m2", side)):
        session.app.measurer._find(Slow(figure, Precision(), id=id))
    session.document.apply(Retract(("m2",)))
    session.until(lambda: not session.app.measurer._pending)
    (one,) = session.found
    assert one.points_mm == side.points_mm and one.quantity is not None
    assert one.quantity.value == pytest.approx(15 * math.pi, rel=0.01) and session.told == []
    assert not session.document.snapshot.all_measurements["m2"].is_there


def test_that_another_process_took_over_is_told_once(session: Session) -> None:
    finder = session.app.measurer._ways
    finder.ready()
    assert finder._process is not None
    finder._process.kill()
    session.app.measurer._find(
        Slow(Measured(Kind.SURFACE, "t0", (FRONT, (30.0, 0.0, 0.0)), ("ball",)), Precision())
    )
    session.until(lambda: bool(session.told))
    session.until(lambda: bool(session.found))
    assert len(session.told) == 1 and "another took over" in session.told[0]


def test_what_cannot_be_found_is_told(session: Session) -> None:
    """Two parts that are there at placing, and no way from one to the other."""
    asked = Measured(Kind.SURFACE, "t0", (FRONT, (0.0, 30.0, 0.0)), ("gone",))
    session.app.measurer._find(Slow(asked, Precision()))
    session.until(lambda: bool(session.told))
    assert "not there at this date" in session.told[0] and session.found == []


def test_ten_thousand_are_a_session_like_any_other(session: Session) -> None:
    quantity = Quantity(30.0, Unit.MM, 1.0)
    found = Measured(Kind.DISTANCE, "t0", (FRONT, (0.0, 0.0, 30.0)), ("ball",), quantity)
    for n in range(MAX_MEASUREMENTS - 1):
        session.document.apply(Measure(f"n{n}", found, "A long day"))
    session.document.apply(SelectTool(Kind.DISTANCE))
    session.click((500.0, 0.0, 0.0))
    session.until(lambda: session.app._picker is not None)
    for point in (FRONT, (10.0, -28.0, 0.0)):
        session.click(point)
    assert len(session.document.snapshot.all_measurements) == MAX_MEASUREMENTS
    assert len(session.draw.measures.labels) <= MAX_DRAWN + 1
    for point in (FRONT, (10.0, -28.0, 0.0)):  # one too many is refused, and told
        session.click(point)
    assert len(session.document.snapshot.all_measurements) == MAX_MEASUREMENTS
    assert "10000 measurements at most" in session.told[0]


def test_points_and_values_are_drawn_while_they_are_placed(session: Session) -> None:
    session.document.apply(SelectTool(Kind.DISTANCE))
    session.click((500.0, 0.0, 0.0))
    session.until(lambda: session.app._picker is not None)
    session.click(FRONT)
    over = replace(OUT_OF_SIGHT, aim=looking_at((0.0, 1.01, 0.5), (0.0, 1.01, 0.0)))
    session.see(over)
    (label,) = session.draw.measures.labels
    assert label.text.endswith("mm") and label.text.startswith("10.")
    assert len(session.draw.marks.strokes)  # the reticle
    session.document.apply(ShowTimepoint("t1"))
    session.see(over)
    assert not session.draw.measures


def test_what_is_measured_on_a_screen_is_seen_on_it_while_it_is_made() -> None:
    affine = np.diag([4.0, 4.0, 4.0, 1.0])
    affine[:3, 3] = -62.0
    scan = Volume("scan", "Scan", "MR", np.zeros((32, 32, 32), np.int16), affine)
    case = replace(CASE, timepoints=(replace(CASE.timepoints[0], volumes=(scan,)),))
    made = Session(case=case)
    coronal = anatomical("coronal", (0.0, 0.0, 0.0))
    made.document.apply(AddSlice("slice-1", "scan", coronal, Mode.FRAME))
    made.document.apply(SelectTool(Kind.DISTANCE))
    made.click((500.0, 0.0, 0.0))
    made.until(lambda: made.app._picker is not None and bool(made.draw.slices.frames))
    x, y, z = made.draw.slices.frames[-1][1][0]
    made.click((x - 10.0, y, z))
    room_from_case = made.document.snapshot.model.matrix() @ MODEL_FROM_CASE
    ax, ay, az = apply(room_from_case, (x + 10.0, y, z)).tolist()
    aim = looking_at((ax, ay, az + 0.5), (ax, ay, az))
    made.see(Hand(aim, aim))
    assert made.app._tools.measuring.live is not None
    assert made.app._tools.measuring.live.point_mm == pytest.approx((10.0, 0.0, 0.0), abs=1e-6)
    marks = made.draw.marks.strokes
    ring = marks[(marks["color"] == np.float32(RETICLE_COLOR)).all(axis=1)]["start_m"]
    assert len(ring) and np.abs(ring - (ax, ay, az)).max() < 0.006
    ends = made.draw.measures.strokes["end_m"]
    assert np.linalg.norm(ends - (ax, ay, az), axis=1).min() < 0.006
    made.app.close()


def test_where_the_library_of_touch_cannot_be_loaded_it_is_said(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fcpw", None)
    session.document.apply(SelectTool(Kind.DISTANCE))
    bare = Hand(joints=joints(0.05))
    session.see(bare)
    session.until(lambda: bool(session.told))
    session.see(bare)
    assert len(session.told) == 1 and "cannot touch" in session.told[0]
