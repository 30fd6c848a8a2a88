"""Counting frames that came and frames that did not."""

from __future__ import annotations

from xrviewer.frontends.openxr.pacing import FrameLog

PERIOD_NS = 11_111_111


def logged(display_periods: list[int | None]) -> FrameLog:
    """None is a pause."""
    log = FrameLog()
    for n in display_periods:
        if n is None:
            log.paused()
        else:
            log.began(n * PERIOD_NS, PERIOD_NS)
            log.ended()
    return log


def test_a_frame_a_period_drops_none() -> None:
    log = logged([1, 2, 3, 4])
    assert (log.frames, log.dropped) == (4, 0)


def test_left_out_periods_are_dropped_frames() -> None:
    assert logged([1, 2, 4, 7]).dropped == 3


def test_a_headset_that_was_off_dropped_nothing() -> None:
    assert logged([1, 2, None, 900, 901]).dropped == 0


def test_summary_and_line() -> None:
    assert FrameLog().summary() == {"frames": 0, "dropped": 0}
    assert FrameLog().line() == "no frame reached the headset"
    summary = logged([1, 3]).summary()
    assert (summary["frames"], summary["dropped"]) == (2, 1)
    assert 0 <= summary["frame_ms_p50"] <= summary["frame_ms_p99"] < 1000
    assert logged([1, 3]).line().startswith("2 frames, 1 dropped; ")
