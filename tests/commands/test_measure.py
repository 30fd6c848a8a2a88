"""`xrviewer measure thickness` as a person or a script runs it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import imageio.v3 as iio
import nibabel
import numpy as np
import pytest
from typer.testing import CliRunner

from tests.analysis.phantoms import grid
from tests.commands.measured_case import shell_case
from xrviewer.analysis.terms import Definition
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.cli import app
from xrviewer.errors import MeasureError, UsageError
from xrviewer.scene.mapping import color_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_case(shell_case(), tmp_path / "shell")
    return tmp_path / "shell"


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["measure", "thickness", *words])
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_json_has_the_promised_shape(folder: Path) -> None:
    table = json.loads(run(str(folder), "--json"))
    assert {"definition", "method", "rows"} <= table.keys()
    assert "along" in table["definition"] and "diagnostic" in table["note"]
    row = table["rows"][0]
    promised = "layer region n mean_mm sd_mm p05_mm p50_mm p95_mm area_mm2 denuded_mm2".split()
    assert set(promised) <= row.keys()
    assert (row["layer"], row["region"]) == ("femoral_cartilage", "all")
    assert row["mean_mm"] == pytest.approx(2, abs=0.01)
    assert row["area_mm2"] == pytest.approx(4 * np.pi * 100, rel=0.01)
    assert row["volume_mm3"] == pytest.approx(4 / 3 * np.pi * (12**3 - 10**3), rel=0.02)


def test_csv_and_table_say_the_same(folder: Path) -> None:
    rows = list(csv.DictReader(run(str(folder), "--csv").splitlines()))
    assert float(rows[0]["mean_mm"]) == pytest.approx(2, abs=0.01)
    table = run(str(folder), "--definition", "nearest")
    assert "femoral_cartilage" in table and "nearest" in table and "diagnostic" in table


def test_field_lines_are_named_wherever_their_numbers_are(folder: Path) -> None:
    table = json.loads(run(str(folder), "--json", "--definition", "laplace"))
    assert "potential" in table["definition"] and "voxels" in table["method"]
    assert table["error_mm"] == 0.05
    assert table["rows"][0]["mean_mm"] == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("definition", Definition)
def test_a_label_map_can_be_measured_in(
    folder: Path, tmp_path: Path, definition: Definition
) -> None:
    where, file = grid(13.0), tmp_path / "labels.nii.gz"
    depth = np.linalg.norm(where.points_mm, axis=-1) - 8
    # NIfTI counts from the right to the left and from behind to the front.
    affine = np.diag([-1.0, -1, 1, 1]) @ where.case_from_voxel
    nibabel.save(nibabel.Nifti1Image(where.labels(depth, 2.0), affine), file)
    asked = (str(folder), "--segmentation", str(file), "--definition", definition, "--json")
    table = json.loads(run(*asked, "--labels", "knee"))
    assert table["rows"][0]["mean_mm"] == pytest.approx(2, abs=0.05)
    assert "label map" in table["method"] and table["error_mm"] == 0.05
    with pytest.raises(MeasureError, match="no two labels"):
        run(*asked)
    with pytest.raises(MeasureError, match="no label for"):
        run(*asked, "--labels", "knee", "--pair", "tibia:medial_tibial_cartilage")
    with pytest.raises(UsageError, match="not --segmentation"):
        run(*asked, "--labels", "knee", "--save")


def test_saved_map_comes_back_with_its_meaning(folder: Path) -> None:
    run(str(folder), "--save")
    assert not check_path(folder)
    case = load_case(folder)
    values = case.timepoints[0].surfaces.maps["thickness_mm"].values
    np.testing.assert_allclose(values, 2, atol=0.01)
    (info,) = case.maps
    assert info.unit == "mm" and "normal" in info.definition and info.error == 0.01
    run(str(folder), "--save", "--definition", "nearest")
    assert [m.id for m in load_case(folder).maps] == ["thickness_mm", "thickness_nearest_mm"]


def test_refusals_name_what_to_do(folder: Path) -> None:
    with pytest.raises(UsageError, match="one of --json and --csv"):
        run(str(folder), "--json", "--csv")
    with pytest.raises(UsageError, match="INNER:OUTER"):
        run(str(folder), "--pair", "femur")
    with pytest.raises(UsageError, match="choose one of t0"):
        run(str(folder), "--timepoint", "t9")
    with pytest.raises(MeasureError, match="no surface 'aorta'"):
        run(str(folder), "--pair", "aorta:aorta_wall")


def test_a_saved_map_is_drawn_with_its_legend(folder: Path, tmp_path: Path) -> None:
    run(str(folder), "--save")
    plain, shown = tmp_path / "plain.png", tmp_path / "map.png"
    drawn = ["render", str(folder), "--size", "320x240", "--out"]
    extra = ["--map", "thickness_mm", "--range", "0:3", "--steps", "6"]
    for words in ([*drawn, str(plain)], [*drawn, str(shown), *extra]):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
    middle = iio.imread(shown)[120, 160].astype(int)
    band = color_table("viridis", 6)[int(2 / 3 * 256) + 2]
    assert np.abs(middle - band).max() <= 3
    assert (iio.imread(shown)[:, :20] != iio.imread(plain)[:, :20]).any()
    refused = CliRunner().invoke(app, [*drawn, str(shown), "--map", "nothing"])
    assert isinstance(refused.exception, UsageError)
    assert "no map 'nothing'" in str(refused.exception)


def test_ready_ranges_and_the_lowest_place_by_the_command_line(
    folder: Path, tmp_path: Path
) -> None:
    """All of the shell is 2 mm: in the full range that is the middle of the colours."""
    run(str(folder), "--save")
    shown = tmp_path / "map.png"
    drawn = ["render", str(folder), "--size", "320x240", "--out", str(shown)]
    full = ["--map", "thickness_mm", "--range", "full", "--view", "lowest"]
    result = CliRunner().invoke(app, [*drawn, *full])
    assert result.exit_code == 0, result.output
    middle = iio.imread(shown)[120, 160].astype(int)
    table = color_table("viridis", 0).astype(int)
    row = int(np.abs(table - middle).sum(axis=1).argmin())
    assert np.abs(table[row] - middle).sum() < 12  # the spot is before the eye
    assert "lowest" in refused(*drawn, "--view", "lowest")
    assert "clinical, 5-95, full" in refused(*drawn, "--map", "thickness_mm", "--range", "wide")
    assert CliRunner().invoke(app, ["measure", "curvature", str(folder), "--save"]).exit_code == 0
    ids = [info.id for info in load_case(folder).maps]
    other = next(id for id in ids if id != "thickness_mm")
    assert "has no clinical range" in refused(*drawn, "--map", other, "--range", "clinical")


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, UsageError)
    return str(result.exception)
