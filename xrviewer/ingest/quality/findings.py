"""Every measure of a case beside what the protocol asks of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec
import numpy as np

from xrviewer.case.model import Case, Timepoint
from xrviewer.case.volume import Volume
from xrviewer.ingest.budget import stated_cost
from xrviewer.ingest.quality.protocol import Protocol
from xrviewer.ingest.quality.scan import ScanQuality
from xrviewer.ingest.quality.tissue import cut_share, inside_values, volume_mm3


class Verdict(StrEnum):
    """Of one measure."""

    GOOD = "good"
    BAD = "bad"
    NONE = "not judged"


class Finding(msgspec.Struct, frozen=True):
    """A row of the page."""

    about: str
    what: str
    found: str
    wanted: str
    verdict: Verdict


def scan_findings(volume: Volume, quality: ScanQuality, asked: Protocol) -> Iterator[Finding]:
    name = volume.name
    spacing = sorted(volume.spacing_mm)
    coverage = sorted(
        (n * s for n, s in zip(volume.voxels.shape, volume.spacing_mm, strict=True)), reverse=True
    )
    yield _one_of(name, "modality", volume.modality, asked.modality)
    yield _each(name, "spacing, mm", spacing, asked.spacing_mm_at_most, is_most=True)
    yield _each(name, "coverage, mm", coverage, asked.coverage_mm_at_least, is_most=False)
    yield _least(name, "slices", volume.voxels.shape[2], asked.slices_at_least, "{:.0f}")
    yield _least(name, "signal to noise", quality.snr, asked.snr_at_least, "{:.1f}")
    lowest = float(quality.correlation.min()) if len(quality.correlation) else 1.0
    limit = asked.neighbour_correlation_at_least
    yield _least(name, "likeness of neighbouring slices, lowest", lowest, limit, "{:.3f}")
    yield _most(name, "ghosting", quality.ghosting, asked.ghosting_at_most, "{:.1%}")
    yield _none_of(name, "motion or gap after slice", quality.broken)
    yield _none_of(name, "not scanned but filled in: slice", volume.filled_slices)
    yield _none_of(name, "same as the next: slice", quality.frozen)


def contrast_findings(
    timepoint: Timepoint, volume: Volume, noise: float, asked: Protocol
) -> Iterator[Finding]:
    for pair in asked.contrast:
        name = " and ".join(pair.between)
        if not set(pair.between) <= set(timepoint.surfaces.part_ids):
            yield Finding(name, "contrast to noise", "not there", "", Verdict.NONE)
            continue
        one, two = (inside_values(timepoint, part, volume) for part in pair.between)
        if not len(one) or not len(two) or not noise:
            yield Finding(name, "contrast to noise", "outside the scan", "", Verdict.NONE)
            continue
        found = abs(float(np.median(one) - np.median(two))) / noise
        yield _least(name, "contrast to noise", found, pair.at_least, "{:.1f}")


def structure_findings(
    timepoint: Timepoint, volume: Volume | None, names: Mapping[str, str], asked: Protocol
) -> Iterator[Finding]:
    there = timepoint.surfaces.part_ids
    for part in asked.structures:
        verdict = Verdict.GOOD if part in there else Verdict.BAD
        found = "there" if part in there else "missing"
        yield Finding(names.get(part, part), "structure", found, "there", verdict)
    for part in there:
        found_mm3, limits = volume_mm3(timepoint, part), asked.volumes_mm3.get(part)
        yield _between(names.get(part, part), "volume, mm3", found_mm3, limits)
        cut = cut_share(timepoint, part, volume) if volume is not None else 0.0
        if cut > 0.005:
            said = f"{cut:.0%} of its surface"
            yield Finding(names.get(part, part), "cut off by the scan", said, "", Verdict.NONE)


def surface_findings(case: Case, asked: Protocol) -> Iterator[Finding]:
    """From what the import states of itself."""
    cost = stated_cost(case.provenance)
    about = "All surfaces"
    distance, change = cost if cost else (0.0, 0.0)
    yield _most(about, "moved by reducing, mm", distance, asked.deviation_mm_at_most, "{:.3f}")
    yield _most(about, "volume changed by reducing", change, asked.volume_change_at_most, "{:.2%}")


def _one_of(about: str, what: str, found: str, wanted: str) -> Finding:
    verdict = _verdict(found == wanted) if wanted else Verdict.NONE
    return Finding(about, what, found, wanted, verdict)


def _each(
    about: str,
    what: str,
    found: list[float],
    limits: tuple[float, float, float] | None,
    is_most: bool,
) -> Finding:
    said = " x ".join(f"{v:.3g}" for v in found)
    if limits is None:
        return Finding(about, what, said, "", Verdict.NONE)
    pairs = zip(found, limits, strict=True)
    is_good = all(v <= limit if is_most else v >= limit for v, limit in pairs)
    word = "at most" if is_most else "at least"
    return Finding(
        about, what, said, f"{word} {' x '.join(f'{v:g}' for v in limits)}", _verdict(is_good)
    )


def _least(about: str, what: str, found: float, limit: float | None, form: str) -> Finding:
    wanted = "" if limit is None else f"at least {form.format(limit)}"
    verdict = Verdict.NONE if limit is None else _verdict(found >= limit)
    return Finding(about, what, form.format(found), wanted, verdict)


def _most(about: str, what: str, found: float, limit: float | None, form: str) -> Finding:
    wanted = "" if limit is None else f"at most {form.format(limit)}"
    verdict = Verdict.NONE if limit is None else _verdict(found <= limit)
    return Finding(about, what, form.format(found), wanted, verdict)


def _between(about: str, what: str, found: float, limits: tuple[float, float] | None) -> Finding:
    said = f"{found:,.0f}"
    if limits is None:
        return Finding(about, what, said, "", Verdict.NONE)
    low, high = limits
    return Finding(about, what, said, f"{low:,.0f} to {high:,.0f}", _verdict(low <= found <= high))


def _none_of(about: str, what: str, found: tuple[int, ...]) -> Finding:
    said = ", ".join(str(k + 1) for k in found[:12]) or "none"
    return Finding(about, what, said, "none", _verdict(not found))


def _verdict(is_good: bool) -> Verdict:
    return Verdict.GOOD if is_good else Verdict.BAD
