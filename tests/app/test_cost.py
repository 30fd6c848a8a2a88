"""What a frame of the loop costs, in calls of Python functions: the same on every machine."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from functools import partial

import pytest

from tests.no_renderer import NoRenderer
from tests.python_calls import named_calls
from tests.shapes import case_of, sphere
from xrviewer.app.loop import App
from xrviewer.document.document import Document
from xrviewer.interaction.input import ButtonNames, FrameInput, Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose
from xrviewer.spatial.views import View, symmetric_fov

CASE = case_of({"ball": sphere(rings=12)})
NAMES = ButtonNames("grip", "trigger", "stick", "stick", "A", "B")
FRAMES = 20


def worn(i: int, squeeze: float) -> FrameInput:
    """A head and two controllers that are never twice at the same place; nothing is pointed at."""
    by = 0.001 * i
    eyes = [Pose((x + by, 1.6, 0.0), IDENTITY_ROTATION) for x in (-0.03, 0.03)]
    views = tuple(View(eye, symmetric_fov(1.5, 1.0)) for eye in eyes)
    poses = [Pose((x, 1.9 + by, -0.5), IDENTITY_ROTATION) for x in (-0.3, 0.3)]
    left, right = (Hand(at, at, squeeze, names=NAMES) for at in poses)
    return FrameInput(i / 90, 1 / 90, views, left, right)


@pytest.mark.parametrize(("squeeze", "most"), [(0.0, 175), (1.0, 240)])
def test_a_frame_of_a_wearer_calls_few_functions(squeeze: float, most: int) -> None:
    """With letters, hands and hints, the model at rest or between both hands: each call more is
    half a microsecond of a frame on a machine that is quick, and thrice that in cold caches."""
    found: Counter[str] = Counter()
    app = App(CASE, Document(CASE), NoRenderer(), preferences=Preferences())  # type: ignore[arg-type]
    with closing(app):
        for i in range(2 * FRAMES):
            inp = worn(i, squeeze)
            if i < FRAMES:
                app.step(inp)
                continue
            found += named_calls(partial(app.step, inp))
    assert FRAMES <= found.total() <= most * FRAMES, found.most_common(20)
