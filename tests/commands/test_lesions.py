"""`xrviewer lesions` on masks made here: what it prints and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import nibabel
import numpy as np
import pytest
from typer.testing import CliRunner

from xrviewer.cli import app

RUN = CliRunner()


def kept(path: Path, *boxes: tuple[int, int], offset: float = 0.0) -> str:
    """Cubes of a size at a place along the first axis; RAS, 1 mm."""
    voxels = np.zeros((40, 20, 20), np.uint8)
    for at, size in boxes:
        voxels[at : at + size, 5 : 5 + size, 5 : 5 + size] = 1
    place = np.eye(4)
    place[0, 3] = offset
    nibabel.save(nibabel.Nifti1Image(voxels, place), path)
    return str(path)


def test_new_and_gone(tmp_path: Path) -> None:
    before = kept(tmp_path / "a.nii.gz", (2, 4), (20, 5))
    after = kept(tmp_path / "b.nii.gz", (20, 9), (34, 3))
    done = RUN.invoke(app, ["lesions", before, after, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["counts"] == {"new": 1, "grown": 1, "unchanged": 0, "shrunk": 0, "vanished": 1}
    assert (found["before_mm3"], found["after_mm3"], found["fit"]) == (189, 756, None)
    said = RUN.invoke(app, ["lesions", before, after, "--least", "100"]).stdout
    assert "1 grown; 189.0 to 756.0 mm3" in said and "Not for diagnostic use" in said
    alone = json.loads(RUN.invoke(app, ["lesions", after, "--json"]).stdout)
    assert alone["counts"]["new"] == 2


@pytest.mark.parametrize(
    ("later", "words", "reason"),
    [
        ("far.nii.gz", (), "no place in common"),
        ("empty.nii.gz", (), "mark nothing at all"),
        ("empty.nii.gz", ("--scans", "one.nii"), "--scans names two scans"),
        ("none.nii.gz", (), "none.nii.gz: "),
    ],
)
def test_masks_that_do_not_belong_together(
    tmp_path: Path, later: str, words: tuple[str, ...], reason: str
) -> None:
    kept(tmp_path / "far.nii.gz", (2, 4), offset=500)
    kept(tmp_path / "empty.nii.gz")
    first = "empty" if later == "empty.nii.gz" else "first"
    before = kept(tmp_path / f"{first}.nii.gz", *([] if first == "empty" else [(2, 4)]))
    done = RUN.invoke(app, ["lesions", before, str(tmp_path / later), *words])
    assert done.exit_code != 0 and reason in str(done.exception)
