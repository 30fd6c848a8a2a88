"""Measurements saved from within the case: every format, beside the session, read back."""

from __future__ import annotations

import json
from pathlib import Path

import pydicom
import pytest

from tests.shapes import case_of, sphere
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.commands.export import FORMATS
from xrviewer.commands.saving import save_measured
from xrviewer.document.document import Document
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.snapshot import Snapshot

CASE = case_of({"ball": sphere(rings=8)})


def measured() -> Snapshot:
    document = Document(CASE)
    points = ((0.0, 0.0, 0.0), (12.0, 0.0, 0.0))
    quantity = Quantity(12.0, Unit.MM, 0.5)
    document.apply(Measure("m1", Measured(Kind.DISTANCE, "t0", points, ("ball",), quantity)))
    return document.snapshot


def test_every_format_beside_the_session(tmp_path: Path) -> None:
    line = save_measured(CASE, tmp_path / "visit.jsonl", measured())
    files = {next(end for end in FORMATS if p.name.endswith(end)): p for p in tmp_path.iterdir()}
    assert set(files) == set(FORMATS) and line.startswith("saved visit-")
    assert "12" in files[".csv"].read_text()
    assert json.loads(files[".json"].read_text())["measurements"][0]["value"] == 12.0
    assert json.loads(files[".mrk.json"].read_text())["markups"][0]["type"] == "Line"
    assert pydicom.dcmread(files[".dcm"]).Modality == "SR"


def test_without_a_session_in_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save_measured(CASE, None, measured())
    assert all(p.name.startswith(f"{CASE.id}-measured-") for p in tmp_path.iterdir())


def test_what_is_in_the_way_is_said(tmp_path: Path) -> None:
    line = save_measured(CASE, tmp_path / "absent" / "visit.jsonl", measured())
    assert line.startswith("not saved: ") and not list(tmp_path.iterdir())
