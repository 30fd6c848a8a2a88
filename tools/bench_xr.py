"""What a frame in the headset costs, with a scripted wearer.

    python tools/xr_sandbox run --compositor null -- python tools/bench_xr.py CASE [--frames N]

CPU is the loop thread's own time: waiting for the runtime costs none, and what a software driver
rasterises in its own threads is not in it. Drawing is told apart from the rest, because a software
driver also transforms vertices in the calling thread.

--runtime tells how much of it is the runtime's own functions, and --calls which Python functions
are called in a frame: a number that is the same on every machine.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xr
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
# A script of the repository: the project and the sandbox lie beside it, not in a library.
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(ROOT / "tests" / "runtime")]

from remote import Remote  # noqa: E402
from xr_sandbox.services import remote_port  # noqa: E402

from tests.python_calls import named_calls  # noqa: E402
from xrviewer.app.loop import App, short_pauses  # noqa: E402
from xrviewer.caseio.loose import open_path  # noqa: E402
from xrviewer.document.document import Document  # noqa: E402
from xrviewer.frontends.frontend import Wait  # noqa: E402
from xrviewer.frontends.openxr import calls  # noqa: E402
from xrviewer.frontends.openxr.frontend import OpenXrFrontend  # noqa: E402
from xrviewer.frontends.openxr.profiles import ACTIONS, Kind  # noqa: E402
from xrviewer.frontends.openxr.reading import Reader  # noqa: E402
from xrviewer.frontends.openxr.session import STEREO, Options, Session  # noqa: E402
from xrviewer.gpu.context import GlfwContext, capabilities  # noqa: E402
from xrviewer.interaction.input import FrameInput  # noqa: E402
from xrviewer.interaction.preferences import Preferences  # noqa: E402
from xrviewer.panels.host import Panels  # noqa: E402
from xrviewer.render.renderer import Renderer  # noqa: E402

WARM_UP_FRAMES = 30
NS_PER_MS = 1e6
PARTS = ("wait", "input", "step", "draw", "present")
WITHOUT_WAIT = ("input", "step", "present")
MOST_CALLED = 40


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
        loop = np.sum([cpu[part] for part in WITHOUT_WAIT], axis=0)
        loops = {"loop": loop + cpu["wait"], "loop without its wait": loop}
        read, bare = np.array(self.read_ns) / NS_PER_MS, np.array(self.bare_ns) / NS_PER_MS
        reads = {"input read (wall)": read, "the same by pyopenxr alone (wall)": bare}
        return {name: _percentiles(found) for name, found in {**cpu, **loops, **reads}.items()}


class Taken:
    """A front-end and a renderer as the loop has them; what each took of the frame in hand."""

    def __init__(self, frontend: OpenXrFrontend, renderer: Renderer, is_drawn: bool) -> None:
        self._frontend, self._renderer, self._is_drawn = frontend, renderer, is_drawn
        self.ns = dict.fromkeys(PARTS, 0)
        self.wait, self.close = frontend.wait, frontend.close
        self.target, self.show_panels = frontend.target, frontend.show_panels
        self.pulse, self.paint, self.notes = frontend.pulse, renderer.paint, renderer.notes

    def input(self) -> FrameInput:
        began = time.thread_time_ns()
        inp = self._frontend.input()
        self.ns["input"] = time.thread_time_ns() - began
        return inp

    def draw(self, *what: Any) -> None:
        began = time.thread_time_ns()
        if self._is_drawn:
            self._renderer.draw(*what)
        self.ns["draw"] = time.thread_time_ns() - began

    def present(self) -> None:
        began = time.thread_time_ns()
        self._frontend.present()
        self.ns["present"] = time.thread_time_ns() - began


def _percentiles(values_ms: NDArray[np.float64]) -> dict[str, float]:
    p50, p99 = np.percentile(values_ms, [50, 99])
    return {"p50_ms": round(float(p50), 3), "p99_ms": round(float(p99), 3)}


def main() -> int:
    options = _parsed()
    inside: dict[str, int] = {}
    context = GlfwContext("bench", 64, 64, is_visible=False)
    case = open_path(options.case)
    renderer = Renderer(capabilities())
    panels = Panels(case) if options.panels else None
    app = App(case, Document(case), renderer, preferences=Preferences(), panels=panels)
    said: list[str] = []
    frontend = OpenXrFrontend(Options(render_scale=options.render_scale), say=said.append)
    wearer = Wearer(Remote(remote_port(Path(os.environ["XDG_RUNTIME_DIR"]))))
    run = Bench(app, frontend, renderer, wearer)
    try:
        with short_pauses(), runtime_timed(inside if options.runtime else None):
            result = _asked(run, options, inside)
    finally:
        frontend.close()
        app.close()
        if panels is not None:
            panels.close()
        renderer.close()
        context.close()
    result["renderer"] = said[-1] if said else ""
    print(json.dumps(result) if options.json else _table(result))
    return 0


def _asked(run: Bench, options: argparse.Namespace, inside: dict[str, int]) -> dict[str, object]:
    if options.calls:
        return run.calls(options.frames)
    if options.runtime:
        return run.in_runtime(options.frames, inside)
    return run.times(options.frames, ("undrawn",) if options.undrawn else ("undrawn", "drawn"))


@dataclass(slots=True)
class Bench:
    app: App
    frontend: OpenXrFrontend
    renderer: Renderer
    wearer: Wearer

    def times(self, frames: int, kinds: Sequence[str]) -> dict[str, object]:
        """With nothing drawn, so that no software rasteriser takes the cores; and drawn."""
        result: dict[str, object] = {}
        for name in kinds:
            measures = Measures()
            for taken in self.frames(frames, is_drawn=name == "drawn"):
                for part, ns in taken.items():
                    measures.cpu_ns[part].append(ns)
                _time_reading(self.frontend, measures)
            result |= {f"{name} {part}": value for part, value in measures.summary().items()}
        result["frames each"] = frames
        return result

    def in_runtime(self, frames: int, inside: dict[str, int]) -> dict[str, object]:
        """By function, all of them together, and the loop without them, which has the asking for
        the time in it."""
        series: dict[str, list[int]] = {}
        each = self.frames(frames + 1)
        next(each)  # with it comes all of the warm-up
        inside.clear()
        for i, taken in enumerate(each):
            told, loop = sum(inside.values()), sum(taken.values()) - taken["draw"]
            sums = ("all of them", told), ("the loop without them", loop - told)
            for name, ns in (*inside.items(), *sums):
                series.setdefault(name, [0] * i).append(ns)
            inside.clear()
        return {name: _percentiles(np.array(ns) / NS_PER_MS) for name, ns in series.items()}

    def calls(self, frames: int) -> dict[str, object]:
        found: Counter[str] = Counter()
        for _ in self.frames(frames, found=found):
            pass
        result: dict[str, object] = {"Python calls in a frame": round(found.total() / frames, 1)}
        listed = found.most_common(MOST_CALLED)
        return result | {name: round(count / frames, 2) for name, count in listed}

    def frames(
        self, count: int, is_drawn: bool = False, found: Counter[str] | None = None
    ) -> Iterator[dict[str, int]]:
        """What each part of each frame took; found: counts their calls."""
        taken = Taken(self.frontend, self.renderer, is_drawn)
        self.app.renderer = taken  # type: ignore[assignment]
        for i in range(WARM_UP_FRAMES + count):
            self.wearer.act()
            if i < WARM_UP_FRAMES or found is None:
                self._frame(taken)
            else:
                found.update(named_calls(lambda: self._frame(taken)))
            if i >= WARM_UP_FRAMES:
                yield dict(taken.ns)

    def _frame(self, taken: Taken) -> None:
        began = time.thread_time_ns()
        while self.frontend.wait() is not Wait.RUN:
            began = time.thread_time_ns()
        between = time.thread_time_ns()
        self.app.frame(taken)
        all_ns = time.thread_time_ns() - between
        taken.ns["wait"] = between - began
        taken.ns["step"] = all_ns - sum(taken.ns[part] for part in ("input", "draw", "present"))


@contextmanager
def runtime_timed(inside: dict[str, int] | None) -> Iterator[None]:
    """For sessions that are made meanwhile: CPU of each of the runtime's functions, by name."""
    plain = calls.plain

    def timed(name: str, function: Any) -> Callable[..., int]:
        ask = plain(name, function)

        def asked(*arguments: Any) -> int:
            began = time.thread_time_ns()
            result = ask(*arguments)
            took = time.thread_time_ns() - began
            if inside is not None:
                inside[name] = inside.get(name, 0) + took
            return result

        return asked

    if inside is not None:
        calls.plain = timed
    try:
        yield
    finally:
        calls.plain = plain


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
            calls.call(tracker._locate, tracker._handle, ctypes.byref(info), ctypes.byref(found))


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
    parser.add_argument("--panels", action="store_true", help="with the board of panels")
    parser.add_argument("--runtime", action="store_true", help="what of it is the runtime's own")
    parser.add_argument("--calls", action="store_true", help="Python functions called in a frame")
    parser.add_argument("--render-scale", type=float, default=0.5)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
