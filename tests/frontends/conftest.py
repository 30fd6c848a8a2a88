"""A display of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import glfw
import pytest


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
