"""Loops in machine code: when they are made, and where there is nowhere to keep them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from xrviewer.compiled import compiled

Values = NDArray[np.int64]


@compiled
def _square(values: Values, n: int) -> int:
    return int(values[n] * values[n])


@compiled
def squares(values: Values) -> int:
    total = 0
    for n in range(len(values)):
        total += _square(values, n)
    return total


def test_many_threads_may_be_the_first_to_call() -> None:
    values = np.arange(1000)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: squares(values), range(64)))
    assert found == {int((values**2).sum())}


def test_a_loop_of_a_file_is_made_with_the_others() -> None:
    squares(np.arange(3))
    assert all(hasattr(globals()[name], "py_func") for name in ("squares", "_square"))


LOOP = """
import numpy as np
from xrviewer.compiled import compiled

@compiled
def total(values):
    made = 0.0
    for n in range(len(values)):
        made += values[n]
    return made

print(total(np.arange(5.0)))
"""


def run_loop(folder: Path, cache: str) -> str:
    """In a process of its own, which keeps what it compiles in a folder."""
    script = folder / "loop.py"
    if not script.exists():
        script.write_text(LOOP)
    own = os.environ | {"NUMBA_CACHE_DIR": cache, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, script], env=own, capture_output=True, text=True, check=True
    )
    assert not done.stderr
    return done.stdout.strip()


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.nb?")}


def test_what_was_compiled_is_kept_and_taken_again(tmp_path: Path) -> None:
    cache = tmp_path / "kept"
    assert run_loop(tmp_path, str(cache)) == "10.0"
    before = {path: path.stat().st_mtime_ns for path in cache.rglob("*.nb?")}
    assert before
    assert run_loop(tmp_path, str(cache)) == "10.0"
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.nb?")} == before


@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.97])
def test_a_kept_file_that_was_cut_is_made_anew(tmp_path: Path, ending: str, share: float) -> None:
    cache = tmp_path / "kept"
    run_loop(tmp_path, str(cache))
    whole = kept(cache)
    for path in cache.rglob("*" + ending):
        path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert run_loop(tmp_path, str(cache)) == "10.0"
    assert run_loop(tmp_path, str(cache)) == "10.0"
    assert set(kept(cache)) == set(whole)
    assert all(len(made) > 0.97 * len(whole[name]) for name, made in kept(cache).items())


@pytest.mark.parametrize("cache", ["/proc/nowhere", "/dev/full/nowhere"])
def test_without_a_folder_to_keep_it_in_a_loop_runs_all_the_same(
    tmp_path: Path, cache: str
) -> None:
    assert run_loop(tmp_path, cache) == "10.0"


def test_a_full_disk_costs_no_more_than_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(self: object, name: str, data: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile._save_data", no_space)

    @compiled
    def third(values: Values) -> int:
        return int(values[2])

    monkeypatch.setitem(globals(), "third", third)
    assert third(np.arange(5)) == 2


def test_nobody_waits_for_numba_who_needs_no_loop() -> None:
    asks = "import sys, xrviewer.app.loop, xrviewer.ingest.pipeline; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
