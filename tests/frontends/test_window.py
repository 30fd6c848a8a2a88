"""A real window on a display of the test's own, with real events of mouse and keys."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import glfw
import numpy as np
import pytest

from tests.shapes import case_of, sphere
from xrviewer.app.loop import App
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.model import Case
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.case.volume import Volume
from xrviewer.commands.stage import Stage, home_orbit, measured_table, open_stage
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.plane_intents import AddSlice
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext
from xrviewer.gpu.readback import read_pixels
from xrviewer.gpu.target import RenderTarget
from xrviewer.spatial.planes import anatomical

pytestmark = pytest.mark.gl

WIDTH, HEIGHT = 400, 300
CASE = case_of({"ball": sphere(), "small": sphere((60, 0, 0), 5)}, dates=2)
LONGEST_S = 20.0
"""An event of the X server comes within milliseconds; a loaded machine may take longer."""


@dataclass
class Session:
    """A window in which steps are taken one after the other, each as soon as it can be."""

    stage: Stage
    frontend: WindowFrontend
    pictures: list[np.ndarray] = field(default_factory=list)

    @property
    def app(self) -> App:
        return self.stage.app

    def run(self, *steps: Callable[[], bool]) -> None:
        """A step answers whether it is done; until then it is asked again every frame."""
        waiting = list(steps)
        until = time.perf_counter() + LONGEST_S

        def watch(target: RenderTarget) -> None:
            self.pictures.append(read_pixels(0, target.width, target.height))
            if waiting and waiting[0]():
                waiting.pop(0)
            if not waiting or time.perf_counter() > until:
                glfw.set_window_should_close(self._window, True)

        self.app.run(self.frontend, watch)
        assert not waiting, f"{len(waiting)} steps were never done"

    @property
    def _window(self) -> object:
        context = self.stage.context
        assert isinstance(context, GlfwContext)
        return context.window


@pytest.fixture
def session(display: str) -> Iterator[Session]:
    with opened(CASE) as made:
        yield made


@contextmanager
def opened(case: Case) -> Iterator[Session]:
    def context() -> GlfwContext:
        return GlfwContext("test", WIDTH, HEIGHT)

    with open_stage(case, context) as stage:
        orbit = home_orbit(case, stage.app.document.snapshot)
        frontend = WindowFrontend(stage.context, orbit, copied=lambda: measured_table(stage))
        yield Session(stage, frontend)


def do(*words: object) -> Callable[[], bool]:
    """What a person's hand does, by way of the X server."""
    if shutil.which("xdotool") is None:
        pytest.skip("no xdotool here: install the package xdotool")

    def act() -> bool:
        subprocess.run(["xdotool", *map(str, words)], check=True)
        return True

    return act


def point_at_the_ball(session: Session) -> list[Callable[[], bool]]:
    """The eye looks at the middle of the model, and the ball is by far the larger."""
    at = (WIDTH // 2 - 20, HEIGHT // 2)
    return [
        do("mousemove", at[0] - 5, at[1]),
        do("mousemove", *at),
        lambda: session.app._tools.pointed is not None,
    ]


def test_the_window_shows_the_model(session: Session) -> None:
    session.run(lambda: len(session.pictures) >= 3)
    picture = session.pictures[-1]
    assert picture.shape == (HEIGHT, WIDTH, 4)
    assert picture.max() > 150  # a lit model, in a room that is not black either
    assert picture[2, 2, :3].max() > 10


def test_a_key_hides_what_is_under_the_pointer(session: Session) -> None:
    rows = session.app.document.snapshot.layer_rows

    def is_hidden() -> bool:
        return not session.app.document.snapshot.layers[rows["ball"]]["is_visible"]

    session.run(*point_at_the_ball(session), do("key", "h"), is_hidden)
    hidden, shown = session.pictures[-1].astype(int), session.pictures[0].astype(int)
    assert np.abs(hidden - shown).max() > 60


def test_undo_is_ctrl_z(session: Session) -> None:
    def shows(timepoint: str) -> Callable[[], bool]:
        return lambda: session.app.document.snapshot.timepoint == timepoint

    session.run(
        do("mousemove", 100, 100), do("key", "t"), shows("t1"), do("key", "ctrl+z"), shows("t0")
    )


def test_ctrl_c_puts_what_was_measured_on_the_clipboard(session: Session) -> None:
    value = Quantity(12.34, Unit.MM, 0.5)
    ends = ((0.0, 0.0, 0.0), (12.34, 0.0, 0.0))
    found = Measured(Kind.DISTANCE, "t0", ends, ("ball",), value)
    session.app.document.apply(Measure("m1", found, "=HYPERLINK(1)"))

    def is_copied() -> bool:
        return bool(glfw.get_clipboard_string(None))

    glfw.set_clipboard_string(None, "")
    session.run(do("mousemove", 100, 100), do("key", "ctrl+c"), is_copied)
    _, row = glfw.get_clipboard_string(None).decode().strip().splitlines()
    assert "12.3" in row and "0.5" in row
    assert not any(cell.startswith("=") for cell in row.split("\t"))


def test_shift_and_the_wheel_step_the_slice_and_the_wheel_alone_does_not(display: str) -> None:
    voxels = np.asfortranarray(np.indices((8, 8, 9)).sum(axis=0).astype(np.int16))
    affine = np.diag([8.0, 8.0, 6.0, 1.0])
    affine[:3, 3] = (-28.0, -28.0, -24.0)
    scan = Volume("mr", "MR", "MR", voxels, affine)
    dates = tuple(replace(date, volumes=(scan,)) for date in CASE.timepoints)
    with opened(replace(CASE, timepoints=dates)) as session:
        document = session.app.document
        document.apply(AddSlice("s", "mr", anatomical("axial", scan.center_mm)))
        before = document.snapshot

        def lies_at(z_mm: float) -> Callable[[], bool]:
            return lambda: bool(document.snapshot.slices["s"].plane.point_mm[2] == z_mm)

        orbit = session.frontend._mouse.orbit
        session.run(
            do("mousemove", WIDTH // 2, HEIGHT // 2),
            do("click", 4),
            lambda: session.frontend._mouse.orbit.distance_m < orbit.distance_m and lies_at(0.0)(),
            do("keydown", "shift", "click", 4, "keyup", "shift"),
            lies_at(-6.0),
            do("keydown", "shift", "click", 5, "click", 5, "keyup", "shift"),
            lies_at(6.0),
        )
        assert document.snapshot.version == before.version + 3


def test_a_right_drag_moves_the_model_itself(session: Session) -> None:
    at = WIDTH // 2, HEIGHT // 2
    before = session.app.document.snapshot.model
    session.run(
        do("mousemove", *at),
        do("mousedown", 3),
        lambda: session.app._tools.grab is not None,
        do("mousemove", at[0] + 40, at[1]),
        lambda: session.app._tools.placement != before,
        do("mouseup", 3),
        lambda: session.app.document.snapshot.version == 1,
    )
    after = session.app.document.snapshot.model
    assert after.scale == pytest.approx(before.scale)
    assert np.linalg.norm(np.subtract(after.position_m, before.position_m)) > 0.01


def test_ctrl_that_is_pressed_and_let_go_in_a_drag_is_a_second_hand(session: Session) -> None:
    def held_by(*hands: bool) -> Callable[[], bool]:
        return lambda: bool(session.app._tools.grab and session.app._tools.grab.hands == hands)

    session.run(
        do("mousemove", WIDTH // 2 + 60, HEIGHT // 2),
        do("mousedown", 3),
        held_by(False, True),
        do("keydown", "Control_L"),
        held_by(True, True),
        do("mousemove", WIDTH // 2 + 90, HEIGHT // 2),
        lambda: bool(session.app._tools.placement and session.app._tools.placement.scale > 1.2),
        do("keyup", "Control_L"),
        held_by(False, True),
        do("mouseup", 3),
        lambda: session.app._tools.grab is None,
    )
    assert session.app.document.snapshot.model.scale > 1.2


def test_escape_closes(session: Session) -> None:
    def never() -> bool:
        return len(session.pictures) > 10_000

    start_s = time.perf_counter()
    with pytest.raises(AssertionError, match="steps were never done"):
        session.run(do("mousemove", 100, 100), do("key", "Escape"), never)
    assert time.perf_counter() - start_s < LONGEST_S


def test_it_closes_by_itself(display: str) -> None:
    with open_stage(CASE, lambda: GlfwContext("test", WIDTH, HEIGHT)) as stage:
        start_s = time.perf_counter()
        orbit = home_orbit(CASE, stage.app.document.snapshot)
        stage.app.run(WindowFrontend(stage.context, orbit, seconds=0.3))
        assert 0.3 <= time.perf_counter() - start_s < LONGEST_S


def test_a_window_that_is_resized_is_drawn_whole(session: Session) -> None:
    def resized() -> bool:
        glfw.set_window_size(session.stage.context.window, 500, 240)
        return True

    session.run(
        lambda: len(session.pictures) >= 2,
        resized,
        lambda: session.pictures[-1].shape == (240, 500, 4),
        lambda: session.pictures[-1].shape == (240, 500, 4),
    )
    assert session.pictures[-1][..., :3].max() > 150
    assert session.pictures[-1][2, 495, :3].max() > 10
