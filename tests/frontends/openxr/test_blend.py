"""When the real room is seen, and how. Headsets that can are not at hand, so the choice is pure."""

from __future__ import annotations

import pytest

from xrviewer.frontends.openxr.blend import Blend, Way, chosen_blend

O, ADD, ALPHA = Blend.OPAQUE, Blend.ADDITIVE, Blend.ALPHA_BLEND  # noqa: E741


@pytest.mark.parametrize(
    ("offered", "has_fb", "is_wanted", "expected"),
    [
        ((O,), False, False, (O, Way.NONE)),
        ((O,), False, True, (O, Way.NONE)),
        ((O,), True, True, (O, Way.FB_LAYER)),
        ((O,), True, False, (O, Way.NONE)),
        ((O, ALPHA), True, True, (ALPHA, Way.BLEND_MODE)),
        ((ALPHA, O), False, False, (O, Way.NONE)),
        ((ADD,), False, False, (ADD, Way.BLEND_MODE)),
        ((ALPHA,), False, False, (ALPHA, Way.BLEND_MODE)),
        ((), False, True, (O, Way.NONE)),
    ],
)
def test_chosen_blend(
    offered: tuple[int, ...], has_fb: bool, is_wanted: bool, expected: tuple[Blend, Way]
) -> None:
    assert chosen_blend(offered, has_fb, is_wanted) == expected
