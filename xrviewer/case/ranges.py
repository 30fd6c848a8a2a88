"""The ready ranges of a map's colours, by the names that people type."""

from __future__ import annotations

from enum import StrEnum


class RangeName(StrEnum):
    CLINICAL = "clinical"
    """What such a map is read by: 0 to 4 mm of cartilage."""
    MOST = "5-95"
    """From the 5th to the 95th percentile of its values."""
    FULL = "full"
