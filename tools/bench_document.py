"""What the document costs the frame: p50 and p99 of `apply` on a case of 990 layers, journal on.

python tools/bench_document.py
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from xrviewer.case.model import Case, Color, Layer, Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.document import intents as it
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.show import read_session, show_session
from xrviewer.spatial.transforms import Placement, axis_rotation

LAYERS = tuple(f"part-{n:04d}" for n in range(990))
RUNS = 2000


def many_layers() -> Case:
    layers = tuple(Layer(id, id, Color(0.8, 0.7, 0.6)) for id in LAYERS)
    return Case("body", "A body", layers, (Timepoint("t0", "t0", 0, pack_parts([])),))


def intents_of_run(n: int) -> Iterator[it.Intent]:
    yield it.SetLayerOpacity(LAYERS[n % 990], (n + 1) / (RUNS + 2))
    yield it.SetLayerColor(LAYERS[n % 990], f"#{n:06x}")
    placement = Placement((n / RUNS, 1.0, -1.0), axis_rotation((1, 2, 3), n / RUNS), 1.0)
    yield it.PlaceModel(placement)
    if n % 20 == 0:
        yield it.SetLayersVisible(LAYERS, n % 40 != 0)
        yield it.Undo()


def measure_applies(document: Document) -> dict[str, list[float]]:
    taken_us: dict[str, list[float]] = {}
    for n in range(RUNS):
        for intent in intents_of_run(n):
            begin = time.perf_counter()
            document.apply(intent)
            took = (time.perf_counter() - begin) * 1e6
            taken_us.setdefault(type(intent).__name__, []).append(took)
    return taken_us


def say_ms(what: str, act: Callable[[], object]) -> None:
    begin = time.perf_counter()
    act()
    print(f"{what:32} {(time.perf_counter() - begin) * 1e3:10.1f} ms")


def main() -> None:
    case = many_layers()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.jsonl"
        say_ms("open a new session", lambda: Document(case))
        with Journal(path) as journal:
            document = Document(case, journal=journal)
            taken_us = measure_applies(document)
        print(f"{'apply, 990 layers':20} {'p50 µs':>10} {'p99 µs':>10} {'max µs':>10}")
        for name, took in taken_us.items():
            p50, p99 = np.percentile(took, (50, 99))
            print(f"{name:20} {p50:10.1f} {p99:10.1f} {max(took):10.1f}")
        say_ms("show_session", lambda: show_session(document.snapshot))
        size_mb, changes = path.stat().st_size / 1e6, document.snapshot.version
        say_ms(f"read {changes} changes, {size_mb:.1f} MB", lambda: read_session(path))
        with Journal(path) as journal:
            say_ms("take them up in a document", lambda: Document(case, journal=journal))


if __name__ == "__main__":
    main()
