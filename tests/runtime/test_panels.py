"""Every control of the panels in a real runtime: pressed by a ray and by a finger, told by the
session's file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bed import Bed
from presser import Presser

from tests.shapes import Look, case_of, mapped, sphere
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.model import Case, MapInfo
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.case.tour import TourStep
from xrviewer.case.volume import Volume
from xrviewer.document.intents import ShowTimepoint
from xrviewer.document.journal import Journal
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.planes import Mode, Outlines, Projection
from xrviewer.document.show import read_session, show_session
from xrviewer.panels.host import Panels

INFO = MapInfo("thickness_mm", "Thickness", "mm", "nearest surface", "from a formula", 0.05)
MESHES = {"femur": sphere(rings=8), "acl": sphere((60, 0, 0), 5, rings=6)}
LOOKS = {"femur": Look(role="bone"), "acl": Look(role="ligament")}
TOUR = (TourStep("The thigh bone.", layers=("femur",)), TourStep("And all of it."))
SCAN = Volume(
    "mr",
    "MR",
    "MR",
    np.asfortranarray(np.arange(1000, dtype=np.int16).reshape(10, 10, 10)),
    np.diag([4.0, 4.0, 4.0, 1.0]),
)


def _case() -> Case:
    case = mapped(case_of(MESHES, LOOKS, dates=2), INFO, lambda p: 2 + p[:, 0] / 60)
    plain = {"femur": ("Thigh bone", "It carries you."), "acl": ("Band", "It holds the knee.")}
    layers = tuple(replace(x, plain=plain[x.id][0], sentence=plain[x.id][1]) for x in case.layers)
    dates = tuple(replace(date, volumes=(SCAN,)) for date in case.timepoints)
    return replace(case, layers=layers, timepoints=dates, tour=TOUR)


CASE = _case()


@pytest.fixture(params=["ray", "touch"])
def wearer(request: pytest.FixtureRequest, quick_bed: Bed, tmp_path: Path) -> Iterator[Presser]:
    with Journal(tmp_path / "session.jsonl") as journal, closing(Panels(CASE)) as panels:
        is_finger = request.param == "touch"
        made = Presser(quick_bed, CASE, panels, journal, is_finger=is_finger)
        yield made
        made.app.close()


def told(wearer: Presser, folder: Path) -> dict[str, Any]:
    """As `xrviewer session show` has it, of a copy of the file as it is on the disk."""
    snapshot, _ = read_session(folder / "session.jsonl")
    return show_session(snapshot)


def test_every_control_of_case_layers_and_map(wearer: Presser, tmp_path: Path) -> None:
    wearer.press("Date 1")
    wearer.press("Spread apart", 0.1, 0.5)
    wearer.press("Undo")
    wearer.press("Redo")
    assert 1.3 < wearer.document.snapshot.explode < 1.7
    wearer.press("Put back")
    assert wearer.document.snapshot.explode == 0.0
    wearer.press("Fit to room")
    assert wearer.document.snapshot.model.scale > 5
    wearer.press("Bring here")
    wearer.press("Fit to room")
    wearer.press("Life size")
    wearer.press("rail layers")
    wearer.press("name femur")
    wearer.press("Opacity", 0.9, 0.4)
    wearer.press("color #3f6fb5")
    wearer.press("Only this")
    wearer.press("Only this")
    wearer.press("Ghost the rest")
    wearer.press("Ghost the rest")
    wearer.press("name femur")
    wearer.press("Search")
    wearer.press("key a")
    wearer.press("key c")
    wearer.press("key done")
    wearer.press("eye acl")
    wearer.press("rail map")
    wearer.press("Thickness")
    wearer.press("To", 0.97, 0.6)
    wearer.press("8 steps")
    wearer.press("rail help")
    session = saved(wearer, tmp_path)
    assert wearer.document.snapshot.timepoint == "t1"
    assert session["model"]["scale"] == 1.0 and session["explode"] == 0.0
    assert 0.3 < session["layers"]["femur"]["opacity"] < 0.5
    assert session["layers"]["femur"]["visible"] and not session["layers"]["acl"]["visible"]
    assert session["map"]["id"] == "thickness_mm" and session["map"]["steps"] == 8
    assert session["map"]["range"][1] < 3.9


def saved(wearer: Presser, folder: Path) -> dict[str, Any]:
    """The session, once all of it is on the disk, what was found beside the frames too."""
    wearer.until(lambda _: wearer.document.snapshot.version == len(_lines(folder)) - 1)
    return told(wearer, folder)


def test_every_control_of_peeling_and_looks(wearer: Presser, tmp_path: Path) -> None:
    wearer.press("rail layers")
    wearer.press("Peel")
    assert saved(wearer, tmp_path)["peeled"] == [["acl"]]
    wearer.press("Put on")
    wearer.press("eye femur")
    wearer.press("Show all")
    assert all(layer["visible"] for layer in saved(wearer, tmp_path)["layers"].values())
    wearer.press("Looks")
    wearer.press("Bones only")
    wearer.press("Save this look")
    wearer.press("Everything")
    wearer.press("Look 1")
    session = saved(wearer, tmp_path)
    assert session["presets"] == {"Look 1": ["femur"]}
    assert [id for id, layer in session["layers"].items() if layer["visible"]] == ["femur"]
    wearer.press("Remove")
    wearer.press("As at first")
    session = saved(wearer, tmp_path)
    assert session["presets"] == {} and session["layers"]["acl"]["visible"]


def test_every_control_of_measuring(wearer: Presser, tmp_path: Path) -> None:
    points = ((0.0, 0.0, 0.0), (20.0, 0.0, 0.0))
    far = Measured(Kind.DISTANCE, "t0", points, ("femur",), Quantity(20.0, Unit.MM, 0.5))
    wearer.document.apply(Measure("m1", far, "Gap"))
    wearer.press("rail measure")
    wearer.press("tool")
    wearer.press("tool after")
    assert saved(wearer, tmp_path)["tool"] == "polyline"
    wearer.press("tool before")
    wearer.press("tool")
    assert saved(wearer, tmp_path)["tool"] == "grab"
    wearer.press("eye m1")
    wearer.press("name m1")
    wearer.press("Name")
    wearer.press("key a")
    wearer.press("key done")
    wearer.press("Keep")
    (one,) = wearer.document.snapshot.measurements.values()
    assert (one.name, one.is_visible) == ("Gapa", False)
    wearer.press("Target")
    wearer.press("Take back")
    assert saved(wearer, tmp_path)["measurements"] == []


def test_every_control_of_slices(wearer: Presser, tmp_path: Path) -> None:
    wearer.press("rail slices")
    for name in ("Axial", "Coronal", "Oblique", "Sagittal"):
        wearer.press(name)
    wearer.press("slice on")
    wearer.press("slice back")
    wearer.press("Position", 0.5, 0.8)
    wearer.press("On a screen")
    wearer.press("No outlines")
    wearer.press("Thickness", 0.1, 0.5)
    wearer.press("Highest")
    wearer.press("Move it by hand")
    (chosen,) = (s for s in wearer.document.snapshot.slices.values() if s.slab_mm > 0)
    assert (chosen.mode, chosen.outlines) == (Mode.FRAME, Outlines.NONE)
    assert chosen.projection is Projection.MAX and chosen.plane.point_mm[0] > 20
    wearer.press("Move it by hand")
    wearer.press("Window")
    wearer.press("Level", 0.5, 0.3)
    wearer.press("Width", 0.5, 0.7)
    assert any(s.window is not None for s in wearer.document.snapshot.slices.values())
    wearer.press("Automatic")
    wearer.press("All values")
    wearer.press("Scans")
    wearer.press("Warm")
    wearer.press("Smooth curves")
    wearer.press("Cuts")
    wearer.press("Cut here")
    wearer.press("Cut a box")
    wearer.press("cut cut1")
    wearer.press("whole femur")
    wearer.press("remove cut1")
    session = saved(wearer, tmp_path)
    assert len(session["slices"]) == 4 and len(session["cuts"]) == 1
    (cut,) = wearer.document.snapshot.cuts.values()
    assert cut.exempt == ("femur",)
    wearer.press("Place")
    wearer.press("Sagittal")
    assert len(saved(wearer, tmp_path)["slices"]) == 3


def test_every_control_of_dates_and_capture(wearer: Presser, tmp_path: Path) -> None:
    wearer.press("rail dates")
    wearer.press("track", 0.95)
    assert wearer.document.snapshot.timepoint == "t1"
    wearer.press("track", 0.05)
    for way in ("Side by side", "By turns", "Swipe", "Overlay"):
        wearer.press(way)
        session = saved(wearer, tmp_path)
        assert session["comparison"]["other"] == "t1"
    wearer.press("Blend", 0.5, 0.8)
    assert session["comparison"]["blend"] != saved(wearer, tmp_path)["comparison"]["blend"]
    wearer.press("Alone")
    assert not saved(wearer, tmp_path)["comparison"].get("other")
    before = wearer.panels.state.trend
    wearer.press("measure after")
    wearer.press("measure before")
    assert wearer.panels.state.trend == before
    wearer.press("rail capture")
    wearer.hold("still", lambda: wearer.panels.state.stills == 1)
    wearer.press("rail help")
    wearer.press("Bare hands")
    assert wearer.panels.state.help_page == 2


def test_every_control_of_the_patients_panel(wearer: Presser, tmp_path: Path) -> None:
    wearer.panels.state = replace(wearer.panels.state, is_patient=True)
    wearer.document.apply(ShowTimepoint("t1"))  # a panel is drawn when something changed
    wearer.settle()
    wearer.press("The bones")
    assert not saved(wearer, tmp_path)["layers"]["acl"]["visible"]
    wearer.press("Everything")
    assert saved(wearer, tmp_path)["layers"]["acl"]["visible"]
    wearer.press("Show me around")
    assert saved(wearer, tmp_path)["isolated"] == ["femur", "acl"]
    wearer.press("Next")
    wearer.press("Back")
    wearer.press("Next")
    wearer.press("Finish")
    session = saved(wearer, tmp_path)
    assert session["isolated"] is None and session["layers"]["acl"]["visible"]
    wearer.hold("corner", lambda: not wearer.panels.state.is_patient)


def test_b_hides_the_board_and_brings_it_to_the_hand(wearer: Presser) -> None:
    def is_shown() -> bool:
        board = wearer.app._tools.board
        return board is not None and board.is_shown

    assert is_shown()
    for wanted in (False, True):
        for is_down in (1, 0):
            wearer.remote.press("right", b=(is_down, is_down))
            wearer.remote.send()
            wearer.until(lambda f, d=bool(is_down): f.right.is_b_pressed is d)  # type: ignore[misc]
        assert is_shown() is wanted


def _lines(folder: Path) -> list[bytes]:
    return (folder / "session.jsonl").read_bytes().splitlines()
