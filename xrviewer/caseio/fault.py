"""One thing that is wrong with a case, and in which file."""

from __future__ import annotations

import msgspec


class Fault(msgspec.Struct, frozen=True):
    file: str
    """Relative to the case where it lies in one."""
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"
