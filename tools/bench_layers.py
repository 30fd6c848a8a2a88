"""What the layers of a whole body cost: opening, toggling sets of parts, exploding, picking, and
the time of a frame whatever is hidden; beside a loop that has an object a part.

python tools/bench_layers.py [--body FILE.glb] [--knee CASE] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from bench_interaction import many_parts

from xrviewer.case.model import Case
from xrviewer.case.surfaces import Surfaces
from xrviewer.caseio.loose import open_path
from xrviewer.commands.stage import room_bounds_m
from xrviewer.document import intents as it
from xrviewer.document.document import Document
from xrviewer.gpu.context import capabilities, offscreen_context, wait_for_gpu
from xrviewer.gpu.counting import counted_calls
from xrviewer.gpu.target import Canvas
from xrviewer.render.renderer import Quality, Renderer, Stereo
from xrviewer.scene.build import Scene
from xrviewer.scene.pick import Picker
from xrviewer.spatial.cameras import named_view
from xrviewer.spatial.rays import Ray
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View, symmetric_fov

ROUNDS = 60
PIXELS, EYE_PX = 16, 1024
_FOV = symmetric_fov(1.5, 1.0)
EYES = tuple(View(Pose((x, 1.0, 1.5), (0, 0, 0, 1)), _FOV) for x in (-0.032, 0.032))
Row = dict[str, Any]


class Bench:
    """One case, drawn into a few pixels and without its triangles: a software driver would shade
    their vertices within the call."""

    def __init__(self, case: Case) -> None:
        self.document, self.scene = Document(case), Scene(case)
        self.ids = tuple(layer.id for layer in case.layers)
        self.canvas = Canvas(PIXELS, PIXELS, 2)
        self.renderer = Renderer(capabilities(), Quality(4, has_occlusion=False), Stereo.TWO_PASS)
        self._surfaces = _without_triangles(case.timepoints[0].surfaces)
        self.draw()

    def draw(self) -> None:
        built = self.scene.build(self.document.snapshot)
        self.renderer.draw(replace(built, surfaces=self._surfaces), EYES, self.canvas.target)

    def toggled_ms(self, intents: Iterator[it.Intent]) -> tuple[list[float], list[float]]:
        """Of each: from the press to the draw data; and with the frame that uploads it."""
        to_scene, whole = [], []
        for intent in intents:
            wait_for_gpu()
            begin = time.thread_time()
            self.document.apply(intent)
            self.scene.build(self.document.snapshot)
            to_scene.append((time.thread_time() - begin) * 1e3)
            self.draw()
            whole.append((time.thread_time() - begin) * 1e3)
        return to_scene, whole

    def close(self) -> None:
        self.renderer.close()
        self.canvas.close()


def any_sets(ids: Sequence[str]) -> Iterator[it.Intent]:
    chance = np.random.default_rng(0)
    for i in range(ROUNDS):
        some = chance.permutation(len(ids))[: chance.integers(1, len(ids) + 1)]
        yield it.SetLayersVisible(tuple(ids[j] for j in some), bool(i % 2))


def all_at_once(ids: Sequence[str]) -> Iterator[it.Intent]:
    return (it.SetLayersVisible(tuple(ids), bool(i % 2)) for i in range(ROUNDS))


def isolating(ids: Sequence[str]) -> Iterator[it.Intent]:
    for i in range(ROUNDS // 2):
        yield it.Isolate((ids[i],))
        yield it.EndIsolation()


def ghosting(ids: Sequence[str]) -> Iterator[it.Intent]:
    for i in range(ROUNDS // 2):
        yield it.GhostRest((ids[i],))
        yield it.EndGhosts()


def exploding(ids: Sequence[str]) -> Iterator[it.Intent]:
    return (it.Explode(0.01 * (i + 1)) for i in range(ROUNDS))


Acts = Callable[[Sequence[str]], Iterator[it.Intent]]
ACTS: dict[str, Acts] = {
    "show or hide any set": any_sets,
    "show or hide all": all_at_once,
    "one alone, and back": isolating,
    "the rest as ghosts, and back": ghosting,
    "spread a little further": exploding,
}


STATES: dict[str, Callable[[Sequence[str]], it.Intent]] = {
    "all shown": lambda ids: it.ShowAll(),
    "every second hidden": lambda ids: it.SetLayersVisible(ids[::2], False),
    "one shown": lambda ids: it.Isolate(ids[:1]),
    "all but one are ghosts": lambda ids: it.GhostRest(ids[:1]),
}


def measure(name: str, case: Case) -> list[Row]:
    bench = Bench(case)
    gc.collect()
    gc.freeze()  # as the loop does
    rows = [_pressed(name, act, bench, asks) for act, asks in ACTS.items()]
    rows += [_still(name, said, bench, asks) for said, asks in STATES.items()]
    bench.close()
    return [*rows, _picked(name, case)]


def _pressed(name: str, act: str, bench: Bench, asks: Acts) -> Row:
    bench.document.apply(it.ResetLayers())
    bench.draw()
    programs = len(bench.renderer.programs)
    to_scene, whole = bench.toggled_ms(asks(bench.ids))
    compiled = len(bench.renderer.programs) - programs
    return _row(name, act, to_scene, f"{_p(whole, 50):.2f} with its frame; {compiled} compiled")


def _still(name: str, said: str, bench: Bench, asks: Callable[[Sequence[str]], it.Intent]) -> Row:
    """Nothing changes but the eyes."""
    bench.document.apply(it.ResetLayers())
    bench.document.apply(asks(bench.ids))
    bench.draw()
    taken = []
    for _ in range(ROUNDS * 3):
        wait_for_gpu()
        begin = time.thread_time()
        bench.draw()
        taken.append((time.thread_time() - begin) * 1e3)
    with counted_calls() as count:
        bench.draw()
    return _row(name, f"a frame, {said}", taken, f"{count.calls} GL calls")


def _picked(name: str, case: Case) -> Row:
    surfaces = case.timepoints[0].surfaces
    picker, visible = Picker(surfaces), np.ones(len(surfaces.parts), bool)
    low, high = surfaces.bounds_mm()
    chance, taken = np.random.default_rng(0), []
    for _ in range(ROUNDS * 10):
        origin, target = chance.uniform(low - 200, high + 200), chance.uniform(low, high)
        along = (target - origin) / np.linalg.norm(target - origin)
        ray = Ray(tuple(origin.tolist()), tuple(along.tolist()))
        begin = time.thread_time()
        picker.pick(ray, visible)
        taken.append((time.thread_time() - begin) * 1e3)
    return _row(name, "a ray", taken, "")


def see_through_rows(case: Case) -> list[Row]:
    """Whole frames of two eyes, waited for: all solid, and with what lies over the bones clear."""
    found = {"all solid": 1.0, "skin, ligaments, cartilage clear": 0.4}
    clear = tuple(x.id for x in case.layers if x.role in ("skin", "ligament", "cartilage", "fat"))
    rows, scene = [], Scene(case)
    eyes = named_eyes(case)
    for said, opacity in found.items():
        document = Document(case)
        document.apply(it.SetLayersOpacity(clear, opacity))
        draw, taken = scene.build(document.snapshot), []
        canvas = Canvas(EYE_PX, EYE_PX, 2)
        renderer = Renderer(capabilities(), Quality(4, has_occlusion=False))
        for _ in range(7):
            begin = time.perf_counter()
            renderer.draw(draw, eyes, canvas.target)
            wait_for_gpu()
            taken.append((time.perf_counter() - begin) * 1e3)
        renderer.close()
        canvas.close()
        rows.append(_row("knee", f"whole frame, {said}", taken[1:], f"2 x {EYE_PX} x {EYE_PX}"))
    return rows


def named_eyes(case: Case) -> tuple[View, View]:
    low, high = room_bounds_m(case, Document(case).snapshot)
    view = named_view("corner", low, high, 1.0)
    x, y, z = view.eye.position_m
    left, right = (Pose((x + s, y, z), view.eye.rotation_xyzw) for s in (-0.032, 0.032))
    return View(left, view.fov), View(right, view.fov)


def actors_ms(count: int) -> Row | None:
    """The peer: visibility of VTK's actors, one object a part; without the frame it asks for."""
    try:
        from vtkmodules.vtkRenderingCore import vtkActor
    except ImportError:
        return None
    actors, taken = [vtkActor() for _ in range(count)], []
    for i in range(ROUNDS):
        begin = time.thread_time()
        for actor in actors:
            actor.SetVisibility(i % 2)
        taken.append((time.thread_time() - begin) * 1e3)
    return _row(f"{count} actors", "VTK: show or hide all", taken, "no undo, no journal, no upload")


def _without_triangles(surfaces: Surfaces) -> Surfaces:
    parts = surfaces.parts.copy()
    parts["triangle_count"] = 0
    return replace(surfaces, parts=parts)


def _row(case: str, act: str, ms: list[float], note: str) -> Row:
    return {"case": case, "act": act, "p50": _p(ms, 50), "p99": _p(ms, 99), "note": note}


def _p(values: list[float], share: float) -> float:
    return float(np.percentile(values, share))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--body", type=Path, help="a body of named parts, besides the made one")
    parser.add_argument("--knee", type=Path, help="a case whose skin may be clear")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    context = offscreen_context()
    rows = []
    if asked.body:
        begin = time.perf_counter()
        case = open_path(asked.body)
        opened = [(time.perf_counter() - begin) * 1e3]
        name = f"{len(case.layers)} named parts"
        rows += [_row(name, "open, grouped by name", opened, f"{len(case.groups)} groups")]
        rows += measure(name, case)
    case = many_parts()
    rows += measure(f"{len(case.layers)} parts", case)
    rows += [row for row in [actors_ms(len(case.layers))] if row]
    rows += see_through_rows(open_path(asked.knee)) if asked.knee else []
    context.close()
    print(json.dumps(rows)) if asked.json else _print(rows)


def _print(rows: list[Row]) -> None:
    of_all = next(row["p50"] for row in reversed(rows) if row["act"] == "show or hide all")
    print("| case | what | p50 ms | p99 ms | to show or hide all | |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        p50, p99, ratio = row["p50"], row["p99"], row["p50"] / of_all
        said = f"{p50:.3f} | {p99:.3f} | {ratio:.2f}"
        print(f"| {row['case']} | {row['act']} | {said} | {row['note']} |")


if __name__ == "__main__":
    main()
