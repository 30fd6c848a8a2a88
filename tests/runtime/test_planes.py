"""Planes in a real runtime: a slice moved, its window set and a cut placed by a controller and by a
bare hand; what the document then holds is where the hand went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from bed import Bed
from wearer import Wearer

from tests.no_renderer import NoRenderer
from tests.shapes import case_of, sphere
from xrviewer.analysis.scan import scan_values
from xrviewer.app.loop import App
from xrviewer.case.volume import Volume
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel, SelectTool, Undo
from xrviewer.document.plane_intents import AddCut, AddSlice, RemoveCut, RemoveSlice
from xrviewer.document.planes import CutKind, CutShape, Slice
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.plane_tool import CUT_TOOL, HAND_PER_WINDOW_M, SLICE_TOOL, WINDOW_TOOL
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.rays import aim_ray
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement, Vec3

SPACING_MM = 4.0
WITHIN_MM = 0.5
AT_M = (0.05, 1.2, -0.6)
"""The middle of the scan in the room."""
BEFORE_M = 0.2
PINCH, OPEN = (0.0, 0.0, 0.0, 0.8, 0.6), (0.0, 0.0, 0.0, 0.0, 0.0)
"""Little, ring, middle, index, thumb: these two meet."""
SETTLED_S, SEEN_S = 0.4, 0.05
"""A bare hand's things lag by half-lives of 20 and 30 ms; a controller's by the wire alone."""


def scanned() -> Volume:
    voxels = np.asfortranarray(np.indices((20, 20, 20)).sum(axis=0).astype(np.int16) * 10)
    affine = np.diag([SPACING_MM, SPACING_MM, SPACING_MM, 1.0])
    affine[:3, 3] = -SPACING_MM * 19 / 2
    return Volume("mr", "MR", "MR", voxels, affine)


SCAN = scanned()
_PLAIN = case_of({"ball": sphere(rings=8)})
CASE = replace(_PLAIN, timepoints=(replace(_PLAIN.timepoints[0], volumes=(SCAN,)),))


class Mover(Wearer):
    """Aims the right hand at the middle of the scan, presses, goes somewhere, lets go."""

    is_bare = False

    def __init__(self, bed: Bed) -> None:
        self.remote = bed.start_runtime()
        self.frontend = bed.start_frontend()
        self.document = Document(CASE)
        preferences = Preferences(snap_turn=False)
        self.app = App(CASE, self.document, NoRenderer(), preferences=preferences)  # type: ignore[arg-type]
        self.document.apply(PlaceModel(Placement(AT_M, IDENTITY_ROTATION, 1.0)))
        self.at: Vec3 = AT_M

    def begin(self, tool: str, is_bare: bool) -> None:
        """With one coronal slice through the middle, the tool taken, and the hand before it."""
        snapshot = self.document.snapshot
        for gone in (*map(RemoveSlice, snapshot.slices), *map(RemoveCut, snapshot.cuts)):
            self.document.apply(gone)
        self.document.apply(AddSlice("s", "mr", anatomical("coronal", SCAN.center_mm)))
        self.document.apply(SelectTool(tool))
        self.is_bare = is_bare
        self.go((AT_M[0], AT_M[1], AT_M[2] + BEFORE_M), False)
        aim = self.until(lambda f: f.right.aim is not None).right.aim
        assert aim is not None
        ray = aim_ray(aim)
        met = np.add(ray.origin, np.multiply(ray.direction, BEFORE_M))
        self.go(_moved(self.at, tuple((AT_M - met).tolist())), False)

    def drag(self, way_m: Vec3) -> None:
        self.go(self.at, True)
        self.go(_moved(self.at, way_m), True)
        self.go(self.at, False)

    def go(self, at: Vec3, is_pressing: bool) -> None:
        self.at = at
        self.remote.hand("right", at, is_active=not self.is_bare)
        self.remote.press("right", trigger=float(is_pressing and not self.is_bare))
        self.remote.press("right", curl=PINCH if is_pressing else OPEN)
        self.remote.press("right", is_hand_tracked=self.is_bare)
        self.remote.send()
        self.until(lambda f: self._is_there(f, is_pressing))
        self.wait(SETTLED_S if self.is_bare else SEEN_S)

    def wait(self, seconds: float) -> None:
        until_s = self.app.time_s + seconds
        self.until(lambda f: f.time_s > until_s)

    def slice(self) -> Slice:
        return self.document.snapshot.slices["s"]

    def _is_there(self, frame: FrameInput, is_pressing: bool) -> bool:
        hand, seen = frame.right, self.app._tools.seen[1]
        if hand.grip is None or (hand.joints is not None) != self.is_bare:
            return False
        near_m = 0.15 if self.is_bare else 1e-3
        off = np.subtract(hand.grip.position_m, self.at)
        return bool(np.linalg.norm(off) < near_m) and (seen.trigger > 0.5) == is_pressing


def _moved(at: Vec3, way: Vec3) -> Vec3:
    return (at[0] + way[0], at[1] + way[1], at[2] + way[2])


@pytest.fixture(scope="module")
def mover(shared_bed: Bed) -> Iterator[Mover]:
    """One runtime for all: what a test leaves is taken away by the next."""
    made = Mover(shared_bed)
    with closing(made.app):
        yield made


hands = pytest.mark.parametrize("is_bare", [False, True], ids=["controller", "bare hand"])
WAY_M, WAY_MM = (0.02, 0.03, 0.05), (20.0, -50.0, 30.0)
"""Rightwards, up and nearer is to the patient's left, forwards and headwards."""


@hands
def test_a_slice_goes_where_the_hand_goes(mover: Mover, is_bare: bool) -> None:
    mover.begin(SLICE_TOOL, is_bare)
    mover.drag(WAY_M)
    plane = mover.slice().plane
    assert np.subtract(plane.point_mm, SCAN.center_mm) == pytest.approx(WAY_MM, abs=WITHIN_MM)
    assert plane.normal == anatomical("coronal", SCAN.center_mm).normal
    mover.document.apply(Undo())
    assert mover.slice().plane.point_mm == pytest.approx(SCAN.center_mm)


@hands
def test_the_window_follows_the_hand(mover: Mover, is_bare: bool) -> None:
    mover.begin(WINDOW_TOOL, is_bare)
    centre, width = scan_values(SCAN).window
    mover.drag((0.0, 0.06, 0.0))
    raised = (centre + 0.06 / HAND_PER_WINDOW_M * width, width)
    assert mover.slice().window == pytest.approx(raised, rel=0.01)
    mover.drag((0.075, 0.0, 0.0))
    assert mover.slice().window == pytest.approx((raised[0], width * 2**0.5), rel=0.01)


@hands
def test_a_cut_is_made_by_a_press_and_goes_with_the_next(mover: Mover, is_bare: bool) -> None:
    mover.begin(CUT_TOOL, is_bare)
    mover.go(mover.at, True)
    mover.go(mover.at, False)
    (made,) = mover.document.snapshot.cuts.values()
    assert made.volume == "mr"
    mover.drag(WAY_M)
    (moved,) = mover.document.snapshot.cuts.values()
    off = np.subtract(moved.shape.position_mm, made.shape.position_mm)
    assert off == pytest.approx(WAY_MM, abs=WITHIN_MM)


@hands
def test_a_box_that_opens_the_anatomy_goes_with_the_hand(mover: Mover, is_bare: bool) -> None:
    mover.begin(CUT_TOOL, is_bare)
    box = CutShape(CutKind.BOX, SCAN.center_mm, half_size_mm=(10.0, 12.0, 14.0))
    mover.document.apply(AddCut("box", box, "mr"))
    mover.drag(WAY_M)
    moved = mover.document.snapshot.cuts["box"].shape
    off = np.subtract(moved.position_mm, box.position_mm)
    assert off == pytest.approx(WAY_MM, abs=WITHIN_MM)
    assert (moved.kind, moved.half_size_mm) == (CutKind.BOX, box.half_size_mm)


def test_a_flick_of_the_stick_is_one_acquired_slice(mover: Mover) -> None:
    mover.begin(SLICE_TOOL, False)
    before = mover.slice().plane
    mover.remote.press("right", stick=(0.0, 1.0))
    mover.remote.send()
    mover.until(lambda _: mover.slice().plane != before)
    mover.remote.press("right", stick=(0.0, 0.0))
    mover.remote.send()
    mover.until(lambda f: f.right.stick[1] == 0.0)
    # The middle lies between two of them: the first step is to the nearer one.
    away = -mover.slice().plane.distance_mm(before.point_mm)
    assert away == pytest.approx(SPACING_MM / 2, abs=1e-6)
