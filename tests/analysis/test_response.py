"""Rules of response on cases worked out by hand from the published tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xrviewer.analysis.criteria import Criteria
from xrviewer.analysis.response import Response, responses
from xrviewer.analysis.targets import LesionAt, State, Visit, selected
from xrviewer.case.measured import Lesion
from xrviewer.errors import MeasureError
from xrviewer.report.criteria_files import read_criteria

GONE = State.GONE


@pytest.fixture(scope="module")
def recist() -> Criteria:
    return read_criteria("recist-1.1")


def at(
    name: str, value: float | State, lesion: Lesion = Lesion.TARGET, off: float = 0.0
) -> LesionAt:
    if isinstance(value, State):
        return LesionAt(name, lesion, value)
    return LesionAt(name, lesion, State.MEASURED, value, off)


def told(rule: Criteria, *sizes: tuple[float | State, ...]) -> tuple[Response, ...]:
    """A visit a tuple of the same lesions' sizes."""
    visits = [
        Visit(f"v{n}", tuple(at(f"L{i}", size) for i, size in enumerate(row)))
        for n, row in enumerate(sizes)
    ]
    return responses(rule, visits)


@pytest.mark.parametrize(
    ("sizes", "target"),
    [
        ((40.0, 28.0), "PR"),  # -30 % is the limit itself
        ((40.0, 28.1), "SD"),
        ((40.0, 47.9), "SD"),
        ((40.0, 48.0), "PD"),
        ((20.0, 24.0), "SD"),  # +20 %, but 4 mm are under 5
        ((20.0, 25.0), "PD"),
        ((40.0, GONE), "CR"),
    ],
)
def test_limits_of_one_lesion(
    recist: Criteria, sizes: tuple[float | State, ...], target: str
) -> None:
    (found,) = told(recist, *((size,) for size in sizes))
    assert (found.target, found.overall) == (target, target)


def test_growth_is_counted_from_the_smallest_sum(recist: Criteria) -> None:
    """100 to 60 to 75: still 25 % under the baseline, and 25 % over the smallest."""
    second, third = told(recist, (60.0, 40.0), (36.0, 24.0), (45.0, 30.0))
    assert (second.target, second.percent) == ("PR", -40.0)
    assert (third.target, third.percent) == ("PD", -25.0)
    assert "Since the smallest (v1, 60.0 mm): +15.0 mm, +25.0 %." in third.steps
    assert any("progressive disease (+20 % or more since the smallest" in s for s in third.steps)


def test_a_node_of_normal_size_counts_as_gone(recist: Criteria) -> None:
    visits = [
        Visit("v0", (at("liver", 20.0), at("node", 18.0, Lesion.NODE))),
        Visit("v1", (at("liver", GONE), at("node", 9.0, Lesion.NODE))),
        Visit("v2", (at("liver", GONE), at("node", 10.5, Lesion.NODE))),
    ]
    first, second = responses(recist, visits)
    assert (first.target, first.total) == ("CR", 9.0)
    assert second.target == "PR"  # 10.5 of 38 mm, but the node is no longer normal


def test_small_lesions_are_no_targets_and_five_are_the_most(recist: Criteria) -> None:
    sizes = (30.0, 25.0, 20.0, 15.0, 12.0, 11.0, 9.0)
    (found,) = told(recist, sizes, tuple(size / 2 for size in sizes))
    assert found.total == pytest.approx(51.0)  # without the sixth, and the one under 10 mm


@pytest.mark.parametrize(
    ("target", "non_target", "new", "overall"),
    [
        (GONE, GONE, False, "CR"),
        (GONE, State.PRESENT, False, "PR"),
        (GONE, None, False, "PR"),  # the others were not looked at
        (10.0, State.PRESENT, False, "PR"),
        (20.0, None, False, "SD"),
        (20.0, State.PROGRESSED, False, "PD"),
        (GONE, GONE, True, "PD"),
        (None, State.PRESENT, False, "NE"),
    ],
)
def test_the_table_of_all_lesions(
    recist: Criteria,
    target: float | State | None,
    non_target: State | None,
    new: bool,
    overall: str,
) -> None:
    rest = Lesion.NON_TARGET
    later = [at("T", target)] if target is not None else []
    later += [at("N", non_target, rest)] if non_target is not None else []
    later += [at("X", 12.0)] if new else []
    visits = [Visit("v0", (at("T", 20.0), at("N", State.PRESENT, rest))), Visit("v1", tuple(later))]
    (found,) = responses(recist, visits)
    assert found.overall == overall
    assert found.new == (("X",) if new else ())


def test_two_of_an_organ_and_all_nodes_are_one(recist: Criteria) -> None:
    """The third of the liver and the third node make room for the lung; each is told with why."""
    sizes = (("liver", 40.0), ("liver", 30.0), ("liver", 25.0), ("lung", 12.0), ("bone", 9.0))
    found = [
        replace(at(f"{organ} {n}", size), organ=organ) for n, (organ, size) in enumerate(sizes)
    ]
    found += [at(f"node {n}", 16.0 + n, Lesion.NODE) for n in range(3)]
    chosen = selected(recist.targets, Visit("v0", tuple(found)))  # type: ignore[arg-type]
    assert [one.name for one in chosen.targets] == [
        "liver 0",
        "liver 1",
        "node 2",
        "node 1",
        "lung 3",
    ]
    assert {one.name: why for one, why in chosen.left_out} == {
        "liver 2": "beyond 2 of one organ: liver",
        "node 0": "beyond 2 of one organ: lymph nodes",
        "bone 4": "under 10",
    }
    (told,) = responses(recist, [Visit("v0", tuple(found)), Visit("v1", tuple(found))])
    assert told.total == pytest.approx(40 + 30 + 18 + 17 + 12)
    assert told.steps[0].startswith("Targets chosen at v0: liver 0 40.0 mm (liver); ")
    assert told.steps[1].startswith("Not counted: liver 2 25.0 mm (beyond 2 of one organ: liver)")


def test_what_was_not_measured_is_not_gone(recist: Criteria) -> None:
    visits = [Visit("v0", (at("A", 20.0), at("B", 20.0))), Visit("v1", (at("A", 5.0),))]
    (found,) = responses(recist, visits)
    assert (found.target, found.total) == ("NE", None)
    assert "B not measured" in found.steps[2]


def test_a_category_on_the_edge_says_so(recist: Criteria) -> None:
    visits = [Visit("v0", (at("A", 40.0, off=0.5),)), Visit("v1", (at("A", 28.4, off=0.5),))]
    (found,) = responses(recist, visits)
    assert (found.target, found.could_be) == ("SD", ("PR",))
    clear = responses(recist, [visits[0], Visit("v1", (at("A", 35.0, off=0.5),))])[0]
    assert clear.could_be == ()


def test_volumes_and_viable_tumour() -> None:
    """1.2 and 0.7 of a diameter, cubed; and the rule of the liver, which has no 5 mm."""
    volumes = read_criteria("volumetric")
    assert [told(volumes, (10.0,), (v,))[0].target for v in (17.2, 17.3, 3.6, 3.5)] == [
        "SD",
        "PD",
        "SD",
        "PR",
    ]
    assert told(read_criteria("mrecist"), (20.0,), (24.0,))[0].target == "PD"


def test_nothing_to_judge(recist: Criteria) -> None:
    with pytest.raises(MeasureError, match="needs a baseline and a follow-up"):
        told(recist, (20.0,))
    with pytest.raises(MeasureError, match="mark them as targets"):
        responses(recist, [Visit("v0", ()), Visit("v1", ())])
    (small,) = told(recist, (8.0,), (4.0,))
    assert (
        small.overall == "NE"
        and "large enough" in small.steps[0]
        and "8.0 mm (under 10)" in small.steps[1]
    )
