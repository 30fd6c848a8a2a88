"""Films that are made of a case: what they show, when, and what they say of it."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from tests.shapes import Look, case_of, mapped, sphere
from xrviewer.case.model import MapInfo
from xrviewer.case.tour import TourStep
from xrviewer.commands import shots
from xrviewer.commands.ready import RECIPES, Ready
from xrviewer.commands.render import Wanted, render
from xrviewer.commands.shots import tour_length, tour_shots
from xrviewer.commands.stage import open_stage
from xrviewer.errors import UsageError
from xrviewer.gpu.context import Capabilities

BALLS = {"red": sphere((0, 0, 0), 30, rings=12), "blue": sphere((90, 0, 0), 15, rings=12)}
CASE = case_of(BALLS, {"red": Look("#d02020"), "blue": Look("#2030d0")})
TOUR = (TourStep("All of it.", "front"), TourStep("The blue one.", "back", ("blue",)))
TOURED = replace(CASE, tour=TOUR)
RATE = 5


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shots, "LEAST_S", 0.6)
    monkeypatch.setattr(shots, "LOOK_S", 0.0)
    monkeypatch.setattr(shots, "FLIGHT_S", 1.0)


def test_a_tour_flies_from_step_to_step_and_fades_what_it_no_longer_shows(
    gl: Capabilities,
) -> None:
    with open_stage(TOURED) as stage:
        before = stage.app.document.snapshot
        made = list(tour_shots(stage, 1.5, RATE))
        assert len(made) == tour_length(stage, RATE)
        assert stage.app.document.snapshot is before, "the session is as it was"
    stays = [round(RATE * max(0.6, len(step.sentence) / 16)) for step in TOUR]
    assert [shot.sentence for shot in made[: stays[0]]] == ["All of it."] * stays[0]
    assert {shot.sentence for shot in made[-stays[1] :]} == {"The blue one."}
    flight = made[stays[0] : -stays[1]]
    assert len(flight) == RATE
    red = [float(shot.draw.parts["color"][0, 3]) for shot in flight]
    assert all(1 > a > b > 0 for a, b in itertools.pairwise(red))
    assert len({shot.draw.revision for shot in flight}) == len(flight)
    assert all(shot.draw.revision < 0 for shot in made)
    first, last = made[0].view.eye.position_m, made[-1].view.eye.position_m
    assert first[2] > -0.6 > last[2], "from before it to behind it"
    ways = [shot.view.eye.position_m for shot in made]
    steps = [math.dist(a, b) for a, b in itertools.pairwise(ways)]
    assert max(steps) < 0.6 * sum(steps), "it flies and does not jump"


def test_a_tour_as_a_film_with_captions(gl: Capabilities, tmp_path: Path) -> None:
    wanted = Wanted(width=320, height=180, is_tour=True)
    render(TOURED, tmp_path / "tour.gif", wanted, lambda *_: None)
    film = iio.imread(tmp_path / "tour.gif")
    redder = [frame[..., 0].astype(int) - frame[..., 2] for frame in (film[0], film[-1])]
    assert (redder[0] > 60).sum() > 40 and (redder[1] < -60).sum() > 40
    assert (redder[1] > 60).sum() == 0
    bare = replace(TOURED, tour=tuple(replace(step, sentence=" ") for step in TOUR))
    render(bare, tmp_path / "bare.gif", wanted, lambda *_: None)
    silent = iio.imread(tmp_path / "bare.gif")
    changed = np.abs(film[0].astype(int) - silent[0]).max(axis=2) > 80
    rows = np.nonzero(changed)[0]  # a few elsewhere are the other palette's
    assert changed.sum() > 100 and np.median(rows) > 110, "the sentence stands low"


def test_a_case_without_a_tour_says_so(gl: Capabilities, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no tour to film"):
        render(CASE, tmp_path / "a.mp4", Wanted(is_tour=True), lambda *_: None)
    assert not list(tmp_path.iterdir())
    with pytest.raises(UsageError, match="a tour is a film"):
        render(TOURED, tmp_path / "a.png", Wanted(is_tour=True), lambda *_: None)


def test_on_white_paper_everything_is_dark_on_white(gl: Capabilities, tmp_path: Path) -> None:
    info = MapInfo("t_mm", "Thickness", "mm", "nearest surface", "from a formula", 0.05)
    case = mapped(CASE, info, lambda p: 2 + p[:, 0] / 60)
    wanted = Wanted("front", 480, 360, map="t_mm", is_on_white=True)
    render(case, tmp_path / "a.png", wanted, lambda *_: None)
    picture = iio.imread(tmp_path / "a.png").astype(int)
    assert (picture[:, 300:][(picture[:, 300:] < 250).any(axis=2)].size) > 0
    assert (picture[:4] == 255).all() and (picture[:, -2:] == 255).all()
    legend = picture[40:250, 8:120]
    assert (legend.max(axis=2) < 90).sum() > 100, "its writing is dark"
    assert (legend.min(axis=2) > 240).mean() > 0.4, "on white"
    warning = picture[-20:, 300:]
    assert warning.min() < 120 and np.median(warning) == 255


def test_recipes_are_what_they_are_called() -> None:
    assert RECIPES[Ready.REPORT_STILL].is_on_white
    assert RECIPES[Ready.TURNTABLE].is_turntable and RECIPES[Ready.TURNTABLE].seconds == 10
    assert RECIPES[Ready.TOUR].is_tour
    assert all(width % 2 == 0 == height % 2 for width, height in (r.size for r in RECIPES.values()))
