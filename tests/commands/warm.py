"""The program warm: each command in a process forked from one that has its libraries loaded.

Loading them is most of what a short command takes, and there are hundreds of commands here. What
only a cold start can show is in tests/test_main.py, test_cli.py, test_alone.py and test_wheel.py.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

LOADED = [
    "xrviewer.cli",
    "xrviewer.app.loop",
    "xrviewer.commands.render",
    "xrviewer.commands.show",
    "xrviewer.commands.importing",
]


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


def run(
    words: list[str], folder: Path, env: dict[str, str], told: tuple[Path, Path], longest_s: float
) -> int:
    """Exit code; what it says is in the two files. Raises TimeoutError."""
    process = _context().Process(target=_begin, args=(words, str(folder), env, told))
    process.start()
    process.join(longest_s)
    if process.exitcode is None:
        process.kill()
        process.join()
        raise TimeoutError(f"xrviewer {' '.join(words)}: not done within {longest_s} s")
    return process.exitcode


def _begin(words: list[str], folder: str, env: dict[str, str], told: tuple[Path, Path]) -> None:
    """In the new process: what a shell would have set up, then the program from its first line."""
    for place, path in enumerate(told, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), place)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.argv = ["xrviewer", *words]
    from xrviewer.__main__ import main

    main()
