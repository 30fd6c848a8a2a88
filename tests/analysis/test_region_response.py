"""Rules of regions: which lost or gained beyond the error, and each step of it in words."""

from __future__ import annotations

import statistics

import pytest

from xrviewer.analysis.change import ChangeRow
from xrviewer.analysis.criteria import Criteria, Regions, RegionsOf, Verdict
from xrviewer.analysis.region_response import region_response
from xrviewer.errors import MeasureError
from xrviewer.report.criteria_files import read_criteria

TIBIA, FEMUR = "medial_tibial_cartilage", "femoral_cartilage"
VERDICTS = (
    Verdict("Mixed", "some lost, others gained", has_loss=True, has_gain=True),
    Verdict("Loss", "some lost", has_loss=True),
    Verdict("Gain", "some gained", has_gain=True),
    Verdict("No change"),
)
OF = (RegionsOf(TIBIA, ("central", "anterior")), RegionsOf(FEMUR, ("medial_weight_bearing",)))
ALONE = "3 regions; each has a limit of its own, the smallest detectable change at 95 %."


def criteria(together: bool, verdicts: tuple[Verdict, ...] = VERDICTS) -> Criteria:
    asked = Regions(OF, verdicts, together)
    return Criteria(
        "mine", "My rule", "1", "nowhere", "thickness", "mm", "mean thickness", regions=asked
    )


def row(layer: str, region: str, change_mm: float, limit_mm: float = 0.1) -> ChangeRow:
    return ChangeRow(layer, region, 2.0, 2.0 + change_mm, change_mm, None, limit_mm, False, 100.0)


def rows(central: float, anterior: float, bearing: float) -> list[ChangeRow]:
    """With others that the rule does not look at."""
    return [
        row(TIBIA, "posterior", -9.0),
        row(TIBIA, "central", central),
        row(TIBIA, "anterior", anterior, 0.2),
        row(FEMUR, "central", 9.0),
        row(FEMUR, "medial_weight_bearing", bearing),
    ]


@pytest.mark.parametrize(
    ("changes", "category", "losses", "gains"),
    [
        ((-0.11, 0.0, 0.0), "Loss", 1, 0),
        ((-0.11, -0.21, -0.11), "Loss", 3, 0),
        ((0.0, 0.21, 0.0), "Gain", 0, 1),
        ((-0.11, 0.0, 0.11), "Mixed", 1, 1),
        ((-0.1, 0.2, 0.0), "No change", 0, 0),  # at its limit is not beyond it
        ((0.0, -0.19, 0.0), "No change", 0, 0),
    ],
)
def test_each_region_has_its_own_limit(
    changes: tuple[float, float, float], category: str, losses: int, gains: int
) -> None:
    found = region_response(criteria(together=False), rows(*changes))
    assert found.category == category
    assert (len(found.losses), len(found.gains)) == (losses, gains)


def test_together_the_limits_are_those_of_so_many_looks() -> None:
    """Bonferroni's: 5 % among three, on both sides."""
    normal = statistics.NormalDist()
    wider = normal.inv_cdf(0.05 / 2 / 3) / normal.inv_cdf(0.05 / 2)
    assert wider == pytest.approx(1.2214, abs=1e-4)
    inside, beyond = 0.1 * wider - 1e-9, 0.1 * wider + 1e-9
    assert region_response(criteria(True), rows(inside, 0, 0)).category == "No change"
    assert region_response(criteria(True), rows(beyond, 0, 0)).category == "Gain"
    assert region_response(criteria(True), rows(-beyond, 0, 0)).category == "Loss"


def test_each_step_is_said() -> None:
    found = region_response(criteria(False), rows(-0.15, 0.0, 0.25))
    assert found.says == "some lost, others gained"
    assert found.losses == ("medial tibial cartilage, central",)
    assert found.gains == ("femoral cartilage, medial weight bearing",)
    assert found.steps == (
        ALONE,
        "medial tibial cartilage, central: -0.15 mm, beyond ±0.10 mm.",
        "femoral cartilage, medial weight bearing: +0.25 mm, beyond ±0.10 mm.",
        "Together: some lost, others gained.",
    )


def test_where_nothing_changed_the_nearest_to_its_limit_is_said() -> None:
    """Of 0.08 of 0.1 and 0.1 of 0.2 the first is nearer."""
    found = region_response(criteria(False), rows(0.08, -0.10, 0.0))
    assert found.steps == (
        ALONE,
        "None is beyond its limit; nearest comes medial tibial cartilage, central: "
        "+0.08 mm of ±0.10 mm.",
        "Together: No change.",
    )
    together = region_response(criteria(True), rows(0.08, 0.0, 0.0)).steps
    assert together[0] == (
        "3 regions; each has a limit of its own, the smallest detectable change at 95 %, "
        "widened 1.22 times so that all of them together are wrong in 5 %."
    )
    assert together[1].endswith("+0.08 mm of ±0.12 mm.")


def test_a_rule_that_says_nothing_of_it_is_not_decided() -> None:
    found = region_response(criteria(False, VERDICTS[1:2]), rows(0.0, 0.0, 0.5))
    assert found.category == "not decided"


def test_what_it_cannot_judge_is_told() -> None:
    with pytest.raises(MeasureError, match=r"^RECIST 1.1 is not a rule of regions$"):
        region_response(read_criteria("recist-1.1"), rows(0, 0, 0))
    with pytest.raises(MeasureError, match=r"^My rule: none of its regions is in this case$"):
        region_response(criteria(False), rows(0, 0, 0)[:1])


def test_the_rule_of_cartilage_that_comes_with_it() -> None:
    """Five looks at 0.2 mm: the limit of all is 0.2 times 2.576 / 1.960."""
    rule = read_criteria("cartilage-oai")
    quiet = [row(TIBIA, name, 0.0, 0.2) for name in ("posterior", "external", "internal")]

    def judged(central: float, anterior: float) -> str:
        two = (row(TIBIA, "central", central, 0.2), row(TIBIA, "anterior", anterior, 0.2))
        return region_response(rule, (*two, *quiet)).category

    assert judged(-0.25, 0.0) == "No change" and judged(-0.27, 0.0) == "Loss"
    assert judged(0.3, 0.0) == "Gain" and judged(0.3, -0.3) == "Mixed"
