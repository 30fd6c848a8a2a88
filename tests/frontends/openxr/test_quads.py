"""How many flat pictures the compositor gets."""

from __future__ import annotations

import pytest

from xrviewer.frontends.openxr.quads import for_compositor


@pytest.mark.parametrize(
    ("wanted", "allowed", "others", "expected"),
    [(1, 16, 1, 1), (15, 16, 1, 15), (16, 16, 1, 15), (16, 16, 2, 14), (3, 1, 2, 0), (0, 16, 1, 0)],
)
def test_what_the_other_layers_leave(wanted: int, allowed: int, others: int, expected: int) -> None:
    assert for_compositor(wanted, allowed, others) == expected
