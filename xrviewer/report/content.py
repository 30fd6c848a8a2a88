"""What a report says, before it is a page: the same for HTML and for PDF."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.report.drawing import Drawing
from xrviewer.words import ENGLISH, mark

NOTE = mark("Not for diagnostic use")


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are written as people read them; the numbers themselves are in the CSV."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    words: int = 1
    """So many columns at the left are words; the rest are numbers."""
    strong: frozenset[int] = frozenset()
    """Rows that are told from the others."""
    marked: frozenset[int] = frozenset()
    """Rows that a reader must not miss."""


@dataclass(frozen=True, slots=True)
class Picture:
    png: bytes
    width: int
    height: int
    caption: str
    legend: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """From top to bottom: words, steps, tables, charts, pictures."""

    title: str
    words: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Drawing, ...] = ()
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    facts: tuple[tuple[str, str], ...]
    """Of the case; nothing that tells who it is."""
    headline: tuple[str, ...]
    """What a reader takes home; a sentence each."""
    sections: tuple[Section, ...]
    note: str = NOTE
    language: str = ENGLISH
