"""Both dates in one set of arrays: what each way of seeing them shows, and what it costs."""

from __future__ import annotations

import time
from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from tests.python_calls import python_calls
from tests.shapes import Look, case_of, sphere, surfaces_of
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.document.comparison import KeptFit, Together
from xrviewer.document.comparison_intents import (
    CompareWith,
    KeepFits,
    NudgeDate,
    SeeTogether,
    SetBlend,
)
from xrviewer.document.document import Document
from xrviewer.document.intents import SetLayerVisible, ShowTimepoint, Undo
from xrviewer.document.plane_intents import AddCut, AddSlice, RemoveCut, SetCutExempt
from xrviewer.document.planes import CutShape
from xrviewer.scene.build import Scene
from xrviewer.scene.comparing import FLICKER_S, SHELL, Comparing
from xrviewer.scene.draw import DrawData, ShownMap
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import PartPlace, axis_rotation, rigid

MOVED = rigid((10.0, -4.0, 3.0), axis_rotation((0, 0, 1), 0.3))
"""first_from_later."""


@pytest.fixture
def case() -> Case:
    """A ball and a shell round it; at the second date carried away, and scanned there."""
    looks = {"femur": Look(role="bone"), "skin": Look(opacity=0.3)}
    made = case_of({"femur": sphere(), "skin": sphere(radius_mm=40)}, looks, dates=2)
    back = np.linalg.inv(MOVED)
    meshes = {}
    for id, radius in (("femur", 30), ("skin", 40)):
        points, normals, triangles = sphere(radius_mm=radius)
        meshes[id] = (
            (points @ back[:3, :3].T + back[:3, 3]).astype(np.float32),
            normals,
            triangles,
        )
    voxels = np.zeros((8, 8, 8), np.int16)
    scans = [Volume("mr", "MR", "MR", voxels, place) for place in (np.eye(4), back)]
    first, second = made.timepoints
    first = replace(first, volumes=(scans[0],))
    second = replace(second, surfaces=surfaces_of(meshes), volumes=(scans[1],))
    return replace(made, timepoints=(first, second))


class Both:
    """A document and what is drawn of it."""

    def __init__(self, case: Case, *intents: object) -> None:
        self.case, self.document = case, Document(case)
        self.scene, self.comparing = Scene(case), Comparing(case)
        fit = KeptFit("femur", tuple(MOVED.ravel().tolist()), 0.01, 1.0)
        for intent in (CompareWith("t1"), KeepFits("t1", (fit,)), *intents):
            self.document.apply(intent)  # type: ignore[arg-type]

    def draw(self, time_s: float = 0.0, difference: ShownMap | None = None) -> DrawData:
        snapshot = self.comparing.prepared(self.document.snapshot)
        return self.comparing.shown(self.scene.build(snapshot), snapshot, time_s, difference)

    def seen_anew(self) -> Both:
        """The same document, by somebody who has seen nothing of it yet."""
        other = copy(self)
        other.scene, other.comparing = Scene(self.case), Comparing(self.case)
        return other


def opacity(draw: DrawData) -> list[float]:
    return [round(float(v), 3) for v in draw.parts["color"][:, 3]]


def middles_mm(draw: DrawData) -> np.ndarray:
    """Of each part where it is shown."""
    found = []
    for row, part in zip(draw.parts, draw.surfaces.parts, strict=True):
        middle = (part["min_mm"].astype(float) + part["max_mm"]) / 2
        found.append(row["case_from_part"] @ (*middle, 1.0) + row["beside_mm"])
    return np.array(found)


def test_side_by_side_stands_upright_and_apart(case: Case) -> None:
    draw = Both(case).draw()
    at = middles_mm(draw)
    np.testing.assert_allclose(at[:2], 0, atol=0.05)
    np.testing.assert_allclose(at[2:], [[80 * 1.12, 0, 0]] * 2, atol=0.05)
    assert opacity(draw) == [1.0, 0.3, 1.0, 0.3]
    assert [label.text for label in draw.marks.labels] == ["Date 0", "Date 1"]
    # The later date is cooler: less red, more blue than it was.
    own, later = draw.parts["color"][[0, 2], :3]
    assert later[2] - later[0] > own[2] - own[0]
    assert draw.room.model_center_m[0] > 0.04


def test_what_is_written_about_the_model_stands_round_both(case: Case) -> None:
    """Letters and sizes go by it: none may stand in the date beside."""
    own = np.array((-40.0, -41, -42)), np.array((40.0, 41, 42))
    for shown, low_x, high_x in (("t0", -40, 40 + 89.6), ("t1", -40 - 89.6, 40)):
        both = Both(case)
        if shown == "t1":
            both.document.apply(ShowTimepoint("t1"))
            both.document.apply(CompareWith("t0"))
        draw = both.draw()
        low, high = both.comparing.around_mm(own, both.document.snapshot, 0.001)
        np.testing.assert_allclose((low[:2], high[:2]), [[low_x, -41], [high_x, 41]], atol=0.1)
        top_m = (draw.room_from_case @ (0.0, 0.0, high[2], 1.0))[1]
        for name in draw.marks.labels:
            assert 0 < top_m - name.position_m[1] - name.height_m / 2 < name.height_m
        assert low[2] == -42
    both.document.apply(CompareWith(None))
    assert both.comparing.around_mm(own, both.document.snapshot, 0.001) is own


def test_names_grow_with_all_writing_and_no_line_meets_another(case: Case) -> None:
    both = Both(case)
    snapshot = both.document.snapshot
    draw, note = both.scene.build(snapshot), ("4 mm apart", (1.0, 0.5, 0.1))
    for size in (1.0, 2.0):
        seen = both.comparing.shown(draw, snapshot, 0.0, note=note, size=size)
        first, _, said = seen.marks.labels
        assert first.height_m == said.height_m == pytest.approx(0.011 * size)
        assert said.position_m[1] - first.position_m[1] == pytest.approx(1.8 * 0.011 * size)


def test_the_triangles_are_each_dates_own(case: Case) -> None:
    draw = Both(case, SeeTogether(Together.OVERLAY)).draw()
    surfaces = draw.surfaces
    for n, timepoint in enumerate(case.timepoints):
        for i in range(2):
            got, wanted = surfaces.part(2 * n + i), timepoint.surfaces.part(i)
            for a, b in zip(got, wanted, strict=True):
                np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(middles_mm(draw), 0, atol=0.05)


@pytest.mark.parametrize(
    ("blend", "wanted"),
    [
        (0.0, [1, 0]),
        (0.25, [1, SHELL / 2]),
        (0.5, [1, SHELL]),
        (0.75, [SHELL / 2, 1]),
        (1.0, [0, 1]),
    ],
)
def test_a_blend_goes_from_one_to_the_other(case: Case, blend: float, wanted: list[float]) -> None:
    draw = Both(case, SeeTogether(Together.OVERLAY), SetBlend(blend)).draw()
    assert opacity(draw)[::2] == pytest.approx(wanted)


def test_flicker_takes_turns_slower_than_a_flash(case: Case) -> None:
    both = Both(case, SeeTogether(Together.FLICKER))
    seen = [opacity(both.draw(t))[::2] for t in (0.0, FLICKER_S * 0.9, FLICKER_S * 1.1)]
    assert seen == [[1, 0], [1, 0], [0, 1]] and FLICKER_S > 0.5
    assert both.draw(FLICKER_S * 1.1).marks.labels[0].text == "Date 1"


def test_a_swipe_takes_each_date_away_on_its_side(case: Case) -> None:
    draw = Both(case, SeeTogether(Together.SWIPE)).draw()
    first, second = (row["cut_from_case"][2] for row in draw.cuts.rows)
    np.testing.assert_allclose(first, -second, atol=1e-6)
    assert first[0] == pytest.approx(1.0)  # the patient's left is cut away by the first
    assert draw.parts["exempt"].tolist() == [2, 2, 1, 1]  # of the shown date, not of the other


def test_a_swipe_costs_little_more_than_another_way_of_seeing_both(case: Case) -> None:
    """In calls, which no machine changes: the other date's slices and cuts are made once."""
    both = Both(case)

    def calls(way: Together) -> int:
        return python_calls(lambda: (both.document.apply(SeeTogether(way)), both.draw()))

    for way in (Together.SWIPE, Together.OVERLAY):  # once before: what is kept for good is made
        calls(way)
    assert calls(Together.SWIPE) <= 2 * calls(Together.OVERLAY)


def test_a_difference_is_on_the_shown_date(case: Case) -> None:
    values = np.zeros(len(case.timepoints[0].surfaces.positions_mm), np.float32)
    colors = np.zeros((256, 3), np.float32)
    map = ShownMap(values, colors, colors[:2], -1.0, 1.0, False)
    draw = Both(case, SeeTogether(Together.DIFFERENCE)).draw(difference=map)
    assert opacity(draw) == [1.0, 0.3, 0.0, 0.0]
    assert draw.map is not None and len(draw.map.values) == len(draw.surfaces.positions_mm)
    assert np.isnan(draw.map.values[len(values) :]).all()


def test_slices_are_linked(case: Case) -> None:
    """The same place of the body in both scans, shown where each date stands."""
    plane = anatomical("axial", (0.0, 0.0, 2.0))
    draw = Both(case, AddSlice("a", "mr", plane)).draw()
    rows = draw.slices.rows
    half = len(rows) // 2
    assert half >= 1 and len(draw.slices.volumes) == 2
    for own, other in zip(rows[:half], rows[half:], strict=True):
        np.testing.assert_allclose(other["middle"][:3] - own["middle"][:3], 0, atol=0.6)
        assert (own["along"][3], other["along"][3]) == pytest.approx((0, 80 * 1.12))  # aside
        assert (own["middle"][3], other["middle"][3]) == (0, 1)
        # The scans were taken in frames that are apart as the bones are: the same voxels.
        np.testing.assert_allclose(other["voxel_middle"][0], own["voxel_middle"][0], atol=0.6)


@pytest.mark.parametrize("together", [Together.SIDE, Together.SWIPE])
def test_each_date_is_opened_with_faces_of_its_own_scan(case: Case, together: Together) -> None:
    """A cut is there for each date alone, and the swipe's two as they were; a layer that a cut
    spares is spared at both."""
    turned = axis_rotation((1, 0, 0), 0.5)
    shape = CutShape(position_mm=(0.0, 0.0, 5.0), rotation_xyzw=turned)
    cut = AddCut("c", shape, "mr"), SetCutExempt("c", ("skin",))
    draw = Both(case, SeeTogether(together), *cut).draw()
    swipes = 2 if together is Together.SWIPE else 0
    rows, faces = draw.cuts.rows, draw.cuts.faces
    assert len(rows) == swipes + 2 and rows[-1] == rows[-2]
    assert len(faces) == draw.slices.caps == swipes + 2
    own, others = 1 << swipes, 2 << swipes  # the bit of either date's cut
    first, second = (1, 2) if swipes else (0, 0)  # and of the swipe's
    assert [face.spared for face in faces[-2:]] == [others | second, own | first]
    femur, skin = others | second, others | second | own
    assert draw.parts["exempt"].tolist()[:2] == [femur, skin]
    assert draw.parts["exempt"].tolist()[2:] == [own | first, own | first | others]
    mine, theirs = draw.slices.rows[-2:]
    assert (mine["middle"][3], theirs["middle"][3]) == (0, 1)
    assert theirs["along"][3] == pytest.approx(0 if swipes else 80 * 1.12)
    np.testing.assert_allclose(theirs["middle"][:3], mine["middle"][:3], atol=0.1)
    # The second scan lies as its bone does: the same voxels.
    np.testing.assert_allclose(theirs["voxel_middle"][0], mine["voxel_middle"][0], atol=0.1)
    np.testing.assert_allclose(theirs["voxel_along"][0], mine["voxel_along"][0], atol=0.1)


def test_what_is_kept_from_frame_to_frame_is_never_of_before(case: Case) -> None:
    """Whatever is changed, the next frame is as that of somebody who begins with it."""
    both, cut = Both(case, SeeTogether(Together.SIDE)), CutShape(position_mm=(0.0, 0.0, 5.0))
    changes = (
        AddCut("c", cut, "mr"),
        SetCutExempt("c", ("skin",)),
        AddCut("d", CutShape(position_mm=(0.0, 9.0, 0.0)), None),
        SetLayerVisible("skin", False),
        SeeTogether(Together.SWIPE),
        RemoveCut("c"),
        NudgeDate("t1", PartPlace((0.0, 2.0, 0.0))),
        ShowTimepoint("t1"),
        SeeTogether(Together.SIDE),
        RemoveCut("d"),
        Undo(),
    )
    for change in changes:
        both.draw()
        both.document.apply(change)
        kept, anew = both.draw(), both.seen_anew().draw()
        np.testing.assert_array_equal(kept.parts, anew.parts, err_msg=str(change))
        np.testing.assert_array_equal(kept.cuts.rows, anew.cuts.rows, err_msg=str(change))
        np.testing.assert_array_equal(kept.slices.rows, anew.slices.rows, err_msg=str(change))
        assert kept.cuts.faces == anew.cuts.faces, change


def test_a_nudge_moves_the_other_date_only(case: Case) -> None:
    both = Both(case, SeeTogether(Together.OVERLAY))
    both.document.apply(NudgeDate("t1", PartPlace((0.0, 2.0, 0.0))))
    np.testing.assert_allclose(middles_mm(both.draw())[:, 1], [0, 0, 2, 2], atol=0.05)


def test_without_a_fit_or_another_date_nothing_is_shown_of_it(case: Case) -> None:
    both = Both(case)
    both.document.apply(KeepFits("t1", ()))
    assert both.draw().surfaces is case.timepoints[0].surfaces
    both = Both(case, CompareWith(None))
    assert both.draw().surfaces is case.timepoints[0].surfaces


def test_hiding_hides_at_both_dates_and_a_quiet_frame_makes_nothing_anew(case: Case) -> None:
    both = Both(case, SetLayerVisible("skin", False))
    draw = both.draw()
    assert opacity(draw)[1::2] == [0, 0]
    again = both.draw(0.1)
    assert again.parts is draw.parts and again.revision == draw.revision
    assert again.surfaces is draw.surfaces


def test_another_way_is_other_part_states_only(case: Case) -> None:
    """From the intent to the draw data; the triangles stay where they are."""
    both = Both(case)
    surfaces, spent = both.draw().surfaces, []
    for together in [*Together, *Together, *Together]:
        both.document.apply(SeeTogether(together))
        began = time.perf_counter()
        draw = both.draw()
        spent.append(time.perf_counter() - began)
        assert draw.surfaces is surfaces
    assert sorted(spent)[len(spent) // 2] < 0.010  # 0.5 ms on a calm machine
