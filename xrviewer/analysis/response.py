"""Response criteria applied to lesions: each step said, and how sure the category is.

Pure: a rule and what was measured in, categories and sentences out. What was not measured is never
taken for gone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xrviewer.analysis.criteria import NONE, NOT_EVALUABLE, Criteria, Limit
from xrviewer.analysis.targets import (
    LesionAt,
    State,
    Visit,
    decimals,
    said_selection,
    said_size,
    selected,
)
from xrviewer.case.measured import Lesion
from xrviewer.errors import MeasureError
from xrviewer.words import decimal, mark, tr


@dataclass(frozen=True, slots=True)
class Response:
    """Of one follow-up."""

    visit: str
    total: float | None
    """Of the targets; None where one of them is not known."""
    uncertainty: float | None
    percent: float | None
    """Since the baseline."""
    target: str
    non_target: str
    new: tuple[str, ...]
    overall: str
    could_be: tuple[str, ...]
    """Other categories of the targets within the uncertainty of the sums."""
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sum:
    value: float
    uncertainty: float
    is_all_gone: bool


def responses(criteria: Criteria, visits: Sequence[Visit]) -> tuple[Response, ...]:
    """Of every visit after the first, which is the baseline. Raises MeasureError without one."""
    if criteria.targets is None:
        raise MeasureError(mark("{rule} is not a rule of lesions"), rule=criteria.name)
    if len(visits) < 2:
        raise MeasureError(mark("{rule} needs a baseline and a follow-up"), rule=criteria.name)
    chosen = selected(criteria.targets, visits[0])
    targets = chosen.targets
    first = _sum(criteria, targets, visits[0])
    if first is None or not any(one.lesion is not Lesion.NONE for one in visits[0].lesions):
        raise MeasureError(
            mark("{rule} needs lesions at the first date: measure them, mark them as targets"),
            rule=criteria.name,
        )
    lowest, found = (visits[0].name, first), []
    said = tuple(said_selection(criteria, visits[0].name, chosen))
    for visit in visits[1:]:
        now = _sum(criteria, targets, visit)
        found.append(_response(criteria, visits[0], visit, targets, (first, lowest, now), said))
        if now is not None and now.value < lowest[1].value:
            lowest = (visit.name, now)
    return tuple(found)


def _sum(criteria: Criteria, targets: Iterable[LesionAt], visit: Visit) -> _Sum | None:
    """None where a target is not known at this visit."""
    total, squared, is_all_gone = 0.0, 0.0, True
    for target in targets:
        now = visit.of(target.name)
        if now is None or (now.state is not State.GONE and now.value is None):
            return None
        total += now.value or 0.0
        squared += (now.uncertainty or 0.0) ** 2
        is_all_gone = is_all_gone and _is_gone(criteria, now)
    return _Sum(total, math.sqrt(squared), is_all_gone)


def _is_gone(criteria: Criteria, now: LesionAt) -> bool:
    assert criteria.targets is not None
    normal = criteria.targets.node_normal_below
    if now.lesion is Lesion.NODE and normal is not None and now.value is not None:
        return now.value < normal
    return now.state is State.GONE


def _response(
    criteria: Criteria,
    baseline: Visit,
    visit: Visit,
    targets: tuple[LesionAt, ...],
    sums: tuple[_Sum, tuple[str, _Sum], _Sum | None],
    said: Sequence[str],
) -> Response:
    first, (nadir_name, nadir), now = sums
    steps = [*said, *_inputs(criteria, targets, visit)]
    target, percent = NONE if not targets else NOT_EVALUABLE, None
    could_be: tuple[str, ...] = ()
    if targets and now is not None:
        percent = _percent(now.value, first.value)
        steps += _said_sums(criteria, baseline.name, first, nadir_name, nadir, now)
        limit = _decided(criteria, first, nadir, now)
        target = limit.category
        steps.append(tr("Targets: {limit}.", limit=_said_limit(criteria, limit)))
        could_be = _others(criteria, first, nadir, now, target)
        if could_be:
            others = alternatives(map(tr, could_be))
            steps.append(
                tr("Within the uncertainty of the sums it could be {others}.", others=others)
            )
    non_target = _non_target(baseline, visit)
    new = new_lesions(baseline, visit)
    overall = _overall(criteria, target, non_target, bool(new))
    steps += _said_rest(baseline, visit, non_target, new, overall)
    total, off = (now.value, now.uncertainty) if now and targets else (None, None)
    return Response(
        visit.name, total, off, percent, target, non_target, new, overall, could_be, tuple(steps)
    )


def _said_rest(
    baseline: Visit, visit: Visit, non_target: str, new: tuple[str, ...], overall: str
) -> Iterable[str]:
    """Non-target lesions one by one, new ones, and what comes of all."""
    asked = [one.name for one in baseline.lesions if one.lesion is Lesion.NON_TARGET]
    states = "; ".join(f"{name} {_state(visit.of(name))}" for name in asked)
    if states:
        inputs = {"category": tr(non_target), "states": states}
        yield tr("Non-target lesions: {category} ({states}).", **inputs)
    else:
        yield tr("Non-target lesions: {category}.", category=tr(non_target))
    yield tr("New lesions: {names}.", names=", ".join(new) if new else tr("none marked"))
    yield tr("Together: {category}.", category=tr(overall))


def _state(now: LesionAt | None) -> str:
    return tr("not looked at") if now is None else tr(str(now.state))


def _inputs(criteria: Criteria, targets: tuple[LesionAt, ...], visit: Visit) -> Iterable[str]:
    """What is summed, lesion by lesion."""
    if not targets:
        return
    parts = []
    for target in targets:
        now = visit.of(target.name)
        if now is None:
            parts.append(tr("{lesion} not measured", lesion=target.name))
        elif now.value is None:
            parts.append(f"{target.name} {tr(str(now.state))}")
        else:
            parts.append(f"{target.name} {said_size(criteria, now.value, now.uncertainty)}")
    yield tr("Targets at {date}: {lesions}.", date=tr(visit.name), lesions="; ".join(parts))


def _said_sums(
    criteria: Criteria, first_name: str, first: _Sum, nadir_name: str, nadir: _Sum, now: _Sum
) -> list[str]:
    word = tr(criteria.sum)
    size = said_size(criteria, now.value, now.uncertainty)
    lines = [f"{word[:1].upper()}{word[1:]}: {size}."]
    for name, then in ((first_name, first), (nadir_name, nadir)):
        percent = _percent(now.value, then.value)
        told = {
            "date": tr(name),
            "size": said_size(criteria, then.value, then.uncertainty),
            "change": decimal(f"{now.value - then.value:+.{decimals(criteria)}f} {criteria.unit}"),
            "share": "" if percent is None else decimal(f", {percent:+.1f} %"),
        }
        if len(lines) == 1:
            lines.append(tr("Since the baseline ({date}, {size}): {change}{share}.", **told))
        else:
            lines.append(tr("Since the smallest ({date}, {size}): {change}{share}.", **told))
    return lines


def _decided(criteria: Criteria, first: _Sum, nadir: _Sum, now: _Sum) -> Limit:
    return next(limit for limit in criteria.target if _holds(limit, first, nadir, now))


def _holds(limit: Limit, first: _Sum, nadir: _Sum, now: _Sum) -> bool:
    then = nadir if limit.from_ == "nadir" else first
    percent = _percent(now.value, then.value)
    if limit.all_gone and not now.is_all_gone:
        return False
    if limit.change_at_least is not None and now.value - then.value < limit.change_at_least:
        return False
    if limit.percent_at_least is not None:
        # From nothing any growth is without bound.
        return now.value > then.value if percent is None else percent >= limit.percent_at_least
    if limit.percent_at_most is not None:
        return percent is not None and percent <= limit.percent_at_most
    return True


def _others(
    criteria: Criteria, first: _Sum, nadir: _Sum, now: _Sum, decided: str
) -> tuple[str, ...]:
    """What the target would be were this sum as far off as it may be."""
    found = []
    for sign in (-1, 1):
        for then in (first, nadir):
            off = math.hypot(now.uncertainty, then.uncertainty)
            moved = _Sum(max(now.value + sign * off, 0.0), 0.0, now.is_all_gone)
            found.append(_decided(criteria, first, nadir, moved).category)
    return tuple(dict.fromkeys(one for one in found if one != decided))


def _said_limit(criteria: Criteria, limit: Limit) -> str:
    asked = []
    if limit.all_gone:
        asked.append(tr("every target is gone"))
    is_nadir = limit.from_ == "nadir"
    if limit.percent_at_least is not None:
        share = decimal(f"{limit.percent_at_least:+g}")
        asked.append(
            tr("{share} % or more since the smallest sum", share=share)
            if is_nadir
            else tr("{share} % or more since the baseline", share=share)
        )
    if limit.percent_at_most is not None:
        share = decimal(f"{limit.percent_at_most:+g}")
        asked.append(
            tr("{share} % or less since the smallest sum", share=share)
            if is_nadir
            else tr("{share} % or less since the baseline", share=share)
        )
    if limit.change_at_least is not None:
        change = decimal(f"{limit.change_at_least:+g} {criteria.unit}")
        asked.append(tr("at least {change}", change=change))
    reason = tr(" and ").join(asked) or tr("none of the other limits is reached")
    return f"{tr(limit.category)}, {tr(limit.says)} ({reason})"


def _non_target(baseline: Visit, visit: Visit) -> str:
    """By what was written down; progression is a person's judgement, never ours."""
    asked = [one.name for one in baseline.lesions if one.lesion is Lesion.NON_TARGET]
    if not asked:
        return NONE
    states = [now.state if (now := visit.of(name)) else None for name in asked]
    if State.PROGRESSED in states:
        return "PD"
    if None in states:
        return NOT_EVALUABLE
    return "CR" if set(states) == {State.GONE} else "Non-CR/Non-PD"


def new_lesions(baseline: Visit, visit: Visit) -> tuple[str, ...]:
    """Marked at this visit and not known at the baseline."""
    known = {one.name for one in baseline.lesions}
    found = [one for one in visit.lesions if one.lesion is not Lesion.NONE]
    return tuple(one.name for one in found if one.name not in known and one.state is not State.GONE)


def _overall(criteria: Criteria, target: str, non_target: str, has_new: bool) -> str:
    for line in criteria.overall:
        if (
            (not line.target or target in line.target)
            and (not line.non_target or non_target in line.non_target)
            and (line.has_new is None or line.has_new == has_new)
        ):
            return line.category
    return NOT_EVALUABLE


def _percent(now: float, then: float) -> float | None:
    return 100 * (now - then) / then if then > 0 else None


def alternatives(words: Iterable[str]) -> str:
    """PR or SD."""
    return tr(" or ").join(words)
