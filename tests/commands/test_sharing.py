"""The whole case in one file, sent and opened by command."""

from __future__ import annotations

from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from tests.commands.running import save_shapes, xrviewer
from xrviewer.caseio.loose import open_path
from xrviewer.commands.render import Wanted, render
from xrviewer.gpu.context import Capabilities


def test_export_and_every_word_that_opens(tmp_path: Path) -> None:
    save_shapes(tmp_path)
    said = xrviewer("export", "shapes", "--out", "a.zip", folder=tmp_path)
    assert said.code == 0 and said.err.startswith("shapes in a.zip, ")
    told = xrviewer("info", "a.zip", "--json", folder=tmp_path)
    assert told.code == 0 and told.out == xrviewer("info", "shapes", "--json", folder=tmp_path).out
    assert xrviewer("check", "a.zip", folder=tmp_path).code == 0


def test_the_picture_is_the_same(gl: Capabilities, tmp_path: Path) -> None:
    folder = save_shapes(tmp_path)
    assert xrviewer("export", "shapes", "--out", "a.zip", folder=tmp_path).code == 0
    for path, name in ((folder, "a.png"), (tmp_path / "a.zip", "b.png")):
        render(open_path(path), tmp_path / name, Wanted(width=64, height=48), lambda *_: None)
    one, other = iio.imread(tmp_path / "a.png"), iio.imread(tmp_path / "b.png")
    np.testing.assert_array_equal(one, other)
    assert len(np.unique(one.reshape(-1, one.shape[-1]), axis=0)) > 10


@pytest.mark.parametrize("more", [("--only", "ball"), ("--timepoint", "t0"), ("--session", "a")])
def test_part_of_a_case_is_no_bundle(tmp_path: Path, more: tuple[str, str]) -> None:
    save_shapes(tmp_path)
    said = xrviewer("export", "shapes", "--out", "a.zip", *more, folder=tmp_path)
    assert said.code == 2 and "the whole case" in said.only_line()
    assert not (tmp_path / "a.zip").exists()
