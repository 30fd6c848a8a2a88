"""`xrviewer measure t2|curvature|distance` as a person or a script runs it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.analysis.test_maps import knee_with
from tests.commands.measured_case import shell_case
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.cli import app
from xrviewer.errors import MeasureError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shell's surfaces are those of knee_with, but for half a millimetre."""
    from dataclasses import replace

    case = replace(shell_case(), timepoints=(knee_with(40.0),))
    save_case(case, tmp_path / "shell")
    return tmp_path / "shell"


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["measure", *words])
    if result.exception is not None:
        raise result.exception
    return result.stdout


@pytest.mark.parametrize(
    ("words", "unit", "mean"),
    [
        (("t2",), "ms", 40.0),
        (("curvature", "--only", "femur"), "1/mm", 0.1),
        (("distance", "--to", "femur", "--only", "femoral_cartilage"), "mm", 1.5),
    ],
)
def test_numbers_come_with_all_that_belongs_to_them(
    folder: Path, words: tuple[str, ...], unit: str, mean: float
) -> None:
    table = json.loads(run(words[0], str(folder), *words[1:], "--json"))
    promised = {"map", "unit", "definition", "method", "error", "timepoint", "rows", "note"}
    assert set(table) == promised and table["unit"] == unit
    assert table["definition"] and table["method"] and "diagnostic" in table["note"]
    row = table["rows"][0]
    assert row["mean"] == pytest.approx(mean, rel=0.05)
    lines = list(csv.DictReader(run(words[0], str(folder), *words[1:], "--csv").splitlines()))
    assert float(lines[0]["mean"]) == pytest.approx(row["mean"], rel=1e-3)
    shown = run(words[0], str(folder), *words[1:])
    assert unit in shown and "diagnostic" in shown


def test_saved_maps_stand_beside_each_other(folder: Path) -> None:
    run("t2", str(folder), "--save")
    run("distance", str(folder), "--to", "femur", "--save")
    run("curvature", str(folder), "--save")
    run("t2", str(folder), "--save")
    assert not check_path(folder)
    case = load_case(folder)
    ids = ["distance_to_femur_mm", "curvature_per_mm", "t2_ms"]
    assert [info.id for info in case.maps] == ids
    surfaces = case.timepoints[0].surfaces
    assert np.nanmean(surfaces.maps["t2_ms"].values) == pytest.approx(40, rel=0.03)
    first = int(surfaces.parts["vertex_count"][0])
    assert np.isnan(surfaces.maps["distance_to_femur_mm"].values[:first]).all()
    assert [v.echo_ms for v in case.timepoints[0].volumes] == [6.312, 12.624, 18.936]


def test_refusals_name_what_to_do(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MeasureError, match="no surface 'skin'"):
        run("distance", str(folder), "--to", "skin")
    with pytest.raises(UsageError, match="one of --json and --csv"):
        run("t2", str(folder), "--json", "--csv")
    save_case(shell_case(), tmp_path / "plain")
    with pytest.raises(MeasureError, match="two echoes"):
        run("t2", str(tmp_path / "plain"), "--save")
