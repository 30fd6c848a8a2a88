"""What the window shows while the headset is worn."""

from __future__ import annotations

from collections.abc import Iterator

import glfw
import numpy as np
import pytest
from ball import ball_case
from bed import Bed
from numpy.typing import NDArray

from xrviewer.app.loop import App
from xrviewer.commands.spectator import Spectator
from xrviewer.document.document import Document
from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.mouse import Orbit
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext, capabilities
from xrviewer.gpu.readback import read_pixels
from xrviewer.interaction.preferences import Preferences
from xrviewer.render.renderer import Renderer
from xrviewer.spatial.transforms import Vec3

WIDTH, HEIGHT = 320, 200
ORBIT = Orbit((0.0, 0.8, -0.6), 0.4, 0.2, 1.5)


@pytest.fixture
def desk(context: GlfwContext) -> Iterator[WindowFrontend]:
    glfw.set_window_size(context.window, WIDTH, HEIGHT)
    glfw.show_window(context.window)
    yield WindowFrontend(context, ORBIT)
    glfw.hide_window(context.window)


@pytest.fixture
def app(context: GlfwContext) -> Iterator[App]:
    case, renderer = ball_case(), Renderer(capabilities())
    made = App(case, Document(case), renderer, preferences=Preferences(letters=False))
    yield made
    made.close()
    renderer.close()


def _window_after(bed: Bed, app: App, watch: Spectator | None, head: Vec3) -> NDArray[np.int_]:
    """The window's picture, after some frames with the head there."""
    assert bed.frontend is not None and bed.remote is not None
    bed.remote.head(head)
    bed.remote.send()
    bed.run_until(lambda f: bool(f.views) and abs(f.views[0].eye.position_m[1] - head[1]) < 0.05)
    for _ in range(4):
        while bed.frontend.wait() is not Wait.RUN:
            pass
        app.frame(bed.frontend, watch)
    glfw.swap_buffers(glfw.get_current_context())
    return read_pixels(0, WIDTH, HEIGHT)[..., :3].astype(int)


def test_the_steady_camera_does_not_sway_with_the_head(
    null_bed: Bed, desk: WindowFrontend, app: App
) -> None:
    null_bed.start_runtime()
    frontend = null_bed.start_frontend(None, desk)
    null_bed.run_until(lambda f: len(f.views) == 2)
    by_eye = [_window_after(null_bed, app, None, (0, y, 0.0)) for y in (1.2, 1.7)]
    frontend.shows_eye = False
    spectator = Spectator(app, frontend)
    steady = [_window_after(null_bed, app, spectator, (0, y, 3.0)) for y in (1.2, 1.7)]
    spectator.close()
    changed = [float((np.abs(a - b).max(axis=2) > 24).mean()) for a, b in (by_eye, steady)]
    assert changed[0] > 0.05, "an eye's picture changes with the head"
    assert changed[1] < 0.02, "but for the drawn wearer, the steady one does not"
    assert np.ptp(steady[0]) > 60, "there is a case in it"


def test_off_draws_and_shows_nothing(null_bed: Bed, desk: WindowFrontend, app: App) -> None:
    null_bed.start_runtime()
    frontend = null_bed.start_frontend(None, desk)
    frontend.shows_eye = False
    null_bed.run_until(lambda f: len(f.views) == 2)
    shown: list[int] = []
    desk.present = lambda: shown.append(1)  # type: ignore[method-assign]
    for _ in range(5):
        while frontend.wait() is not Wait.RUN:
            pass
        app.frame(frontend)
    assert shown == [] and frontend.mirrored is None
