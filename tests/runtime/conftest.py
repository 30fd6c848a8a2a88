"""A real runtime, a scripted wearer and a witness: what the runtime tests stand on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from bed import Bed
from OpenGL import GL
from runtimes import Runtimes

from xrviewer.gpu.context import Context, GlfwContext

HERE = Path(__file__).parent
OUTSIDE = (
    "no OpenXR runtime here; run: python tools/xr_sandbox run -- python -m pytest tests/runtime"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.runtime)


@pytest.fixture(autouse=True)
def inside_the_sandbox() -> None:
    if "XR_SANDBOX" not in os.environ:
        pytest.skip(OUTSIDE)


@pytest.fixture(scope="session")
def context() -> Iterator[Context]:
    """One hidden GLX window for all tests: PyOpenGL keeps to one platform a process."""
    made = GlfwContext("tests", 64, 64, is_visible=False)
    yield made
    made.close()


@pytest.fixture(scope="session")
def runtimes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtimes]:
    """A test that leaves its runtime as it found it leaves it to the next."""
    made = Runtimes(lambda: tmp_path_factory.mktemp("runtime"))
    yield made
    made.close()


@pytest.fixture(params=["null", "xcb"])
def bed(
    request: pytest.FixtureRequest, tmp_path: Path, context: Context, runtimes: Runtimes
) -> Iterator[Bed]:
    """Once with each compositor."""
    yield from _made(request.param, tmp_path, runtimes)


@pytest.fixture
def null_bed(tmp_path: Path, context: Context, runtimes: Runtimes) -> Iterator[Bed]:
    yield from _made("null", tmp_path, runtimes)


@pytest.fixture
def quick_bed(tmp_path: Path, context: Context, runtimes: Runtimes) -> Iterator[Bed]:
    """For somebody who does much in many frames: null has few of them a second."""
    yield from _made("quick", tmp_path, runtimes)


@pytest.fixture(scope="module")
def shared_bed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bed]:
    """One session for the tests of a module that leave it as they found it."""
    if "XR_SANDBOX" not in os.environ:  # made before what looks for it in each test
        pytest.skip(OUTSIDE)
    request.getfixturevalue("context")
    runtimes = request.getfixturevalue("runtimes")
    yield from _made("quick", tmp_path_factory.mktemp("bed"), runtimes)


@pytest.fixture
def xcb_bed(tmp_path: Path, context: Context, runtimes: Runtimes) -> Iterator[Bed]:
    yield from _made("xcb", tmp_path, runtimes)


def _made(compositor: str, folder: Path, runtimes: Runtimes) -> Iterator[Bed]:
    made = Bed(compositor, folder, runtimes)
    try:
        yield made
        assert GL.glGetError() == GL.GL_NO_ERROR
    finally:
        made.close()
    assert made.complaints() == []
