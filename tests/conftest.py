"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TypeVar

import glfw
import pytest
from hypothesis import settings

from xrviewer.gpu.context import Capabilities, Context, capabilities, offscreen_context

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and so would every program that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parents[1]
# The same examples every time, and no verdict on how long one takes: the machine may be busy.
settings.register_profile("xrviewer", deadline=None, derandomize=True)
settings.load_profile("xrviewer")
_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)
NO_REAL_DATA = "no real data here; name its folder in XRVIEWER_TEST_DATA"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-images",
        action="store_true",
        help="draw the reference pictures anew instead of comparing with them",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _refuse_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _refuse_skip(report)


def _refuse_skip(report: _Report) -> _Report:
    """In CI a skipped test is a failed one: a tool it needs is missing. Only data may be absent."""
    if not os.environ.get("CI") or not report.skipped or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if NO_REAL_DATA not in reason:
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI forbids: {reason}"
    return report


@pytest.fixture
def test_data() -> Path:
    """The folder of real data; a test that asks for it is skipped where there is none."""
    folder = Path(os.environ.get("XRVIEWER_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(NO_REAL_DATA)
    return folder


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The user's cache is left alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XRVIEWER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def no_threads_left() -> Iterator[None]:
    """A test that leaves a thread running has leaked it."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(5.0)  # one that was told to end may still be about to
    left = [thread for thread in left if thread.is_alive()]
    assert not left, f"threads left running: {[t.name for t in left]}"


@pytest.fixture(scope="module")
def gl_context() -> Iterator[Context]:
    """One a module, so that none is current where a window's own is made: ask for `gl` instead."""
    context = offscreen_context()
    yield context
    context.close()


@pytest.fixture
def gl(gl_context: Context) -> Iterator[Capabilities]:
    """The context made current; OpenGL's error flag is clear before and after the test."""
    from OpenGL import GL  # not at the top: xrviewer has to choose PyOpenGL's platform first

    gl_context.make_current()
    assert GL.glGetError() == GL.GL_NO_ERROR, "an error was left from before"
    yield capabilities()
    assert GL.glGetError() == GL.GL_NO_ERROR, "the test left an OpenGL error"


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X server that nobody looks at; DISPLAY names it meanwhile."""
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb here: install the package xvfb")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        name = f":{answer.readline().strip()}"
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = name
    yield name
    glfw.terminate()  # before its server goes: X ends a process that loses it
    if before is None:
        del os.environ["DISPLAY"]
    else:
        os.environ["DISPLAY"] = before
    server.terminate()
    server.wait()
