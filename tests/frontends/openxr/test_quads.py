"""How many panels the compositor gets."""

from __future__ import annotations

import pytest

from xrviewer.frontends.openxr.blend import Way
from xrviewer.frontends.openxr.problems import Runtime
from xrviewer.frontends.openxr.quads import quads_allowed


@pytest.mark.parametrize(
    ("runtime", "way", "layers", "expected"),
    [
        (Runtime.MONADO, Way.NONE, 16, 15),
        (Runtime.META, Way.NONE, 1, 0),
        (Runtime.META, Way.FB_LAYER, 16, 0),
        (Runtime.WIVRN, Way.BLEND_MODE, 16, 0),
        (Runtime.STEAMVR, Way.NONE, 16, 0),
        (Runtime.UNKNOWN, Way.NONE, 16, 0),
    ],
)
def test_what_the_eyes_picture_leaves(
    runtime: Runtime, way: Way, layers: int, expected: int
) -> None:
    assert quads_allowed(runtime, way, layers) == expected
