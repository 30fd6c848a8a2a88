"""The sign beside a case."""

from __future__ import annotations

import numpy as np
import pytest

from xrviewer.capture.plate import HEIGHT_PX, WIDTH_PX, plate_picture


@pytest.mark.parametrize(
    "title", ["Knee", "A right knee, a year after the operation " * 2, "膝 µ", ""]
)
def test_a_sign_is_whole_for_any_title(title: str) -> None:
    picture = plate_picture(title)
    assert picture.shape == (HEIGHT_PX, WIDTH_PX, 4) and picture.dtype == np.uint8
    assert picture[0, 0, 3] == 0 and picture[HEIGHT_PX // 2, WIDTH_PX // 2, 3] == 255
    edge = picture[:, [4, WIDTH_PX - 5], :3][40:-40]
    assert edge.max() < 40, "the title runs over the edge"


def test_the_title_and_the_warning_are_there() -> None:
    with_title, without = plate_picture("Knee"), plate_picture("")
    upper, lower = slice(0, 100), slice(100, HEIGHT_PX)
    assert (with_title[upper] != without[upper]).any()
    assert (with_title[lower] == without[lower]).all()
    assert without[lower, :, :3].max() > 150
