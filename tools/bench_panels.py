"""What the panels cost the processor: a drawing, and a frame in which nothing changed.

python tools/bench_panels.py        the layer tree of 19, 990 and 10,000 structures
"""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from dataclasses import replace

import numpy as np

from xrviewer.case.model import Case, Color, Group, Layer, Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.document.document import Document
from xrviewer.interaction.pointer import NO_POINTER, PanelPointer
from xrviewer.interaction.world import world_of
from xrviewer.panels.host import SHORTEST_S, Panels
from xrviewer.panels.state import Seen, Surface

ROUNDS = 300
_CORNERS = np.eye(3, dtype=np.float32)
_FACE = np.array([[0, 1, 2]], np.uint32)


def case_of(count: int) -> Case:
    """One triangle each, ten to a group."""
    names = [f"part{i}" for i in range(count)]
    layers = tuple(
        Layer(name, f"Structure {i}", Color(0.8, 0.7, 0.6), group=f"group{i // 10}")
        for i, name in enumerate(names)
    )
    groups = tuple(Group(f"group{i}", f"Group {i}") for i in range(-(-count // 10)))
    surfaces = pack_parts([(name, _CORNERS, _CORNERS, _FACE) for name in names])
    return Case("bench", "Bench", layers, (Timepoint("t0", "Baseline", 0, surfaces),), groups)


def measure(count: int, panel: str) -> tuple[float, float]:
    """Median milliseconds of a drawing and of a frame that needs none."""
    case = case_of(count)
    document, surface = Document(case), Surface(480.0, 380.0, 2.0)
    seen = Seen(world_of(case), document.snapshot)
    drawn, still = [], []
    with closing(Panels(case)) as panels:
        panels.state = replace(panels.state, open=panel)
        for i in range(ROUNDS):
            pointer = PanelPointer((0.3 + 0.4 * i / ROUNDS, 0.5))
            before, start_s = panels.draws, time.perf_counter()
            panels.step(seen, pointer, surface, SHORTEST_S)
            drawn.append(time.perf_counter() - start_s)
            assert panels.draws == before + 1
        for _ in range(10):
            panels.step(seen, NO_POINTER, surface, SHORTEST_S)
        for _ in range(ROUNDS):
            before, start_s = panels.draws, time.perf_counter()
            panels.step(seen, NO_POINTER, surface, SHORTEST_S)
            still.append(time.perf_counter() - start_s)
            assert panels.draws == before
    return statistics.median(drawn) * 1e3, statistics.median(still) * 1e3


def main() -> None:
    for count, panel in ((19, "case"), (19, "layers"), (990, "layers"), (10_000, "layers")):
        drawn_ms, still_ms = measure(count, panel)
        print(f"{panel:>7} {count:>4} structures: {drawn_ms:.3f} ms drawn, {still_ms:.4f} ms still")


if __name__ == "__main__":
    main()
