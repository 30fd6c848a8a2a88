"""The slices' panel: planes on and off, where one lies, how it looks, cuts and what they spare."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.panels.acting import BOARD, DESK, Person, person
from tests.shapes import case_of, sphere
from xrviewer.analysis.scan import CT_PRESETS, scan_values
from xrviewer.case.volume import Volume
from xrviewer.document.intents import SelectTool
from xrviewer.document.plane_intents import (
    AddCurvedSlice,
    AddCut,
    AddSlice,
    PlaceSlice,
    RemoveCut,
    RemoveSlice,
    SetCutExempt,
    SetCutVisible,
    SetSliceColors,
    SetSliceFilter,
    SetSliceFusion,
    SetSliceMode,
    SetSliceOutlines,
    SetSliceSlab,
    SetSliceVolume,
    SetSliceWindow,
    TurnSlice,
)
from xrviewer.document.planes import CutKind, Filter, Fusion, Mode, Outlines, Projection
from xrviewer.panels.filled_slices import shares_along
from xrviewer.panels.state import Seen
from xrviewer.scene.slices import Coarse
from xrviewer.spatial.planes import anatomical, name_of

BALLS = {"ball": sphere(rings=8), "small": sphere((40, 0, 0), 5, rings=8)}


def scan(id: str, modality: str) -> Volume:
    voxels = np.asfortranarray(np.indices((20, 24, 10)).sum(axis=0).astype(np.int16) * 10)
    affine = np.diag([4.0, 4.0, 8.0, 1.0])
    affine[:3, 3] = (-38.0, -46.0, -36.0)
    return Volume(id, id.upper(), modality, voxels, affine)


CT, PET = scan("ct", "CT"), scan("pet", "PT")
_PLAIN = case_of(BALLS)
CASE = replace(_PLAIN, timepoints=(replace(_PLAIN.timepoints[0], volumes=(CT, PET)),))


def test_a_case_without_a_scan_has_no_such_panel() -> None:
    with person(_PLAIN) as user:
        assert "rail slices" not in user.panels.places


def at_slices(user: Person, *presses: str) -> None:
    for name in ("rail slices", *presses):
        user.press(name)


@pytest.mark.parametrize("surface", [BOARD, DESK], ids=["board", "desk"])
def test_a_plane_appears_is_chosen_and_goes(surface: object) -> None:
    with person(CASE, surface) as user:  # type: ignore[arg-type]
        at_slices(user)
        (axial,) = user.press("Axial")
        (oblique,) = user.press("Oblique")
        assert isinstance(axial, AddSlice) and isinstance(oblique, AddSlice)
        assert (name_of(axial.plane), name_of(oblique.plane)) == ("axial", "oblique")
        assert user.press("Axial") == [], "it is there: now it is the chosen one"
        assert user.panels.state.slice == axial.slice
        assert user.press("Axial") == [RemoveSlice(axial.slice)]
        assert list(user.document.snapshot.slices) == [oblique.slice]


def test_the_position_is_dragged_and_stepped_by_one_acquired_slice() -> None:
    with person(CASE) as user:
        at_slices(user, "Axial")
        (placed,) = user.drag("Position", 0.5, 0.7)
        assert isinstance(placed, PlaceSlice)
        # 10 slices of 8 mm, centred at 0: a fifth of the way further up is 16 mm.
        assert placed.plane.point_mm[2] == pytest.approx(0.2 * 80, abs=2.0)
        (stepped,) = user.press("slice on")
        assert isinstance(stepped, PlaceSlice)
        first = stepped.plane.point_mm[2]
        assert (first + 36.0) % 8.0 == pytest.approx(0.0, abs=1e-6), "on an acquired slice"
        (back,) = user.press("slice back")
        assert isinstance(back, PlaceSlice)
        assert back.plane.point_mm[2] - first == pytest.approx(8.0), "seen from the feet"


@pytest.mark.parametrize("surface", [BOARD, DESK], ids=["board", "desk"])
def test_slices_that_were_filled_in_are_marked_and_said(surface: object) -> None:
    filled = replace(CT, filled_slices=(7, 8))
    case = replace(_PLAIN, timepoints=(replace(_PLAIN.timepoints[0], volumes=(filled,)),))
    # Slices of 8 mm from -36 mm on, of which half a slice lies beyond either end.
    through = anatomical("axial", (0.0, 0.0, 20.0))
    assert shares_along(through, filled, -40.0, 40.0) == pytest.approx([0.75, 0.85])
    assert shares_along(anatomical("sagittal", (0.0, 0.0, 0.0)), filled, -40.0, 40.0) == []
    with person(case, surface) as user:  # type: ignore[arg-type]
        at_slices(user, "Axial")
        assert "filled slices" in user.panels.places
        assert "filled here" not in user.panels.places
        user.drag("Position", 0.5, 0.75)
        user.wait()
        assert "filled here" in user.panels.places
        user.press("Sagittal")
        assert "filled slices" not in user.panels.places
    with person(CASE, surface) as user:  # type: ignore[arg-type]
        at_slices(user, "Axial")
        assert not {"filled slices", "filled here"} & set(user.panels.places)


@pytest.mark.parametrize("surface", [BOARD, DESK], ids=["board", "desk"])
def test_a_scan_that_is_shown_coarser_is_said_to_be(surface: object) -> None:
    other = replace(CT, id="other")
    with person(CASE, surface) as user:  # type: ignore[arg-type]
        at_slices(user, "Axial")
        for volume, is_said in ((CT, True), (other, False)):
            shown = user.document.snapshot
            user.seen = Seen(user.world, shown, coarse=(Coarse(volume, (2, 2, 1)),))
            user.wait()
            assert ("coarse" in user.panels.places) == is_said


def test_where_it_is_seen_and_what_is_outlined() -> None:
    with person(CASE) as user:
        at_slices(user, "Coronal")
        assert user.press("In place") == [SetSliceMode("slice1", Mode.PAINTED)]
        assert user.press("On a screen") == [SetSliceMode("slice1", Mode.FRAME)]
        assert user.press("Hidden too") == [SetSliceOutlines("slice1", Outlines.ALL)]
        assert user.press("No outlines") == [SetSliceOutlines("slice1", Outlines.NONE)]
        assert user.press("Move it by hand") == [SelectTool("slice")]
        assert user.press("Move it by hand") == [SelectTool("grab")]


def test_a_slab_has_a_thickness_then_a_kind() -> None:
    with person(CASE) as user:
        at_slices(user, "Sagittal")
        assert "Highest" not in user.panels.places
        (slab,) = user.drag("Thickness", 0.0, 0.4)
        assert isinstance(slab, SetSliceSlab) and slab.thickness_mm == pytest.approx(20, abs=1.5)
        assert slab.thickness_mm % 0.5 == 0
        (kind,) = user.press("Highest")
        assert kind == SetSliceSlab("slice1", slab.thickness_mm, Projection.MAX)


def test_the_window_by_presets_and_sliders() -> None:
    with person(CASE) as user:
        at_slices(user, "Axial", "Window")
        assert user.press("Bone") == [SetSliceWindow("slice1", CT_PRESETS["bone"])]
        (level,) = user.drag("Level", 0.9, 0.25)
        assert isinstance(level, SetSliceWindow) and level.window is not None
        assert level.window[1] == CT_PRESETS["bone"][1]
        values = scan_values(CT)
        expected = values.low + 0.25 * (max(values.high, 400.0) - values.low)
        assert level.window[0] == pytest.approx(expected, abs=0.05 * (values.high - values.low))
        (width,) = user.drag("Width", 0.98, 0.5)
        assert isinstance(width, SetSliceWindow) and width.window is not None
        assert width.window[0] == level.window[0] and width.window[1] < level.window[1]
        assert user.press("Automatic") == [SetSliceWindow("slice1", None)]
        assert user.press("By hand") == [SelectTool("window")]


def test_a_second_scan_is_laid_over_in_its_own_colours_and_blended() -> None:
    with person(CASE, replace(BOARD, height=760.0)) as user:
        at_slices(user, "Axial", "Scans")
        assert user.press("+ PET") == [
            SetSliceFusion("slice1", Fusion("pet", 0.5, None, "inferno"))
        ]
        (blend,) = user.drag("Blend", 0.5, 0.2)
        assert isinstance(blend, SetSliceFusion) and blend.fusion is not None
        assert blend.fusion.share == pytest.approx(0.2, abs=0.03)
        assert blend.fusion.colors == "inferno"
        assert user.press("Nothing") == [SetSliceFusion("slice1", None)]
        assert user.press("Violet to yellow") == [SetSliceColors("slice1", "viridis")]
        assert user.press("Smooth curves") == [SetSliceFilter("slice1", Filter.CUBIC)]
        assert user.press("PET") == [SetSliceVolume("slice1", "pet")]


def test_a_cut_is_made_hidden_spares_a_layer_and_goes() -> None:
    with person(CASE, replace(BOARD, height=760.0)) as user:
        at_slices(user, "Coronal", "Cuts")
        (cut,) = user.press("Cut here")
        assert isinstance(cut, AddCut) and cut.volume == "ct"
        assert cut.shape.position_mm == user.document.snapshot.slices["slice1"].plane.point_mm
        assert user.press("whole small") == [SetCutExempt("cut1", ("small",))]
        assert user.press("whole ball") == [SetCutExempt("cut1", ("small", "ball"))]
        assert user.press("whole small") == [SetCutExempt("cut1", ("ball",))]
        assert user.press("cut cut1") == [SetCutVisible("cut1", False)]
        (box,) = user.press("Cut a box")
        assert isinstance(box, AddCut) and box.shape.kind is CutKind.BOX
        assert user.press("Move the cut by hand") == [SelectTool("cut")]
        assert user.press("remove cut1") == [RemoveCut("cut1")]


def test_a_straightened_slice_is_turned_and_removed() -> None:
    with person(CASE) as user:
        at_slices(user)
        line = ((0.0, 0.0, -20.0), (2.0, 0.0, 0.0), (0.0, 0.0, 20.0))
        plane = anatomical("coronal", (60.0, 0.0, 0.0))
        user.document.apply(AddCurvedSlice("c", "ct", plane, line))
        user.wait()
        assert "Position" not in user.panels.places
        (turn,) = user.drag("Turn", 0.5, 0.75)
        assert isinstance(turn, TurnSlice) and turn.turn_rad == pytest.approx(np.pi / 2, abs=0.15)
        (coronal,) = user.press("Coronal")
        assert isinstance(coronal, AddSlice), "the screen is no coronal slice"
        assert user.press("Coronal") == [RemoveSlice(coronal.slice)]
        assert user.press("Remove") == [RemoveSlice("c")]


def test_a_slider_in_the_hand_moves_the_slice_before_it_is_let_go() -> None:
    with person(CASE) as user:
        at_slices(user, "Axial")
        user.point("Position", 0.5)
        user.at = replace(user.at, is_pressed=True)
        user.wait()
        taken = user.at.at
        assert taken is not None
        user.at = replace(user.at, at=(taken[0] + 0.05, taken[1]))
        user.wait()
        (preview,) = user.shown.previews
        assert isinstance(preview, PlaceSlice) and not user.asked[1:]
