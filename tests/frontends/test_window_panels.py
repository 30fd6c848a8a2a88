"""The panels at the window's edge, worked by a real mouse and real keys."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import glfw
import pytest

from tests.panels.test_foot import CASE as FULL
from tests.shapes import case_of, sphere
from xrviewer.app.panelling import DESK_SCALE
from xrviewer.commands.stage import PanelChoice, Stage, home_orbit, open_stage
from xrviewer.document.planes import Mode
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.board import DOCK_WIDTH
from xrviewer.interaction.preferences import Preferences
from xrviewer.panels.host import Panels

pytestmark = pytest.mark.gl

WIDTH, HEIGHT = 800, 600
CASE = case_of({"ball": sphere(rings=12), "small": sphere((60, 0, 0), 5, rings=8)}, dates=2)
LONGEST_S = 30.0
_SETTLED_S = 0.25
Step = Callable[[], bool]


@dataclass
class Session:
    stage: Stage
    frontend: WindowFrontend

    @property
    def panels(self) -> Panels:
        panelling = self.stage.app.panelling
        assert panelling is not None
        return panelling.panels

    def run(self, *steps: Step, longest_s: float = LONGEST_S) -> None:
        """A step answers whether it is done; until then it is asked again every frame."""
        waiting, until = list(steps), time.perf_counter() + longest_s

        def watch(_: RenderTarget) -> None:
            if waiting and waiting[0]():
                waiting.pop(0)
            if not waiting or time.perf_counter() > until:
                glfw.set_window_should_close(self.stage.context.window, True)  # type: ignore[attr-defined]

        self.stage.app.run(self.frontend, watch)
        assert not waiting, f"{len(waiting)} steps were never done"

    def go_to(self, name: str, share: float = 0.5) -> Step:
        """The mouse over a control, once it is there."""

        def act() -> bool:
            place = self.panels.places.get(name)
            if place is None:
                return False
            left, top, right, bottom = (v * DESK_SCALE for v in place)
            x, y = left + (right - left) * share, (top + bottom) / 2
            return xdotool("mousemove", round(x), round(y))()

        return act

    def click(self, name: str) -> list[Step]:
        """Pressed as soon as the pointer is there; done when something has come of it."""
        before: list[object] = []

        def now() -> tuple[object, ...]:
            return self.stage.app.document.snapshot.version, self.panels.state

        def is_there() -> bool:
            board, place = self.stage.app._tools.board, self.panels.places.get(name)
            assert board is not None
            at = board.pointer.at
            if place is None or at is None or self.panels._owed:
                return False
            width, height = DOCK_WIDTH / DESK_SCALE, HEIGHT / DESK_SCALE
            x, y = at[0] * width, at[1] * height
            return place[0] <= x <= place[2] and place[1] <= y <= place[3]

        def press() -> bool:
            before.append(now())
            return xdotool("click", 1)()

        return [self.go_to(name), is_there, press, lambda: now() != before[0]]

    def press(self, name: str) -> list[Step]:
        return [self.go_to(name), settled(), xdotool("click", 1), settled()]


@pytest.fixture
def session(display: str) -> Iterator[Session]:
    if shutil.which("xdotool") is None:
        pytest.skip("no xdotool here: install the package xdotool")
    preferences = Preferences(letters=False)
    context = lambda: GlfwContext("test", WIDTH, HEIGHT)  # noqa: E731
    with open_stage(CASE, context, preferences=preferences, panels=PanelChoice()) as stage:
        orbit = home_orbit(CASE, stage.app.document.snapshot)
        yield Session(stage, WindowFrontend(stage.context, orbit))


def xdotool(*words: object) -> Step:
    def act() -> bool:
        subprocess.run(["xdotool", *map(str, words)], check=True)
        return True

    return act


def settled() -> Step:
    """Events are on their way for a moment, and a panel is drawn thirty times a second."""
    since: list[float] = []

    def act() -> bool:
        since.append(time.perf_counter())
        return since[-1] - since[0] > _SETTLED_S

    return act


def test_a_click_on_a_panel_acts_there_and_nowhere_else(session: Session) -> None:
    document, orbit = session.stage.app.document, session.frontend._mouse.orbit

    def is_hidden() -> bool:
        return not document.snapshot.layers[0]["is_visible"]

    steps = [*session.press("rail layers"), *session.press("eye ball"), is_hidden]
    session.run(*steps)
    assert session.frontend._mouse.orbit == orbit
    assert document.snapshot.version == 1


PRESSED = (
    *("rail layers", "Looks", "Bones only", "Save this look", "Everything", "Look 1"),
    *("rail map", "True thickness (along the normal)", "Lines", "rail measure", "tool"),
    *("rail slices", "Axial", "On a screen", "rail dates", "Side by side"),
    *("rail capture", "rail help", "rail case", "Fit to room", "Undo"),
)
"""By the real mouse, in this order: each changes the session, or what is seen. Every other control
is pressed by the same pointer in panels/test_every_control.py."""


def test_every_page_by_mouse(display: str) -> None:
    preferences = Preferences(letters=False)
    context = lambda: GlfwContext("test", 560, HEIGHT)  # noqa: E731
    with open_stage(FULL, context, preferences=preferences, panels=PanelChoice()) as stage:
        orbit = home_orbit(FULL, stage.app.document.snapshot)
        session = Session(stage, WindowFrontend(stage.context, orbit))
        session.run(*(step for name in PRESSED for step in session.click(name)), longest_s=90.0)
        document = stage.app.document
    assert list(document.snapshot.presets) == ["Look 1"] and document.snapshot.tool == "distance"
    assert [s.mode for s in document.snapshot.slices.values()] == [Mode.FRAME]


def test_a_patients_choices_and_corner_by_mouse(session: Session) -> None:
    session.panels.state = replace(session.panels.state, is_patient=True)
    corner = [session.go_to("corner"), settled(), xdotool("mousedown", 1)]
    session.run(
        *session.press("Everything"),
        *corner,
        lambda: not session.panels.state.is_patient,
        xdotool("mouseup", 1),
    )
    assert session.stage.app.document.snapshot.layers["is_visible"].all()


def test_a_drag_on_a_slider_is_one_step_and_turns_nothing(session: Session) -> None:
    document, orbit = session.stage.app.document, session.frontend._mouse.orbit
    session.run(
        session.go_to("Spread apart", 0.1),
        settled(),
        xdotool("mousedown", 1),
        settled(),
        session.go_to("Spread apart", 0.5),
        settled(),
        xdotool("mousemove", WIDTH - 40, 300),  # beyond the panel, still held
        settled(),
        xdotool("mouseup", 1),
        lambda: document.snapshot.version == 1,
    )
    assert document.snapshot.explode == 3.0
    assert session.frontend._mouse.orbit == orbit


def test_the_wheel_over_a_panel_does_not_zoom(session: Session) -> None:
    orbit = session.frontend._mouse.orbit
    session.run(session.go_to("rail layers"), settled(), xdotool("click", 4), settled())
    assert session.frontend._mouse.orbit == orbit


def test_what_is_typed_into_a_field_is_no_command(session: Session) -> None:
    """h hides, a shows all, t goes to the other date; here they are letters."""
    document = session.stage.app.document
    session.run(
        *session.press("rail layers"),
        *session.press("Search"),
        xdotool("type", "--delay", "40", "hat"),
        lambda: session.panels.state.search == "hat",
        xdotool("key", "BackSpace"),
        lambda: session.panels.state.search == "ha",
        settled(),
    )
    assert document.snapshot.version == 0


def test_beside_the_panels_the_mouse_is_the_models(session: Session) -> None:
    before = session.frontend._mouse.orbit
    x = round((DOCK_WIDTH + WIDTH) / 2)
    session.run(
        xdotool("mousemove", x, 300),
        settled(),
        lambda: session.stage.app._tools.pointed is not None,
        xdotool("mousedown", 1),
        xdotool("mousemove", x + 60, 300),
        settled(),
        xdotool("mouseup", 1),
        settled(),
    )
    assert session.frontend._mouse.orbit.yaw_rad != before.yaw_rad


def test_tab_hides_the_panels_and_a_click_brings_them_back(session: Session) -> None:
    def is_shown(wanted: bool) -> Step:
        def asked() -> bool:
            board = session.stage.app._tools.board
            return board is not None and board.is_shown is wanted

        return asked

    session.run(
        xdotool("mousemove", WIDTH - 50, 50),
        xdotool("key", "Tab"),
        is_shown(False),
        settled(),
        *session.press("rail show"),
        is_shown(True),
    )
