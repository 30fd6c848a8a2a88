"""A still in pieces is the still in one, seams and all; and the words of the command reach it."""

from __future__ import annotations

from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from tests.commands.running import xrviewer
from tests.render.pictures import draw_data, renderer
from tests.shapes import Look, case_of, sphere, square
from xrviewer.capture.furniture import Furniture
from xrviewer.caseio.loose import open_path
from xrviewer.commands.render import Wanted, render
from xrviewer.commands.stills import drawn, title
from xrviewer.document.comparison_intents import CompareWith
from xrviewer.document.document import Document
from xrviewer.gpu.context import Capabilities
from xrviewer.render.renderer import Quality
from xrviewer.spatial.cameras import named_view
from xrviewer.spatial.tiles import tiles

MESHES = {"ball": sphere((0, -10, 32), 30, 24), "wall": square((0, 34, 0), 44)}
CASE = case_of(MESHES, {"ball": Look("#e8dcc0", opacity=0.5)})


@pytest.mark.parametrize("size", [(400, 304), (608, 200)])
def test_pieces_are_the_whole_within_a_grey_step(gl: Capabilities, size: tuple[int, int]) -> None:
    """With shade, which looks about on the screen, over walls, ghosts, floor and table."""
    draw = draw_data(CASE)
    low, high = np.array((-0.05, 0.75, -0.65)), np.array((0.05, 0.9, -0.5))
    view = named_view("corner", low, high, size[0] / size[1])
    with renderer(Quality()) as made:
        whole = drawn(made, draw, view, size).astype(int)
        for limit in (256, 160):
            pieces = drawn(made, draw, view, size, limit).astype(int)
            off = np.abs(pieces - whole).max(axis=2)
            assert (off > 1).mean() < 1e-3, f"{int((off > 1).sum())} pixels differ"
            _, found = tiles(*size, limit)
            assert len(found) > 1
            for left, bottom, _, _ in (tile.keep for tile in found):
                row = size[1] - bottom
                seams = off[:, max(left - 1, 0) : left + 1], off[row - 1 : row + 1]
                assert all((seam > 1).mean() < 0.01 for seam in seams if seam.size)
    assert whole.std() > 15


def test_what_is_left_out_is_not_there(gl: Capabilities, folder: Path) -> None:
    pictures = {}
    case = open_path(folder / "shapes")
    for words in ((), ("letters", "scale-bar"), ("legend", "scale-bar", "letters", "caption")):
        wanted = Wanted(width=320, height=240, furniture=Furniture.without(words))
        render(case, folder / "a.png", wanted, lambda *_: None)
        pictures[words] = iio.imread(folder / "a.png").astype(int)
    full, some, bare = pictures.values()
    bar, title = np.s_[195:215, 5:90], np.s_[220:240, 5:90]
    assert np.abs(full - some)[bar].max() > 60 and np.abs(some - bare)[bar].max() == 0
    assert np.abs(full - some)[title].max() == 0 and np.abs(some - bare)[title].max() > 60
    assert bare[-24:, -140:].max() > 150, "the warning"
    said = xrviewer("render", "shapes", "--out", "b.png", "--without", "warning", folder=folder)
    assert said.code == 2 and "legend, scale-bar, letters, caption" in said.only_line()


def test_the_line_names_every_date_that_is_seen() -> None:
    case = case_of(MESHES, dates=2)
    document = Document(case)
    first, second = (date.name for date in case.timepoints)
    name = case.title
    assert title(case, document.snapshot) == f"{name} · {first}"
    document.apply(CompareWith(case.timepoints[1].id))
    assert title(case, document.snapshot) == f"{name} · {first} | {second}"
    assert title(CASE, Document(CASE).snapshot) == CASE.title
