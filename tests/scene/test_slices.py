"""Slices as draw data: made anew only when one changed, and no more than there is room for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.render.scans import AFFINES, case_with, volume_of
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel
from xrviewer.document.plane_intents import (
    AddCurvedSlice,
    AddSlice,
    PlaceSlice,
    PointOut,
    RemoveSlice,
    SetSliceMode,
    SetSliceSlab,
)
from xrviewer.document.planes import Mode
from xrviewer.scene.build import Scene
from xrviewer.scene.slices import MAX_VOLUMES
from xrviewer.spatial.planes import anatomical, oblique
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement

SCAN = volume_of(AFFINES["oblique"], lambda i, j, k: i)
CASE = case_with(SCAN)
PLANE = anatomical("axial", SCAN.center_mm)


def test_carrying_the_model_makes_no_slice_anew_and_moving_one_does() -> None:
    case = case_with(SCAN)
    document, scene = Document(case), Scene(case)
    document.apply(AddSlice("s", "scan", PLANE))
    first = scene.build(document.snapshot)
    document.apply(PlaceModel(Placement((0.1, 1.0, -0.5), IDENTITY_ROTATION, 2.0)))
    carried = scene.build(document.snapshot)
    assert carried.slices is first.slices and carried.revision == first.revision
    document.apply(PlaceSlice("s", PLANE.shifted(3.0)))
    moved = scene.build(document.snapshot)
    assert moved.slices is not first.slices and moved.revision == first.revision


@pytest.mark.parametrize("mode", list(Mode))
def test_a_plane_in_the_hand_is_as_if_all_were_made_anew(mode: Mode) -> None:
    """Only the held one's row is: nothing else of the table may be another, or stay behind."""
    document, scene = Document(CASE), Scene(CASE)
    for i, name in enumerate(("axial", "coronal", "sagittal")):
        document.apply(AddSlice(name, "scan", anatomical(name, SCAN.center_mm)))
        document.apply(SetSliceSlab(name, 4.0 * i))
    document.apply(SetSliceMode("coronal", mode))
    line = ((0.0, 0.0, 0.0), (0.0, 5.0, 10.0), (0.0, 0.0, 20.0))
    document.apply(AddCurvedSlice("curved", "scan", PLANE, line))
    document.apply(PointOut(SCAN.center_mm))
    before = scene.build(document.snapshot, held_slice="coronal").slices
    kept = before.rows.copy()
    for i, held in enumerate(("coronal", "curved", "coronal")):
        plane = oblique(SCAN.center_mm, (0.1, -1.0, 0.2)).shifted(3.0 + i)
        snapshot = document.preview((PlaceSlice(held, plane),))
        shown = scene.build(snapshot, held_slice=held).slices
        anew = Scene(CASE).build(snapshot, held_slice=held).slices
        assert shown.rows.tobytes() == anew.rows.tobytes()
        assert sorted(shown.frames) == sorted(anew.frames)
        assert shown.bends.tobytes() == anew.bends.tobytes()
    assert before.rows.tobytes() == kept.tobytes(), "a value that was given away has changed"


def test_a_frame_marks_the_place_of_what_is_on_a_screen() -> None:
    document, scene = Document(CASE), Scene(CASE)
    for opening in document.snapshot.slices:
        document.apply(RemoveSlice(opening))
    document.apply(AddSlice("s", "scan", PLANE, Mode.FRAME))
    place, screen = scene.build(document.snapshot).slices.rows
    assert np.allclose(place["middle"][:3], PLANE.point_mm)
    assert place["blend"][3] == -1.0 and screen["blend"][3] == 1.0
    place, screen = scene.build(document.snapshot, held_slice="s").slices.rows
    assert (place["blend"][3], screen["blend"][3]) == (-2.0, 2.0)


def test_a_ninth_scan_is_left_out_and_named() -> None:
    scans = [replace(SCAN, id=f"v{i}") for i in range(MAX_VOLUMES + 1)]
    case = case_with(*scans)
    document, scene = Document(case), Scene(case)
    for scan in scans:
        document.apply(AddSlice(f"of {scan.id}", scan.id, PLANE))
    shown = scene.build(document.snapshot).slices
    assert len(shown.volumes) == MAX_VOLUMES
    assert shown.left_out == (f"of v{MAX_VOLUMES}",)
    assert int(shown.rows["middle"][:, 3].max()) == MAX_VOLUMES - 1
