"""What the hands cost the frame: `interaction.step` and single rays on 990 parts, a million
triangles. Prints p50 and p99 of processor time, which a busy machine does not lengthen.

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
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import Pose, axis_rotation
from xrviewer.spatial.views import View, looking_at, symmetric_fov

RUNS = 4000
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


def vertex_us(surfaces: Surfaces) -> list[float]:
    """The nearest vertex by a k-d tree: the yardstick for a nearest-surface query."""
    tree, random = cKDTree(surfaces.positions_mm), np.random.default_rng(0)
    low, high = surfaces.bounds_mm()
    taken = []
    for _ in range(RUNS):
        point = random.uniform(low, high)
        begin = time.thread_time()
        tree.query(point)
        taken.append((time.thread_time() - begin) * 1e6)
    return taken


def timed_s(make: Callable[[], object]) -> float:
    begin = time.perf_counter()
    make()
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    case = many_parts()
    surfaces = case.timepoints[0].surfaces
    build_s = timed_s(lambda: Picker(surfaces))
    picker = Picker(surfaces)
    document = Document(case)
    document.apply(Explode(0.5))
    spread = Scene(case).arrangement(document.snapshot)
    gc.disable()
    rows = {
        "step, parts at home": step_us(case, picker, 0.0),
        "step, all parts spread": step_us(case, picker, 0.5),
        "ray, parts at home": ray_us(picker, surfaces, None),
        "ray, all parts spread": ray_us(picker, surfaces, spread),
        "nearest vertex (scipy)": vertex_us(surfaces),
    }
    found = {
        name: dict(zip(("p50_us", "p99_us"), np.percentile(taken, (50, 99)).round(1), strict=True))
        for name, taken in rows.items()
    }
    if as_json:
        print(json.dumps({"parts": PARTS, "triangles": TRIANGLES, "build_s": build_s, **found}))
        return
    print(f"{PARTS} parts, {TRIANGLES:,} triangles; the tree is built in {build_s:.2f} s")
    for name, row in found.items():
        print(f"{name:26} p50 {row['p50_us']:8.1f} µs   p99 {row['p99_us']:8.1f} µs")


if __name__ == "__main__":
    main()
