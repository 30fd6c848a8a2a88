"""Slices and cuts in the document: added, changed, taken back, journalled, refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.document.sessions import case_of, resumed, state
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.document import plane_intents as it
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent, Redo, Undo
from xrviewer.document.journal import Journal
from xrviewer.document.planes import CutKind, CutShape, Filter, Fusion, Mode, Outlines, Projection
from xrviewer.document.show import read_session, show_session
from xrviewer.errors import DocumentError
from xrviewer.spatial.planes import Plane, anatomical, oblique


def scanned_case() -> Case:
    case, voxels = case_of(), np.zeros((4, 5, 6), np.int16)
    volumes = tuple(Volume(id, id.upper(), "MR", voxels, np.eye(4)) for id in ("dess", "t2"))
    return replace(case, timepoints=tuple(replace(t, volumes=volumes) for t in case.timepoints))


PLANE = anatomical("axial", (1.0, 2.0, 3.0))
OBLIQUE = oblique((4.0, 5.0, 6.0), (0.3, -0.4, 0.5))
BOX = CutShape(CutKind.BOX, (1.0, 2.0, 3.0), (0.0, 0.6, 0.0, 0.8), (10.0, 20.0, 30.0))
EVERYTHING: tuple[Intent, ...] = (
    it.AddSlice("s", "dess", PLANE),
    it.PlaceSlice("s", OBLIQUE),
    it.SetSliceVolume("s", "t2"),
    it.SetSliceMode("s", Mode.FRAME),
    it.SetSliceSlab("s", 4.5, Projection.MAX),
    it.SetSliceWindow("s", (300.0, 640.0)),
    it.SetSliceColors("s", "viridis"),
    it.SetSliceFilter("s", Filter.CUBIC),
    it.SetSliceFusion("s", Fusion("dess", 0.25, (1.0, 2.0), "inferno")),
    it.SetSliceOutlines("s", Outlines.ALL),
    it.SetSliceVisible("s", False),
    it.PointOut((7.0, 8.0, 9.0)),
    it.AddCut("c", BOX, "dess", (10.0, 20.0)),
    it.PlaceCut("c", replace(BOX, position_mm=(0.0, 0.0, 1.0))),
    it.SetCutExempt("c", ("femur",)),
    it.SetCutVisible("c", False),
    it.AddCurvedSlice("v", "dess", PLANE, ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 2.0, 0.0))),
    it.TurnSlice("v", 1.25),
    it.RemoveCut("c"),
    it.RemoveSlice("s"),
)


def test_every_step_can_be_taken_back_and_done_again(tmp_path: Path) -> None:
    case, path = scanned_case(), tmp_path / "s.jsonl"
    with Journal(path) as journal:
        document = Document(case, journal=journal)
        states = [state(document.snapshot)]
        for intent in EVERYTHING:
            assert document.apply(intent).writes, f"{intent} changed nothing"
            states.append(state(document.snapshot))
        for before in reversed(states[:-1]):
            document.apply(Undo())
            assert state(document.snapshot) == before
        for after in states[1:]:
            document.apply(Redo())
            assert state(document.snapshot) == after
        document.apply(Undo())
    assert state(resumed(path, case)) == states[-2]
    assert show_session(read_session(path)[0]) == states[-2][0]


def test_a_slice_and_a_cut_are_told_as_json() -> None:
    document = Document(scanned_case())
    for intent in EVERYTHING[:-2]:
        document.apply(intent)
    shown = json.loads(json.dumps(show_session(document.snapshot)))
    (slice, curved), (cut,) = shown["slices"], shown["cuts"]
    assert slice["plane"]["normal"] == pytest.approx(OBLIQUE.normal)
    assert slice["orientation"] == "oblique" and slice["volume"] == "t2"
    assert slice["slab"] == {"thickness_mm": 4.5, "projection": "max"}
    assert slice["fusion"] == {
        "volume": "dess",
        "share": 0.25,
        "window": [1.0, 2.0],
        "colors": "inferno",
    }
    assert slice["window"] == [300.0, 640.0] and slice["visible"] is False
    assert cut["kind"] == "box" and cut["half_size_mm"] == [10.0, 20.0, 30.0]
    assert curved["turn_rad"] == 1.25 and curved["curve_mm"][-1] == [1.0, 2.0, 0.0]
    assert curved["visible"] is True and cut["volume"] == "dess" and cut["visible"] is False
    assert cut["exempt"] == ["femur"] and shown["crosshair_mm"] == [7.0, 8.0, 9.0]


def test_another_volume_has_another_window() -> None:
    document = Document(scanned_case())
    document.apply(it.AddSlice("s", "dess", PLANE))
    document.apply(it.SetSliceWindow("s", (1.0, 2.0)))
    document.apply(it.SetSliceVolume("s", "t2"))
    assert document.snapshot.slices["s"].window is None


def test_pointing_out_moves_the_other_slices_through_the_point_in_one_step() -> None:
    document = Document(scanned_case())
    for name in ("axial", "coronal", "sagittal"):
        document.apply(it.AddSlice(name, "dess", anatomical(name, (0.0, 0.0, 0.0))))
    before = state(document.snapshot)
    point = (11.0, -7.0, 5.0)
    document.apply(it.PointOut(point, kept="axial"))
    slices = document.snapshot.slices
    assert slices["axial"].plane.point_mm == (0.0, 0.0, 0.0)
    assert slices["coronal"].plane.point_mm == pytest.approx((0.0, -7.0, 0.0))
    assert slices["sagittal"].plane.point_mm == pytest.approx((11.0, 0.0, 0.0))
    assert document.snapshot.crosshair_mm == point
    document.apply(Undo())
    assert state(document.snapshot) == before


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        (it.AddSlice("s2", "dses", PLANE), "no volume 'dses'; did you mean 'dess'"),
        (it.PlaceSlice("t", PLANE), "session has no slice 't'"),
        (it.AddSlice("", "dess", PLANE), "a slice has a name"),
        (it.PlaceSlice("s", Plane((0, 0, 0), (0, 0, 2), (1, 0, 0))), "length 1"),
        (it.PlaceSlice("s", Plane((0, 0, 0), (0, 0, 1), (0, 0, 1))), "lies in it"),
        (it.PlaceSlice("s", Plane((float("nan"), 0, 0), (0, 0, 1), (1, 0, 0))), "within"),
        (it.SetSliceWindow("s", (1.0, 0.0)), "width over 0"),
        (it.SetSliceWindow("s", (float("inf"), 1.0)), "width over 0"),
        (it.SetSliceSlab("s", -1.0), "0 to 200 mm"),
        (it.AddCurvedSlice("v", "dess", PLANE, ((0.0, 0.0, 0.0),)), "3 to 256 points, not 1"),
        (it.AddCurvedSlice("v", "dess", PLANE, ((0.0, 0.0, 0.0),) * 3), "two points"),
        (it.TurnSlice("s", float("nan")), "by an angle"),
        (it.SetSliceColors("s", "no such map"), "no colour map 'no such map'"),
        (it.SetSliceFusion("s", Fusion("dess", 1.5)), "from 0 (the first)"),
        (it.PlaceCut("c", BOX), "session has no cut 'c'"),
        (it.AddCut("c", replace(BOX, half_size_mm=(0.0, 1.0, 1.0))), "has a size"),
        (it.AddCut("c", replace(BOX, rotation_xyzw=(1.0, 1.0, 0.0, 0.0))), "unit quaternion"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(intent: Intent, said: str) -> None:
    document = Document(scanned_case())
    document.apply(it.AddSlice("s", "dess", PLANE))
    before = state(document.snapshot)
    with pytest.raises(DocumentError) as refusal:
        document.apply(intent)
    assert said in str(refusal.value) and "\n" not in str(refusal.value)
    assert state(document.snapshot) == before


def test_a_removed_slice_is_no_longer_named() -> None:
    document = Document(scanned_case())
    for intent in EVERYTHING:
        document.apply(intent)
    document.apply(it.RemoveSlice("v"))
    assert not document.snapshot.slices
    with pytest.raises(DocumentError):
        document.apply(it.SetSliceVisible("s", False))
    anew = Document(scanned_case())
    for one in (document, anew):  # what the name stood for before is forgotten
        one.apply(it.AddSlice("s", "t2", OBLIQUE))
        one.apply(it.AddCut("c", CutShape(), None))
    assert document.snapshot.slices == anew.snapshot.slices
    assert document.snapshot.cuts == anew.snapshot.cuts


def test_what_was_hidden_is_shown_again() -> None:
    document = Document(scanned_case())
    document.apply(it.AddSlice("s", "dess", PLANE))
    for is_visible in (False, True):
        document.apply(it.SetSliceVisible("s", is_visible))
        assert document.snapshot.slices["s"].is_visible is is_visible


@pytest.mark.parametrize("axis", range(3))
def test_a_box_too_large_along_any_axis_is_refused(axis: int) -> None:
    half_mm = [10.0, 20.0, 30.0]
    half_mm[axis] = 1e9
    shape = replace(BOX, half_size_mm=(half_mm[0], half_mm[1], half_mm[2]))
    with pytest.raises(DocumentError):
        Document(scanned_case()).apply(it.AddCut("c", shape, "dess"))


def test_free_names() -> None:
    assert it.free_id("s", {"s1", "s2"}) == "s3"
