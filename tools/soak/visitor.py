"""Somebody who stands before a case with the headset on: hands, board, camera."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import numpy as np
from bed import Bed
from presser import Presser, vec

from xrviewer.case.model import Case
from xrviewer.commands import capturing
from xrviewer.commands.capturing import Capturer
from xrviewer.commands.saving import save_measured
from xrviewer.commands.stage import Stage
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.snapshot import Snapshot
from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.openxr.session import Options
from xrviewer.gpu.context import Capabilities, GlfwContext, capabilities
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.board_place import BOARD_HEIGHT_M
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.walk import in_tracking
from xrviewer.panels.host import SHORTEST_S, Panels
from xrviewer.render.renderer import Renderer
from xrviewer.scene.draw import DrawData
from xrviewer.spatial.frames import MM_PER_M
from xrviewer.spatial.transforms import Pose, Vec3
from xrviewer.spatial.views import View

HEAD_M: Vec3 = (0.0, 1.25, 0.1)
ASIDE_M: Vec3 = (0.45, 0.9, -0.1)
"""Where a hand does nothing."""
REACH_M = 0.3
ARRIVED_M = 3e-3
STILL_WIDTH = 1280
"""A processor draws it, in one frame."""
SCROLLS = 40
PATIENCE_S, FINDING_S = 60.0, 240.0
"""A processor that draws two eyes takes seconds; what is found beside the frames takes its turn."""
SESSION = "session.jsonl"


class SparingRenderer(Renderer):
    """Draws some of the eyes' frames, so that a processor that draws has time for the others."""

    is_filmed = is_looked_at = False
    turns = drawn = 0

    def __init__(self, found: Capabilities, rest: float) -> None:
        """rest: times what a drawn frame took, nothing is drawn after it."""
        super().__init__(found)
        self.rest = rest
        self._began_s = self._next_s = 0.0
        self._is_drawn = False

    def begin(self) -> None:
        """A frame."""
        self.turns += 1
        self._began_s = time.monotonic()
        is_wanted = self.is_filmed or self.is_looked_at
        self._is_drawn = is_wanted or self._began_s >= self._next_s
        self.drawn += self._is_drawn

    def end(self) -> None:
        """It was presented: what the driver had put off is done."""
        now_s = time.monotonic()
        if self._is_drawn:
            self._next_s = now_s + self.rest * (now_s - self._began_s)

    @property
    def is_whole(self) -> bool:
        """No scan is on its way to the graphics card."""
        return self._slices is None or self._slices.is_complete

    def draw(self, draw: DrawData, views: tuple[View, ...], target: RenderTarget) -> None:
        if len(views) != 2 or self._is_drawn:
            super().draw(draw, views, target)


class Visitor(Presser):
    """Everything is done by hand; what a hand cannot do is not done."""

    ray_m = 0.2
    """The model may stand before the board. A hand that touched it first goes farther off: rest."""
    between_drawings_s = SHORTEST_S
    renderer: SparingRenderer
    capturer: Capturer | None = None

    def __init__(
        self,
        bed: Bed,
        case: Case,
        context: GlfwContext,
        panels: Panels,
        journal: Journal,
        renderer: SparingRenderer,
        folder: Path,
    ) -> None:
        self.case, self.folder, self.renderer = case, folder, renderer
        super().__init__(bed, case, panels, journal, renderer, options=Options(render_scale=0.5))
        self.app.measurer.save = lambda snapshot: save_measured(case, folder / SESSION, snapshot)
        capturing.STILL_WIDTH = STILL_WIDTH
        stage = Stage(case, self.app, context, capabilities(), True)
        self.capturer = Capturer(stage, folder / "captures", self.frontend.pulse)
        self.remote.head(HEAD_M)
        self.rest()

    @property
    def snapshot(self) -> Snapshot:
        return self.document.snapshot

    @property
    def middle_m(self) -> Vec3:
        """Of the model, where it stands in the room."""
        extent = self.app._world.extent(self.snapshot)
        return extent.room_center(self.app._tools.placement or self.snapshot.model)

    # -- frames ----------------------------------------------------------------

    def until(
        self, is_met: Callable[[FrameInput], bool], seconds: float = PATIENCE_S
    ) -> FrameInput:
        deadline_s = time.monotonic() + seconds
        while time.monotonic() < deadline_s:
            while self.frontend.wait() is not Wait.RUN:
                pass
            self.renderer.is_filmed = self.app.shutter.light is not None
            self.renderer.begin()
            inp = self.app.frame(self.frontend, self.capturer)
            self.renderer.end()
            if is_met(inp):
                return inp
        raise AssertionError(f"not met in {seconds} s; {self.snapshot.model}, {self._looks()}")

    def _looks(self) -> str:
        """For whoever wonders why the visitor could not go on."""
        tools, board = self.app._tools, self.app._tools.board
        pointer = board.pointer if board else None
        return (
            f"board {board.pose if board else None}, {pointer}, {tools.seen}, {self.panels.state}"
        )

    def wait(self, seconds: float) -> None:
        until_s = self.app.time_s + seconds
        self.until(lambda f: f.time_s > until_s)

    def look(self) -> None:
        """Until all that is there has been drawn, its scans whole: what is made for a picture is
        made now, and not in a later visit that happens to be drawn."""
        renderer = self.renderer
        renderer.is_looked_at, drawn = True, renderer.drawn
        self.until(lambda _: renderer.drawn > drawn + 1 and renderer.is_whole)
        renderer.is_looked_at = False

    def expect(self, is_so: Callable[[Snapshot], bool], what: str) -> None:
        """What is found beside the frame takes a while."""
        try:
            self.until(lambda _: is_so(self.snapshot), FINDING_S)
        except AssertionError:
            raise AssertionError(f"the visitor expected: {what}") from None

    # -- hands -----------------------------------------------------------------

    def rest(self) -> None:
        """Both hands let go of everything and hang beside the body."""
        for name, side in (("left", -1.0), ("right", 1.0)):
            self.remote.press(name, trigger=0.0, squeeze=0.0, stick=(0.0, 0.0))
            self.remote.press(name, a=(0, 0), b=(0, 0), stick_button=(0, 0), is_hand_tracked=False)
            self.remote.hand(name, (side * ASIDE_M[0], *ASIDE_M[1:]), (0.5, 0.0, 0.0, 0.866))
        self.remote.send()
        self.until(lambda f: f.left.grip is not None and f.right.grip is not None)
        self.until(lambda f: f.right.squeeze < 0.1 and f.right.trigger < 0.1)

    def move(self, name: str, at_m: Vec3) -> None:
        """A hand to a place in the room, turned as it is."""
        held = Pose(at_m, tuple(self.remote.packet[name]["pose"]["rotation_xyzw"].tolist()))
        there_m = in_tracking(self.app._tools.footing, held).position_m
        self.remote.hand(name, there_m, held.rotation_xyzw)
        self.remote.send()
        is_left = name == "left"

        def is_there(f: FrameInput) -> bool:
            grip = (f.left if is_left else f.right).grip
            return grip is not None and math.dist(grip.position_m, there_m) < ARRIVED_M

        self.until(is_there)

    def sweep(self, name: str, by_m: Vec3, steps: int = 4) -> None:
        """On a straight line from where the hand is."""
        grip = self.app._tools.seen[0 if name == "left" else 1].grip
        assert grip is not None
        for i in range(1, steps + 1):
            self.move(name, vec(np.add(grip.position_m, np.multiply(by_m, i / steps))))

    def hold_button(self, name: str, **values: object) -> None:
        """From now on: hold_button("right", squeeze=1.0)."""
        self.remote.press(name, **values)
        self.remote.send()
        self.wait(0.06)

    def tap(self, name: str, seconds: float = 0.06, **buttons: object) -> None:
        """Down and up again."""
        self.hold_button(name, **buttons)
        self.wait(seconds)
        self.hold_button(name, **{button: (0, 0) for button in buttons})

    def aim_at(self, point_m: Vec3) -> None:
        """The right hand's ray, from between the eyes and the place."""
        way = np.subtract(HEAD_M, point_m)
        start = np.add(point_m, way * REACH_M / np.linalg.norm(way))
        self.until(self.aim(vec(start), point_m))
        self.wait(0.03)

    def click_at(self, point_m: Vec3) -> None:
        self.aim_at(point_m)
        self.pull()

    def pull(self) -> None:
        """The right trigger, once; slowly enough to mean it."""
        self.hold_button("right", trigger=1.0)
        self.wait(0.1)
        self.hold_button("right", trigger=0.0)
        self.wait(0.1)

    # -- the board -------------------------------------------------------------

    def point(self, name: str, share: float, is_down: bool) -> None:
        if not is_down:
            self.scroll_to(name)
        super().point(name, share, is_down)

    def scroll_to(self, name: str) -> None:
        """By the stick, with the hand at the middle of the page."""
        for _ in range(SCROLLS):
            _, top, _, bottom = self.panels.places[name]
            if top >= 0 and bottom <= BOARD_HEIGHT_M * MM_PER_M:
                return
            board = self.app._tools.board
            assert board is not None and board.pose is not None
            out = board.pose.matrix()[:3, 2]
            start = np.add(board.pose.position_m, self.ray_m * out)
            self.until(self.aim(vec(start), board.pose.position_m))
            self.hold_button("right", stick=(0.0, 1.0 if top < 0 else -1.0))
            self.hold_button("right", stick=(0.0, 0.0))
            self.settle()
        raise AssertionError(f"{name} was not scrolled to; {self.panels.places[name]}")

    def open(self, page: str) -> None:
        self.press(f"rail {page}")

    def press_all(self, *names: str) -> None:
        for name in names:
            self.press(name)

    def has(self, name: str) -> bool:
        return name in self.panels.places

    def close(self) -> None:
        if self.capturer is not None:
            self.capturer.close()
        self.app.close()


@contextmanager
def visiting(
    bed: Bed, case: Case, context: GlfwContext, folder: Path, rest: float
) -> Iterator[Visitor]:
    """rest: of the eyes after a drawn frame, in times what it took."""
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(folder / SESSION))
        panels = stack.enter_context(closing(Panels(case)))
        renderer = stack.enter_context(closing(SparingRenderer(capabilities(), rest)))
        made = Visitor(bed, case, context, panels, journal, renderer, folder)
        yield stack.enter_context(closing(made))


def is_as_saved(live: Document, case: Case, file: Path) -> list[str]:
    """What differs between the session in memory and the one read from the disk; nothing should."""
    with Journal(file) as journal:
        again = Document(case, journal=journal).snapshot
    differing = []
    for name in Snapshot.__slots__:
        ours, theirs = getattr(live.snapshot, name), getattr(again, name)
        is_same = np.array_equal(ours, theirs) if isinstance(ours, np.ndarray) else ours == theirs
        if not is_same:
            differing.append(name)
    return differing
