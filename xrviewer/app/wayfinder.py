"""The process that finds ways over surfaces: `python -m xrviewer.app.wayfinder`.

It reads lines of JSON from its input, each followed by the bytes that it announces, answers each
with a line, and ends where its input does: so it goes when who started it goes, however that was.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
from typing import Any, BinaryIO

import numpy as np

from xrviewer.analysis.geodesic import SurfaceWays
from xrviewer.case.mesh import Mesh
from xrviewer.errors import MeasureError

_MOST_S = 120
"""For one answer. Whatever takes longer hangs, and is ended."""

Known = dict[int, SurfaceWays]


def answer(ask: dict[str, Any], known: Known, given: BinaryIO) -> dict[str, Any]:
    """To one line that was read. given: where its bytes come from."""
    for number in ask.get("forget", ()):
        del known[number]
    if "points" in ask:
        points = np.frombuffer(_read(given, 12 * ask["points"]), "<f4").reshape(-1, 3)
        triangles = np.frombuffer(_read(given, 12 * ask["triangles"]), "<u4").reshape(-1, 3)
        known[ask["surface"]] = SurfaceWays(Mesh.of(points, triangles))
        return {}
    try:
        way = known[ask["surface"]].between(np.array(ask["from"]), np.array(ask["to"]))
    except MeasureError as error:
        return {"error": str(error)}
    return {"way": way.points_mm.tolist()}


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Until nothing more is asked."""
    known: Known = {}
    for line in iter(asked.readline, b""):
        faulthandler.dump_traceback_later(_MOST_S, exit=True)
        reply = json.dumps(answer(json.loads(line), known, asked))
        faulthandler.cancel_dump_traceback_later()
        answered.write(reply.encode() + b"\n")
        answered.flush()


def _read(given: BinaryIO, count: int) -> bytes:
    found = given.read(count)
    if len(found) < count:
        raise EOFError
    return found


def main() -> None:
    """What a library prints is none of the answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program's to hear
    answered = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin.buffer, answered)
    except (EOFError, BrokenPipeError):
        os._exit(0)  # whoever asked has gone; there is nobody to flush to


if __name__ == "__main__":
    main()
