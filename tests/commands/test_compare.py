"""`xrviewer compare` on small cases: what it prints, keeps and refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from typer.testing import CliRunner

from tests.shapes import case_of, sphere
from xrviewer.case.model import Case
from xrviewer.case.surfaces import pack_parts
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.loose import open_path
from xrviewer.cli import app

RUN = CliRunner()


def knobbly(thickness_mm: float, shift_mm: tuple[float, float, float], mirror: float = 1.0) -> dict:
    """A bone without symmetry, and an even layer around it."""
    ball = trimesh.creation.icosphere(4, 1.0)
    x, y, z = ball.vertices.T
    swell = 1 + 0.25 * np.sin(3 * x + 1) * np.cos(2 * y + 0.7) + 0.2 * z * x + 0.2 * y * z
    points = ball.vertices * swell[:, None] * (22 * mirror, 15, 30)
    faces = ball.faces if mirror > 0 else ball.faces[:, ::-1]
    mesh = trimesh.Trimesh(points, faces, process=False)
    outer = points + thickness_mm * mesh.vertex_normals
    shell = np.concatenate([outer, points])
    triangles = np.concatenate([faces, faces[:, ::-1] + len(points)])
    found = {}
    for id, corners, turned in (
        ("femur", points, faces),
        ("femoral_cartilage", shell, triangles),
    ):
        at = (corners + shift_mm).astype(np.float32)
        found[id] = (at, np.zeros_like(at), turned.astype(np.uint32))
    return found


def two_dates(*later: object) -> Case:
    case = case_of(knobbly(2.0, (0, 0, 0)), dates=2)
    meshes = knobbly(*later)  # type: ignore[arg-type]
    surfaces = pack_parts([(id, *mesh) for id, mesh in meshes.items()])
    second = replace(case.timepoints[1], surfaces=surfaces)
    return replace(case, timepoints=(case.timepoints[0], second))


def test_an_even_loss_is_told_in_every_form(tmp_path: Path) -> None:
    save_case(two_dates(1.4, (4.0, -3.0, 8.0)), tmp_path / "c")
    done = RUN.invoke(app, ["compare", str(tmp_path / "c"), "--json", "--save"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    whole = next(row for row in found["rows"] if row["region"] == "all")
    assert whole["change_mm"] == pytest.approx(-0.6, abs=0.02) and whole["is_beyond_error"]
    assert whole["percent"] == pytest.approx(-30, abs=1.5)
    (fit,) = found["fits"]
    np.testing.assert_allclose(
        np.array(fit["baseline_from_followup"])[:3, 3], [-4, 3, -8], atol=0.05
    )
    assert (found["baseline"], found["followup"]) == ("t0", "t1")
    assert found["note"] == "Not for diagnostic use"
    values = open_path(tmp_path / "c").timepoints[0].surfaces.maps["change_t1_mm"].values
    assert np.nanmedian(values) == pytest.approx(-0.6, abs=0.02)
    said = RUN.invoke(app, ["compare", str(tmp_path / "c")]).stdout
    assert "thinner by up to " in said and "Detectable at one place: 0.42 mm" in said


def test_the_other_knee_is_refused_loudly(tmp_path: Path) -> None:
    save_case(two_dates(2.0, (0, 0, 0), -1.0), tmp_path / "c")
    done = RUN.invoke(app, ["compare", str(tmp_path / "c")])
    assert done.exit_code != 0 and "femur: the two dates are of opposite sides" in str(
        done.exception
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--baseline", "t1"), "t1 is not later than t1"),
        (("--baseline", "t1", "--followup", "t0"), "t0 is not later than t1"),
        (("--followup", "t7"), "choose one of t0 (Date 0), t1 (Date 1)"),
    ],
)
def test_dates_that_make_no_sense(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    save_case(two_dates(2.0, (0, 0, 0)), tmp_path / "c")
    done = RUN.invoke(app, ["compare", str(tmp_path / "c"), *words])
    assert done.exit_code != 0 and reason in str(done.exception)


def test_one_date_and_nothing_in_common(tmp_path: Path) -> None:
    save_case(case_of({"ball": sphere()}), tmp_path / "one")
    done = RUN.invoke(app, ["compare", str(tmp_path / "one")])
    assert "has one date" in str(done.exception)
    save_case(case_of({"ball": sphere()}, dates=2), tmp_path / "two")
    done = RUN.invoke(app, ["compare", str(tmp_path / "two")])
    assert "no bone and its cartilage in common" in str(done.exception)
