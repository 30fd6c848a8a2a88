"""Lesions at their dates, and which of them a rule counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from xrviewer.analysis.criteria import Criteria, Targets
from xrviewer.case.measured import Lesion
from xrviewer.words import decimal, mark, number, tr


class State(StrEnum):
    """What is known of a lesion at a date."""

    MEASURED = mark("measured")
    PRESENT = mark("present")
    GONE = mark("gone")
    PROGRESSED = mark("progressed")


@dataclass(frozen=True, slots=True)
class LesionAt:
    """One lesion at one date."""

    name: str
    lesion: Lesion
    state: State
    value: float | None = None
    """In the rule's unit; None unless it was measured."""
    uncertainty: float | None = None
    """Half the width of a range that holds the truth in 95 of 100 cases."""
    organ: str = ""
    """Where nobody has named it, none."""


@dataclass(frozen=True, slots=True)
class Visit:
    name: str
    lesions: tuple[LesionAt, ...]

    def of(self, name: str) -> LesionAt | None:
        return next((one for one in self.lesions if one.name == name), None)


NODES = mark("lymph nodes")
"""Wherever they lie, one organ."""


@dataclass(frozen=True, slots=True)
class Selection:
    targets: tuple[LesionAt, ...]
    left_out: tuple[tuple[LesionAt, str], ...]
    """Each with why."""


def selected(rule: Targets, baseline: Visit) -> Selection:
    """The largest that are large enough, as many as the rule counts, in all and of an organ."""
    measured = [one for one in baseline.lesions if one.value is not None]
    wanted = [one for one in measured if one.lesion in (Lesion.TARGET, Lesion.NODE)]
    targets, left_out, taken = list[LesionAt](), list[tuple[LesionAt, str]](), Counter[str]()
    for one in sorted(wanted, key=lambda one: (-(one.value or 0.0), one.name)):
        organ, least = _organ(one), _least(rule, one.lesion)
        if (one.value or 0.0) < least:
            left_out.append((one, tr("under {size}", size=decimal(f"{least:g}"))))
        elif rule.at_most_per_organ and organ and taken[organ] >= rule.at_most_per_organ:
            most = rule.at_most_per_organ
            left_out.append(
                (one, tr("beyond {most} of one organ: {organ}", most=most, organ=organ))
            )
        elif len(targets) >= rule.at_most:
            left_out.append((one, tr("beyond {most} in all", most=rule.at_most)))
        else:
            targets.append(one)
            taken[organ] += 1
    return Selection(tuple(targets), tuple(left_out))


def _organ(one: LesionAt) -> str:
    return tr(NODES) if one.lesion is Lesion.NODE else one.organ


def _least(rule: Targets, lesion: Lesion) -> float:
    return rule.node_least or rule.least if lesion is Lesion.NODE else rule.least


def said_selection(criteria: Criteria, date: str, chosen: Selection) -> Iterable[str]:
    """Which lesions count, where they lie, and which do not."""
    if not chosen.targets:
        yield tr("No lesion of the baseline is large enough to be a target.")
    else:
        told = "; ".join(
            f"{one.name} {said_size(criteria, one.value)}{_where(one)}" for one in chosen.targets
        )
        yield tr("Targets chosen at {date}: {lesions}.", date=tr(date), lesions=told)
    if chosen.left_out:
        told = "; ".join(
            f"{one.name} {said_size(criteria, one.value)} ({why})" for one, why in chosen.left_out
        )
        yield tr("Not counted: {lesions}.", lesions=told)
    unnamed = [one.name for one in chosen.targets if not _organ(one)]
    if unnamed and criteria.targets is not None and criteria.targets.at_most_per_organ:
        yield tr(
            "Of {lesions} the organ is not known: name them as in liver: 1, or the most of one "
            "organ cannot be held to.",
            lesions=", ".join(unnamed),
        )


def _where(one: LesionAt) -> str:
    return f" ({_organ(one)})" if _organ(one) else ""


def said_size(criteria: Criteria, value: float | None, uncertainty: float | None = None) -> str:
    places = decimals(criteria)
    off = f" ± {number(uncertainty, places)}" if uncertainty else ""
    return f"{number(value or 0.0, places)}{off} {criteria.unit}"


def decimals(criteria: Criteria) -> int:
    return 2 if criteria.measure == "volume" else 1
