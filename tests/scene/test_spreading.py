"""Parts go apart and back smoothly: as far at any moment whatever the frame rate is."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from tests.shapes import case_of, sphere
from xrviewer.document.document import Document
from xrviewer.document.intents import Explode, PutAllBack, SetLayerVisible
from xrviewer.scene.spreading import TIME_S, Spreading

CASE = case_of({"ball": sphere(rings=6), "small": sphere((60, 0, 0), 5, rings=6)})


@pytest.mark.parametrize("rate_hz", [30, 72, 90, 120])
def test_each_frame_goes_its_share_of_the_way(rate_hz: int) -> None:
    document, spreading = Document(CASE), Spreading()
    assert spreading.shown(document.snapshot, 1 / rate_hz).explode == 0.0
    document.apply(Explode(2.0))
    seen = [spreading.shown(document.snapshot, 1 / rate_hz).explode for _ in range(rate_hz)]
    for frame, amount in enumerate(seen, start=1):
        if amount < 2.0:
            assert amount == pytest.approx(2 * (1 - math.exp(-frame / rate_hz / TIME_S)))
    steps = [b - a for a, b in pairwise([0.0, *seen])]
    moved = [step for step in steps if step]
    assert max(moved) == moved[0] <= 2 * (1 - math.exp(-1 / rate_hz / TIME_S)) + 1e-9
    assert seen[-1] == 2.0 and 0.3 < len(moved) / rate_hz < 0.6


def test_back_again_and_then_nothing_is_made_anew() -> None:
    document, spreading = Document(CASE), Spreading()
    document.apply(Explode(1.0))
    assert spreading.shown(document.snapshot, 0.01) is document.snapshot, "opened as it was left"
    document.apply(PutAllBack())
    seen = [spreading.shown(document.snapshot, 0.02) for _ in range(40)]
    amounts = [snapshot.explode for snapshot in seen]
    assert amounts == sorted(amounts, reverse=True) and 0 < amounts[0] < 1
    assert seen[-1] is document.snapshot
    document.apply(SetLayerVisible("ball", False))
    assert spreading.shown(document.snapshot, 0.02) is document.snapshot


def test_a_slider_in_the_hand_is_followed_at_once() -> None:
    document, spreading = Document(CASE), Spreading()
    spreading.shown(document.snapshot, 0.01)
    held = document.preview((Explode(1.5),))
    assert spreading.shown(held, 0.01) is held
    document.apply(Explode(1.5))
    assert spreading.shown(document.snapshot, 0.01) is document.snapshot
