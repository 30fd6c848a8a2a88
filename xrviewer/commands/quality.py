"""`xrviewer qc`, and the page that `xrviewer import --qc` writes."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.ingest.quality.findings import Finding
from xrviewer.ingest.quality.measure import Quality, measure
from xrviewer.ingest.quality.page import page
from xrviewer.ingest.quality.protocol import read_protocol


class Qc(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    ok: bool
    protocol: str
    timepoint: str
    findings: tuple[Finding, ...]


def check_protocol(choice: str) -> None:
    """Before the work that it would judge. Raises UsageError or InputError."""
    if choice:
        read_protocol(choice)


def write_quality(case: Path, protocol: str, out: Path, timepoint: str | None = None) -> Qc:
    """The page of the latest date, or of the one that is named; whole or not at all."""
    quality = quality_of(open_path(case), protocol, timepoint)
    write_page(quality, out)
    return told(quality)


def quality_of(case: Case, protocol: str, timepoint: str | None) -> Quality:
    chosen = read_protocol(protocol) if protocol else None
    date = chosen_timepoint(case, timepoint) if timepoint else case.timepoints[-1]
    return measure(case, date, chosen)


def write_page(quality: Quality, out: Path) -> None:
    temporary = out.with_name(f".{out.name}.part")
    try:
        temporary.write_text(page(quality), encoding="utf-8")
        os.replace(temporary, out)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def told(quality: Quality) -> Qc:
    name = quality.protocol.name if quality.protocol else ""
    return Qc(not quality.bad, name, quality.timepoint, quality.all)
