"""Choices of an import that the command line names: light to load, as every start pays for it."""

from __future__ import annotations

from enum import StrEnum


class Islands(StrEnum):
    """What becomes of the specks of a segmentation."""

    DROP = "drop"
    KEEP = "keep"
