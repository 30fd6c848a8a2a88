"""A still and a film taken with the headset on, by the hand on the panel; read again by PyAV."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from ball import ball_case
from bed import PATIENCE_S, Bed
from presser import Presser

from xrviewer.commands import capturing
from xrviewer.commands.capturing import Capturer
from xrviewer.commands.signals import SHUTTER, TICK
from xrviewer.commands.stage import Stage
from xrviewer.frontends.frontend import Wait
from xrviewer.gpu.context import GlfwContext, capabilities
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput
from xrviewer.panels.host import Panels
from xrviewer.render.renderer import Renderer


class Photographer(Presser):
    """Draws every frame and lets the capturer watch."""

    capturer: Capturer | None

    def __init__(self, bed: Bed, context: GlfwContext, folder: Path) -> None:
        case, self.felt = ball_case(), list[Pulse]()
        self.renderer, self.capturer = Renderer(capabilities()), None
        super().__init__(bed, case, Panels(case), renderer=self.renderer)
        stage = Stage(case, self.app, context, capabilities(), True)
        self.capturer = Capturer(stage, folder, self.felt.append)

    def until(
        self, is_met: Callable[[FrameInput], bool], seconds: float = PATIENCE_S
    ) -> FrameInput:
        deadline_s = time.monotonic() + seconds
        while time.monotonic() < deadline_s:
            while self.frontend.wait() is not Wait.RUN:
                pass
            inp = self.app.frame(self.frontend, self.capturer)
            if is_met(inp):
                return inp
        raise AssertionError(f"not met in {seconds} s")

    def seconds(self, wanted_s: float) -> None:
        start_s = self.app.time_s
        self.until(lambda _: self.app.time_s - start_s > wanted_s)

    @property
    def camera(self) -> Any:
        pose = self.app.shutter.camera.pose
        assert pose is not None
        return pose.matrix()

    def carry(self, start_m: Any, by_m: tuple[float, float, float]) -> None:
        """Squeezes there, moves, lets go."""
        upright = (0.0, 0.0, 0.0, 1.0)
        self._hand_to(start_m, upright)
        self.remote.press("right", squeeze=1.0)
        self.remote.send()
        self.until(lambda _: self.app.shutter.camera.hold is not None)
        self._hand_to(np.add(start_m, by_m), upright)
        self.remote.press("right", squeeze=0.0)
        self.remote.send()
        self.until(lambda _: self.app.shutter.camera.hold is None)

    def _hand_to(self, at_m: Any, turn: tuple[float, float, float, float]) -> None:
        self.remote.hand("right", at_m, turn)
        self.remote.send()
        self.until(lambda f: _is_at(f, at_m))

    def close(self) -> None:
        for owned in (self.capturer, self.app, self.renderer, self.panels):
            assert owned is not None
            owned.close()


def _is_at(frame: FrameInput, at_m: Any) -> bool:
    grip = frame.right.grip
    return grip is not None and bool(np.abs(np.subtract(grip.position_m, at_m)).max() < 1e-3)


def decoded(file: Path) -> list[Any]:
    with av.open(str(file)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_still_and_a_film_with_the_headset_on(
    quick_bed: Bed, context: GlfwContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capturing, "STILL_WIDTH", 640)
    monkeypatch.setattr(capturing, "HEADSET_FILM", (320, 180))
    with closing(Photographer(quick_bed, context, tmp_path / "captures")) as wearer:
        wearer.press("rail capture")
        wearer.point("still", 0.5, False)
        wearer.point("still", 0.5, True)
        wearer.seconds(1.0)
        felt = [(pulse.amplitude, pulse.duration_s) for pulse in wearer.felt]
        assert felt and set(felt) == {TICK}, (
            "the count is felt, and nothing is taken before its end"
        )
        wearer.seconds(capturing_s() + 0.5)
        wearer.remote.press("right", trigger=0.0)
        wearer.remote.send()
        taken = [p.hand for p in wearer.felt if (p.amplitude, p.duration_s) == SHUTTER]
        assert taken == [0, 1]
        wearer.press("Start a film")
        assert wearer.app.shutter.light is not None
        wearer.seconds(1.0)
        wearer.press("Stop the film")
        assert wearer.app.shutter.light is None
    names = sorted(path.name for path in (tmp_path / "captures").iterdir())
    assert names == ["film-001.mp4", "still-001.png"]
    (still,) = decoded(tmp_path / "captures" / "still-001.png")
    assert still.shape == (360, 640, 3) and still.std() > 5
    film = decoded(tmp_path / "captures" / "film-001.mp4")
    assert len(film) >= 3 and film[0].shape == (180, 320, 3)
    assert film[len(film) // 2].std() > 5


def test_the_camera_is_brought_carried_and_films_from_where_it_was_put(
    quick_bed: Bed, context: GlfwContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capturing, "HEADSET_FILM", (320, 180))
    with closing(Photographer(quick_bed, context, tmp_path / "captures")) as wearer:
        wearer.press("rail capture")
        wearer.press("From the room")
        wearer.until(lambda _: wearer.app.shutter.preview is not None)
        aside = wearer.camera
        wearer.press("Bring me the camera")
        brought = wearer.camera
        assert np.linalg.norm(brought[:3, 3] - aside[:3, 3]) > 0.5
        wearer.carry(brought[:3, 3] + brought[:3, 2] * 0.06, (-0.25, 0.1, 0.1))
        put = wearer.camera
        np.testing.assert_allclose(put[:3, 3] - brought[:3, 3], (-0.25, 0.1, 0.1), atol=5e-3)
        wearer.press("Start a film")
        wearer.seconds(1.0)
        wearer.press("Stop the film")
        assert np.array_equal(wearer.camera, put), "it stands still while hands are elsewhere"
    film = decoded(tmp_path / "captures" / "film-001.mp4")
    assert len(film) >= 3 and film[-1].std() > 5


def capturing_s() -> float:
    from xrviewer.panels.state import COUNTDOWN_S

    return COUNTDOWN_S
