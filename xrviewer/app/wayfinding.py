"""Ways over surfaces, found by a process of its own.

The solver keeps Python's interpreter for all of a way, so that a frame waited for 30 ms and more,
whichever thread it ran in. It is a plain program with two pipes: what multiprocessing starts runs
the caller's main module again, and leaves shared memory behind where the caller is killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.walks import Way
from xrviewer.errors import MeasureError
from xrviewer.words import mark

Values = NDArray[np.float64]

_PROGRAM = (sys.executable, "-P", "-m", "xrviewer.app.wayfinder")
_MOST = 4
"""Surfaces that are kept ready to be walked over: a few hundred bytes a triangle each."""
_TRIES = 2
_PATIENCE_S = 2.0
_NO_WAY = mark("no way over the surface was found, the process for it is gone: {reason}")


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """One part's surface. A name stands for the same triangles, always."""

    name: tuple[str, ...]
    points_mm: NDArray[np.float32]
    triangles: NDArray[np.uint32]


class WayFinder:
    """Asked by threads beside the frame, which wait their turn."""

    def __init__(self, program: tuple[str, ...] = _PROGRAM) -> None:
        self._program, self._turn = program, threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._known: dict[tuple[str, ...], int] = {}
        """Numbers of the surfaces that the process has, the last asked for at the end."""
        self._sent, self._closed = 0, threading.Event()
        self.lost = ""
        """Why another process had to take over, until someone takes it away."""

    def ready(self, surface: Walked | None = None) -> None:
        """So that a way is found at once: the process, and the surface where it is known."""
        with self._turn:
            self._tried(lambda: self._number(surface) if surface else None)

    def between(
        self, surface: Walked, ends_mm: Values, is_wanted: Callable[[], bool]
    ) -> Way | None:
        """None where nobody wants it any more when its turn comes. Raises MeasureError."""
        start, end = ends_mm.tolist()

        def find() -> Any:
            return self._ask({"surface": self._number(surface), "from": start, "to": end})

        with self._turn:
            if not is_wanted():
                return None
            found = self._tried(find)
        if "error" in found:
            raise MeasureError(found["error"])
        return Way(np.array(found["way"]))

    def close(self) -> None:
        """What is under way ends without an answer."""
        self._closed.set()
        if self._process is not None:
            self._process.kill()
        with self._turn:
            self._end()

    def _tried(self, act: Callable[[], Any]) -> Any:
        """Once more, with another process, where one was gone."""
        why = ""
        for _ in range(_TRIES):
            try:
                self._start()
                done = act()
            except (OSError, EOFError) as error:
                why = self._end() or str(error)
            else:
                self.lost = why
                return done
        raise MeasureError(_NO_WAY, reason=why)

    def _start(self) -> None:
        if self._closed.is_set():
            raise OSError("the case is closed")
        if self._process is not None:
            return
        paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
        self._process = subprocess.Popen(
            self._program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            process_group=0,  # Ctrl-C is the program's to hear
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        if self._closed.is_set():  # since it was asked about
            self._process.kill()

    def _end(self) -> str:
        """Says how it had ended; nothing where there was none."""
        process, self._process = self._process, None
        self._known.clear()
        if process is None:
            return ""
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # of what was written and is not read any more
                assert pipe is not None
                pipe.close()
        try:
            process.wait(_PATIENCE_S)  # it ends where its input does
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return f"exit status {process.returncode}"

    def _number(self, surface: Walked) -> int:
        """Of a surface that the process has from now on."""
        number = self._known.pop(surface.name, None)
        if number is None:
            number = self._sent = self._sent + 1
            self._send(surface, number)
        self._known[surface.name] = number
        return number

    def _send(self, surface: Walked, number: int) -> None:
        points = np.ascontiguousarray(surface.points_mm, "<f4")
        triangles = np.ascontiguousarray(surface.triangles, "<u4")
        old = list(self._known)[: max(len(self._known) + 1 - _MOST, 0)]
        ask = {"surface": number, "points": len(points), "triangles": len(triangles)}
        self._ask(ask | {"forget": [self._known.pop(name) for name in old]}, points, triangles)

    def _ask(self, ask: dict[str, Any], *arrays: NDArray[Any]) -> Any:
        assert self._process and self._process.stdin and self._process.stdout
        given = self._process.stdin
        given.write(json.dumps(ask).encode() + b"\n")
        for array in arrays:
            given.write(array.data.cast("B"))
        given.flush()
        line = self._process.stdout.readline()
        if not line:
            raise EOFError
        return json.loads(line)
