"""What is kept from frame to frame is never of before: after any changes the next frame is as that
of somebody who has seen none of the others."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shapes import Look, case_of, mapped, nothing, sphere, surfaces_of
from xrviewer.case.model import Case, MapInfo
from xrviewer.case.surfaces import Surfaces
from xrviewer.case.volume import Volume
from xrviewer.document import comparison_intents as dates
from xrviewer.document import intents as layers
from xrviewer.document import plane_intents as planes
from xrviewer.document.comparison import KeptFit, Together
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.document.planes import CutShape, Fusion, Outlines
from xrviewer.errors import DocumentError
from xrviewer.scene.build import Scene
from xrviewer.scene.comparing import Comparing
from xrviewer.scene.draw import DrawData
from xrviewer.spatial.planes import anatomical, oblique
from xrviewer.spatial.transforms import PartPlace, Placement, axis_rotation, rigid

INFO = MapInfo("depth_mm", "Depth", "mm", "below the skin", "made up", 0.0)
MOVED = rigid((10.0, -4.0, 3.0), axis_rotation((0, 0, 1), 0.3))
FITS = (KeptFit("femur", tuple(MOVED.ravel().tolist()), 0.01, 1.0),)
PLACE = PartPlace((5.0, 1.0, 0.0))
SHAPE = CutShape(position_mm=(0.0, 0.0, 5.0))
OTHER = CutShape(position_mm=(0.0, 3.0, 0.0), rotation_xyzw=axis_rotation((1, 0, 0), 0.5))
AXIAL, CORONAL = anatomical("axial", (0.0, 0.0, 2.0)), anatomical("coronal", (0.0, 1.0, 0.0))


def two_dates() -> Case:
    """Three structures, one of them at the first date alone; two scans each, and a map."""
    meshes = {"femur": sphere(rings=6), "skin": sphere(radius_mm=40, rings=6)}
    looks = {"femur": Look(role="bone"), "skin": Look(opacity=0.3)}
    meshes["cyst"] = sphere((50, 0, 0), 5, rings=4)
    made = mapped(case_of(meshes, looks, dates=2), INFO, lambda points: points[:, 0] / 10)
    voxels = np.arange(512, dtype=np.int16).reshape(8, 8, 8)
    scans = tuple(Volume(id, id, id, voxels, np.eye(4)) for id in ("mr", "pet"))
    first, second = (replace(t, volumes=scans) for t in made.timepoints)
    second = replace(second, surfaces=surfaces_of({**meshes, "cyst": nothing()}))
    return replace(made, timepoints=(first, second))


CASE = two_dates()
CHANGES: tuple[Intent, ...] = (
    layers.SetLayerVisible("skin", False),
    layers.SetLayerVisible("femur", False),
    layers.SetLayerOpacity("femur", 0.4),
    layers.SetLayerColor("cyst", "#3060c0"),
    layers.ShowAll(),
    layers.ResetLayers(),
    layers.Isolate(("femur",)),
    layers.EndIsolation(),
    layers.GhostRest(("femur",)),
    layers.EndGhosts(),
    layers.Peel(),
    layers.Unpeel(),
    layers.PlaceModel(Placement((0.1, 1.0, -0.4), axis_rotation((0, 1, 0), 0.4), 2.0)),
    layers.PlacePart("cyst", PLACE),
    layers.PutAllBack(),
    layers.Explode(0.7),
    layers.Explode(0.0),
    layers.ShowTimepoint("t0"),
    layers.ShowTimepoint("t1"),
    layers.ShowMap("depth_mm"),
    layers.ShowMap(None),
    layers.SetMapRange("depth_mm", -1.0, 2.0),
    layers.SetMapSteps("depth_mm", 4),
    layers.ShowIsolines("depth_mm", True),
    layers.Undo(),
    layers.Redo(),
    planes.AddSlice("s", "mr", AXIAL),
    planes.AddSlice("u", "pet", CORONAL),
    planes.PlaceSlice("u", oblique((1.0, 2.0, 3.0), (0.6, 0.0, 0.8))),
    planes.PlaceSlice("s", CORONAL),
    planes.SetSliceVolume("s", "pet"),
    planes.SetSliceSlab("s", 6.0),
    planes.SetSliceWindow("s", (100.0, 50.0)),
    planes.SetSliceColors("s", "warm"),
    planes.SetSliceFusion("s", Fusion("pet", 0.4, colors="warm")),
    planes.SetSliceOutlines("s", Outlines.NONE),
    planes.SetSliceVisible("s", False),
    planes.RemoveSlice("s"),
    planes.PointOut((3.0, 2.0, 1.0)),
    planes.PointOut(None),
    planes.AddCut("c", SHAPE, "mr"),
    planes.AddCut("d", OTHER, None),
    planes.PlaceCut("c", OTHER),
    planes.SetCutExempt("c", ("skin",)),
    planes.SetCutVisible("c", False),
    planes.SetCutVisible("c", True),
    planes.RemoveCut("c"),
    dates.CompareWith("t1"),
    dates.CompareWith("t0"),
    dates.CompareWith(None),
    *(dates.SeeTogether(way) for way in Together),
    dates.SetBlend(0.7),
    dates.PlaceSwipe(oblique((4.0, 0.0, 0.0), (0.94, 0.0, 0.342))),
    dates.NudgeDate("t1", PLACE),
    dates.KeepFits("t1", FITS),
    dates.KeepFits("t1", ()),
)


class Seeing:
    """All that looks at a document, and keeps of it what it may."""

    def __init__(self, case: Case) -> None:
        self.scene, self.comparing = Scene(case), Comparing(case)

    def draw(self, document: Document, pointed: int | None, held: int | None) -> DrawData:
        snapshot = self.comparing.prepared(document.snapshot)
        in_hand = {} if held is None else {held: PartPlace((0.0, 9.0, 0.0))}
        draw = self.scene.build(snapshot, pointed=pointed, held=in_hand)
        return self.comparing.shown(draw, snapshot, time_s=0.0)


def assert_same(kept: Any, anew: Any, where: str) -> None:
    """All the way down; scans and surfaces are of the case."""
    if isinstance(kept, np.ndarray):
        np.testing.assert_array_equal(kept, anew, err_msg=where)
    elif isinstance(kept, Surfaces):
        assert_same(kept.positions_mm, anew.positions_mm, where)
    elif isinstance(kept, Volume):
        assert kept is anew, where
    elif is_dataclass(kept):
        assert type(kept) is type(anew), where
        for field in fields(kept):
            if field.name not in ("revision", "of"):  # when, and from what, it was made
                assert_same(
                    getattr(kept, field.name), getattr(anew, field.name), f"{where}.{field.name}"
                )
    elif isinstance(kept, tuple):
        assert len(kept) == len(anew), where
        for i, (a, b) in enumerate(zip(kept, anew, strict=True)):
            assert_same(a, b, f"{where}[{i}]")
    else:
        assert kept == anew or (kept != kept and anew != anew), where


FRAMES = st.tuples(st.sampled_from(CHANGES), st.sampled_from((None, 0, 2)))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(FRAMES, min_size=2, max_size=14), st.booleans())
def test_any_frame_is_as_the_first_one(
    frames: list[tuple[Intent, int | None]], is_compared: bool
) -> None:
    document, seeing = Document(CASE), Seeing(CASE)
    document.apply(dates.KeepFits("t1", FITS))
    if is_compared:
        document.apply(dates.CompareWith("t1"))
    told = []
    for change, part in frames:
        told.append(change)
        try:
            document.apply(change)
        except DocumentError:
            continue
        kept = seeing.draw(document, pointed=part, held=None if part == 0 else part)
        anew = Seeing(CASE).draw(document, pointed=part, held=None if part == 0 else part)
        assert_same(kept, anew, f"after {told}: draw")


def test_each_change_is_seen_beside_each_other() -> None:
    """The revision says when part states are new: no change of them goes without another."""
    document, seeing = Document(CASE), Seeing(CASE)
    document.apply(dates.KeepFits("t1", FITS))
    draws = []
    for change in CHANGES:
        try:
            document.apply(change)
        except DocumentError:
            continue
        draws.append(seeing.draw(document, None, None))
    assert len(draws) > 40
    for before, after in pairwise(draws):
        if before.revision == after.revision and before.surfaces is after.surfaces:
            np.testing.assert_array_equal(before.parts, after.parts)
