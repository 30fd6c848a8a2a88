"""What one intent did: the snapshot, the undo step and the journal line all come from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from xrviewer.document.intents import Intent
from xrviewer.document.registers import Write


@dataclass(frozen=True, slots=True)
class Change:
    """Without writes the intent changed nothing, and nothing was kept of it."""

    seq: int
    """Counts from 1; the version of the snapshot it led to."""
    utc: str
    author: str
    intent: Intent
    writes: tuple[Write, ...]


def utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
