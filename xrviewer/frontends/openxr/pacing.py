"""How the frames came: how often, how many too late, and what they cost us."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

NS_PER_MS = 1e6
KEPT = 200_000
"""Frames remembered: 37 minutes at 90 Hz; older ones are written over."""
_MOST_NS = 2**32 - 1
LATE_PERIODS = 1.5
"""A display time further than this after the last one means that frames were left out."""


@dataclass(slots=True)
class FrameLog:
    """One entry a frame, in arrays: nothing grows and nothing is written while frames run."""

    frames: int = 0
    dropped: int = 0
    _busy_ns: np.ndarray[tuple[int], np.dtype[np.uint32]] = field(
        default_factory=lambda: np.zeros(KEPT, np.uint32)
    )
    _last_display_ns: int | None = None
    _began_ns: int = 0

    def began(self, display_ns: int, period_ns: int) -> None:
        """The runtime has just woken us for the frame of this display time."""
        if self._last_display_ns is not None and period_ns > 0:
            passed = display_ns - self._last_display_ns
            if passed > LATE_PERIODS * period_ns:
                self.dropped += round(passed / period_ns) - 1
        self._last_display_ns = display_ns
        self._began_ns = time.perf_counter_ns()

    def ended(self) -> None:
        """The frame was handed over."""
        took_ns = time.perf_counter_ns() - self._began_ns
        self._busy_ns[self.frames % KEPT] = min(took_ns, _MOST_NS)
        self.frames += 1

    def paused(self) -> None:
        """Frames not asked for while a headset is off are not dropped ones."""
        self._last_display_ns = None

    def summary(self) -> dict[str, float | int]:
        """For the line at exit and for --json."""
        busy_ms = self._busy_ns[: min(self.frames, KEPT)] / NS_PER_MS
        if not len(busy_ms):
            return {"frames": 0, "dropped": 0}
        p50, p95, p99 = (float(np.percentile(busy_ms, p)) for p in (50, 95, 99))
        return {
            "frames": self.frames,
            "dropped": self.dropped,
            "frame_ms_p50": round(p50, 3),
            "frame_ms_p95": round(p95, 3),
            "frame_ms_p99": round(p99, 3),
        }

    def line(self) -> str:
        """'1200 frames, 3 dropped; 4.1 ms at the median, 9.8 ms at the 99th percentile'."""
        found = self.summary()
        if not self.frames:
            return "no frame reached the headset"
        return (
            f"{self.frames} frames, {self.dropped} dropped; {found['frame_ms_p50']:.1f} ms at the "
            f"median, {found['frame_ms_p99']:.1f} ms at the 99th percentile"
        )
