"""Which part of a picture fills another shape."""

from __future__ import annotations

import pytest

from xrviewer.gpu.blit import cut


@pytest.mark.parametrize(
    ("source", "to", "expected"),
    [
        ((100, 100), (50, 50), (0, 0, 100, 100)),
        ((100, 100), (200, 100), (0, 25, 100, 75)),
        ((100, 100), (100, 400), (37, 0, 62, 100)),
        ((1440, 1600), (1280, 800), (0, 350, 1440, 1250)),
    ],
)
def test_the_middle_with_the_others_proportions(
    source: tuple[int, int], to: tuple[int, int], expected: tuple[int, int, int, int]
) -> None:
    assert cut(*source, *to) == expected
