"""What filming costs the frame loop, and how fast the encoder is beside it.

python tools/bench_film.py [CASE]

The loop's own part is timed: what the recorder does in the frame thread, for frames that are filmed
and for those between. The encoder is fed the same pictures as fast as it takes them.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

from xrviewer.capture.video import VideoWriter
from xrviewer.caseio.loose import open_path
from xrviewer.commands.recording import Recorder
from xrviewer.commands.stage import open_stage, room_bounds_m
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.gpu.context import wait_for_gpu
from xrviewer.gpu.target import Canvas, RenderTarget
from xrviewer.interaction.input import FrameInput
from xrviewer.spatial.cameras import turntable

WIDTH, HEIGHT, RATE = 1920, 1080, 30
_ENCODED = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("--frames", type=int, default=150)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        loop_ms, picture, said = in_the_loop(arguments.case, arguments.frames, Path(folder))
        p50, p99 = np.percentile(loop_ms, (50, 99))
        print(f"on {said}, {WIDTH}x{HEIGHT}:")
        print(f"frame loop, every frame filmed: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
        rate = encoder_rate(picture, Path(folder))
        print(f"encoder alone: {rate:.0f} pictures a second, {rate / RATE:.1f} times real time")


def in_the_loop(case_path: Path, frames: int, folder: Path) -> tuple[list[float], np.ndarray, str]:
    """CPU milliseconds of the frame thread that filming takes, a filmed frame each."""
    spent_ms: list[float] = []
    case = open_path(case_path)
    with open_stage(case) as stage, closing(Canvas(WIDTH, HEIGHT)) as canvas:
        recorder = Recorder(stage, folder / "a.mp4", WIDTH, HEIGHT)
        bounds = room_bounds_m(case, stage.app.document.snapshot)
        views = turntable(*bounds, WIDTH / HEIGHT, frames)
        inputs = [FrameInput(i / RATE, 1 / RATE, (view,)) for i, view in enumerate(views)]

        def watch(target: RenderTarget) -> None:
            wait_for_gpu()  # the scene's own drawing is not the film's cost
            start = time.thread_time()
            recorder(target)
            spent_ms.append(1000 * (time.thread_time() - start))

        stage.app.run(OffscreenFrontend(canvas, inputs), watch)
        picture = canvas.picture()
        recorder.close()
        return spent_ms[10:], picture, stage.found.renderer


def encoder_rate(picture: np.ndarray, folder: Path) -> float:
    """Pictures a second that are each another, so that nothing is encoded for free."""
    start = time.perf_counter()
    with VideoWriter(folder / "b.mp4", WIDTH, HEIGHT, RATE) as writer:
        for i in range(_ENCODED):
            writer.write(np.roll(picture, 4 * i, axis=1))
    return _ENCODED / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
