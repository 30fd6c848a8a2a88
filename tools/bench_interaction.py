"""What the hands cost the frame: `interaction.step`, single rays and nearest points on 990 parts, a
million triangles, beside VTK's and SciPy's nearest. Prints p50 and p99 of processor time.

python tools/bench_interaction.py [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable, Iterator

import numpy as np
from bench_load import PARTS, TRIANGLES, _f4, _torus
from scipy.spatial import cKDTree

from xrviewer.case.model import Case, Color, Layer, Timepoint
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.document.arrangement import Arrangement
from xrviewer.document.document import Document
from xrviewer.document.intents import Explode
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.step import Tools, step
from xrviewer.interaction.world import world_of
from xrviewer.scene.build import Scene
from xrviewer.scene.nearest import NearestSurface
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import Pose, Vec3, axis_rotation
from xrviewer.spatial.views import View, looking_at, symmetric_fov

RUNS = 4000
NEAR_MM = 3.0
EYE = View(Pose((0.0, 1.6, 0.0), (0.0, 0.0, 0.0, 1.0)), symmetric_fov(1.5, 1.0))


def many_parts() -> Case:
    """Tori in a grid, 1.2 m wide: as many parts as a whole body."""
    meshes = [_torus(i) for i in range(PARTS)]
    packed = [
        (f"part_{i}", _f4(m.vertices * 12), _f4(m.vertex_normals), m.faces.astype(np.uint32))
        for i, m in enumerate(meshes)
    ]
    layers = tuple(Layer(name, name, Color(0.8, 0.7, 0.6)) for name, *_ in packed)
    return Case("body", "A body", layers, (Timepoint("t0", "t0", 0, pack_parts(packed)),))


def waving() -> Iterator[tuple[Hand, Hand]]:
    """Both hands point at the model and squeeze now and then."""
    for i in range(RUNS):
        at = np.array([0.3 * np.sin(i / 50), 1.0 + 0.2 * np.cos(i / 33), 0.3])
        target = np.array([0.4 * np.cos(i / 17), 0.9 + 0.4 * np.sin(i / 23), -0.6])
        aim = looking_at(tuple(at.tolist()), tuple(target.tolist()))
        grip = Pose(tuple(at.tolist()), axis_rotation((1, 2, 3), i / 90))
        squeeze = 1.0 if i // 200 % 2 else 0.0
        hand = Hand(grip=grip, aim=aim, squeeze=squeeze)
        yield Hand(grip=Pose((-0.3, 1.0, 0.3), grip.rotation_xyzw), aim=aim, squeeze=squeeze), hand


def step_us(case: Case, picker: Picker, explode: float) -> list[float]:
    document, world, scene = Document(case), world_of(case), Scene(case)
    document.apply(Explode(explode))
    snapshot = document.snapshot
    visible, places = scene.visible_parts(snapshot), scene.arrangement(snapshot)

    def pick(ray: Ray) -> Hit | None:
        return picker.pick(ray, visible, places)

    tools, taken = Tools(), []
    for i, (left, right) in enumerate(waving()):
        inp = FrameInput(i / 90, 1 / 90, (EYE,), left, right)
        begin = time.thread_time()
        tools, _ = step(tools, inp, snapshot, world, pick)
        taken.append((time.thread_time() - begin) * 1e6)
    return taken


def ray_us(picker: Picker, surfaces: Surfaces, places: Arrangement | None) -> list[float]:
    random = np.random.default_rng(0)
    low, high = surfaces.bounds_mm()
    visible = np.ones(len(surfaces.parts), bool)
    taken = []
    for _ in range(RUNS):
        origin = random.uniform(low - 200, high + 200)
        along = random.uniform(low, high) - origin
        along /= np.linalg.norm(along)
        ray = Ray(tuple(origin.tolist()), tuple(along.tolist()))
        begin = time.thread_time()
        picker.pick(ray, visible, places)
        taken.append((time.thread_time() - begin) * 1e6)
    return taken


def asked_points(surfaces: Surfaces) -> list[Vec3]:
    """As far from a surface as a hand that means it: some millimetres."""
    random = np.random.default_rng(0)
    at = surfaces.positions_mm[random.integers(0, len(surfaces.positions_mm), RUNS)]
    x, y, z = (at + random.normal(size=at.shape) * NEAR_MM).T.tolist()
    return list(zip(x, y, z, strict=True))


def taken_us(ask: Callable[[Vec3], object], points: list[Vec3]) -> list[float]:
    taken = []
    for point in points:
        begin = time.thread_time()
        ask(point)
        taken.append((time.thread_time() - begin) * 1e6)
    return taken


def nearest_us(
    nearest: NearestSurface, surfaces: Surfaces, places: Arrangement | None
) -> list[float]:
    visible, points = np.ones(len(surfaces.parts), bool), asked_points(surfaces)
    if places is not None:
        random = np.random.default_rng(1).integers(0, len(surfaces.parts), RUNS)
        shifts = places.shifts_mm[random].tolist()
        points = [
            tuple(a + b for a, b in zip(p, s, strict=True))
            for p, s in zip(points, shifts, strict=True)
        ]
    return taken_us(lambda point: nearest.nearest(point, visible, places), points)


def vtk_us(surfaces: Surfaces) -> tuple[float, list[float]] | None:
    """Seconds to build its static cell locator, and its queries; None where VTK is not there."""
    try:
        from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
        from vtkmodules.vtkCommonCore import mutable, vtkPoints
        from vtkmodules.vtkCommonDataModel import (
            vtkCellArray,
            vtkGenericCell,
            vtkPolyData,
            vtkStaticCellLocator,
        )
    except ImportError:
        return None
    first = np.repeat(surfaces.parts["vertex_first"], surfaces.parts["triangle_count"])
    corners = (surfaces.triangles + first[:, None]).astype(np.int64)
    points, cells, mesh = vtkPoints(), vtkCellArray(), vtkPolyData()
    points.SetData(numpy_to_vtk(surfaces.positions_mm, deep=True))
    ends = np.arange(0, 3 * len(corners) + 1, 3, dtype=np.int64)
    cells.SetData(
        numpy_to_vtkIdTypeArray(ends, deep=True),
        numpy_to_vtkIdTypeArray(corners.ravel(), deep=True),
    )
    mesh.SetPoints(points)
    mesh.SetPolys(cells)
    locator = vtkStaticCellLocator()
    locator.SetDataSet(mesh)
    built_s = timed_s(locator.BuildLocator)
    cell, foot = vtkGenericCell(), [0.0, 0.0, 0.0]
    number, sub, squared = mutable(0), mutable(0), mutable(0.0)
    ask = lambda point: locator.FindClosestPoint(point, foot, cell, number, sub, squared)  # noqa: E731
    return built_s, taken_us(ask, asked_points(surfaces))


def timed_s(make: Callable[[], object]) -> float:
    begin = time.perf_counter()
    make()
    return time.perf_counter() - begin


Rows = dict[str, list[float]]


def measured(case: Case) -> tuple[dict[str, float], Rows]:
    """Seconds to build each, once, and what every question took."""
    surfaces = case.timepoints[0].surfaces
    build = {
        "rays": timed_s(lambda: Picker(surfaces)),
        "nearest": timed_s(lambda: NearestSurface(surfaces)),
        "scipy": timed_s(lambda: cKDTree(surfaces.positions_mm)),
    }
    picker, nearest = Picker(surfaces), NearestSurface(surfaces)
    tree, points = cKDTree(surfaces.positions_mm), asked_points(surfaces)
    document = Document(case)
    document.apply(Explode(0.5))
    spread = Scene(case).arrangement(document.snapshot)
    rows = {"step, parts at home, collector on": step_us(case, picker, 0.0)}
    gc.disable()
    rows |= {
        "step, parts at home": step_us(case, picker, 0.0),
        "step, all parts spread": step_us(case, picker, 0.5),
        "ray, parts at home": ray_us(picker, surfaces, None),
        "ray, all parts spread": ray_us(picker, surfaces, spread),
        "nearest surface, parts at home": nearest_us(nearest, surfaces, None),
        "nearest surface, all parts spread": nearest_us(nearest, surfaces, spread),
        "nearest vertex only (scipy)": taken_us(tree.query, points),
    }
    peer = vtk_us(surfaces)
    if peer is not None:
        build["vtk"], rows["nearest surface (vtk)"] = peer
    return build, rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    build, rows = measured(many_parts())
    found = {
        name: dict(zip(("p50_us", "p99_us"), np.percentile(taken, (50, 99)).round(1), strict=True))
        for name, taken in rows.items()
    }
    if as_json:
        print(json.dumps({"parts": PARTS, "triangles": TRIANGLES, "build_s": build, **found}))
        return
    built = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in build.items())
    print(f"{PARTS} parts, {TRIANGLES:,} triangles; built once: {built}\n")
    print("| what | p50 µs | p99 µs |\n|---|---|---|")
    for name, row in found.items():
        print(f"| {name} | {row['p50_us']:.0f} | {row['p99_us']:.0f} |")
    if "vtk" not in build:
        print("| nearest surface (vtk) | VTK is not installed | |")


if __name__ == "__main__":
    main()
