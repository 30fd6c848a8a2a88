"""Two dates at once in a real runtime: every way of seeing them, pressed on the panel and asked for
by key; the plane between them carried by a hand. Told by the document, and seen by the eyes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest
from bed import PATIENCE_S, Bed
from numpy.typing import NDArray

from tests.shapes import Look, case_of, sphere
from xrviewer.app.loop import App
from xrviewer.document.comparison import KeptFit, Together, swipe_plane
from xrviewer.document.comparison_intents import KeepFits
from xrviewer.document.document import Document
from xrviewer.document.intents import PlaceModel
from xrviewer.frontends.frontend import Wait
from xrviewer.gpu.context import capabilities
from xrviewer.interaction.board_place import BOARD_HEIGHT_M, BOARD_WIDTH_M
from xrviewer.interaction.board_touch import on_board_m
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.nudge import FINE_SHARE
from xrviewer.interaction.preferences import Preferences
from xrviewer.panels.host import Panels
from xrviewer.render.renderer import Renderer
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement, quaternion
from xrviewer.spatial.views import looking_at

KEEP = "XRVIEWER_KEEP_PICTURES"
"""A folder for the picture, for whoever wants to look at it."""
CASE = case_of({"femur": sphere(rings=12)}, {"femur": Look(color="#d06020", role="bone")}, dates=2)
AT_REST = KeptFit("femur", tuple(np.eye(4).ravel().tolist()), 0.01, 1.0)
PLACE = Placement((0.05, 1.5, -0.6), IDENTITY_ROTATION, 2.0)
RAY_M, CARRIED_M = 0.35, 0.04
WORDS = {
    "Side by side": Together.SIDE,
    "Overlay": Together.OVERLAY,
    "By turns": Together.FLICKER,
    "Swipe": Together.SWIPE,
    "Difference": Together.DIFFERENCE,
    "Alone": None,
}


class Reader:
    """Points with the right controller, and has a keyboard beside it."""

    def __init__(self, bed: Bed, panels: Panels) -> None:
        self.bed, self.panels, self.remote = bed, panels, bed.start_runtime()
        self.frontend = bed.start_frontend()
        self.document = Document(CASE)
        self.document.apply(KeepFits("t1", (AT_REST,)))
        self.document.apply(PlaceModel(PLACE))
        self.renderer = Renderer(capabilities())
        preferences = Preferences(letters=False)
        self.app = App(CASE, self.document, self.renderer, print, preferences, panels)
        frame = self.until(lambda f: f.right.grip is not None and f.right.aim is not None)
        assert frame.right.grip is not None and frame.right.aim is not None
        self._grip_from_aim = np.linalg.inv(frame.right.grip.matrix()) @ frame.right.aim.matrix()

    @property
    def seen(self) -> Together | None:
        asked = self.document.snapshot.comparison
        return asked.together if asked.other is not None else None

    def frame(self, keys: frozenset[str] = frozenset(), is_drawn: bool = False) -> FrameInput:
        """Drawn only where somebody looks: an empty picture is as good for the rest."""
        while self.frontend.wait() is not Wait.RUN:
            pass
        if is_drawn:
            self.app.frame(self.frontend)
            return FrameInput(0.0, 0.0, ())
        inp = replace(self.frontend.input(), keys=keys)
        self.app.step(inp)
        if inp.views:
            self.frontend.target()
        self.frontend.present()
        return inp

    def until(self, is_met: Callable[[FrameInput], bool]) -> FrameInput:
        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s:
            frame = self.frame()
            if is_met(frame):
                return frame
        raise AssertionError(f"not met in {PATIENCE_S} s; {self.app._tools}")

    def press(self, name: str) -> None:
        self._point_at(name)
        for trigger in (1.0, 0.0):
            self._pull(trigger)

    def carry(self, by_m: tuple[float, float, float]) -> None:
        """What the tool holds, with the trigger down, away from the board."""
        start = np.array((0.25, 1.3, -0.3))
        self._be(np.eye(4), start)
        self._pull(1.0)
        self._be(np.eye(4), start + by_m)
        self._pull(0.0)

    def _pull(self, trigger: float) -> None:
        self.remote.press("right", trigger=trigger)
        self.remote.send()
        self.until(lambda f: abs(f.right.trigger - trigger) < 0.1)
        self._settle()

    def _settle(self) -> None:
        """A panel that is pressed is drawn again before it is pressed once more."""
        for _ in range(3):
            self.frame()

    def _point_at(self, name: str) -> None:
        board = self.app._tools.board
        assert board is not None and board.pose is not None
        left, top, right, bottom = self.panels.places[name]
        across, down = (left + right) / 2 / 1000, (top + bottom) / 2 / 1000
        share = across / BOARD_WIDTH_M, down / BOARD_HEIGHT_M
        target = np.array(on_board_m(board.pose, share))
        out = board.pose.matrix()[:3, 2]
        start = target + RAY_M * out
        aim = looking_at(_vec(start), _vec(start - out)).matrix()
        grip = aim @ np.linalg.inv(self._grip_from_aim)
        self._be(grip, grip[:3, 3])

    def _be(self, grip: NDArray[Any], at: NDArray[Any]) -> None:
        self.remote.hand("right", at, quaternion(grip[:3, :3]))
        self.remote.send()
        self.until(lambda f: _is_at(f, at))
        self._settle()


def _vec(v: NDArray[Any]) -> tuple[float, float, float]:
    x, y, z = v.tolist()
    return (x, y, z)


def _is_at(frame: FrameInput, at: NDArray[Any]) -> bool:
    grip = frame.right.grip
    return grip is not None and float(np.linalg.norm(np.subtract(grip.position_m, at))) < 1e-3


@pytest.fixture
def reader(xcb_bed: Bed) -> Iterator[Reader]:
    with closing(Panels(CASE)) as panels:
        made = Reader(xcb_bed, panels)
        yield made
        made.app.close()
        made.renderer.close()


def test_each_way_of_seeing_two_dates(reader: Reader) -> None:
    """One runtime for all of it: starting another takes longer than what is tested."""
    reader.press("rail dates")
    for word, way in WORDS.items():
        reader.press(word)
        assert reader.seen is way, word
    for way in (*Together, None):
        reader.frame(frozenset({"o"}))
        assert reader.seen is way
    _carries_the_plane(reader)
    _moves_the_date_by_hand(reader)
    _shows_both(reader)


def _carries_the_plane(reader: Reader) -> None:
    """As far as the hand moved in a model twice life size; the wearer's right is the patient's
    left."""
    reader.press("Swipe")
    reader.press("The plane in the hand")
    before = swipe_plane(reader.document.snapshot.comparison, CASE.timepoints[0])
    reader.carry((CARRIED_M, 0.0, 0.0))
    after = reader.document.snapshot.comparison.swipe
    assert after is not None
    moved_mm = np.subtract(after.point_mm, before.point_mm)
    np.testing.assert_allclose(moved_mm, (1000 * CARRIED_M / PLACE.scale, 0.0, 0.0), atol=0.5)
    assert after.normal == pytest.approx(before.normal, abs=1e-3)
    assert reader.document.snapshot.model == PLACE
    reader.press("The plane in the hand")


def _moves_the_date_by_hand(reader: Reader) -> None:
    """A quarter of the hand's way, kept with how far apart the bone lies then; undone in one step,
    and taken back by the panel."""
    reader.press("Overlay")
    reader.press("Move by hand")
    reader.carry((CARRIED_M / 2, 0.0, 0.0))
    date = reader.document.snapshot.dates["t1"]
    wanted_mm = 1000 * CARRIED_M / 2 * FINE_SHARE / PLACE.scale
    np.testing.assert_allclose(date.nudge.position_mm, (wanted_mm, 0.0, 0.0), atol=0.1)
    assert reader.document.snapshot.model == PLACE
    reader.until(lambda _: reader.document.snapshot.dates["t1"].residual_mm is not None)
    residual_mm = reader.document.snapshot.dates["t1"].residual_mm
    assert residual_mm == pytest.approx(wanted_mm / 2, rel=0.25)  # of a ball, its sides' mean
    reader.frame(frozenset({"ctrl+z"}))
    assert not reader.document.snapshot.dates["t1"].is_by_hand
    reader.frame(frozenset({"ctrl+y"}))
    assert reader.document.snapshot.dates["t1"].nudge == date.nudge
    _keep(reader, "by_hand")
    reader.press("As it was fitted")
    assert not reader.document.snapshot.dates["t1"].is_by_hand
    reader.press("Move by hand")


def _keep(reader: Reader, name: str) -> None:
    """As the runtime composes it, for whoever wants to look."""
    if os.environ.get(KEEP):
        for _ in range(5):
            reader.frame(is_drawn=True)
        Path(os.environ[KEEP]).mkdir(parents=True, exist_ok=True)
        iio.imwrite(Path(os.environ[KEEP]) / f"two_dates_{name}.png", reader.bed.screen())


def _shows_both(reader: Reader) -> None:
    """Each eye sees two balls with room between them; before, it saw one."""
    reader.press("Alone")
    assert _balls(reader) == [1, 1]
    reader.press("Side by side")
    assert _balls(reader) == [2, 2]


def _balls(reader: Reader) -> list[int]:
    """How many stretches of its colour each eye has on the row where it is most."""
    for _ in range(5):
        reader.frame(is_drawn=True)
    picture = reader.bed.screen()
    if os.environ.get(KEEP):
        Path(os.environ[KEEP]).mkdir(parents=True, exist_ok=True)
        iio.imwrite(Path(os.environ[KEEP]) / f"two_dates_{reader.seen}.png", picture[:540, :960])
    counts = []
    for eye in (slice(0, 480), slice(480, 960)):
        red, _, blue = (picture[:540, eye, i].astype(int) for i in range(3))
        is_ball = red > blue + 40
        row = is_ball[int(np.argmax(is_ball.sum(axis=1)))]
        ends = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
        counts.append(int(np.count_nonzero(np.diff(ends)[::2] > 10)))
    return counts
