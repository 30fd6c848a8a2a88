"""How long a whole stereo frame takes, beside VTK and a hand-written loop.

Two eyes of 1024 x 1024, four samples a pixel, no ambient occlusion. `body`: 990 parts and
1,065,600 triangles; `knee`: 10 parts and 300,240. Every loop in a process of its own, in turn.
On a machine without a graphics card this measures the software driver more than anybody's code.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.gpu.context import capabilities, offscreen_context, wait_for_gpu
from xrviewer.gpu.target import Canvas
from xrviewer.render.renderer import Quality, Renderer, Stereo
from xrviewer.scene.draw import PART_DRAW_DTYPE, DrawData, Room
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View, symmetric_fov

PIXELS = 1024
SAMPLES = 4
EYES_APART_M = 0.064
DISTANCE_M = 0.45
RINGS = 18
SCENES = {"body": (990, 1_065_600), "knee": (10, 300_240)}
Mesh = tuple[str, NDArray[np.float32], NDArray[np.float32], NDArray[np.uint32]]
Frame = Callable[[], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(_time_one(*arguments.one, arguments.frames)))
        return
    rows = [_row(s, loop, arguments) for s in SCENES for loop in LOOPS]
    rows = _with_ratios([row for row in rows if row is not None])
    print(json.dumps(rows)) if arguments.json else _print(rows)


def _row(scene: str, loop: str, arguments: argparse.Namespace) -> dict[str, Any] | None:
    ms: list[float] = []
    lit = 0.0
    for _ in range(arguments.rounds):
        command = [sys.executable, __file__, "--one", scene, loop, "--frames"]
        command.append(str(arguments.frames))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return None
        result = json.loads(done.stdout.splitlines()[-1])
        ms += result["ms"]
        lit = result["lit"]
    return {"scene": scene, "loop": loop, "ms": statistics.median(ms), "lit_percent": lit}


def _with_ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ours = {row["scene"]: row["ms"] for row in rows if row["loop"].startswith("xrviewer")}
    return [row | {"ratio": row["ms"] / ours[row["scene"]]} for row in rows]


def _time_one(scene: str, loop: str, frames: int) -> dict[str, Any]:
    frame, lit = LOOPS[loop](_meshes(*SCENES[scene]))
    ms = []
    for _ in range(frames + 2):
        start_s = time.perf_counter()
        frame()
        ms.append((time.perf_counter() - start_s) * 1e3)
    return {"ms": ms[2:], "lit": lit()}


def _meshes(parts: int, triangles: int) -> list[Mesh]:
    """Tori on a grid 0.3 m wide, in the case frame; counts differ and add up."""
    columns = triangles // (2 * RINGS)
    side = int(np.ceil(np.sqrt(parts)))
    size_mm = 300.0 / side
    made = []
    for i in range(parts):
        own = columns // parts + (1 if i < columns % parts else 0)
        place = (np.array([i % side, 0, i // side]) - (side - 1) / 2) * size_mm
        made.append((f"p{i}", *_torus(own, size_mm * 0.36, place)))
    return made


def _torus(
    columns: int, radius_mm: float, place_mm: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint32]]:
    around, across = np.meshgrid(np.arange(columns), np.arange(RINGS), indexing="ij")
    u, v = 2 * np.pi * around / columns, 2 * np.pi * across / RINGS
    normal = np.stack([np.cos(v) * np.cos(u), np.sin(v), np.cos(v) * np.sin(u)], axis=-1)
    ring = np.stack([np.cos(u), np.zeros_like(u), np.sin(u)], axis=-1)
    points = (ring + 0.3 * normal) * radius_mm + place_mm
    right, up = (around + 1) % columns * RINGS, (across + 1) % RINGS
    here = around * RINGS
    a, b, c, d = here + across, right + across, right + up, here + up
    faces = np.stack([a, c, b, a, d, c], axis=-1).reshape(-1, 3)
    flat = [x.reshape(-1, 3).astype(np.float32) for x in (points, normal)]
    return flat[0], flat[1], faces.astype(np.uint32)


def _lit_percent(pictures: list[NDArray[np.uint8]]) -> float:
    """Brighter than any background: the same share must be lit by everybody."""
    return 100 * float(np.mean([(p[..., :3].max(axis=-1) > 60).mean() for p in pictures]))


# -- the loops ---------------------------------------------------------------


def _ours(meshes: list[Mesh]) -> tuple[Frame, Callable[[], float]]:
    offscreen_context()
    canvas = Canvas(PIXELS, PIXELS, 2)
    renderer = Renderer(capabilities(), Quality(SAMPLES, has_occlusion=False), Stereo.TWO_PASS)
    draw = _draw(pack_parts(meshes))
    fov = symmetric_fov(np.radians(45), 1.0)
    left, right = (
        View(Pose((s * EYES_APART_M / 2, 0, DISTANCE_M), (0, 0, 0, 1)), fov) for s in (-1, 1)
    )

    def frame() -> None:
        renderer.draw(draw, (left, right), canvas.target)
        wait_for_gpu()

    return frame, lambda: _lit_percent([canvas.picture(0), canvas.picture(1)])


def _draw(surfaces: Surfaces) -> DrawData:
    parts: NDArray[Any] = np.zeros(len(surfaces.parts), PART_DRAW_DTYPE)
    parts["case_from_part"] = np.eye(4)[:3]
    parts["color"] = (0.8, 0.7, 0.6, 1)
    parts["roughness"] = 0.5
    room = Room((0.0, -1.0, 0.0), 0.1, 0.0, floor_strength=0.0)
    return DrawData(surfaces, parts, 1, MODEL_FROM_CASE, room)


def _vtk(meshes: list[Mesh], is_composite: bool) -> tuple[Frame, Callable[[], float]]:
    import vtk
    from vtk.util import numpy_support

    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(SAMPLES)
    window.SetSize(2 * PIXELS, PIXELS)
    polys = [_poly(vtk, numpy_support, mesh) for mesh in meshes]
    mappers = []
    if is_composite:
        blocks = vtk.vtkMultiBlockDataSet()
        for i, poly in enumerate(polys):
            blocks.SetBlock(i, poly)
        mapper = vtk.vtkCompositePolyDataMapper()
        mapper.SetInputDataObject(blocks)
        mappers.append(mapper)
    else:
        for poly in polys:
            mapper = vtk.vtkPolyDataMapper()
            mapper.SetInputData(poly)
            mappers.append(mapper)
    for side in (0, 1):
        window.AddRenderer(_vtk_eye(vtk, mappers, side))

    def picture() -> float:
        grab = vtk.vtkWindowToImageFilter()
        grab.SetInput(window)
        grab.Update()
        image = grab.GetOutput()
        pixels = numpy_support.vtk_to_numpy(image.GetPointData().GetScalars())
        return _lit_percent([pixels.reshape(PIXELS, 2 * PIXELS, -1)])

    def frame() -> None:
        window.Render()
        window.WaitForCompletion()

    return frame, picture


def _vtk_eye(vtk: Any, mappers: list[Any], side: int) -> Any:
    renderer = vtk.vtkRenderer()
    renderer.SetViewport(side / 2, 0, (side + 1) / 2, 1)
    for mapper in mappers:
        actor = vtk.vtkActor()
        actor.SetMapper(mapper)
        actor.GetProperty().SetColor(0.9, 0.85, 0.8)
        renderer.AddActor(actor)
    camera = renderer.GetActiveCamera()
    x_mm = (side - 0.5) * EYES_APART_M * 1000
    camera.SetPosition(x_mm, -DISTANCE_M * 1000, 0)
    camera.SetFocalPoint(x_mm, 0, 0)
    camera.SetViewUp(0, 0, 1)
    camera.SetViewAngle(45)
    renderer.ResetCameraClippingRange()
    return renderer


def _poly(vtk: Any, numpy_support: Any, mesh: Mesh) -> Any:
    _, points, normals, faces = mesh
    poly, held, cells = vtk.vtkPolyData(), vtk.vtkPoints(), vtk.vtkCellArray()
    held.SetData(numpy_support.numpy_to_vtk(points, deep=1))
    cells.SetData(3, numpy_support.numpy_to_vtkIdTypeArray(faces.astype(np.int64).ravel(), deep=1))
    poly.SetPoints(held)
    poly.SetPolys(cells)
    poly.GetPointData().SetNormals(numpy_support.numpy_to_vtk(normals, deep=1))
    return poly


LOOPS: dict[str, Callable[[list[Mesh]], tuple[Frame, Callable[[], float]]]] = {
    "xrviewer": _ours,
    "VTK, an actor a part": lambda meshes: _vtk(meshes, False),
    "VTK, one composite": lambda meshes: _vtk(meshes, True),
}


def _print(rows: list[dict[str, Any]]) -> None:
    print("| scene | loop | frame ms | ratio | lit % |\n|---|---|---|---|---|")
    for row in rows:
        numbers = f"{row['ms']:.0f} | {row['ratio']:.2f} | {row['lit_percent']:.1f}"
        print(f"| {row['scene']} | {row['loop']} | {numbers} |")


if __name__ == "__main__":
    main()
