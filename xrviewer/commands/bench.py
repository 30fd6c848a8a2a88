"""`xrviewer bench`: what opening and drawing a case costs on this machine."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import psutil

from xrviewer.case.model import Case
from xrviewer.commands.stage import Stage, open_stage, room_bounds_m
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.gpu.context import wait_for_gpu
from xrviewer.gpu.counting import counted_calls
from xrviewer.gpu.target import Canvas
from xrviewer.gpu.timer import GpuTimer
from xrviewer.interaction.input import FrameInput
from xrviewer.scene.draw import DrawData
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View, looking_at, symmetric_fov

EYES_APART_M = 0.064
EYE_PIXELS = 1024
_EYE_FOV_RAD = math.radians(90)
_TINY_PIXELS = 16


class BenchResult(msgspec.Struct):
    """Milliseconds, unless the name says otherwise."""

    renderer: str
    stereo: str
    parts: int
    triangles: int
    load_ms: float
    first_frame_ms: float
    submit_ms_p50: float
    submit_ms_p95: float
    submit_ms_p99: float
    frame_ms_p50: float
    gpu_ms_p50: float | None
    gl_calls_per_frame: int
    rss_mb: float


def bench(load: Callable[[Path], Case], path: Path, frames: int) -> BenchResult:
    start_s = time.perf_counter()
    case = load(path)
    load_ms = _since_ms(start_s)
    start_s = time.perf_counter()
    with open_stage(case) as stage:
        canvas, tiny = Canvas(EYE_PIXELS, EYE_PIXELS, 2), Canvas(_TINY_PIXELS, _TINY_PIXELS, 2)
        views = stereo_views(stage)
        stage.app.run(OffscreenFrontend(canvas, [FrameInput(0.0, 0.0, views)]))
        wait_for_gpu()
        first_frame_ms = _since_ms(start_s)
        draw = stage.app.step(FrameInput(0.0, 0.0, views))
        frame_ms, gpu_ms = _whole_frames(stage, draw, views, canvas, max(3, frames // 40))
        submit_ms, calls = _submissions(stage, draw, views, tiny, frames)
        canvas.close()
        tiny.close()
        p50, p95, p99 = (float(v) for v in np.percentile(submit_ms, (50, 95, 99)))
        return BenchResult(
            renderer=stage.found.renderer,
            stereo=stage.app.renderer.stereo.value,
            parts=len(draw.surfaces.parts),
            triangles=int(draw.surfaces.parts["triangle_count"].sum()),
            load_ms=load_ms,
            first_frame_ms=first_frame_ms,
            submit_ms_p50=p50,
            submit_ms_p95=p95,
            submit_ms_p99=p99,
            frame_ms_p50=float(np.median(frame_ms)),
            gpu_ms_p50=float(np.median(gpu_ms)) if gpu_ms else None,
            gl_calls_per_frame=calls,
            rss_mb=psutil.Process().memory_info().rss / 2**20,
        )


def stereo_views(stage: Stage) -> tuple[View, View]:
    """Two eyes an arm's length before the model."""
    low, high = room_bounds_m(stage.case, stage.app.document.snapshot)
    center = (low + high) / 2
    back_m = 0.55 * float(np.max(high - low)) + 0.3
    fov = symmetric_fov(_EYE_FOV_RAD, 1.0)
    middle = looking_at(
        (float(center[0]), float(center[1]), float(center[2] + back_m)),
        (float(center[0]), float(center[1]), float(center[2])),
    )
    x, y, z = middle.position_m
    left, right = (Pose((x + s * EYES_APART_M / 2, y, z), middle.rotation_xyzw) for s in (-1, 1))
    return View(left, fov), View(right, fov)


def _whole_frames(
    stage: Stage, draw: DrawData, views: tuple[View, ...], canvas: Canvas, frames: int
) -> tuple[list[float], list[float]]:
    """Wall time with the GPU waited for, and the GPU's own; two eyes at full size."""
    timer = GpuTimer()
    frame_ms, gpu_ms = [], []
    for _ in range(frames):
        start_s = time.perf_counter()
        timer.begin()
        stage.app.renderer.draw(draw, views, canvas.target)
        timer.end()
        wait_for_gpu()
        frame_ms.append(_since_ms(start_s))
        gpu_ms += timer.poll_ms()
    timer.close()
    return frame_ms, gpu_ms


def _submissions(
    stage: Stage, draw: DrawData, views: tuple[View, ...], tiny: Canvas, frames: int
) -> tuple[list[float], int]:
    """CPU time to hand a stereo frame over, every part's state rewritten, and its GL calls.

    A software driver shades vertices within the draw call; so that what is timed is submission,
    every part is drawn with zero triangles, into a few pixels. The frame thread's own CPU time is
    taken: where a driver waits for pixels, that wait is not ours.
    """
    empty = draw.surfaces.parts.copy()
    empty["triangle_count"] = 0
    surfaces = replace(draw.surfaces, parts=empty)
    submit_ms: list[float] = []
    for i in range(frames):
        dirty = replace(draw, surfaces=surfaces, revision=draw.revision + 1 + i)
        wait_for_gpu()
        start_s = time.thread_time()
        stage.app.renderer.draw(dirty, views, tiny.target)
        submit_ms.append((time.thread_time() - start_s) * 1e3)
    with counted_calls() as count:
        dirty = replace(draw, surfaces=surfaces, revision=draw.revision + 1 + frames)
        stage.app.renderer.draw(dirty, views, tiny.target)
    return submit_ms[1:], count.calls


def _since_ms(start_s: float) -> float:
    return (time.perf_counter() - start_s) * 1e3
