"""What it costs to see two dates another way: the change of the document, both scenes and what is
drawn of them. Processor time, and the calls of functions, which are the same on every machine.

python tools/bench_ways.py CASE [--rounds N]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.python_calls import python_calls
from xrviewer.analysis.dates import date_fits
from xrviewer.app.comparing import kept_fits
from xrviewer.caseio.loose import open_path
from xrviewer.document.comparison import Together
from xrviewer.document.comparison_intents import (
    CompareWith,
    KeepFits,
    SeeTogether,
)
from xrviewer.document.document import Document
from xrviewer.scene.build import Scene
from xrviewer.scene.comparing import Comparing
from xrviewer.scene.draw import DrawData

WARM_UP_ROUNDS = 5


class Seen:
    """The first two dates of a case, laid onto each other."""

    def __init__(self, path: Path) -> None:
        case = open_path(path)
        self.document, self._scene = Document(case), Scene(case)
        self._comparing = Comparing(case)
        first, later = case.timepoints[:2]
        self.document.apply(CompareWith(later.id))
        self.document.apply(KeepFits(later.id, kept_fits(date_fits(case, first, later))))

    def frame(self) -> DrawData:
        snapshot = self._comparing.prepared(self.document.snapshot)
        return self._comparing.shown(self._scene.build(snapshot), snapshot, 0.1)

    def switch(self, way: Together) -> None:
        self.document.apply(SeeTogether(way))
        self.frame()


def taken_ms(work: Callable[[], object]) -> float:
    began = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - began) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    seen, ms = Seen(options.case), {way: list[tuple[float, float]]() for way in Together}
    for _ in range(WARM_UP_ROUNDS + options.rounds):
        for way in Together:
            ms[way].append((taken_ms(partial(seen.switch, way)), taken_ms(seen.frame)))
    print("| to | p50 ms | p99 ms | calls | a frame like the last, ms |")
    print("| --- | --- | --- | --- | --- |")
    for way, found in ms.items():
        switched, again = np.array(found[WARM_UP_ROUNDS:]).T
        calls = python_calls(partial(seen.switch, way))
        p50, p99 = np.percentile(switched, [50, 99])
        print(f"| {way.value} | {p50:.2f} | {p99:.2f} | {calls} | {np.median(again):.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
