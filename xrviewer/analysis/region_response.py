"""Criteria that look at regions of a layer: which lost or gained beyond the error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.special import ndtri

from xrviewer.analysis import regions
from xrviewer.analysis.change import RISK, ChangeRow
from xrviewer.analysis.criteria import Criteria, Regions, Verdict
from xrviewer.case import catalogue
from xrviewer.errors import MeasureError
from xrviewer.words import ENGLISH, decimal, mark, number, spoken, tr


@dataclass(frozen=True, slots=True)
class RegionResponse:
    """Of one follow-up."""

    category: str
    says: str
    losses: tuple[str, ...]
    gains: tuple[str, ...]
    steps: tuple[str, ...]


def region_response(criteria: Criteria, rows: Iterable[ChangeRow]) -> RegionResponse:
    """rows: as `analysis.change` has them. Raises MeasureError where no region is at both dates."""
    rule = criteria.regions
    if rule is None:
        raise MeasureError(mark("{rule} is not a rule of regions"), rule=criteria.name)
    looked = _looked_at(rule, rows)
    if not looked:
        raise MeasureError(mark("{rule}: none of its regions is in this case"), rule=criteria.name)
    wider = _widened(len(looked)) if rule.together else 1.0
    losses, gains = list[str](), list[str]()
    steps = [_said_rule(len(looked), wider)]
    for row in looked:
        name, limit = _said(row), row.detectable_mm * wider
        if abs(row.change_mm) > limit:
            (losses if row.change_mm < 0 else gains).append(name)
            sizes = {"change": _signed(row.change_mm), "limit": number(limit, 2)}
            steps.append(tr("{region}: {change} mm, beyond ±{limit} mm.", region=name, **sizes))
    if len(steps) == 1:
        largest = max(looked, key=lambda row: abs(row.change_mm) / row.detectable_mm)
        steps.append(
            tr(
                "None is beyond its limit; nearest comes {region}: {change} mm of ±{limit} mm.",
                region=_said(largest),
                change=_signed(largest.change_mm),
                limit=number(largest.detectable_mm * wider, 2),
            )
        )
    verdict = _verdict(rule.verdict, bool(losses), bool(gains))
    steps.append(tr("Together: {category}.", category=tr(verdict.says or verdict.category)))
    return RegionResponse(verdict.category, verdict.says, tuple(losses), tuple(gains), tuple(steps))


def _said(row: ChangeRow) -> str:
    known = catalogue.known(row.layer)
    layer = tr(known.name) if known and spoken() != ENGLISH else row.layer.replace("_", " ")
    return f"{layer}, {tr(regions.spoken(row.region))}"


def _signed(change_mm: float) -> str:
    return decimal(f"{change_mm:+.2f}")


def _looked_at(rule: Regions, rows: Iterable[ChangeRow]) -> list[ChangeRow]:
    wanted = {(of.layer, name) for of in rule.of for name in of.names}
    return [row for row in rows if (row.layer, row.region) in wanted]


def _widened(looks: int) -> float:
    """By how much a limit grows so that so many looks together err as often as one did."""
    return float(ndtri(RISK / 2 / looks) / ndtri(RISK / 2))


def _said_rule(looks: int, wider: float) -> str:
    if wider > 1:
        return tr(
            "{count} regions; each has a limit of its own, the smallest detectable change at 95 %, "
            "widened {times} times so that all of them together are wrong in 5 %.",
            count=looks,
            times=number(wider, 2),
        )
    return tr(
        "{count} regions; each has a limit of its own, the smallest detectable change at 95 %.",
        count=looks,
    )


def _verdict(lines: Sequence[Verdict], has_loss: bool, has_gain: bool) -> Verdict:
    for line in lines:
        if (has_loss or not line.has_loss) and (has_gain or not line.has_gain):
            return line
    return Verdict(mark("not decided"))
