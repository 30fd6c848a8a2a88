"""What filming costs the frame loop, and how fast the encoder is beside it.

python tools/bench_film.py [CASE]

The loop's own part is timed: what the recorder does in the frame thread, for frames that are filmed
and for those between. The encoder is fed the same pictures as fast as it takes them, and so is the
usual way to a film from Python, imageio-ffmpeg, with the same preset and quality.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path

import av
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
_ENCODED, _DIFFERENT = 120, 8


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
        pictures = [np.roll(picture, 4 * i, axis=1) for i in range(_DIFFERENT)]
        print("\n| encoder alone | pictures/s | processor ms each | MB | PSNR dB |")
        print("|---|---|---|---|---|")
        for name, encode in {"xrviewer": by_us, "imageio-ffmpeg": by_imageio}.items():
            try:
                numbers = encoded(encode, pictures, Path(folder) / f"{name}.mp4")
            except ImportError:
                numbers = ["missing", "", "", ""]
            print(f"| {name} | {' | '.join(numbers)} |")


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


Encode = Callable[[Path, list[np.ndarray]], None]


def encoded(encode: Encode, pictures: list[np.ndarray], file: Path) -> list[str]:
    """Each picture is another than the one before, so that nothing is encoded for free."""
    start_s, before = time.perf_counter(), os.times()
    encode(file, [pictures[i % len(pictures)] for i in range(_ENCODED)])
    wall_s, after = time.perf_counter() - start_s, os.times()
    core_ms = 1000 * (sum(after[:4]) - sum(before[:4])) / _ENCODED  # with those of children
    numbers = _ENCODED / wall_s, core_ms, file.stat().st_size / 1e6, psnr_db(file, pictures)
    return [f"{number:.1f}" for number in numbers]


def by_us(file: Path, pictures: list[np.ndarray]) -> None:
    with VideoWriter(file, WIDTH, HEIGHT, RATE) as writer:
        for picture in pictures:
            writer.write(picture)


def by_imageio(file: Path, pictures: list[np.ndarray]) -> None:
    import imageio_ffmpeg

    wanted = ["-preset", "veryfast", "-crf", "18", "-bf", "0", "-g", str(RATE)]
    size = (WIDTH, HEIGHT)
    writer = imageio_ffmpeg.write_frames(
        str(file), size, "rgba", fps=RATE, quality=None, macro_block_size=1, output_params=wanted
    )
    writer.send(None)
    for picture in pictures:
        writer.send(picture)
    writer.close()


def psnr_db(file: Path, pictures: list[np.ndarray]) -> float:
    """Of the first second's last picture, by its luma."""
    with av.open(str(file)) as container:
        frame = next(islice(container.decode(video=0), RATE - 1, None))
    wanted = av.VideoFrame.from_ndarray(pictures[(RATE - 1) % len(pictures)], format="rgba")
    luma = wanted.reformat(format="yuv420p", dst_colorspace=frame.colorspace).to_ndarray()
    off = luma[:HEIGHT].astype(float) - frame.to_ndarray()[:HEIGHT]
    return float(10 * np.log10(255**2 / np.mean(off**2)))


if __name__ == "__main__":
    main()
