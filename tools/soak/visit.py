"""What the visitor does, chapter by chapter. Each leaves the case as it found it, or says what it
expected to see; together they are one visit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from soak.visitor import HEAD_M, Visitor
from xrviewer.document.comparison import Together
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.nudge import NUDGE_TOOL
from xrviewer.interaction.plane_tool import CUT_TOOL, SLICE_TOOL, SWIPE_TOOL, WINDOW_TOOL
from xrviewer.panels.capture_panel import COUNTDOWN_S
from xrviewer.spatial.transforms import Vec3, axis_rotation

Chapter = Callable[[Visitor], None]


def look_and_walk(visitor: Visitor) -> None:
    for angle in np.linspace(0.0, 2 * math.pi, 12):
        turn = axis_rotation((0, 1, 0), 0.3 * math.sin(angle))
        visitor.remote.head((0.1 * math.sin(angle), *HEAD_M[1:]), turn)
        visitor.remote.send()
        visitor.wait(0.03)
    visitor.remote.head(HEAD_M)
    for stick in ((0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)):
        visitor.hold_button("right", stick=stick)
        visitor.wait(0.15)
    visitor.hold_button("right", stick=(0.0, 0.0))
    visitor.hold_button("left", stick=(1.0, 0.0))
    visitor.wait(0.3)
    visitor.hold_button("left", stick=(0.0, 0.0))


def grab(visitor: Visitor) -> None:
    """With one hand, with two, larger and smaller; undone and done again by the button."""
    before = visitor.snapshot.model
    visitor.move("right", _beside(visitor, 0.12))
    visitor.hold_button("right", squeeze=1.0)
    visitor.sweep("right", (0.05, 0.05, 0.05))
    visitor.hold_button("right", squeeze=0.0)
    visitor.expect(lambda s: s.model != before, "one hand moved the model")
    visitor.move("left", _beside(visitor, -0.08))
    visitor.move("right", _beside(visitor, 0.08))
    for name in ("left", "right"):
        visitor.hold_button(name, squeeze=1.0)
    for share in (1.0, -1.5):
        for name, side in (("left", -1.0), ("right", 1.0)):
            visitor.sweep(name, (0.08 * share * side, 0.02, 0.0))
    for name in ("left", "right"):
        visitor.hold_button(name, squeeze=0.0)
    visitor.expect(lambda s: s.model.scale != before.scale, "two hands scaled the model")
    visitor.rest()
    visitor.tap("right", a=(1, 1))
    visitor.expect(lambda s: s.model.scale == before.scale, "a button took it back")
    visitor.tap("right", 0.8, a=(1, 1))
    visitor.expect(lambda s: s.model.scale != before.scale, "and held did it again")


def take_parts(visitor: Visitor) -> None:
    """Out of the model by the trigger; spread; all put back."""
    visitor.aim_at(visitor.middle_m)
    visitor.hold_button("right", trigger=1.0)
    visitor.wait(0.2)
    visitor.sweep("right", (0.1, 0.05, 0.0))
    visitor.hold_button("right", trigger=0.0)
    visitor.expect(lambda s: bool(s.layers["place"]["position_mm"].any()), "a part was taken out")
    visitor.rest()
    visitor.open("case")
    visitor.press("Spread apart", 0.1, 0.5)
    visitor.expect(lambda s: s.explode > 0, "the parts were spread")
    visitor.press("Put back")
    visitor.expect(lambda s: s.explode == 0, "the parts were put back")


def case_page(visitor: Visitor) -> None:
    """A model as large as the room hides the board: the stick's click brings it home."""
    visitor.open("case")
    visitor.press("Fit to room")
    visitor.rest()
    visitor.expect(lambda s: s.model.scale > 5, "a model as large as the room")
    visitor.tap("left", stick_button=(1, 1))
    visitor.expect(lambda s: s.model.scale < 5, "the model brought home")
    visitor.press_all("Life size", "Bring here")
    for word in ("Ahead", "Left", "Back", "Right"):  # who walks takes the hand along
        visitor.rest()  # it may have been taken up to the board
        visitor.point(word, 0.5, False)
        visitor.pull()
    visitor.rest()
    visitor.press_all("Undo", "Undo", "Redo", "Redo")
    if visitor.snapshot.timepoint == visitor.case.timepoints[0].id:
        visitor.press(visitor.case.timepoints[-1].name)
        visitor.press(visitor.case.timepoints[0].name)
    visitor.open("help")


def layers(visitor: Visitor) -> None:
    first, last = visitor.case.layers[0].id, visitor.case.layers[-1].id
    visitor.open("layers")
    for _ in range(2):
        visitor.press(f"eye {first}")
    visitor.press(f"name {first}")
    visitor.press("Opacity", 0.9, 0.4)
    visitor.expect(lambda s: float(s.layers["opacity"][s.layer_rows[first]]) < 0.6, "it is clear")
    visitor.press("color #3f6fb5")
    visitor.press("Only this")
    visitor.expect(lambda s: s.isolated is not None, "one structure alone")
    visitor.press("Only this")
    visitor.press("Ghost the rest")
    visitor.expect(lambda s: s.ghosted is not None, "the others are ghosts")
    visitor.press("Ghost the rest")
    visitor.press(f"name {first}")
    visitor.press("Peel")
    visitor.expect(lambda s: bool(s.peeled), "something was peeled off")
    visitor.press("Put on")
    visitor.press("Search")
    visitor.press_all(*(f"key {letter}" for letter in last[:2]), "key done")
    visitor.press(f"eye {last}")
    visitor.press_all("Search", "key erase", "key erase", "key done")
    visitor.press("Show all")
    visitor.press_all("Looks", "Save this look", "Look 1", "Remove", "As at first", "Looks")
    visitor.expect(
        lambda s: bool(s.layers["is_visible"].all()) and not s.presets, "all as at first"
    )


def maps(visitor: Visitor) -> None:
    visitor.open("map")
    visitor.press(visitor.case.maps[0].name)
    visitor.expect(lambda s: s.map == visitor.case.maps[0].id, "the map is shown")
    visitor.press("To", 0.97, 0.6)
    visitor.press_all("8 steps", "Lines", "Thinnest spot", "Lines", "Smooth")
    visitor.press_all(visitor.case.maps[0].name, "Own colours")  # its name unfolds the choice
    visitor.expect(lambda s: s.map is None, "own colours again")


def slices(visitor: Visitor) -> None:
    visitor.open("slices")
    visitor.press_all("Axial", "Coronal", "Sagittal", "Oblique")
    visitor.expect(lambda s: len(s.slices) == 4, "a slice of each orientation")
    visitor.press("Place")
    visitor.press_all("slice on", "slice on", "slice back")
    visitor.press("Position", 0.5, 0.6)
    visitor.press_all("On a screen", "Both", "In place", "Outlines", "Hidden too", "No outlines")
    visitor.press("Thickness", 0.03, 0.3)
    visitor.press_all("Highest", "Mean")
    visitor.press("Thickness", 0.3, 0.03)
    _drag_with(visitor, "Move it by hand", SLICE_TOOL, (0.03, 0.03, 0.03))
    visitor.press("Window")
    visitor.press("Level", 0.5, 0.4)
    visitor.press("Width", 0.5, 0.6)
    visitor.press_all("All values", "Automatic")
    _drag_with(visitor, "By hand", WINDOW_TOOL, (0.05, 0.05, 0.0))
    visitor.press("Scans")
    visitor.press_all("Warm", "Grey", "Smooth curves", "Straight")
    visitor.hold_button("right", stick=(0.0, 1.0))
    visitor.wait(0.3)
    visitor.hold_button("right", stick=(0.0, 0.0))


def cuts(visitor: Visitor) -> None:
    """Along a slice and as a box; what they leave whole; then all planes go."""
    visitor.press_all("Cuts", "Cut here")
    visitor.expect(lambda s: len(s.cuts) == 1, "a cut")
    _drag_with(visitor, "Move the cut by hand", CUT_TOOL, (0.0, 0.02, 0.03))
    visitor.press("Cut a box")
    visitor.expect(lambda s: len(s.cuts) == 2, "a box")
    visitor.press(f"whole {visitor.case.layers[0].id}")
    for id in list(visitor.snapshot.cuts):
        visitor.press_all(f"cut {id}", f"cut {id}")
    for id in list(visitor.snapshot.cuts):
        visitor.press(f"remove {id}")
    visitor.expect(lambda s: not s.cuts, "the cuts are gone")
    for word in ("Axial", "Coronal", "Sagittal", "Oblique"):
        while visitor.snapshot.slices and any(
            name.endswith(word) for name in visitor.panels.places
        ):
            before = len(visitor.snapshot.slices)
            visitor.press(word)
            visitor.wait(0.1)
            if len(visitor.snapshot.slices) < before:
                break
    visitor.expect(lambda s: not s.slices, "the slices are gone")


def measure(visitor: Visitor) -> None:
    """A distance, a way, an angle, a volume and a note; then names, colours, files."""
    visitor.open("measure")
    known = set(visitor.snapshot.measurements)
    visitor.press("tool")
    for kind, points in (("distance", 2), ("surface", 2), ("angle", 3), ("volume", 1), ("note", 1)):
        for _ in range(20):
            if visitor.snapshot.tool == kind:
                break
            visitor.press("tool after")
        visitor.expect(lambda s, kind=kind: s.tool == kind, f"the tool {kind}")  # type: ignore[misc]
        before = len(visitor.snapshot.measurements)
        x, y, z = visitor.middle_m
        for i in range(points):
            visitor.click_at((x + 0.015 * i - 0.01, y + 0.012 * (i % 2), z))
        visitor.expect(
            lambda s, before=before: len(s.measurements) > before,  # type: ignore[misc]
            f"a measurement by the tool {kind}",
        )
    visitor.press("tool")
    made = [id for id in visitor.snapshot.measurements if id not in known]
    visitor.press(f"eye {made[-1]}")
    visitor.press_all("Save all as files", f"name {made[-1]}", "Name", "key a", "key done", "Keep")
    visitor.press_all("color #e0a33a", f"eye {made[-1]}", "Take back")
    for id in reversed(made[:-1]):
        visitor.press_all(f"name {id}", "Take back")
    visitor.expect(lambda s: set(s.measurements) == known, "all of them were taken back")


def dates(visitor: Visitor) -> None:
    """Every way of seeing two at once; the plane between them in the hand."""
    words = ("Side by side", "Overlay", "By turns", "Swipe", "Difference")
    visitor.open("dates")
    for word, way in zip(words, Together, strict=True):
        visitor.press(word)
        visitor.expect(lambda s, way=way: s.comparison.together is way, word)  # type: ignore[misc]
        visitor.wait(0.5)
        if way is Together.OVERLAY:
            visitor.press("Blend", 0.5, 0.3)
        if way is Together.SWIPE:
            _drag_with(visitor, "The plane in the hand", SWIPE_TOOL, (0.04, 0.0, 0.0))
    visitor.expect(lambda s: bool(s.dates) and all(d.fits for d in s.dates.values()), "a fit")
    _nudge(visitor)
    visitor.press_all("measure after", "measure before", "Alone")
    visitor.expect(lambda s: s.comparison.other is None, "one date alone")
    visitor.press("track", 0.95)
    visitor.press("track", 0.05)
    visitor.expect(lambda s: s.timepoint == visitor.case.timepoints[0].id, "the first date")


def _nudge(visitor: Visitor) -> None:
    """A later date moved by hand on top of its fit, and as it was fitted again."""

    def is_by_hand(snapshot: Snapshot) -> bool:
        return any(date.is_by_hand for date in snapshot.dates.values())

    visitor.press("Overlay")
    _drag_with(visitor, "Move by hand", NUDGE_TOOL, (0.02, 0.0, 0.0))
    visitor.expect(is_by_hand, "a date moved by hand")
    visitor.press("As it was fitted")
    visitor.expect(lambda s: not is_by_hand(s), "the date as it was fitted")


def capture(visitor: Visitor) -> None:
    """A still, and a film by either camera; the one in the room is brought and left there."""
    folder = visitor.folder / "captures"
    before = len(list(folder.glob("*"))) if folder.is_dir() else 0
    visitor.open("capture")
    visitor.point("still", 0.5, False)
    visitor.point("still", 0.5, True)
    visitor.wait(COUNTDOWN_S + 0.5)
    visitor.rest()
    for camera in ("From the room", "What I see"):
        visitor.press(camera)
        if camera == "From the room":
            visitor.press("Bring me the camera")
        visitor.press("Start a film")
        visitor.sweep("left", (0.05, 0.05, 0.0))
        visitor.wait(1.0)
        visitor.press("Stop the film")
    visitor.until(lambda _: len(list(folder.glob("*.*"))) >= before + 3)


def straighten(visitor: Visitor) -> None:
    """The scan along the last long structure there is, where there is one."""
    long = next((x for x in visitor.case.layers if x.role in ("tendon", "ligament")), None)
    if long is None:
        return
    visitor.open("slices")
    visitor.press("Place")
    visitor.panels.state = replace(visitor.panels.state, selected=long.id)
    visitor.open("case")
    visitor.open("slices")
    visitor.press(f"Straighten: {long.name}")
    visitor.expect(lambda s: any(one.curve_mm for one in s.slices.values()), "a curved slice")
    visitor.look()
    visitor.press("Turn", 0.5, 0.7)
    visitor.press("Remove")
    visitor.expect(lambda s: not s.slices, "it is gone")
    visitor.panels.state = replace(visitor.panels.state, selected=None)


def board(visitor: Visitor) -> None:
    """Carried by a squeeze, hidden and brought back by B."""
    visitor.aim_at(_board(visitor))
    visitor.hold_button("right", squeeze=1.0)
    visitor.sweep("right", (0.03, 0.0, 0.0))
    visitor.hold_button("right", squeeze=0.0)
    visitor.rest()
    for _ in range(2):
        visitor.tap("left", b=(1, 1))
        visitor.look()


def bare_hands(visitor: Visitor) -> None:
    """The controllers are laid aside; a fist moves the model; then they are taken up again."""
    before = visitor.snapshot.model
    visitor.remote.hand("right", _beside(visitor, 0.1), is_active=False)
    visitor.remote.curl("right", fingers=0.0, thumb=0.0)
    visitor.remote.send()
    visitor.until(lambda f: f.right.joints is not None)
    visitor.remote.curl("right", fingers=1.0, thumb=0.0)
    visitor.remote.send()
    visitor.until(lambda _: visitor.app._tools.placement is not None)
    visitor.look()
    for i in range(1, 5):
        visitor.remote.hand("right", _beside(visitor, 0.1 + 0.02 * i), is_active=False)
        visitor.remote.send()
        visitor.wait(0.05)
    visitor.remote.curl("right", fingers=0.0, thumb=0.0)
    visitor.remote.send()
    visitor.expect(lambda s: s.model != before, "a bare hand moved the model")
    visitor.remote.curl("right", fingers=0.0, thumb=0.0, is_tracked=False)
    visitor.rest()


def patient(visitor: Visitor) -> None:
    """The few large choices, the tour, and out by the corner."""
    visitor.open("help")
    visitor.panels.state = replace(visitor.panels.state, is_patient=True)
    visitor.aim_at(_board(visitor))  # drawn anew when a hand comes
    visitor.until(lambda _: visitor.has("corner"))
    visitor.press_all("The bones", "Everything")
    if visitor.case.tour:
        visitor.press("Show me around")
        visitor.press_all(*("Next",) * (len(visitor.case.tour) - 1), "Finish")
    visitor.hold("corner", lambda: not visitor.panels.state.is_patient)
    visitor.rest()


def tidy(visitor: Visitor) -> None:
    visitor.open("layers")
    visitor.press_all("Looks", "As at first", "Looks")
    visitor.open("case")
    visitor.press_all("Life size", "Bring here")


def _drag_with(visitor: Visitor, word: str, tool: str, by_m: Vec3) -> None:
    """The tool is taken, something dragged with it, and the tool laid aside."""
    visitor.press(word)
    visitor.expect(lambda s: s.tool == tool, word)
    visitor.aim_at(visitor.middle_m)
    visitor.hold_button("right", trigger=1.0)
    visitor.sweep("right", by_m)
    visitor.hold_button("right", trigger=0.0)
    visitor.press(word)
    visitor.expect(lambda s: s.tool != tool, f"{word}, laid aside")


def _beside(visitor: Visitor, by_m: float) -> Vec3:
    x, y, z = visitor.middle_m
    return (x + by_m, y, z + 0.1)


def _board(visitor: Visitor) -> Vec3:
    """Its middle."""
    board = visitor.app._tools.board
    assert board is not None and board.pose is not None
    return board.pose.position_m


VISIT: tuple[Chapter, ...] = (
    look_and_walk,
    grab,
    tidy,
    take_parts,
    case_page,
    layers,
    maps,
    tidy,
    slices,
    cuts,
    straighten,
    measure,
    dates,
    capture,
    board,
    bare_hands,
    patient,
    tidy,
)
