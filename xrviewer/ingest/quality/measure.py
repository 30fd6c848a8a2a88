"""A timepoint of a case measured, and judged by a protocol where one is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xrviewer.case.model import Case, Timepoint
from xrviewer.case.volume import Volume
from xrviewer.ingest.quality.findings import (
    Finding,
    Verdict,
    contrast_findings,
    scan_findings,
    structure_findings,
    surface_findings,
)
from xrviewer.ingest.quality.pictures import pictures
from xrviewer.ingest.quality.protocol import Protocol
from xrviewer.ingest.quality.scan import scan_quality


@dataclass(frozen=True, slots=True)
class ScanPage:
    """Of one scan."""

    name: str
    findings: tuple[Finding, ...]
    pictures: tuple[bytes, ...]
    correlation: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """Of a timepoint. No text of any source is in it: the case holds none."""

    title: str
    timepoint: str
    protocol: Protocol | None
    findings: tuple[Finding, ...]
    scans: tuple[ScanPage, ...]
    provenance: tuple[str, ...]

    @property
    def all(self) -> tuple[Finding, ...]:
        return (*self.findings, *(f for scan in self.scans for f in scan.findings))

    @property
    def bad(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.all if f.verdict is Verdict.BAD)

    @property
    def judged(self) -> int:
        return sum(f.verdict is not Verdict.NONE for f in self.all)

    @property
    def protocol_line(self) -> str:
        return f"protocol {self.protocol.name}" if self.protocol else "no protocol"


def measure(case: Case, timepoint: Timepoint, protocol: Protocol | None) -> Quality:
    """The first scan is the one that structures are held against."""
    asked = protocol or Protocol(name="")
    names = {layer.id: layer.name for layer in case.layers}
    colors = {layer.id: layer.color.hex() for layer in case.layers}
    first = timepoint.volumes[0] if timepoint.volumes else None
    return Quality(
        title=case.title,
        timepoint=timepoint.name,
        protocol=protocol,
        findings=(
            *_missing_scan(asked, first),
            *structure_findings(timepoint, first, names, asked),
            *surface_findings(case, asked),
        ),
        scans=tuple(_scan(timepoint, volume, colors, asked) for volume in timepoint.volumes),
        provenance=case.provenance,
    )


def _missing_scan(asked: Protocol, first: Volume | None) -> Iterator[Finding]:
    if asked.name and first is None:
        yield Finding("Scan", "scan", "none", "one", Verdict.BAD)


def _scan(
    timepoint: Timepoint, volume: Volume, colors: dict[str, str], asked: Protocol
) -> ScanPage:
    quality = scan_quality(volume)
    return ScanPage(
        name=volume.name,
        findings=(
            *scan_findings(volume, quality, asked),
            *contrast_findings(timepoint, volume, quality.noise, asked),
        ),
        pictures=tuple(pictures(timepoint, volume, colors)),
        correlation=tuple(float(value) for value in quality.correlation),
    )
