"""Stills and the line they carry."""

from __future__ import annotations

from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from xrviewer.capture.caption import captioned
from xrviewer.capture.image import write_still
from xrviewer.errors import InputError

PICTURE = np.random.default_rng(2).integers(0, 256, (48, 64, 3), np.uint8)


def test_a_png_is_what_was_given(tmp_path: Path) -> None:
    write_still(PICTURE, tmp_path / "a.PNG")
    np.testing.assert_array_equal(iio.imread(tmp_path / "a.PNG"), PICTURE)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_jpeg_is_near_it(tmp_path: Path) -> None:
    flat = np.full((48, 64, 3), (200, 100, 50), np.uint8)
    write_still(flat, tmp_path / "a.jpg")
    np.testing.assert_allclose(iio.imread(tmp_path / "a.jpg"), flat, atol=4)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_one_clear_error_and_costs_no_older_picture(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"older")
    (tmp_path / "a.png.part").symlink_to("/dev/full")
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        write_still(PICTURE, file)
    assert list(tmp_path.iterdir()) == [file] and file.read_bytes() == b"older"


@pytest.mark.parametrize("size", [(16, 16), (240, 320), (960, 1280)])
def test_the_caption_changes_only_the_bottom(size: tuple[int, int]) -> None:
    before = np.zeros((*size, 4), np.uint8)
    after = captioned(before, "A knee · Today")
    assert after.shape == (*size, 3) and not before.any()
    if size[0] > 16:
        written = np.nonzero(after.max(axis=(1, 2)))[0]
        assert written.min() > size[0] * 0.85
        left, right = after[:, : size[1] // 3].max(), after[:, -size[1] // 3 :].max()
        assert left > 150 and right > 100


def test_a_long_title_is_one_line_within_the_picture() -> None:
    black = np.zeros((240, 320, 3), np.uint8)
    after = captioned(black, "Knee · " + "level 120, width 300 · " * 20)
    margins = after[:, :8], after[:, -8:]
    assert not any(margin.any() for margin in margins)
    assert after[-24:, 200:300].max() > 150
    cut = captioned(black, "Knee " + "y" * 500)
    np.testing.assert_array_equal(cut, captioned(black, "Knee…"))


@pytest.mark.parametrize("title", ["", "膝 🦵 колено", "x" * 500, "a\nb"])
def test_any_title_can_be_written(title: str) -> None:
    after = captioned(np.full((240, 320, 3), 255, np.uint8), title)
    assert after.shape == (240, 320, 3)
    assert after[:, -100:].min() < 100  # the not-diagnostic line is there whatever the title
