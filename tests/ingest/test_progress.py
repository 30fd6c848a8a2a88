"""How far an import is: the stage by name, never backwards, with the time left on a terminal."""

from __future__ import annotations

import io
import re
import sys
import time
from pathlib import Path

import pytest

from tests.ingest.dicom.test_unpacking import packed_series
from tests.ingest.test_import_command import write_labels
from xrviewer.commands import printing
from xrviewer.commands.bring import FollowUp, bring
from xrviewer.ingest.pipeline import Wanted

STAGES = (
    "reading headers",
    "reading the scan",
    "making surfaces",
    "reducing triangles",
    "writing the case",
    "de-identifying the DICOM files",
    "done",
)


def test_an_import_names_its_stages_and_never_goes_back(tmp_path: Path) -> None:
    packed_series(tmp_path / "s")
    labels = write_labels(tmp_path / "labels.nrrd")
    wanted = Wanted((tmp_path / "s",), (labels,), triangles=200, keep_dicom=True)
    told: list[tuple[float, str]] = []
    bring(wanted, tmp_path / "case", FollowUp(False), lambda part, text: told.append((part, text)))
    fractions = [part for part, _ in told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert tuple(dict.fromkeys(text for _, text in told)) == STAGES


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_the_stage_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    report = printing.progress()
    for step in range(1, 6):
        report(step / 10, "making surfaces")
        time.sleep(0.12)
    report(1.0, "done")
    shown = screen.getvalue()
    assert "making surfaces" in shown
    assert re.search(r"m(?!0:00:00)\d:\d\d:\d\d", shown), shown


def test_elsewhere_a_plain_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(printing, "_PLAIN_EVERY_S", 0.0)
    printing.progress()(0.25, "reading the scan")
    assert capsys.readouterr().err == " 25% reading the scan\n"
