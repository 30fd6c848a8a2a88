"""Two dates in the document: what is kept, what is refused, and what undo takes back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.shapes import case_of, sphere
from xrviewer.case.model import Case
from xrviewer.document.comparison import KeptFit, Together, swipe_plane
from xrviewer.document.comparison_intents import (
    CompareWith,
    ComparisonIntent,
    KeepAdjusted,
    KeepFits,
    NudgeDate,
    PlaceSwipe,
    SeeTogether,
    SetBlend,
)
from xrviewer.document.document import Document
from xrviewer.document.intents import ShowTimepoint, Undo
from xrviewer.document.journal import Journal
from xrviewer.document.show import read_session, show_session
from xrviewer.errors import DocumentError
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import PartPlace

PLANE = Plane((1.0, 2.0, 3.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))
FIT = KeptFit("femur", tuple(np.eye(4).ravel().tolist()), 0.05, 1.0)
NUDGE = PartPlace((1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


@pytest.fixture(scope="module")
def case() -> Case:
    return case_of({"femur": sphere()}, dates=3)


def test_undone_each_is_as_at_first(case: Case) -> None:
    document = Document(case)
    document.apply(CompareWith("t2"))
    first = document.snapshot.comparison
    assert (first.blend, first.swipe) == (0.5, None)
    for intent in (SetBlend(0.25), PlaceSwipe(PLANE), SeeTogether(Together.SWIPE)):
        document.apply(intent)
        assert document.snapshot.comparison != first
        document.apply(Undo())
        assert document.snapshot.comparison == first


def test_all_of_it_is_kept_and_shown(case: Case, tmp_path: Path) -> None:
    with Journal(tmp_path / "s") as journal:
        document = Document(case, journal=journal)
        for intent in (
            CompareWith("t2"),
            SeeTogether(Together.SWIPE),
            SetBlend(0.25),
            PlaceSwipe(PLANE),
            KeepFits("t2", (FIT,)),
            NudgeDate("t2", NUDGE),
            KeepAdjusted("t2", NUDGE, 0.31),
        ):
            document.apply(intent)
        held = document.snapshot
    read, _ = read_session(tmp_path / "s")
    for snapshot in (held, read):
        asked = snapshot.comparison
        assert (asked.other, asked.together, asked.blend) == ("t2", Together.SWIPE, 0.25)
        assert asked.swipe == PLANE
        assert snapshot.dates["t2"].fits == (FIT,) and snapshot.dates["t2"].nudge == NUDGE
        assert snapshot.dates["t2"].residual_mm == 0.31
    shown = show_session(read)["comparison"]
    assert shown["other"] == "t2" and shown["fits"]["t2"]["femur"]["residual_mm"] == 0.05
    assert Document(case, journal=None).snapshot.comparison.other is None


def test_undo_takes_back_what_a_person_did_and_no_fit(case: Case) -> None:
    document = Document(case)
    document.apply(CompareWith("t1"))
    document.apply(NudgeDate("t1", NUDGE))
    document.apply(KeepFits("t1", (FIT,)))
    document.apply(Undo())
    assert document.snapshot.dates["t1"].nudge == PartPlace()
    document.apply(Undo())
    assert document.snapshot.comparison.other is None
    assert document.snapshot.dates["t1"].fits == (FIT,)


def test_showing_the_other_date_lets_them_change_places(case: Case) -> None:
    document = Document(case)
    document.apply(CompareWith("t1"))
    document.apply(ShowTimepoint("t1"))
    assert (document.snapshot.timepoint, document.snapshot.comparison.other) == ("t1", "t0")
    document.apply(Undo())
    assert (document.snapshot.timepoint, document.snapshot.comparison.other) == ("t0", "t1")


@pytest.mark.parametrize(
    ("intent", "reason"),
    [
        (CompareWith("t9"), "no timepoint 't9'"),
        (CompareWith("t0"), "is shown already"),
        (SetBlend(1.5), "from 0 to 1"),
        (SetBlend(float("nan")), "from 0 to 1"),
        (PlaceSwipe(Plane((0.0, 0.0, float("inf")), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0))), "finite"),
        (PlaceSwipe(Plane((0.0, 0.0, 0.0), (0.0, 0.0, 2.0), (1.0, 0.0, 0.0))), "length 1"),
        (NudgeDate("t1", PartPlace((90.0, 0.0, 0.0))), "50 mm at most"),
        (KeepFits("t1", (KeptFit("femur", (1.0,), 0.1, 1.0),)), "16 finite numbers"),
    ],
)
def test_what_is_refused(case: Case, intent: ComparisonIntent, reason: str) -> None:
    document = Document(case)
    before = document.snapshot
    with pytest.raises(DocumentError, match=reason):
        document.apply(intent)
    assert document.snapshot is before


def test_one_date_has_nothing_to_compare_with() -> None:
    with pytest.raises(DocumentError, match="one date"):
        Document(case_of({"femur": sphere()})).apply(CompareWith("t0"))


def test_a_swipe_begins_in_the_middle(case: Case) -> None:
    document = Document(case)
    plane = swipe_plane(document.snapshot.comparison, case.timepoints[0])
    assert plane.point_mm == pytest.approx((0, 0, 0), abs=1e-4) and plane.normal == (1.0, 0.0, 0.0)
