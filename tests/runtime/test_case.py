"""A case in the headset: seen where it stands, moved by the hands, safe when the runtime dies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from ball import ball_case
from bed import PATIENCE_S, Bed
from numpy.typing import NDArray

from xrviewer.app.loop import App
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.openxr.session import Options
from xrviewer.gpu.context import Context, capabilities
from xrviewer.interaction.input import FrameInput
from xrviewer.render.renderer import Renderer

SMALL = Options(render_scale=0.5)
MM = 1e-3


@pytest.fixture
def app(context: Context, tmp_path: Path) -> Iterator[App]:
    with_journal = Journal(tmp_path / "session.jsonl")
    renderer = Renderer(capabilities())
    made = App(ball_case(), Document(ball_case(), journal=with_journal), renderer)
    yield made
    made.close()
    renderer.close()
    with_journal.close()


class Play:
    """Runs the app's own loop on the bed, with a script that looks at every input."""

    def __init__(self, bed: Bed, app: App) -> None:
        self.bed, self.app = bed, app
        self.seen: list[FrameInput] = []

    def until(self, is_met: Callable[[FrameInput], bool]) -> FrameInput:
        """The last input; is_met is asked after every frame."""
        assert self.bed.frontend is not None
        frontend = self.bed.frontend
        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s:
            while (wanted := frontend.wait()) is Wait.IDLE:
                pass
            assert wanted is Wait.RUN
            inp = self.app.frame(frontend)
            self.seen.append(inp)
            if is_met(inp):
                return inp
        raise AssertionError(f"not met in {PATIENCE_S} s; {self.bed.lines}")

    def position_m(self) -> NDArray[np.float64]:
        return np.array(self.app.document.snapshot.model.position_m)


def _red_share(picture: NDArray[np.uint8]) -> tuple[float, float]:
    """Of the left and the right half of the composed picture."""
    wide = picture[:540, :960].astype(int)
    is_red = (wide[..., 0] > 90) & (wide[..., 0] > 2 * wide[..., 2])
    return float(is_red[:, :480].mean()), float(is_red[:, 480:].mean())


def test_the_model_is_seen_by_both_eyes_and_only_in_front(xcb_bed: Bed, app: App) -> None:
    remote = xcb_bed.start_runtime()
    xcb_bed.start_frontend(SMALL)
    play = Play(xcb_bed, app)
    x, y, z = play.position_m()
    remote.head((x, y, z + 0.5))
    remote.send()
    play.until(lambda f: len(f.views) == 2 and f.views[0].eye.position_m[1] == pytest.approx(y))
    for _ in range(5):
        play.until(lambda f: bool(f.views))
    left, right = _red_share(xcb_bed.screen())
    assert 0.02 < left < 0.4 and 0.02 < right < 0.4
    assert left == pytest.approx(right, rel=0.15)
    remote.head((x, y, z + 0.5), (0, 1, 0, 0))  # turned round
    remote.send()
    play.until(lambda f: abs(f.views[0].eye.rotation_xyzw[1]) > 0.9)
    for _ in range(5):
        play.until(lambda f: bool(f.views))
    assert _red_share(xcb_bed.screen()) == (0.0, 0.0)


def test_a_squeezing_hand_moves_the_model_by_as_much(null_bed: Bed, app: App) -> None:
    remote = null_bed.start_runtime()
    null_bed.start_frontend(SMALL)
    play = Play(null_bed, app)
    before = play.position_m()
    start = np.array([0.2, 0.9, -0.5])
    remote.hand("right", start)
    remote.send()
    play.until(lambda f: f.right.grip is not None and f.right.grip.position_m[1] < 1.0)
    remote.press("right", squeeze=1.0)
    remote.send()
    play.until(lambda f: f.right.squeeze > 0.9)
    remote.hand("right", np.add(start, (0.1, 0.05, -0.2)))
    remote.send()
    play.until(lambda f: f.right.grip is not None and f.right.grip.position_m[0] > 0.299)
    remote.press("right", squeeze=0.0)
    remote.send()
    play.until(lambda f: f.right.squeeze == 0.0)
    assert play.position_m() - before == pytest.approx([0.1, 0.05, -0.2], abs=MM)


def test_the_document_outlives_a_runtime_killed_in_mid_gesture(null_bed: Bed, app: App) -> None:
    remote = null_bed.start_runtime()
    null_bed.start_frontend(SMALL)
    play = Play(null_bed, app)
    before = play.position_m()
    remote.hand("left", (0.0, 1.0, -0.5))
    remote.send()
    play.until(lambda f: f.left.grip is not None and f.left.grip.position_m[1] < 1.1)
    remote.press("left", squeeze=1.0)
    remote.send()
    play.until(lambda f: f.left.squeeze > 0.9)
    remote.hand("left", (0.1, 1.0, -0.5))
    remote.send()
    play.until(lambda f: f.left.grip is not None and f.left.grip.position_m[0] > 0.099)
    null_bed.kill_runtime()
    play.until(lambda f: not f.views)
    assert play.position_m() - before == pytest.approx([0.1, 0, 0], abs=MM)
    held = play.position_m()
    null_bed.start_runtime()
    play.until(lambda f: len(f.views) == 2 and f.left.grip is not None)
    assert (play.position_m() == held).all()
    assert [f.time_s for f in play.seen] == sorted(f.time_s for f in play.seen)
