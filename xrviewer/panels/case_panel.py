"""The first panel: what this is, which date, where it stands; and that it is no diagnosis."""

from __future__ import annotations

from imgui_bundle import imgui

from xrviewer.document.intents import (
    Explode,
    Intent,
    PlaceModel,
    PutAllBack,
    Redo,
    ShowTimepoint,
    Undo,
)
from xrviewer.document.rules import MAX_EXPLODE
from xrviewer.interaction import home
from xrviewer.interaction.keys import Asked, stand_inside
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.theme import Icon
from xrviewer.words import tr


def draw_case(page: Page) -> None:
    seen = page.seen
    page.title(tr(seen.case.title))
    page.notice(Icon.WARNING, tr("Not for diagnostic use"))
    _dates(page)
    page.heading(tr("Where it stands"))
    page.buttons(
        2,
        (Icon.LIFE_SIZE, tr("Life size"), True, lambda: _life_size(page)),
        (Icon.ROOM, tr("Fit to room"), True, lambda: _fit(page)),
        (Icon.HOME, tr("Bring here"), True, lambda: _home(page)),
        (Icon.STAND, tr("Stand there"), _can_stand(page), lambda: page.ask(*_standing(page))),
    )
    _walk(page)
    imgui.dummy((0, 2))
    _spread(page)
    page.buttons(
        3,
        (Icon.TOGETHER, tr("Put back"), _is_apart(page), lambda: page.ask(PutAllBack())),
        (Icon.UNDO, tr("Undo"), seen.can_undo, lambda: page.ask(Undo())),
        (Icon.REDO, tr("Redo"), seen.can_redo, lambda: page.ask(Redo())),
    )


def _dates(page: Page) -> None:
    seen, dates = page.seen, page.seen.case.timepoints
    if len(dates) < 2:
        return
    ids = [date.id for date in dates]
    now = ids.index(seen.snapshot.timepoint)
    chosen = page.choice("date", [tr(date.name) for date in dates], now)
    if chosen != now:
        page.ask(ShowTimepoint(ids[chosen]))


def _walk(page: Page) -> None:
    """For as long as an arrow is pressed; bare hands have no stick."""
    wish = page.seen.world.preferences
    if page.seen.is_desk or not (wish.walk or wish.snap_turn):
        return
    left, right = (
        (tr("Turn left"), tr("Turn right")) if wish.snap_turn else (tr("Left"), tr("Right"))
    )
    ways = [(Icon.BACK, left, (-1.0, 0.0)), (Icon.NEXT, right, (1.0, 0.0))]
    if wish.walk:
        ways[1:1] = [(Icon.AHEAD, tr("Ahead"), (0.0, 1.0)), (Icon.ASTERN, tr("Back"), (0.0, -1.0))]
    width = (imgui.get_content_region_avail().x - theme.GAP * (len(ways) - 1)) / len(ways)
    for i, (icon, word, walk) in enumerate(ways):
        if i:
            imgui.same_line()
        if page.held(icon, word, width):
            page.walk = walk


def _spread(page: Page) -> None:
    value = page.seen.snapshot.explode
    shown, done = page.slider("explode", tr("Spread apart"), value, 0.0, MAX_EXPLODE, "%.1f×")
    if shown is not None:
        page.previews.append(Explode(shown))
    if done is not None:
        page.ask(Explode(round(done, 2)))


def _is_apart(page: Page) -> bool:
    snapshot = page.seen.snapshot
    places = snapshot.layers["place"]
    is_moved = places["position_mm"].any() or places["rotation_xyzw"][:, :3].any()
    return snapshot.explode > 0 or bool(is_moved)


def _life_size(page: Page) -> None:
    seen = page.seen
    extent = seen.world.extent(seen.snapshot)
    page.ask(PlaceModel(home.at_life_size(extent, seen.snapshot.model)))


def _fit(page: Page) -> None:
    seen = page.seen
    extent = seen.world.extent(seen.snapshot)
    page.ask(PlaceModel(home.filling_room(extent, seen.snapshot.model)))


def _home(page: Page) -> None:
    """At a desk not before the eye, which circles the model there."""
    seen = page.seen
    head = None if seen.is_desk else seen.head
    extent, is_seated = seen.world.extent(seen.snapshot), seen.world.preferences.seated
    page.ask(PlaceModel(home.before_viewer(extent, head, is_seated)))


def _can_stand(page: Page) -> bool:
    return page.seen.hit is not None and not page.seen.is_desk


def _standing(page: Page) -> list[Intent]:
    """At the point that was last pointed at."""
    seen = page.seen
    return stand_inside(Asked(seen.snapshot, seen.world, seen.hit, seen.views))
