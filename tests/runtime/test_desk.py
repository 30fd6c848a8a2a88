"""The window on the desk: the case itself without a headset, the mirror with one."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import av
import glfw
import numpy as np
import pytest
import xr
from ball import ball_case
from bed import Bed

from xrviewer.caseio.folder import save_case
from xrviewer.frontends.mouse import Orbit
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext

GREEN = (0.0, 1.0, 0.0)
STOPPED_BY_CTRL_C = 130


@pytest.fixture
def desk(context: GlfwContext) -> Iterator[WindowFrontend]:
    glfw.set_window_size(context.window, 320, 200)
    glfw.show_window(context.window)
    yield WindowFrontend(context, Orbit((0, 1, 0), 0, 0, 1))
    glfw.hide_window(context.window)


def _green_share(bed: Bed) -> float:
    picture = bed.screen().astype(int)
    is_green = (picture[..., 1] > 200) & (picture[..., 0] < 60) & (picture[..., 2] < 60)
    return float(is_green.sum()) / (320 * 200)


def test_the_window_shows_the_case_until_there_is_a_headset(
    null_bed: Bed, desk: WindowFrontend
) -> None:
    null_bed.start_frontend(None, desk)
    at_desk = null_bed.run_until(lambda f: len(f.views) == 1)
    assert "waiting" in null_bed.lines[0]
    null_bed.start_runtime()
    worn = null_bed.run_until(lambda f: len(f.views) == 2, GREEN)
    null_bed.run_until(lambda f: _green_share(null_bed) > 0.95, GREEN)
    null_bed.kill_runtime()
    back = null_bed.run_until(lambda f: len(f.views) == 1)
    assert back.time_s >= worn.time_s >= at_desk.time_s


def test_closing_the_window_ends_the_program(
    null_bed: Bed, desk: WindowFrontend, context: GlfwContext
) -> None:
    null_bed.start_runtime()
    null_bed.start_frontend(None, desk)
    null_bed.run_until(lambda f: len(f.views) == 2)
    glfw.set_window_should_close(context.window, True)
    assert null_bed.turn_until_quit()
    glfw.set_window_should_close(context.window, False)


def test_one_image_an_eye_where_the_runtime_has_no_arrays(
    xcb_bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is put on; the two swapchains that follow are the runtime's own."""
    create = xr.create_swapchain

    def refusing(session: xr.Session, info: xr.SwapchainCreateInfo) -> xr.Swapchain:
        if info.array_size > 1:
            raise xr.FeatureUnsupportedError
        return create(session, info)

    monkeypatch.setattr(xr, "create_swapchain", refusing)
    xcb_bed.start_runtime()
    frontend = xcb_bed.start_frontend()
    for _ in range(30):
        xcb_bed.run_until(lambda f: len(f.views) == 2, GREEN)
    assert frontend.headset.session is not None
    assert not frontend.headset.session.eyes.color.is_array
    halves = xcb_bed.screen()[:540, :960, 1].reshape(540, 2, 480)
    assert [float(np.median(half[half > 0])) for half in halves.swapaxes(0, 1)] == [255.0, 255.0]


@pytest.mark.parametrize("has_runtime", [True, False])
def test_ctrl_c_leaves_no_traceback(null_bed: Bed, tmp_path: Path, has_runtime: bool) -> None:
    """While the headset shows the case, and while one is waited for: at once, and a second later.
    Both viewers are there together, for it is their start that takes time."""
    if has_runtime:
        null_bed.start_runtime()
    expected = "showing in the headset" if has_runtime else "waiting"
    with ExitStack() as stack:
        viewers = [stack.enter_context(_viewer(tmp_path / name)) for name in ("one", "other")]
        for viewer, after_s in zip(viewers, (0.0, 1.0), strict=True):
            assert viewer.stderr is not None
            seen = next(line for line in viewer.stderr if expected in line)
            time.sleep(after_s)
            viewer.send_signal(signal.SIGINT)
            _, said = viewer.communicate(timeout=20)
            assert viewer.returncode == STOPPED_BY_CTRL_C
            assert seen and "Traceback" not in said


def _viewer(folder: Path) -> subprocess.Popen[str]:
    save_case(ball_case(), folder)
    command = [sys.executable, "-m", "xrviewer", "open", str(folder), "--display", "headset"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def test_what_the_wearer_sees_is_recorded_and_the_frames_are_told_of(
    null_bed: Bed, tmp_path: Path
) -> None:
    """The case in the middle of the film, in its colour; the loop goes on meanwhile."""
    null_bed.start_runtime()
    folder, film = tmp_path / "ball", tmp_path / "worn.mp4"
    save_case(ball_case(), folder)
    command = [sys.executable, "-m", "xrviewer", "open", str(folder), "--json"]
    command += ["--seconds", "5", "--record", str(film)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "found a headset on Monado" in done.stderr
    assert f"recorded {film}" in done.stderr
    summary = json.loads(done.stdout)
    assert summary["frames"] > 0 and summary["dropped"] >= 0
    assert 0 < summary["frame_ms_p50"] <= summary["frame_ms_p95"] <= summary["frame_ms_p99"]
    with av.open(str(film)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) > 10 and frames[0].shape == (720, 1280, 3)
    last = frames[-1].astype(int)
    spread = last.max(axis=(0, 1)) - last.min(axis=(0, 1))
    assert (spread > 60).all()  # a lit case in a dark room
