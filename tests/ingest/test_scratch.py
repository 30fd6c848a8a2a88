"""The folder for what says who it is of: private, and gone whatever happens."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from xrviewer.errors import InputError, UsageError, VolumeError
from xrviewer.ingest.scratch import private_folder

HELD = """
import sys, time
from xrviewer.ingest.scratch import private_folder
with private_folder("x") as folder:
    (folder / "name").write_text("Doe")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_nobody_else_may_look(own_folder: Path) -> None:
    with private_folder("x") as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(own_folder.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_gone_when_the_process_is_told_to_stop(own_folder: Path, number: signal.Signals) -> None:
    process = subprocess.Popen([sys.executable, "-c", HELD], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        folder = Path(process.stdout.readline().strip())
    assert (folder / "name").exists()
    process.send_signal(number)
    assert process.wait(30) != 0
    assert not folder.exists()


def test_what_a_killed_one_left_goes_a_day_later(own_folder: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = [own_folder / f"xrviewer-import-{n}-abc" for n in (ended.pid, os.getpid())]
    for folder in left:
        folder.mkdir()
        os.utime(folder, (time.time() - 2 * 24 * 3600,) * 2)
    (own_folder / f"xrviewer-import-{ended.pid}-young").mkdir()
    with private_folder("x"):
        pass
    kept = {p.name for p in own_folder.iterdir()}
    assert kept == {left[1].name, f"xrviewer-import-{ended.pid}-young"}


def test_errors_name_what_it_stands_for() -> None:
    with pytest.raises(VolumeError) as wrong, private_folder("study.zip") as folder:
        raise VolumeError(folder / "a", f"is not {folder / 'b'}")
    assert str(wrong.value) == "study.zip/a: is not study.zip/b"
    with (
        pytest.raises(UsageError, match=r"^study\.zip holds two"),
        private_folder("study.zip") as f,
    ):
        raise UsageError(f"{f} holds two")
    with pytest.raises(InputError, match=r"^other: x"), private_folder("study.zip"):
        raise InputError("other", "x")
