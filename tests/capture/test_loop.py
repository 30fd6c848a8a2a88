"""GIF and WebP read back: how many pictures, how long each stands, that they turn again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xrviewer.capture.loop import LoopWriter

COLORS = [(200, 40, 30), (30, 180, 60), (20, 60, 210)]


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_pictures_time_and_colours_come_back(tmp_path: Path, name: str) -> None:
    table = np.repeat(np.array(COLORS, np.uint8)[None], 40, axis=0).repeat(30, axis=1)
    with LoopWriter(tmp_path / name, 20) as writer:
        for shift in (0, 1, 2, 1):
            writer.write(np.roll(table, 30 * shift, axis=1))
    with Image.open(tmp_path / name) as read:
        assert (read.n_frames, read.size, read.info["loop"]) == (4, (90, 40), 0)  # type: ignore[attr-defined]
        for i, first in enumerate((0, 2, 1, 2)):
            read.seek(i)
            read.load()
            assert read.info["duration"] == 50
            seen = np.asarray(read.convert("RGB"))[20, 15].astype(int)
            np.testing.assert_allclose(seen, COLORS[first], atol=14)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_what_fails_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(RuntimeError), LoopWriter(tmp_path / name) as writer:
        writer.write(np.zeros((8, 8, 3), np.uint8))
        raise RuntimeError
    assert not list(tmp_path.iterdir())
