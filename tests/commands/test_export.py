"""Measurements out of a session, and Slicer's markups into one, by command."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.shapes import case_of, sphere
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app, main
from xrviewer.document import measurement_intents as mi
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal

RUN = CliRunner()


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ball case"
    save_case(case_of({"ball": sphere()}, dates=2), folder)
    return folder


@pytest.fixture
def session(tmp_path: Path, case_folder: Path) -> Path:
    file = tmp_path / "today.jsonl"
    with Journal(file) as journal:
        document = Document(open_path(case_folder), journal=journal)
        ends = ((0.0, 0.0, -30.0), (0.0, 0.0, 30.0))
        found = Measured(Kind.DISTANCE, "t0", ends, ("ball",), Quantity(60.0, Unit.MM, 0.6))
        document.apply(mi.Measure("m1", found, "across"))
    return file


def run(*words: object) -> tuple[int, str]:
    done = RUN.invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.mrk.json", "a.dcm", "A.CSV"])
def test_each_kind_of_file(case_folder: Path, session: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    code, said = run("export", case_folder, "--session", session, "--out", out)
    assert code == 0 and said.startswith("1 measurement in ")
    data = out.read_bytes()
    assert b"across" in data
    if name.endswith("csv"):
        (row,) = csv.DictReader(data.decode("utf-8-sig").splitlines())
        assert row["written"] == "60.0 ± 0.6 mm"
    if name == "a.mrk.json":
        assert json.loads(data)["markups"][0]["type"] == "Line"


def test_markups_are_measured_anew(case_folder: Path, session: Path, tmp_path: Path) -> None:
    markups = tmp_path / "F.mrk.json"
    points = [{"label": "L-1", "position": [-3, -4, 0]}, {"label": "L-2", "position": [0, 0, 0]}]
    lists = [
        {"type": "Line", "coordinateSystem": "RAS", "controlPoints": points},
        {"type": "Line", "coordinateSystem": "LPS", "controlPoints": points[:1]},
    ]
    markups.write_text(json.dumps({"markups": lists}))
    code, said = run("session", "add", case_folder, markups, "--session", session)
    assert code == 0
    assert "1 measurement added" in said and "L: this needs 2 points, not 1" in said
    code, said = run("session", "show", session, "--json")
    found = json.loads(said)["measurements"]
    assert [m["name"] for m in found] == ["across", "L"]
    assert found[1]["value"] == pytest.approx(5.0)
    assert found[1]["points_mm"][0] == [3.0, 4.0, 0.0]


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("--session", "{session}", "--out", "{folder}/a.xls"), 2, "name a file that ends in .stl"),
        (("--session", "{session}", "--out", "{folder}/no/a.csv"), 1, "there is no folder"),
        (("--session", "{folder}/none", "--out", "{folder}/a.csv"), 1, "none"),
        (
            ("--session", "{session}", "--out", "{folder}/a.csv", "--timepoint", "t9"),
            2,
            "choose one of t0 (Date 0), t1 (Date 1)",
        ),
        (
            ("--session", "{session}", "--out", "{folder}/a.csv", "--timepoint", "t1"),
            1,
            "no measurement",
        ),
    ],
)
def test_what_is_wrong_is_one_line(
    case_folder: Path,
    session: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    reason: str,
) -> None:
    filled = [word.format(session=session, folder=tmp_path) for word in words]
    monkeypatch.setattr(sys, "argv", ["xrviewer", "export", str(case_folder), *filled])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == code and reason in said and said.count("\n") == 1
    assert not (tmp_path / "a.csv").exists()
