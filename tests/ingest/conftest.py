"""A ledger of its own for every test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_ledger(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("ledger")
    monkeypatch.setenv("XRVIEWER_LEDGER", str(folder))
    monkeypatch.setenv("XRVIEWER_CACHE", "")
    return folder
