"""The first panel: dates, where the model stands, what can be taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.panels.acting import DESK, person
from tests.shapes import case_of, sphere
from xrviewer.document.intents import Explode, PlaceModel, PutAllBack, Redo, ShowTimepoint, Undo
from xrviewer.interaction import home
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.world import world_of
from xrviewer.panels.state import Seen
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import Placement, Pose
from xrviewer.spatial.views import View, symmetric_fov

CASE = case_of({"ball": sphere(rings=8), "small": sphere((60, 0, 0), 5, rings=8)}, dates=2)
LARGE = Placement((0.0, 1.0, -1.0), (0.0, 0.0, 0.0, 1.0), 3.0)
EYE = View(Pose((0.1, 1.6, 0.2), (0.0, 0.0, 0.0, 1.0)), symmetric_fov(1.0, 1.0))


def test_each_date_is_a_choice() -> None:
    with person(CASE) as user:
        names = [timepoint.name for timepoint in CASE.timepoints]
        assert user.press(names[1]) == [ShowTimepoint("t1")]
        assert user.press(names[0]) == [ShowTimepoint("t0")]
        assert user.press(names[0]) == []


def test_one_date_is_no_choice() -> None:
    with person(case_of({"ball": sphere(rings=8)})) as user:
        assert user.document.snapshot.timepoint == "t0"
        assert CASE.timepoints[0].name not in user.panels.places


def test_life_size() -> None:
    with person(CASE) as user:
        user.document.apply(PlaceModel(LARGE))
        user.press("Life size")
        assert user.document.snapshot.model.scale == 1.0


def test_fit_to_room() -> None:
    with person(CASE) as user:
        extent = user.world.extent(user.document.snapshot)
        wanted = home.filling_room(extent, user.document.snapshot.model)
        assert user.press("Fit to room") == [PlaceModel(wanted)]


def test_bring_here() -> None:
    with person(CASE) as user:
        user.document.apply(PlaceModel(LARGE))
        user.seen = Seen(user.world, user.document.snapshot, views=(EYE,))
        user.press("Bring here")
        model, extent = user.document.snapshot.model, user.world.extent(user.document.snapshot)
        x, y, z = extent.room_center(model)
        assert (x, y, z) == pytest.approx((0.1, 0.8, 0.2 - 0.6))


def test_stand_there_needs_a_point() -> None:
    with person(CASE) as user:
        assert user.press("Stand there") == []
        hit = Hit(0, (0.0, 0.0, 0.0), 100.0, (0.0, 0.0, 1.0))
        user.seen = Seen(user.world, user.document.snapshot, views=(EYE,), hit=hit)
        (asked,) = user.press("Stand there")
        assert isinstance(asked, PlaceModel)
        # The point that was pointed at is the middle of the case: it comes to the eye.
        assert asked.placement.position_m == pytest.approx(EYE.eye.position_m)


def test_spreading_is_seen_before_it_is_done() -> None:
    with person(CASE) as user:
        user.point("Spread apart", 0.05)
        user.at = user.at.__class__(user.at.at, True)
        user.wait()
        left, top, right, bottom = user.panels.places["Spread apart"]
        at = ((left + 0.5 * (right - left)) / 480, (top + bottom) / 2 / 380)
        user.at = user.at.__class__(at, True)
        user.wait()
        assert user.asked == []
        (preview,) = user.shown.previews
        assert isinstance(preview, Explode) and 1.4 < preview.amount < 1.6
        user.at = user.at.__class__(at, False)
        user.wait()
        (done,) = user.asked
        assert isinstance(done, Explode) and done.amount == round(preview.amount, 2)
        assert user.shown.previews == ()


def test_what_was_done_can_be_taken_back() -> None:
    with person(CASE) as user:
        assert user.press("Undo") == []  # there is nothing yet
        assert user.press("Put back") == []
        user.drag("Spread apart", 0.1, 0.6)
        assert user.press("Put back") == [PutAllBack()]
        assert user.press("Undo") == [Undo()]
        assert user.document.snapshot.explode > 0
        assert user.press("Redo") == [Redo()]
        assert user.document.snapshot.explode == 0


@pytest.mark.parametrize(
    ("word", "walk"),
    [("Ahead", (0.0, 1.0)), ("Back", (0.0, -1.0)), ("Left", (-1.0, 0.0)), ("Right", (1.0, 0.0))],
)
def test_an_arrow_walks_for_as_long_as_it_is_pressed(word: str, walk: tuple[float, float]) -> None:
    with person(CASE) as user:
        user.point(word)
        assert user.shown.walk == (0.0, 0.0)
        user.at = replace(user.at, is_pressed=True)
        assert user.wait().walk == walk
        user.at = replace(user.at, is_pressed=False)
        assert user.wait().walk == (0.0, 0.0)
        assert user.asked == []


def test_no_arrows_where_nobody_walks() -> None:
    with person(CASE, DESK) as user:
        assert "Ahead" not in user.panels.places
    with person(CASE) as user:
        user.seen = Seen(world_of(CASE, Preferences(walk=False)), user.document.snapshot)
        user.point("Life size")
        assert "Ahead" not in user.panels.places
