"""`xrviewer find`: what an archive has, to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xrviewer.ingest.servers.address import parse_address
from xrviewer.ingest.servers.fetch import Caller, find_series, find_studies
from xrviewer.ingest.servers.rows import MOST, Query, SeriesRow, StudyRow

Rows = Sequence[StudyRow] | Sequence[SeriesRow]


def find(server: str, query: Query, caller: Caller) -> Rows:
    """Studies; or the series of the study that the address names."""
    address = parse_address(server)
    if address.study:
        return find_series(address, caller)
    return find_studies(address, query, caller)


def lines(rows: Rows) -> Iterator[str]:
    """A table with the UID last: it is long, and what the next command needs."""
    if not rows:
        yield "nothing found"
        return
    fields = [*rows[0].__struct_fields__[1:], rows[0].__struct_fields__[0]]
    cells = [fields, *([_shown(row, name) for name in fields] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(fields))]
    for line in cells:
        yield "  ".join(f"{c:{n}}" for c, n in zip(line, widths, strict=True)).rstrip()
    if len(rows) >= MOST:
        yield f"the first {MOST}: narrow it down with --patient, --date or --modality"


def _shown(row: Any, name: str) -> str:
    """What a server says may hold anything, a terminal's own commands too."""
    text = str(getattr(row, name))
    return "".join(c if c.isprintable() else " " for c in text)[:80]
