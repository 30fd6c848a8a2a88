"""Two dates on the command line: nudged, drawn together, and refused where they do not fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.commands.test_compare import two_dates
from xrviewer.app.beside import Beside
from xrviewer.app.comparing import Comparer
from xrviewer.app.inbox import Inbox
from xrviewer.caseio.folder import save_case
from xrviewer.cli import app
from xrviewer.commands.parsing import dates_of
from xrviewer.document.comparison import Comparison, Together
from xrviewer.document.comparison_intents import CompareWith, NudgeDate, SeeTogether
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent, Undo
from xrviewer.document.show import read_session
from xrviewer.errors import UsageError
from xrviewer.scene.build import Scene
from xrviewer.spatial.transforms import PartPlace

RUN = CliRunner()


def test_a_nudge_turns_about_the_middle_and_is_kept(tmp_path: Path) -> None:
    save_case(two_dates(2.0, (1, 0, 0)), tmp_path / "c")
    words = ["--session", str(tmp_path / "s"), "--timepoint", "t1", "--move", "0,0.5,0"]
    done = RUN.invoke(app, ["session", "nudge", str(tmp_path / "c"), *words, "--turn", "0,0,2"])
    assert done.exit_code == 0, done.output
    matrix = read_session(tmp_path / "s")[0].dates["t1"].nudge.matrix()
    assert np.degrees(np.arccos((np.trace(matrix[:3, :3]) - 1) / 2)) == pytest.approx(2.0)
    middle = np.array((0.0, 0.0, 0.0, 1.0))
    first = two_dates(2.0, (1, 0, 0)).timepoints[0]
    middle[:3] = np.mean(first.surfaces.bounds_mm(), axis=0)
    np.testing.assert_allclose((matrix @ middle - middle)[:3], (0, 0.5, 0), atol=1e-6)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--timepoint", "t0"), "is the first date"),
        (("--timepoint", "t1", "--move", "0,99,0"), "50 mm at most"),
        (("--timepoint", "t1", "--move", "up"), "X,Y,Z"),
        (("--timepoint", "t7"), "choose one of t0 (Date 0), t1 (Date 1)"),
    ],
)
def test_nudges_that_make_no_sense(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    save_case(two_dates(2.0, (0, 0, 0)), tmp_path / "c")
    asked = ["session", "nudge", str(tmp_path / "c"), "--session", str(tmp_path / "s"), *words]
    done = RUN.invoke(app, asked)
    assert done.exit_code != 0 and reason in str(done.exception)


def test_words_of_a_comparison() -> None:
    assert dates_of("") == Comparison()
    assert dates_of("t1") == Comparison("t1", Together.SIDE)
    assert dates_of("t1:overlay:0.2") == Comparison("t1", Together.OVERLAY, 0.2)
    with pytest.raises(UsageError, match="write ID:WAY"):
        dates_of("t1:beside")


def compared(later: tuple[object, ...], together: Together) -> tuple[Document, Comparer, list[str]]:
    """As a frame does it, until nothing is waited for."""
    case, told = two_dates(*later), list[str]()
    document, inbox, scene = Document(case), Inbox(), Scene(case)

    def apply(intent: Intent) -> None:
        document.apply(intent)

    comparer = Comparer(Beside(case, document, inbox, apply, told.append))
    document.apply(SeeTogether(together))
    document.apply(CompareWith("t1"))

    def step() -> None:
        snapshot = comparer.prepared(document.snapshot)
        comparer.shown(scene.build(snapshot), snapshot, 0.0)

    comparer.wait(step)
    inbox.close()
    return document, comparer, told


def test_the_fit_is_found_beside_the_frame_and_kept() -> None:
    document, comparer, told = compared((2.0, (4.0, -3.0, 8.0)), Together.DIFFERENCE)
    assert told == [] and comparer.scale is not None
    fit = document.snapshot.dates["t1"]
    assert fit.residual_mm is not None and fit.residual_mm < 0.05
    assert not document.can_redo and document.snapshot.comparison.other == "t1"


def test_what_a_hand_did_is_looked_at_kept_and_told() -> None:
    """A ball's surface moved by 1 mm lies 0.5 mm apart in the mean over its sides."""
    case = two_dates(2.0, (4.0, -3.0, 8.0))
    document, inbox, scene = Document(case), Inbox(), Scene(case)

    def apply(intent: Intent) -> None:
        document.apply(intent)

    comparer = Comparer(Beside(case, document, inbox, apply, print))
    document.apply(CompareWith("t1"))

    def step() -> list[str]:
        snapshot = comparer.prepared(document.snapshot)
        draw = comparer.shown(scene.build(snapshot), snapshot, 0.0)
        return [label.text for label in draw.marks.labels]

    comparer.wait(step)
    assert not any("by hand" in text for text in step())
    document.apply(NudgeDate("t1", PartPlace((0.0, 1.0, 0.0))))
    assert document.snapshot.dates["t1"].residual_mm is None
    step()
    inbox.wait()
    residual = document.snapshot.dates["t1"].residual_mm
    assert residual == pytest.approx(0.6, abs=0.2)
    assert f"Adjusted by hand: {residual:.2f} mm apart" in step()
    document.apply(Undo())  # of the nudge: what was looked at is no step
    assert not document.snapshot.dates["t1"].is_by_hand
    assert document.snapshot.dates["t1"].residual_mm == pytest.approx(0.0, abs=0.05)
    inbox.close()


def test_numbers_go_by_what_a_hand_did(tmp_path: Path) -> None:
    """And are refused where it was put too far off."""
    save_case(two_dates(2.0, (0, 0, 0)), tmp_path / "c")
    words = ["session", "nudge", str(tmp_path / "c"), "--timepoint", "t1", "--session"]
    asked = ["compare", str(tmp_path / "c"), "--json", "--session"]
    for name, move in (("near", "0,0.4,0"), ("far", "0,6,0")):
        assert RUN.invoke(app, [*words, str(tmp_path / name), "--move", move]).exit_code == 0
    (fit,) = json.loads(RUN.invoke(app, [*asked, str(tmp_path / "near")]).stdout)["fits"]
    assert fit["by_hand"] and fit["residual_mm"] == pytest.approx(0.22, abs=0.08)
    assert fit["baseline_from_followup"][1][3] == pytest.approx(0.4, abs=0.05)
    said = RUN.invoke(app, [*asked[:2], *asked[3:], str(tmp_path / "near")]).stdout
    assert "femur adjusted by hand to within 0.2" in said
    refused = RUN.invoke(app, [*asked, str(tmp_path / "far")])
    assert refused.exit_code != 0 and "femur: adjusted by hand to " in str(refused.exception)


def test_a_bad_fit_is_told_and_ends_the_comparison() -> None:
    document, _, told = compared((2.0, (0, 0, 0), -1.0), Together.SIDE)
    assert "the dates cannot be compared: " in told[0] and "opposite sides" in told[0]
    assert document.snapshot.comparison.other is None and "t1" not in document.snapshot.dates
