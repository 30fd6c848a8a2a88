"""The sandbox's own promises: nothing left behind, nothing deleted through a mount."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from xr_sandbox import jail, root
from xr_sandbox.jail import SandboxError

TOOLS = Path(__file__).parents[2] / "tools"
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="private namespaces need root on Linux"
)
MARK = "86399.125"
"""Seconds that only our sleeping process asks for: how it is found again."""


def in_jail(body: str, **options: object) -> subprocess.Popen[str]:
    """Runs Python as the first process of its own namespaces."""
    program = (
        f"import sys; sys.path.insert(0, {str(TOOLS)!r})\n"
        "import os, subprocess, time\nfrom pathlib import Path\nfrom xr_sandbox import jail\n"
        f"def body():\n    {body}\n"
        "sys.exit(jail.contained(body, has_network=False))"
    )
    command = [sys.executable, "-c", program]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, **options)  # type: ignore[call-overload,no-any-return]


def wait_until(is_met: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 10
    while not is_met():
        assert time.monotonic() < until_s, "not met in 10 s"
        time.sleep(0.02)


def sleepers() -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if MARK in (p.info["cmdline"] or [])]


@needs_root
def test_the_exit_code_comes_through_and_the_body_is_the_first_process() -> None:
    with in_jail("return 40 + os.getpid()") as process:
        assert process.wait(10) == 41


@needs_root
def test_what_is_mounted_inside_is_never_seen_outside(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "kept").write_text("kept")
    seen = f"jail.bind(Path({str(source)!r}), Path({str(target)!r}));"
    body = f"{seen} print((Path({str(target)!r}) / 'kept').read_text()); return 0"
    with in_jail(body) as process:
        assert process.communicate(timeout=10)[0] == "kept\n"
    assert not any(target.iterdir())
    assert jail.mounts_under(tmp_path) == []


@needs_root
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_sandbox_takes_all_its_processes_along(number: signal.Signals) -> None:
    asleep = f"subprocess.Popen(['sleep', '{MARK}'], start_new_session=True); time.sleep(99)"
    with in_jail(f"{asleep}; return 0") as process:
        wait_until(lambda: bool(sleepers()))
        process.send_signal(number)
        process.wait(10)
        wait_until(lambda: not sleepers())


@needs_root
def test_a_root_with_something_mounted_in_it_is_not_deleted(tmp_path: Path) -> None:
    inside, outside = tmp_path / "root" / "project", tmp_path / "project"
    inside.mkdir(parents=True)
    outside.mkdir()
    (outside / "work").write_text("a day's")
    body = (
        f"jail.bind(Path({str(outside)!r}), Path({str(inside)!r}), is_writable=True); "
        f"from xr_sandbox import root; root._remove(Path({str(tmp_path / 'root')!r})); return 0"
    )
    with in_jail(body, stderr=subprocess.PIPE) as process:
        _, said = process.communicate(timeout=10)
    assert process.returncode == 1 and "is mounted" in said
    assert (outside / "work").read_text() == "a day's"


DEB822 = """Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
"""
ONE_LINE = (
    "deb [signed-by=/k.gpg] http://other.example/debian trixie main\n# deb http://no.example x\n"
)


def test_both_notations_of_apt_sources_are_read(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "debian.sources").write_text(DEB822)
    (tmp_path / "sources.list").write_text(ONE_LINE)
    assert list(root._apt_sources(tmp_path)) == [
        ("http://mirror.example/debian", ["bookworm", "bookworm-updates"]),
        ("http://mirror.example/debian-security", ["bookworm-security"]),
        ("http://other.example/debian", ["trixie"]),
    ]


def test_without_root_or_debootstrap_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SandboxError, match="needs root"):
        root._check_means()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SandboxError, match="apt-get install debootstrap"):
        root._check_means()


def test_the_cache_is_where_xdg_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert root.cache_folder(Path("p")) == tmp_path / "xrviewer"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert root.cache_folder(Path("p")) == Path("p") / ".xr-sandbox"


def test_the_lock_is_what_is_installed(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "lock.txt").write_text("# made by a tool\nnumpy==2.1\n\nxr==1\n")
    assert root.requirements(tmp_path) == ("numpy==2.1", "xr==1")


def test_old_roots_go_but_not_while_they_are_used(tmp_path: Path) -> None:
    used, unused, kept = (tmp_path / f"root-{name}" for name in ("used", "unused", "kept"))
    for folder in (used, unused, kept):
        (folder / "usr").mkdir(parents=True)
    with root.in_use(used):
        root._prune(tmp_path, kept)
        assert used.is_dir() and kept.is_dir() and not unused.exists()
    root._prune(tmp_path, kept)
    assert not used.exists() and kept.is_dir()
