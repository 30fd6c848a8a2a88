"""What a frame in the headset costs, with a scripted wearer.

    python tools/xr_sandbox run --compositor null -- python tools/bench_xr.py CASE [--frames N]

CPU is the loop thread's own time: waiting for the runtime costs none, and what a software driver
rasterises in its own threads is not in it. Drawing is told apart from the rest, because a software
driver also transforms vertices in the calling thread.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xr
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
# A script of the repository: the project and the sandbox lie beside it, not in a library.
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(ROOT / "tests" / "runtime")]

from remote import Remote  # noqa: E402
from xr_sandbox.services import remote_port  # noqa: E402

from xrviewer.app.loop import App, short_pauses, tidy  # noqa: E402
from xrviewer.caseio.loose import open_path  # noqa: E402
from xrviewer.document.document import Document  # noqa: E402
from xrviewer.frontends.frontend import Wait  # noqa: E402
from xrviewer.frontends.openxr.calls import call  # noqa: E402
from xrviewer.frontends.openxr.frontend import OpenXrFrontend  # noqa: E402
from xrviewer.frontends.openxr.profiles import ACTIONS, Kind  # noqa: E402
from xrviewer.frontends.openxr.reading import Reader  # noqa: E402
from xrviewer.frontends.openxr.session import STEREO, Options, Session  # noqa: E402
from xrviewer.gpu.context import GlfwContext, capabilities  # noqa: E402
from xrviewer.interaction.preferences import Preferences  # noqa: E402
from xrviewer.render.renderer import Renderer  # noqa: E402

WARM_UP_FRAMES = 30
NS_PER_MS = 1e6
PARTS = ("wait", "input", "step", "draw", "present")
OUTSIDE_DRAWING = ("wait", "input", "step", "present")


@dataclass(slots=True)
class Wearer:
    """Grabs the model with one hand, then with both, and moves it in circles."""

    remote: Remote
    frame: int = 0

    def act(self) -> None:
        self.frame += 1
        angle, turn = self.frame / 20, (self.frame // 60) % 4
        circle = 0.05 * np.array([math.cos(angle), math.sin(angle), 0.0])
        self.remote.head((0.02 * math.sin(angle / 3), 1.2, 0.0))
        self.remote.hand("left", np.array([-0.2, 0.9, -0.5]) + circle)
        self.remote.hand("right", np.array([0.2, 0.9, -0.5]) - circle)
        self.remote.press("right", squeeze=float(turn in (1, 2)))
        self.remote.press("left", squeeze=float(turn == 2))
        self.remote.send()


@dataclass(slots=True)
class Measures:
    cpu_ns: dict[str, list[int]] = field(default_factory=lambda: {part: [] for part in PARTS})
    read_ns: list[int] = field(default_factory=list)
    bare_ns: list[int] = field(default_factory=list)

    def summary(self) -> dict[str, dict[str, float]]:
        """Milliseconds of each part; the loop is all of them but drawing."""
        cpu = {part: np.array(self.cpu_ns[part]) / NS_PER_MS for part in PARTS}
        loop = np.sum([cpu[part] for part in OUTSIDE_DRAWING], axis=0)
        read, bare = np.array(self.read_ns) / NS_PER_MS, np.array(self.bare_ns) / NS_PER_MS
        reads = {"input read (wall)": read, "the same by pyopenxr alone (wall)": bare}
        series = {**cpu, "loop": loop, **reads}
        return {name: _percentiles(values) for name, values in series.items()}

    def timed(self, part: str, began_ns: int) -> int:
        now_ns = time.thread_time_ns()
        self.cpu_ns[part].append(now_ns - began_ns)
        return now_ns


def _percentiles(values_ms: NDArray[np.float64]) -> dict[str, float]:
    p50, p99 = np.percentile(values_ms, [50, 99])
    return {"p50_ms": round(float(p50), 3), "p99_ms": round(float(p99), 3)}


def main() -> int:
    options = _parsed()
    context = GlfwContext("bench", 64, 64, is_visible=False)
    case = open_path(options.case)
    renderer = Renderer(capabilities())
    app = App(case, Document(case), renderer, preferences=Preferences())
    said: list[str] = []
    frontend = OpenXrFrontend(Options(render_scale=options.render_scale), say=said.append)
    wearer = Wearer(Remote(remote_port(Path(os.environ["XDG_RUNTIME_DIR"]))))
    try:
        with short_pauses():
            kinds = ("undrawn",) if options.undrawn else ("undrawn", "drawn")
            result = bench(app, frontend, wearer, options.frames, kinds)
    finally:
        frontend.close()
        app.close()
        renderer.close()
        context.close()
    result["renderer"] = said[-1] if said else ""
    print(json.dumps(result) if options.json else _table(result))
    return 0


def bench(
    app: App, frontend: OpenXrFrontend, wearer: Wearer, frames: int, kinds: Sequence[str]
) -> dict[str, object]:
    """With nothing drawn, so that no software rasteriser takes the cores; and drawn."""
    result: dict[str, object] = {}
    for name in kinds:
        is_drawn = name == "drawn"
        for _ in range(WARM_UP_FRAMES):
            wearer.act()
            _frame(app, frontend, Measures(), is_drawn)
        measures = Measures()
        for _ in range(frames):
            wearer.act()
            _frame(app, frontend, measures, is_drawn)
        result |= {f"{name} {part}": value for part, value in measures.summary().items()}
    result["frames each"] = frames
    return result


def _frame(app: App, frontend: OpenXrFrontend, measures: Measures, is_drawn: bool = True) -> None:
    began = time.thread_time_ns()
    while frontend.wait() is not Wait.RUN:
        began = time.thread_time_ns()
    began = measures.timed("wait", began)
    inp = frontend.input()
    measures.timed("input", began)
    _time_reading(frontend, measures)
    began = time.thread_time_ns()
    draw = app.step(inp)
    began = measures.timed("step", began)
    if inp.views and is_drawn:
        app.renderer.draw(draw, inp.views, frontend.target())
    began = measures.timed("draw", began)
    frontend.present()
    tidy()
    measures.timed("present", began)


def _time_reading(frontend: OpenXrFrontend, measures: Measures) -> None:
    """Sync, twelve states, four spaces, two views and both hands' joints, by the wall clock."""
    session = frontend.headset.session
    if session is None or not session.life.is_focused or session.trackers is None:
        return
    reader, bare = Reader(session), BareReader(session)
    began = time.perf_counter_ns()
    reader.read(0.0, 0.0)
    for hand in range(2):
        session.trackers.joints(hand, session.room.handle, session.display_ns)
    between = time.perf_counter_ns()
    bare.read()
    measures.bare_ns.append(time.perf_counter_ns() - between)
    measures.read_ns.append(between - began)


class BareReader:
    """The peer: the same questions in a plain loop over pyopenxr's functions, nothing kept."""

    def __init__(self, session: Session) -> None:
        self._session, actions = session, session.actions
        self._sync = xr.ActionsSyncInfo(active_action_sets=actions._active)
        ask = {
            Kind.BOOLEAN: xr.get_action_state_boolean,
            Kind.FLOAT: xr.get_action_state_float,
            Kind.VECTOR2: xr.get_action_state_vector2f,
        }
        self._states = [
            (ask[kind], xr.ActionStateGetInfo(actions._actions[name], user))
            for user in actions._users
            for name, (_, kind) in ACTIONS.items()
            if kind in ask
        ]
        self._spaces = actions.places.spaces

    def read(self) -> None:
        session, handle = self._session, self._session.handle
        room, now = session.room.handle, session.display_ns
        xr.sync_actions(handle, self._sync)
        xr.locate_views(handle, xr.ViewLocateInfo(STEREO, now, room))
        for ask, info in self._states:
            ask(handle, info)
        for space in self._spaces:
            xr.locate_space(space, room, now)
        assert session.trackers is not None
        for tracker in session.trackers._trackers:
            info = xr.HandJointsLocateInfoEXT(base_space=room, time=now)
            found = xr.HandJointLocationsEXT(joint_locations=tracker._raw)
            call(tracker._locate, tracker._handle, ctypes.byref(info), ctypes.byref(found))


def _table(result: dict[str, object]) -> str:
    """Markdown, as docs/benchmarks.md keeps it."""
    lines = ["| part of the frame, loop thread's CPU | p50 ms | p99 ms |", "| --- | --- | --- |"]
    for name, value in result.items():
        if isinstance(value, dict) and "p50_ms" in value:
            lines.append(f"| {name} | {value['p50_ms']:.2f} | {value['p99_ms']:.2f} |")
        else:
            lines.append(f"\n{name}: {value}")
    return "\n".join(lines)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("case", type=Path)
    parser.add_argument("--frames", type=int, default=400)
    parser.add_argument("--undrawn", action="store_true", help="only without drawing: many frames")
    parser.add_argument("--render-scale", type=float, default=0.5)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
