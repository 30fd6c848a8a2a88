"""Ways over surfaces from a process of its own, which may be killed, as may who asked it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import psutil
import pytest
import trimesh

from xrviewer.analysis.geodesic import SurfaceWays
from xrviewer.analysis.walks import Way
from xrviewer.app.wayfinding import Walked, WayFinder
from xrviewer.case.mesh import Mesh
from xrviewer.errors import MeasureError

BALL = trimesh.creation.icosphere(3, 25.0)
ENDS_MM = np.array([(25.0, 0, 0), (0, 25.0, 0)])
GONE_S = 30
"""Longer than any machine takes to end a process."""

stops = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing stops a process here")


def ball(name: str = "ball", shift_mm: float = 0.0) -> Walked:
    points = np.float32(BALL.vertices) + np.float32(shift_mm)
    return Walked(("t0", name), points, np.uint32(BALL.faces))


def wanted() -> bool:
    return True


def is_met(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + GONE_S
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)
    return condition()


def process(finder: WayFinder) -> subprocess.Popen[bytes]:
    assert finder._process is not None
    return finder._process


class Asking(threading.Thread):
    """A thread beside the frame that waits for its way."""

    def __init__(self, finder: WayFinder, is_wanted: Callable[[], bool] = wanted) -> None:
        super().__init__(daemon=True)
        self.finder, self.is_wanted = finder, is_wanted
        self.way: Way | MeasureError | None = None
        self.start()

    def run(self) -> None:
        try:
            self.way = self.finder.between(ball(), ENDS_MM, self.is_wanted)
        except MeasureError as error:
            self.way = error


@pytest.fixture(scope="module")
def finder() -> Iterator[WayFinder]:
    made = WayFinder()
    made.ready()
    yield made
    made.close()
    assert made._process is None


def test_it_is_the_way_that_is_found_here(finder: WayFinder) -> None:
    mesh = Mesh.of(np.float32(BALL.vertices), BALL.faces)
    here = SurfaceWays(mesh).between(*ENDS_MM)
    there = finder.between(ball(), ENDS_MM, wanted)
    assert there is not None and finder.lost == ""
    np.testing.assert_array_equal(there.points_mm, here.points_mm)


def test_no_way_is_said_as_it_is_here(finder: WayFinder) -> None:
    points = np.concatenate([ball().points_mm, ball(shift_mm=100.0).points_mm])
    faces = np.concatenate([BALL.faces, BALL.faces + len(BALL.vertices)]).astype(np.uint32)
    two = Walked(("t0", "two"), points, faces)
    with pytest.raises(MeasureError, match="separate pieces"):
        finder.between(two, np.array([(25.0, 0, 0), (125.0, 100, 100)]), wanted)
    assert finder.lost == ""


def test_surfaces_that_were_forgotten_are_sent_again(finder: WayFinder) -> None:
    for n in (0, 1, 2, 3, 4, 5, 0, 1):
        way = finder.between(ball(f"ball {n}", 9.0 * n), ENDS_MM + 9.0 * n, wanted)
        assert way is not None
        np.testing.assert_allclose(way.points_mm[-1], ENDS_MM[1] + 9.0 * n, atol=1e-3)
        assert len(finder._known) <= 4
    assert finder.lost == ""


@stops
def test_the_program_goes_on_while_a_way_is_sought(finder: WayFinder) -> None:
    """However long that takes: here for as long as it is stopped."""
    finder.ready(ball())
    process(finder).send_signal(signal.SIGSTOP)
    asking = Asking(finder)
    rounds = 0
    for _ in range(100_000):
        rounds += asking.is_alive()
    assert rounds == 100_000 and asking.way is None
    process(finder).send_signal(signal.SIGCONT)
    asking.join()
    assert isinstance(asking.way, Way)


@stops
def test_what_nobody_wants_any_more_is_not_sought(finder: WayFinder) -> None:
    process(finder).send_signal(signal.SIGSTOP)
    first, given_up = Asking(finder), threading.Event()
    assert is_met(finder._turn.locked)
    second = Asking(finder, lambda: not given_up.is_set())
    given_up.set()
    sent = finder._ask
    asked: list[object] = []
    finder._ask = lambda ask, *arrays: asked.append(ask) or sent(ask, *arrays)  # type: ignore[method-assign, func-returns-value]
    process(finder).send_signal(signal.SIGCONT)
    first.join()
    second.join()
    del finder._ask
    assert isinstance(first.way, Way) and second.way is None and asked == []


@stops
@pytest.mark.parametrize("is_asked", [False, True])
def test_another_takes_over_from_one_that_is_killed(finder: WayFinder, is_asked: bool) -> None:
    finder.ready(ball())
    before = process(finder)
    before.send_signal(signal.SIGSTOP)
    asking = Asking(finder) if is_asked else None
    before.kill()
    asking = asking or Asking(finder)
    asking.join()
    assert isinstance(asking.way, Way) and process(finder).pid != before.pid
    assert finder.lost == f"exit status {-signal.SIGKILL}"
    finder.lost = ""


@pytest.mark.parametrize(
    ("program", "why"),
    [((sys.executable, "-c", "raise SystemExit(3)"), "exit status 3"), (("no-such-file",), "no-")],
)
def test_one_that_cannot_run_is_said_in_a_line(program: tuple[str, ...], why: str) -> None:
    broken = WayFinder(program)
    with pytest.raises(MeasureError, match=why) as refusal:
        broken.between(ball(), ENDS_MM, wanted)
    assert "\n" not in str(refusal.value)
    broken.close()


@stops
def test_closing_waits_for_no_way() -> None:
    finder = WayFinder()
    finder.ready(ball())
    pid = process(finder).pid
    process(finder).send_signal(signal.SIGSTOP)
    asking = Asking(finder)
    assert is_met(finder._turn.locked)
    finder.close()
    asking.join()
    assert isinstance(asking.way, MeasureError) and not psutil.pid_exists(pid)
    with pytest.raises(MeasureError, match="closed"):
        finder.ready()


UNGUARDED = """
import time
from xrviewer.app.wayfinding import WayFinder
finder = WayFinder()
finder.ready()
print(finder._process.pid, flush=True)
time.sleep(600)
"""


def test_it_goes_with_a_program_that_is_killed(tmp_path: os.PathLike[str]) -> None:
    """One that does not guard its main module, and that was started elsewhere."""
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    program = subprocess.Popen(
        (sys.executable, "-c", UNGUARDED),
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert program.stdout is not None
    pid = int(program.stdout.readline())
    child = psutil.Process(pid)
    assert child.is_running()
    program.kill()
    program.wait()
    program.stdout.close()
    assert is_met(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
