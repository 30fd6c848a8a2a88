"""What a response rests on, word by word, and how near its limits it may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.analysis.test_response import at
from xrviewer.analysis.criteria import Criteria, Limit, Overall, Regions, Targets
from xrviewer.analysis.response import Response, responses
from xrviewer.analysis.targets import State, Visit, selected
from xrviewer.case.measured import Lesion
from xrviewer.report.criteria_files import read_criteria

RECIST = read_criteria("recist-1.1")
GONE = State.GONE
OVERALL = (Overall("as targets"),)


def one_lesion(*sizes: tuple[float | State, float]) -> tuple[Response, ...]:
    """(size, uncertainty) at each visit."""
    visits = [Visit(f"v{n}", (at("A", size, off=off),)) for n, (size, off) in enumerate(sizes)]
    return responses(RECIST, visits)


def test_every_step_of_a_partial_response() -> None:
    baseline = Visit("v0", (at("A", 40.0, off=0.3), replace(at("B", 20.0, off=0.4), organ="lung")))
    (found,) = responses(
        RECIST, [baseline, Visit("v1", (at("A", 30.0, off=0.6), at("B", 12.0, off=0.8)))]
    )
    assert found.steps == (
        "Targets chosen at v0: A 40.0 mm; B 20.0 mm (lung).",
        "Of A the organ is not known: name them as in liver: 1, or the most of one organ cannot "
        "be held to.",
        "Targets at v1: A 30.0 ± 0.6 mm; B 12.0 ± 0.8 mm.",
        "Sum of diameters: 42.0 ± 1.0 mm.",
        "Since the baseline (v0, 60.0 ± 0.5 mm): -18.0 mm, -30.0 %.",
        "Since the smallest (v0, 60.0 ± 0.5 mm): -18.0 mm, -30.0 %.",
        "Targets: PR, partial response (-30 % or less since the baseline).",
        "Within the uncertainty of the sums it could be SD.",
        "Non-target lesions: none.",
        "New lesions: none marked.",
        "Together: PR.",
    )


def test_a_lesion_that_is_gone_and_one_that_was_not_looked_at() -> None:
    rest = Lesion.NON_TARGET
    baseline = Visit("v0", (at("A", 40.0), *(at(n, State.PRESENT, rest) for n in ("N", "M"))))
    later = Visit("v1", (at("A", GONE), at("N", GONE, rest), at("new", 8.0)))
    (found,) = responses(RECIST, [baseline, later])
    assert found.steps[2:] == (
        "Targets at v1: A gone.",
        "Sum of diameters: 0.0 mm.",
        "Since the baseline (v0, 40.0 mm): -40.0 mm, -100.0 %.",
        "Since the smallest (v0, 40.0 mm): -40.0 mm, -100.0 %.",
        "Targets: CR, complete response (every target is gone).",
        "Non-target lesions: NE (N gone; M not looked at).",
        "New lesions: new.",
        "Together: PD.",
    )


def test_from_nothing_any_growth_counts_and_has_no_percentage() -> None:
    gone, grown = one_lesion((20.0, 0), (GONE, 0), (6.0, 0))[:2]
    assert (gone.target, grown.target) == ("CR", "PD")
    assert "Since the smallest (v1, 0.0 mm): +6.0 mm." in grown.steps
    small = one_lesion((20.0, 0), (GONE, 0), (4.0, 0))[1]
    assert small.target == "PR"  # under 5 mm
    without_least = Limit("PD", from_="nadir", percent_at_least=20.0)
    rule = replace_targets((without_least, Limit("rest")))
    still = [Visit(name, (at("A", size),)) for name, size in (("v0", 20.0), ("v1", GONE))]
    assert responses(rule, [*still, Visit("v2", (at("A", GONE),))])[1].target == "rest"


@pytest.mark.parametrize(
    ("now_mm", "could_be"),
    [
        (28.49, ("PR",)),  # 40 less 30 % is 28; sums are off by 0.3 and 0.4, together by 0.5
        (28.51, ()),
        (47.49, ()),
        (47.51, ("PD",)),
    ],
)
def test_how_near_a_limit_is_near(now_mm: float, could_be: tuple[str, ...]) -> None:
    (found,) = one_lesion((40.0, 0.3), (now_mm, 0.4))
    assert (found.target, found.could_be) == ("SD", could_be)


@pytest.mark.parametrize(("now_mm", "could_be"), [(35.49, ()), (35.51, ("PD",))])
def test_the_smallest_sum_s_own_uncertainty_counts(
    now_mm: float, could_be: tuple[str, ...]
) -> None:
    """30 and 20 % are 36."""
    found = one_lesion((60.0, 0.0), (30.0, 0.3), (now_mm, 0.4))[1]
    assert (found.target, found.could_be) == ("PR", could_be)


def test_a_complete_response_stays_one_within_its_error() -> None:
    node = Lesion.NODE
    visits = [Visit("v0", (at("A", 20.0, node, 0.5),)), Visit("v1", (at("A", 9.9, node, 0.5),))]
    (found,) = responses(RECIST, visits)
    assert (found.target, found.could_be) == ("CR", ())
    at_limit = Visit("v1", (at("A", 10.0, node),))
    assert responses(RECIST, [visits[0], at_limit])[0].target == "PR"


@pytest.mark.parametrize(
    ("size", "lesion", "counts"),
    [
        (10.0, Lesion.TARGET, True),
        (9.9, Lesion.TARGET, False),
        (15.0, Lesion.NODE, True),
        (14.9, Lesion.NODE, False),
    ],
)
def test_what_is_large_enough(size: float, lesion: Lesion, counts: bool) -> None:
    assert RECIST.targets is not None
    chosen = selected(RECIST.targets, Visit("v0", (at("A", size, lesion),)))
    assert bool(chosen.targets) == counts
    assert [why for _, why in chosen.left_out] == (
        [] if counts else ["under 15" if lesion is Lesion.NODE else "under 10"]
    )


def test_the_sixth_is_too_many_and_told_so() -> None:
    lesions = tuple(at(f"L{n}", 20.0 - n) for n in range(7))
    (found,) = responses(RECIST, [Visit("v0", lesions), Visit("v1", lesions)])
    assert found.steps[1] == (
        "Not counted: L5 15.0 mm (beyond 5 in all); L6 14.0 mm (beyond 5 in all)."
    )
    (none,) = responses(RECIST, [Visit("v0", (at("A", 8.0),)), Visit("v1", (at("A", 8.0),))])
    assert none.steps[0] == "No lesion of the baseline is large enough to be a target."


def replace_targets(limits: tuple[Limit, ...]) -> Criteria:
    return Criteria(
        *("mine", "My rule", "1", "nowhere", "diameter", "mm", "sum"),
        targets=Targets(5, 10.0), target=limits, overall=OVERALL,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit("X", "x", percent_at_least=20.0), "+20 % or more since the baseline"),
        (Limit("X", "x", "nadir", percent_at_least=20.0), "+20 % or more since the smallest sum"),
        (Limit("X", "x", percent_at_least=20.0, change_at_least=5.0),
         "+20 % or more since the baseline and at least +5 mm"),
        (Limit("X", "x"), "none of the other limits is reached"),
    ],
)  # fmt: skip
def test_the_limit_that_decided_is_said(limit: Limit, said: str) -> None:
    rule = replace_targets((limit, Limit("rest")))
    (found,) = responses(rule, [Visit("v0", (at("A", 20.0),)), Visit("v1", (at("A", 30.0),))])
    assert f"Targets: X, x ({said})." in found.steps


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("baseline", "-30 % or less since the baseline"),
        ("nadir", "-30 % or less since the smallest sum"),
    ],
)
def test_a_limit_of_shrinking_is_said(origin: str, said: str) -> None:
    rule = replace_targets((Limit("X", "x", origin, percent_at_most=-30.0), Limit("rest")))  # type: ignore[arg-type]
    (found,) = responses(rule, [Visit("v0", (at("A", 20.0),)), Visit("v1", (at("A", 10.0),))])
    assert f"Targets: X, x ({said})." in found.steps


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "a rule has either [targets] or [regions]"),
        (
            {"targets": Targets(5, 10.0), "regions": Regions((), ())},
            "a rule has either [targets] or [regions]",
        ),
        (
            {"targets": Targets(5, 10.0), "overall": OVERALL},
            "a rule of lesions has [[target]] and [[overall]] lines",
        ),
        (
            {"targets": Targets(5, 10.0), "target": (Limit("X"),)},
            "a rule of lesions has [[target]] and [[overall]] lines",
        ),
        (
            {
                "targets": Targets(5, 10.0),
                "target": (Limit("X", all_gone=True),),
                "overall": OVERALL,
            },
            "the last [[target]] line holds without a condition",
        ),
        (
            {
                "targets": Targets(5, 10.0),
                "target": (Limit("X", percent_at_most=0.0),),
                "overall": OVERALL,
            },
            "the last [[target]] line holds without a condition",
        ),
    ],
)
def test_a_rule_that_would_fall_through_is_none(parts: dict[str, object], said: str) -> None:
    head = ("mine", "My rule", "1", "nowhere", "diameter", "mm", "sum")
    with pytest.raises(ValueError) as refused:
        Criteria(*head, **parts)  # type: ignore[arg-type]
    assert str(refused.value) == said
