"""Slices as draw data: made anew only when one changed, and no more than there is room for."""

from __future__ import annotations

from dataclasses import replace

from tests.render.scans import AFFINES, case_with, volume_of
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel
from xrviewer.document.plane_intents import AddSlice, PlaceSlice
from xrviewer.scene.build import Scene
from xrviewer.scene.slices import MAX_VOLUMES
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement

SCAN = volume_of(AFFINES["oblique"], lambda i, j, k: i)
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
