"""What it costs the processor to hand over one stereo frame of 990 parts, beside its peers.

Every part's state is rewritten each frame and both cameras move. A software driver shades vertices
within the call, which is no submission. So Mesa is asked for its driver that draws nothing
(GALLIUM_NOOP), beneath parts of 20 triangles, alike for us and for our peers; then for its usual
one, beneath parts of no triangles, which VTK cannot be asked for. One table, one run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.gpu.context import capabilities, offscreen_context, wait_for_gpu
from xrviewer.gpu.counting import counted_calls
from xrviewer.gpu.target import Canvas
from xrviewer.render.renderer import Quality, Renderer, Stereo
from xrviewer.scene.draw import PART_DRAW_DTYPE, DrawData, Room
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View, symmetric_fov

PARTS = 990
PIXELS = 32


@dataclass(frozen=True, slots=True)
class Loop:
    """One way to draw the scene, in the current context."""

    settle: Callable[[], object]
    """Waits for what was asked of the GPU before."""
    frame: Callable[[int], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--loop", choices=LOOPS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.loop:
        print(json.dumps(_time_one(arguments.loop, arguments.frames)))
        return
    results = _time_all(arguments.frames, arguments.rounds)
    print(json.dumps(results)) if arguments.json else _print(results)


def _time_all(frames: int, rounds: int) -> list[dict[str, Any]]:
    """Each loop in a process of its own, in turn and again: a busy machine hits all alike."""
    times: dict[str, list[float]] = {}
    calls: dict[str, int | None] = {}
    for _ in range(rounds):
        for name in LOOPS:
            command = [sys.executable, __file__, "--loop", name, "--frames", str(frames)]
            driver = {"GALLIUM_NOOP": "true"} if name.startswith(UNDRAWN) else {}
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, env=os.environ | driver
            )
            if done.returncode == 0:
                result = json.loads(done.stdout.splitlines()[-1])
                times.setdefault(name, []).extend(result["ms"])
                calls[name] = result["gl_calls"]
    rows = []
    for name, ms in times.items():
        p50, p99 = (float(v) for v in np.percentile(ms, (50, 99)))
        numbers = {"cpu_ms_min": min(ms), "cpu_ms_p50": p50, "cpu_ms_p99": p99}
        row = {"loop": name, "gl_calls": calls[name], "undrawn": name.startswith(UNDRAWN)}
        rows.append(row | numbers)
    return rows


def _time_one(name: str, frames: int) -> dict[str, Any]:
    loop = LOOPS[name]()
    ms = []
    for i in range(frames + WARM_UP):
        loop.settle()
        start_s = time.thread_time()
        loop.frame(i)
        ms.append((time.thread_time() - start_s) * 1e3)
    calls = None
    if "xrviewer" in name:
        with counted_calls() as count:
            loop.frame(frames + WARM_UP)
        calls = count.calls
    return {"ms": ms[WARM_UP:], "gl_calls": calls}


# -- ours --------------------------------------------------------------------


def _ours(
    stereo: Stereo, triangles: int, has_occlusion: bool = False, has_ghosts: bool = False
) -> Loop:
    offscreen_context()
    canvas = Canvas(PIXELS, PIXELS, 2)
    renderer = Renderer(capabilities(), Quality(4, has_occlusion), stereo)
    surfaces, parts = _scene(triangles)
    if has_ghosts:
        parts["color"][::2, 3] = 0.5

    def frame(i: int) -> None:
        views = _eyes(i)
        draw = _draw(surfaces, parts, i)
        renderer.draw(draw, views, canvas.target)

    return Loop(wait_for_gpu, frame)


def _scene(triangles: int) -> tuple[Surfaces, NDArray[Any]]:
    points, faces = _blob(max(triangles, 20))
    meshes = []
    for i in range(PARTS):
        offset = np.array([i % 31, i // 31, 0], np.float32) * 10
        meshes.append((f"p{i}", points + offset, points, faces[: triangles or 0]))
    parts: NDArray[Any] = np.zeros(PARTS, PART_DRAW_DTYPE)
    parts["case_from_part"] = np.eye(4)[:3]
    parts["color"] = 1
    return pack_parts(meshes), parts


def _draw(surfaces: Surfaces, parts: NDArray[Any], i: int) -> DrawData:
    parts["case_from_part"][:, 0, 3] = i * 0.01
    parts["color"][:, 0] = (i % 100) / 100
    room = Room((0.0, 0.0, -1.0), 0.1, 0.0)
    return DrawData(surfaces, parts, i, MODEL_FROM_CASE, room)


def _eyes(i: int) -> tuple[View, View]:
    fov = symmetric_fov(1.5, 1.0)
    left, right = (Pose((x, 0.2 + i * 1e-5, 0.8), (0, 0, 0, 1)) for x in (0.0, 0.064))
    return View(left, fov), View(right, fov)


def _blob(triangles: int) -> tuple[NDArray[np.float32], NDArray[np.uint32]]:
    """A fan of that many triangles: enough to be drawn, small enough not to matter."""
    angle = np.linspace(0, 2 * np.pi, triangles, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle), np.zeros(triangles)], axis=1) * 4
    points = np.vstack([[0, 0, 1], ring]).astype(np.float32)
    following = np.arange(1, triangles + 1)
    faces = np.stack([np.zeros(triangles), following, following % triangles + 1], axis=1)
    return points, faces.astype(np.uint32)


# -- the peers ---------------------------------------------------------------


def _moderngl_loop(triangles: int) -> Loop:
    """A careful per-part loop: one vertex array a part, its state in uniforms."""
    import moderngl

    gl = moderngl.create_context(standalone=True, backend="egl")
    program = gl.program(
        vertex_shader="""#version 450
            in vec3 position; uniform mat4 clip_from_part;
            void main() { gl_Position = clip_from_part * vec4(position, 1); }""",
        fragment_shader="""#version 450
            uniform vec4 color; out vec4 o; void main() { o = color; }""",
    )
    points, faces = _blob(20)
    buffer = gl.buffer(points[faces].tobytes())
    arrays = [gl.vertex_array(program, [(buffer, "3f", "position")]) for _ in range(PARTS)]
    targets = [gl.simple_framebuffer((PIXELS, PIXELS)) for _ in range(2)]
    matrix, color = program["clip_from_part"], program["color"]
    states = np.zeros((PARTS, 4), np.float32)
    transforms = np.tile(np.eye(4, dtype=np.float32), (PARTS, 1, 1))

    def frame(i: int) -> None:
        transforms[:, 3, 0] = i * 0.01
        states[:, 0] = (i % 100) / 100
        matrices, colors = transforms.tobytes(), states.tobytes()
        for target in targets:
            target.use()
            target.clear()
            for k, array in enumerate(arrays):
                matrix.write(matrices[64 * k : 64 * k + 64])
                color.write(colors[16 * k : 16 * k + 16])
                array.render(vertices=3 * triangles)

    return Loop(gl.finish, frame)


def _vtk_loop() -> Loop:
    """One actor a part, two renderers for the eyes, every actor's property touched."""
    import vtk
    from vtk.util import numpy_support

    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetSize(2 * PIXELS, PIXELS)
    actors = []
    renderers = [vtk.vtkRenderer() for _ in range(2)]
    points, faces = _blob(20)
    for i in range(PARTS):
        poly = vtk.vtkPolyData()
        held = vtk.vtkPoints()
        offset = np.array([i % 31, i // 31, 0], np.float32) * 10
        held.SetData(numpy_support.numpy_to_vtk(points + offset, deep=1))
        cells = vtk.vtkCellArray()
        ids = numpy_support.numpy_to_vtkIdTypeArray(faces.astype(np.int64).ravel(), deep=1)
        cells.SetData(3, ids)
        poly.SetPoints(held)
        poly.SetPolys(cells)
        mapper = vtk.vtkPolyDataMapper()
        mapper.SetInputData(poly)
        actor = vtk.vtkActor()
        actor.SetMapper(mapper)
        actors.append(actor)
        for renderer in renderers:
            renderer.AddActor(actor)
    for k, renderer in enumerate(renderers):
        renderer.SetViewport(k / 2, 0, (k + 1) / 2, 1)
        window.AddRenderer(renderer)
        renderer.ResetCamera()

    def frame(i: int) -> None:
        for actor in actors:
            actor.SetPosition(i * 0.01, 0, 0)
            actor.GetProperty().SetColor((i % 100) / 100, 1, 1)
        window.Render()

    return Loop(window.WaitForCompletion, frame)


UNDRAWN = "driver that draws nothing"
LOOPS: dict[str, Callable[[], Loop]] = {
    f"{UNDRAWN}: xrviewer, single pass": lambda: _ours(Stereo.SINGLE_PASS, 20),
    f"{UNDRAWN}: xrviewer, two passes": lambda: _ours(Stereo.TWO_PASS, 20),
    f"{UNDRAWN}: xrviewer, with occlusion": lambda: _ours(
        Stereo.SINGLE_PASS, 20, has_occlusion=True
    ),
    f"{UNDRAWN}: xrviewer, every second part clear": lambda: _ours(
        Stereo.SINGLE_PASS, 20, has_ghosts=True
    ),
    f"{UNDRAWN}: moderngl, a loop over the parts": lambda: _moderngl_loop(20),
    f"{UNDRAWN}: VTK, an actor a part": _vtk_loop,
    "empty parts: xrviewer, single pass": lambda: _ours(Stereo.SINGLE_PASS, 0),
    "empty parts: xrviewer, two passes": lambda: _ours(Stereo.TWO_PASS, 0),
    "empty parts: moderngl, a loop over the parts": lambda: _moderngl_loop(0),
}
WARM_UP = 5


def _print(rows: list[dict[str, Any]]) -> None:
    """Ratios are to xrviewer's first row of the same kind of scene."""
    print("990 parts, two eyes, every state rewritten; the frame thread's CPU time\n")
    print("| loop | least ms | p50 ms | p99 ms | ratio | GL calls |\n|---|---|---|---|---|---|")
    for row in rows:
        ours = next(r for r in rows if r["undrawn"] == row["undrawn"])
        ratio = row["cpu_ms_p50"] / ours["cpu_ms_p50"]
        times = [f"{row[name]:.3f}" for name in ("cpu_ms_min", "cpu_ms_p50", "cpu_ms_p99")]
        print(f"| {row['loop']} | {' | '.join(times)} | {ratio:.1f} | {row['gl_calls'] or ''} |")


if __name__ == "__main__":
    main()
