"""The rule of tests/conftest.py that CI skips nothing, tried on small suites of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).with_name("conftest.py")
CASES = """
import pytest
def test_runs(): pass
def test_tool(): pytest.skip("no such tool")
def test_real(test_data): pass
@pytest.mark.xfail(strict=True)
def test_known(): assert False
"""
WHOLE = 'import pytest\npytest.importorskip("no_such_module")\n'


def run_suite(folder: Path, ci: str) -> str:
    (folder / "conftest.py").write_text(CONFTEST.read_text())
    (folder / "test_it.py").write_text(CASES)
    (folder / "test_whole.py").write_text(WHOLE)
    environment = {**os.environ, "CI": ci, "XRVIEWER_TEST_DATA": str(folder / "absent")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    command.append("--continue-on-collection-errors")
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout


def test_a_desk_may_skip(tmp_path: Path) -> None:
    """Two tests, and a module that skips itself."""
    assert "1 passed, 3 skipped, 1 xfailed" in run_suite(tmp_path, ci="")


def test_ci_may_lack_only_data(tmp_path: Path) -> None:
    said = run_suite(tmp_path, ci="1")
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error" in said
    assert "skipped, which CI forbids: Skipped: no such tool" in said
    assert "no_such_module" in said
