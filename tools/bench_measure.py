"""What measuring costs: ways over a surface of 300,000 triangles, a frame of the tool, the lines.

python tools/bench_measure.py
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import trimesh

from xrviewer.analysis.geodesic import SurfaceWays
from xrviewer.analysis.outline import nearest_edge, outline_of
from xrviewer.app.wayfinding import Walked, WayFinder
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Case, Color, Layer, Timepoint
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.document.arrangement import arrangement
from xrviewer.document.document import Document
from xrviewer.document.intents import SelectTool
from xrviewer.document.measurement_intents import Measure
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.step import Tools, step
from xrviewer.interaction.world import world_of
from xrviewer.scene.measures import DrawnMeasures
from xrviewer.scene.pick import Picker
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, apply
from xrviewer.spatial.views import View, looking_at, symmetric_fov

QUEUED = Path("/proc/thread-self/schedstat")
RADIUS_MM, RINGS = 50.0, 274
FRAMES, WAYS, MANY, EDGES = 1000, 40, 10_000, 20
EYE = View(Pose((0.0, 1.0, 0.6), IDENTITY_ROTATION), symmetric_fov(1.5, 1.0))


def even_ball() -> Mesh:
    """327,680 triangles of about one size, as made of label maps; bumps, so that no way is a great
    circle."""
    ball = trimesh.creation.icosphere(7)
    x, y, z = ball.vertices.T
    polar, around = np.arccos(np.clip(z, -1, 1)), np.arctan2(y, x)
    radius = RADIUS_MM + 1.5 * np.sin(9 * polar) * np.cos(7 * around) * (1 - z * z)
    return Mesh.of(ball.vertices * radius[:, None], ball.faces)


def knobbly_ball() -> Mesh:
    """298,112 triangles along circles of latitude: needles at its poles."""
    polar = np.linspace(0, np.pi, RINGS + 1)[1:-1]
    around = np.linspace(0, 2 * np.pi, 2 * RINGS, endpoint=False)
    p, a = np.meshgrid(polar, around, indexing="ij")
    radius = RADIUS_MM + 1.5 * np.sin(9 * p) * np.cos(7 * a)
    x, y, z = np.sin(p) * np.cos(a), np.sin(p) * np.sin(a), np.cos(p)
    points = np.stack([x, y, z], axis=-1) * radius[..., None]
    i, j = np.meshgrid(range(RINGS - 2), range(2 * RINGS), indexing="ij")
    here, beside = i * 2 * RINGS + j, i * 2 * RINGS + (j + 1) % (2 * RINGS)
    one = np.stack([here, here + 2 * RINGS, beside + 2 * RINGS], axis=-1).reshape(-1, 3)
    other = np.stack([here, beside + 2 * RINGS, beside], axis=-1).reshape(-1, 3)
    return Mesh.of(points.reshape(-1, 3), np.concatenate([one, other]))


def say(what: str, taken_ms: list[float]) -> None:
    taken = np.array(taken_ms)
    print(f"| {what} | {np.median(taken):.3g} | {np.percentile(taken, 99):.3g} |")


def timed_ms(act: Callable[[], object], clock: Callable[[], float] = time.thread_time) -> float:
    begin = clock()
    act()
    return (clock() - begin) * 1e3


def queued_s() -> float:
    """For how long this thread was ready to run and other programs had the processors."""
    return int(QUEUED.read_text().split()[1]) / 1e9 if QUEUED.exists() else 0.0


def calibration() -> float:
    """Seconds of a plain Python loop, to tell a slow hour of the machine by."""

    def loop() -> None:
        x = 0
        for i in range(20_000_000):
            x += i

    return timed_ms(loop) / 1e3


def longest_wait_ms(job: Callable[[], object]) -> float:
    """That a thread like the frame's, which wakes a thousand times a second, is held up for, by
    what this program does."""
    worker, waits = threading.Thread(target=job), [1.0]
    worker.start()
    while worker.is_alive():
        waits.append(timed_ms(lambda: time.sleep(1e-3), lambda: time.perf_counter() - queued_s()))
    return max(waits) - 1


def bench_ways(mesh: Mesh, name: str) -> None:
    """In a thread of this process, as a frame would have to bear it, and in one of its own."""
    points, triangles = np.float32(mesh.points_mm), np.uint32(mesh.triangles)
    walked, finder = Walked((name,), points, triangles), WayFinder()
    finder.ready()
    made: list[SurfaceWays] = []
    held = longest_wait_ms(lambda: made.append(SurfaceWays(mesh)))
    say(f"{name}: ready for ways (once)", [timed_ms(lambda: SurfaceWays(mesh))])
    say("the frame's longest wait: in a thread beside it", [held])
    say("in a process", [longest_wait_ms(lambda: finder.ready(walked))])
    rng = np.random.default_rng(1)
    for long_mm in (5.0, 20.0, 40.0, 80.0):
        taken, held_by_thread, held = [], [], []
        for n in range(WAYS):
            start = mesh.points_mm[rng.integers(len(mesh.points_mm))]
            away = np.abs(np.linalg.norm(mesh.points_mm - start, axis=1) - long_mm)
            ends = np.array([start, mesh.points_mm[int(away.argmin())]])
            way = partial(made[0].between, *ends)
            taken.append(timed_ms(way))
            if n % 5 == 0:
                held_by_thread.append(longest_wait_ms(way))
                held.append(longest_wait_ms(partial(finder.between, walked, ends, lambda: True)))
        say(f"{name}, ends {long_mm:g} mm apart", taken)
        say("the frame's longest wait: in a thread beside it", held_by_thread)
        say("in a process", held)
    say("with none sought", [longest_wait_ms(lambda: time.sleep(0.04)) for _ in range(WAYS)])
    finder.close()


def case_of(mesh: Mesh) -> Case:
    part = ("ball", mesh.points_mm.astype(np.float32), mesh.normals.astype(np.float32))
    surfaces = pack_parts([(*part, mesh.triangles)])
    layers = (Layer("ball", "Ball", Color(0.8, 0.7, 0.6)),)
    return Case("ball", "A ball", layers, (Timepoint("t0", "t0", 0, surfaces),))


def bench_tool(case: Case, tool: str) -> None:
    """A hand that moves over the surface with a point placed, as `App.step` has it."""
    document, world, tools = Document(case), world_of(case), Tools()
    document.apply(SelectTool(tool))
    picker, seen = Picker(case.timepoints[0].surfaces), np.ones(1, np.bool_)
    x, y, z = apply(document.snapshot.model.matrix() @ MODEL_FROM_CASE, (0, 0, 0)).tolist()

    def pick(ray: Ray) -> Hit | None:
        return picker.pick(ray, seen)

    taken = []
    for n in range(FRAMES):
        goal = (x + 0.02 * np.sin(n / 50), y + 0.02 * np.cos(n / 70), z)
        aim = looking_at((x, y + 0.1, z + 0.4), goal)
        hand = Hand(Pose((x, y + 0.1, z + 0.4), IDENTITY_ROTATION), aim, trigger=float(n == 5))
        inp = FrameInput(n / 90, 1 / 90, (EYE,), right=hand)
        begin = time.thread_time()
        tools, _ = step(tools, inp, document.snapshot, world, pick)
        taken.append((time.thread_time() - begin) * 1e3)
    say(f"a frame of all tools, tool {tool}", taken)


def bench_edges(surfaces: Surfaces) -> None:
    """Of a slice through the part: found once where it lies, then asked in each frame."""
    planes = [anatomical("axial", (0.0, 0.0, 0.37 + n)) for n in range(-EDGES, EDGES)]
    finding = [timed_ms(lambda p=plane: outline_of(surfaces, 0, p)) for plane in planes]  # type: ignore[misc]
    say("edges of the surface on a slice (once where it lies)", finding)

    def near() -> None:
        nearest_edge(surfaces, lambda part: True, planes[-1], (RADIUS_MM - 5.0, 0.0, 0.0), 60.0)

    say("the nearest point of those edges", [timed_ms(near) for _ in range(FRAMES)])


def bench_drawing(case: Case) -> None:
    document = Document(case)
    quantity = Quantity(12.3, Unit.MM, 0.5)
    adding = []
    for n in range(MANY):
        points = ((0.0, 0.0, n / 100), (9.0, 0.0, n / 100))
        measured = Measured(Kind.DISTANCE, "t0", points, ("ball",), quantity)
        adding.append(timed_ms(lambda m=measured, n=n: document.apply(Measure(f"m{n}", m))))  # type: ignore[misc]
    say(f"one measurement more, of up to {MANY:,}", adding)
    drawn, snapshot = DrawnMeasures(), document.snapshot
    surfaces = case.timepoints[0].surfaces
    places = arrangement(snapshot, surfaces, np.zeros(1, np.intp))
    model = snapshot.model.matrix() @ MODEL_FROM_CASE

    def draw() -> None:
        drawn.marks(snapshot, surfaces.part_ids, places, model, EYE.eye)

    say(f"lines and values of {MANY:,}, first frame", [timed_ms(draw)])
    say("the same, each frame after", [timed_ms(draw) for _ in range(300)])


def main() -> None:
    print(f"A plain Python loop takes {calibration():.2f} s.\n")
    print("| what | ms p50 | ms p99 |\n|---|---|---|")
    bench_ways(even_ball(), "way over 327,680 even triangles")
    mesh = knobbly_ball()
    bench_ways(mesh, "way over 298,112 with needles")
    case = case_of(mesh)
    for tool in ("grab", "distance"):
        bench_tool(case, tool)
    bench_edges(case.timepoints[0].surfaces)
    bench_drawing(case)


if __name__ == "__main__":
    main()
