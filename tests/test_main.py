"""Ctrl-C at any time: one line, 130, and nothing of Python's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.running import LONGEST_S, environment, save_shapes

_PRESS_AT_IMPORT = """
import signal, sys
class Press:
    @staticmethod
    def find_spec(name, *rest):
        if name == {name!r} and Press in sys.meta_path:
            sys.meta_path.remove(Press)
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Press)
"""
_PRESS_AT_EXIT = "import atexit, signal; atexit.register(signal.raise_signal, signal.SIGINT)"
_PRESS_IN_CALLBACK = """
import signal, time, weakref
from xrviewer import cli
class Gone: pass
def pressed(path):
    watched = Gone()
    kept = weakref.ref(watched, lambda _: signal.raise_signal(signal.SIGINT))
    del watched
    time.sleep(10)
    return []
cli.check_path = pressed
"""


@pytest.mark.parametrize(
    ("press", "words"),
    [
        (_PRESS_AT_IMPORT.format(name="xrviewer.cli"), "check shapes"),
        (_PRESS_AT_IMPORT.format(name="numpy"), "check shapes"),
        (_PRESS_AT_IMPORT.format(name="xrviewer.document.show"), "check shapes"),
        (_PRESS_AT_IMPORT.format(name="xrviewer.commands.render"), "render shapes --out a.png"),
        (_PRESS_AT_IMPORT.format(name="OpenGL"), "render shapes --out a.png"),
        (_PRESS_IN_CALLBACK, "check shapes"),
        (_PRESS_AT_EXIT, "check shapes"),
    ],
    ids=["first import", "numpy", "last import", "late", "OpenGL", "callback", "exit"],
)
def test_ctrl_c_is_one_line(tmp_path: Path, press: str, words: str) -> None:
    save_shapes(tmp_path)
    start = f"sys.argv = ['xrviewer', *{words.split()!r}]; main()"
    program = f"{press}\nimport sys\nfrom xrviewer.__main__ import main\n{start}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=LONGEST_S,
    )  # fmt: skip
    told = done.stderr.removeprefix("shapes: sound\n") if press == _PRESS_AT_EXIT else done.stderr
    assert told == "xrviewer: stopped\n"
    assert done.returncode == 130
    assert not list(tmp_path.glob("a.png*"))


def test_a_clone_without_its_libraries_says_what_to_install(tmp_path: Path) -> None:
    """-S leaves out every library that is not Python's own."""
    command = [sys.executable, "-S", "-m", "xrviewer", "doctor"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=LONGEST_S
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "is not installed for" in done.stderr and "pip install" in done.stderr
