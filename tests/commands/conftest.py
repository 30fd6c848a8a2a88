"""A folder with a case in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import save_shapes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds `shapes`, a sound case."""
    save_shapes(tmp_path)
    return tmp_path
