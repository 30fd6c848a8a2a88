"""Which origin the room gets."""

from __future__ import annotations

from xrviewer.frontends.openxr.spaces import best_kind

VIEW, LOCAL, STAGE, LOCAL_FLOOR = 1, 2, 3, 1000426000


def test_the_floor_in_front_of_the_viewer_is_best() -> None:
    assert best_kind(frozenset({VIEW, LOCAL, STAGE, LOCAL_FLOOR})) == LOCAL_FLOOR


def test_eye_level_is_better_than_the_middle_of_the_play_area() -> None:
    assert best_kind(frozenset({VIEW, LOCAL, STAGE})) == LOCAL


def test_the_stage_when_there_is_nothing_else() -> None:
    assert best_kind(frozenset({VIEW, STAGE})) == STAGE
