"""`xrviewer import` as a user runs it: files in, a sound case out, one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK
from typer.testing import CliRunner, Result

from tests.ingest.dicom_maker import ORIGIN_MM, ROTATION, SPACING_MM, write_series
from xrviewer.caseio.check import check_path
from xrviewer.caseio.folder import load_case
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app, main
from xrviewer.commands.planes import said_window
from xrviewer.document.planes import Slice


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, arguments)])


def write_labels(path: Path, meet: int = 6) -> Path:
    """Two blocks side by side on the grid of the made series."""
    labels = np.zeros((8, 10, 12), np.uint8)
    labels[1:7, 2:8, 2:meet], labels[1:7, 2:8, meet:11] = 1, 5
    image = SimpleITK.GetImageFromArray(labels)
    image.SetSpacing(SPACING_MM)
    image.SetOrigin(ORIGIN_MM)
    image.SetDirection(ROTATION.ravel().tolist())
    SimpleITK.WriteImage(image, str(path))
    return path


def write_names(path: Path, names: dict[str, Any]) -> Path:
    path.write_text(json.dumps(names))
    return path


def test_dicom_and_labels_to_a_sound_case(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    labels = write_labels(tmp_path / "labels.nrrd")
    names = write_names(
        tmp_path / "labels.json",
        {"1": "femoral_cartilage", "5": {"id": "femur", "name": "Thigh", "color": "#e8dcc0"}},
    )
    out = tmp_path / "case"
    done = run(tmp_path / "s", "--segmentation", labels, "--labels", names, "--out", out, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["out"] == str(out)
    assert check_path(out) == ()
    case = open_path(out)
    assert {layer.id: layer.name for layer in case.layers} == {
        "femoral_cartilage": "Femoral cartilage",
        "femur": "Thigh",
    }
    (timepoint,) = case.timepoints
    assert timepoint.volumes[0].voxels.shape == (12, 10, 8)
    low, high = timepoint.surfaces.bounds_mm()
    corner = np.array(ORIGIN_MM) + ROTATION @ (np.array([6, 5, 3.5]) * SPACING_MM)
    assert np.abs((low + high) / 2 - corner).max() < 1.0


def test_a_case_that_is_there_stays(tmp_path: Path) -> None:
    write_series(tmp_path / "s")
    assert run(tmp_path / "s", "--out", tmp_path / "case").exit_code == 0
    before = (tmp_path / "case" / "case.json").read_bytes()
    again = run(tmp_path / "s", "--out", tmp_path / "case")
    assert "is a case already" in str(again.exception)
    assert (tmp_path / "case" / "case.json").read_bytes() == before


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    write_series(tmp_path / "s")[2].unlink()
    failed = run(tmp_path / "s", "--out", tmp_path / "case")
    assert "lacks 1 slice" in str(failed.exception)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nowhere"], 1, "there is no such file or folder"),
        ([], 2, "name something to import"),
        (["empty"], 1, "holds nothing to import"),
        (["--labels", "hip", "empty"], 2, "no convention (knee, totalsegmentator)"),
    ],
)
def test_one_line_for_what_cannot_be(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    says: str,
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["xrviewer", "import", *arguments, "--out", "case"])
    with pytest.raises(SystemExit) as stopped:
        main()
    error = capsys.readouterr().err
    assert stopped.value.code == code
    assert says in error and error.count("\n") == 1
    assert not (tmp_path / "case").exists()


def test_slices_that_were_filled_in_are_marked_in_the_case(tmp_path: Path) -> None:
    for path in write_series(tmp_path / "s")[3:5]:
        path.unlink()
    out = tmp_path / "case"
    assert run(tmp_path / "s", "--allow-gaps", "--out", out).exit_code == 0
    (volume,) = load_case(out).timepoints[0].volumes
    assert volume.filled_slices == (3, 4) and check_path(out) == ()
    assert "2 slices filled in" in said_window(Slice("mr"), volume)
    told = json.loads(CliRunner().invoke(app, ["info", str(out), "--json"]).output)
    assert told["volumes"][0]["filled_slices"] == [3, 4]
    manifest = json.loads((out / "case.json").read_text())
    manifest["timepoints"][0]["volumes"][0]["filled_slices"] = [44]
    (out / "case.json").write_text(json.dumps(manifest))
    assert "filled_slices names others" in check_path(out)[0].reason
