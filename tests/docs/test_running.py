"""The commands of the README and the user guide, typed by somebody who follows them from the top.

The knee they speak of is a stand-in with the demo's names and few triangles, pictures are small
and films short; everything else is as it is written.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.docs.pages import REPOSITORY, commands
from tests.shapes import box, case_of, mapped, sphere
from xrviewer.case.catalogue import groups, layer_for
from xrviewer.case.model import Case, MapInfo
from xrviewer.case.volume import Volume
from xrviewer.caseio.folder import save_case
from xrviewer.cli import app

pytestmark = pytest.mark.gl
PAGES = (REPOSITORY / "docs" / "user-guide.md", REPOSITORY / "README.md")
NOT_HERE = {
    r"xrviewer demo ": "grows the whole knee; tests/demos does",
    r"xrviewer open .*--display headset": "needs a headset; tests/runtime does",
    r"xrviewer .*\b(DICOM/|followup\.zip)": "needs a hospital's files; tests/ingest makes them",
    r"xrviewer .*\bmycase\b": "is what those imports make",
    r"xrviewer (open|render) .*(brain\.glb|knee\.stl|scan\.nii\.gz)": "files of the reader's own",
    r"xrviewer open .*session\.input": "off screen nobody has hands",
    r"xrviewer export .*today\.csv": "wants a hand that measured; tests/commands/test_export.py",
    r"xrviewer render .*--make tour": "wants a case that has a tour; tests/commands/test_shots.py",
    r"xrviewer doctor": "looks at this machine; tests/test_cli.py does",
    r"xrviewer open --help": "is only help",
    r"xrviewer settings": "would change this user's own; tests/commands/test_settings.py does",
    r"xrviewer open knee$": "is what the import above it makes",
}
"""Patterns of commands that are not run here, each with the reason."""
SMALL = {"render": "--size 64x48 --seconds 0.1", "open": "--seconds 0.1"}


def wanted() -> list[str]:
    lines = [line.replace("CASE", "knee-demo") for page in PAGES for line in commands(page)]
    return [x for x in dict.fromkeys(lines) if not any(re.match(p, x) for p in NOT_HERE)]


def stand_in() -> Case:
    """The demo knee's ids on balls and boxes, at two dates, with a map and a scan."""
    meshes = {
        "femur": sphere((0, 0, 30), 25, 16),
        "femoral_cartilage": sphere((0, 0, 30), 27, 16),
        "tibia": box((0, 0, -40), (20, 15, 30)),
        "medial_meniscus": box((15, 0, -5), (8, 8, 3)),
        "skin": sphere((0, 0, 0), 90, 8),
    }
    case = case_of(meshes, dates=2)
    info = MapInfo("thickness_nearest_mm", "Thickness", "mm", "nearest", "made up", 0.1)
    case = mapped(case, info, lambda points: 2 + points[:, 0] / 100)
    voxels = np.arange(24**3, dtype=np.int16).reshape((24, 24, 24), order="F")
    affine = np.diag([8.0, 8.0, 8.0, 1.0])
    affine[:3, 3] = -92
    scan = Volume("dess", "DESS", "MR", voxels, affine)
    return _renamed(case, scan)


def _renamed(case: Case, scan: Volume) -> Case:
    dates = tuple(replace(t, volumes=(scan,)) for t in case.timepoints)
    layers = tuple(layer_for(layer.id) for layer in case.layers)
    return replace(case, id="knee-demo", layers=layers, groups=groups(), timepoints=dates)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the reader is: the case lies in it, and what one command writes another reads."""
    place = tmp_path_factory.mktemp("reader")
    save_case(stand_in(), place / "knee-demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.delenv("DISPLAY", raising=False)
        patch.delenv("WAYLAND_DISPLAY", raising=False)
        yield place


@pytest.mark.parametrize("line", wanted())
def test_it_runs_as_it_is_written(line: str, folder: Path) -> None:
    words = shlex.split(line)[1:]
    more = shlex.split(SMALL.get(words[0], ""))
    code = app(words + more, standalone_mode=False)
    assert code in (0, None)
    out = words[words.index("--out") + 1] if "--out" in words else None
    assert out is None or (folder / out).exists()


def test_every_exception_still_is_one() -> None:
    lines = [line for page in PAGES for line in commands(page)]
    for pattern, reason in NOT_HERE.items():
        assert any(re.match(pattern, line) for line in lines), f"{pattern}: {reason}"
