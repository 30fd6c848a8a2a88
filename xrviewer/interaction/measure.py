"""Measuring: points are placed on what the hands point at, and one intent makes a measurement.

A press freezes the point; while it is held the hand moves it a quarter as far as it moves itself;
the release places it. The last one of a figure commits. A press on the end of a measurement takes
hold of that end. What takes longer than a frame is asked of the app and comes back as an intent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.document.intents import Intent, Undo
from xrviewer.document.measurement_intents import Retract
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.grab import PRESS_FROM, RELEASE_BELOW
from xrviewer.interaction.input import Hand
from xrviewer.interaction.measure_aim import Sight, Spot, measures_pictures, spot_at
from xrviewer.interaction.measure_commit import (
    Slow,
    axis_of,
    committed,
    dragged,
    figure_of,
    is_on_right_parts,
)
from xrviewer.interaction.measure_ends import NO_ENDS, End, Ends, ends_of, nearest_end
from xrviewer.interaction.measure_kinds import BRUSH_M, DRAGGED, WANTED, input_m, kind_of, lesion_of
from xrviewer.interaction.take import EARLY_S, is_pressing
from xrviewer.values import changed

FLASH_S = 0.3
TWICE_S = 0.4
"""Two presses within it, at one place, end a figure that has no last point of its own."""
SAME_M = 0.008
"""In the room: so near to another point is at it."""
_DRAG_FROM_M = 0.003
_PLACED = (0.5, 0.02)
ENTER, DELETE = "enter", "delete"


@dataclass(frozen=True, slots=True, eq=False)
class Press:
    """A trigger or a pinch that is held."""

    hand: int
    start: Hand
    first: Spot
    spot: Spot
    """Where it has been moved to."""
    age_s: float = 0.0
    end: End | None = None
    """Of a measurement that is there: it was taken hold of."""
    brush: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Measuring:
    """Of the figure that is being made; forgotten with the tool, the date or the session."""

    kind: Kind | None = None
    timepoint: str = ""
    lesion: Lesion = Lesion.NONE
    """Not NONE: the ends are found on the structure that is pressed."""
    spots: tuple[Spot, ...] = ()
    strokes: tuple[int, ...] = ()
    """Where each stroke of the brush begins among the spots."""
    live: Spot | None = None
    """The reticle."""
    near: End | None = None
    """The end of a measurement that the reticle is at."""
    press: Press | None = None
    is_down: tuple[bool, bool] = (False, False)
    is_squeezed: tuple[bool, bool] = (False, False)
    since_s: tuple[float, float] = (math.inf, math.inf)
    """Since each hand has last begun to press anything."""
    placed_s: float = math.inf
    flash_s: float = 0.0
    """How long the reticle stays red: there was nothing to do."""
    preview: Measured | None = None
    """The figure with the reticle as its next point, or with its end where it was dragged to."""
    ends: Ends = NO_ENDS
    slow: tuple[Slow, ...] = ()
    """Asked of the app in this frame."""
    pulses: tuple[Pulse, ...] = ()

    @property
    def dragged_id(self) -> str | None:
        """The measurement that the preview stands for."""
        return self.press.end.id if self.press and self.press.end else None


IDLE = Measuring()


def step_measuring(
    before: Measuring,
    hands: tuple[Hand, Hand],
    keys: frozenset[str],
    dt_s: float,
    sight: Sight,
    intents: list[Intent],
    is_held: bool = False,
) -> tuple[Measuring, list[Intent]]:
    """intents: what the frame asks so far; an undo takes back a point that is being placed first.
    is_held: the model is in the hands, which do not measure meanwhile."""
    kind = kind_of(sight.snapshot.tool)
    if kind is None or sight.world.preferences.visitor_lock:
        return IDLE, intents
    now = _aged(before, kind, hands, dt_s, sight)
    now, intents = _taken_back(now, keys, intents)
    if is_held:
        return changed(now, press=None, live=None, near=None, preview=_preview(now, sight)), intents
    now = _followed(now, before, hands, sight)
    now, asked = _pressed(now, before, hands, sight)
    now, more = _keyed(now, keys, sight)
    return changed(now, preview=_preview(now, sight)), intents + asked + more


def _aged(
    before: Measuring, kind: Kind, hands: tuple[Hand, Hand], dt_s: float, sight: Sight
) -> Measuring:
    """What time and the buttons alone make of it; another tool or date begins anew."""
    left, right = hands
    down = (is_pressing(left, before.is_down[0]), is_pressing(right, before.is_down[1]))
    squeezed = (
        left.squeeze > (RELEASE_BELOW if before.is_squeezed[0] else PRESS_FROM),
        right.squeeze > (RELEASE_BELOW if before.is_squeezed[1] else PRESS_FROM),
    )
    since = [
        0.0 if (squeezed[i] and not before.is_squeezed[i]) else before.since_s[i] + dt_s
        for i in (0, 1)
    ]
    timepoint = sight.snapshot.timepoint
    now = (kind, timepoint, lesion_of(sight.snapshot.tool))
    is_same = (before.kind, before.timepoint, before.lesion) == now
    kept = before if is_same else Measuring(*now)
    return changed(
        kept,
        is_down=down,
        is_squeezed=squeezed,
        since_s=(since[0], since[1]),
        placed_s=kept.placed_s + dt_s,
        flash_s=max(kept.flash_s - dt_s, 0.0),
        press=kept.press and changed(kept.press, age_s=kept.press.age_s + dt_s),
        ends=ends_of(kept.ends, sight.snapshot),
        slow=(),
        pulses=(),
    )


def _taken_back(
    now: Measuring, keys: frozenset[str], intents: list[Intent]
) -> tuple[Measuring, list[Intent]]:
    """An undo is the figure's own while it has a point; a hand's takes away the measurement whose
    end it is at, which a keyboard has another key for."""
    if not any(isinstance(intent, Undo) for intent in intents):
        return now, intents
    if now.press is not None:
        now = changed(now, press=None)
    elif now.spots:
        count = now.strokes[-1] if now.strokes else len(now.spots) - 1
        now = changed(now, spots=now.spots[:count], strokes=now.strokes[:-1])
    elif now.near is not None and not keys:
        return changed(now, near=None), [
            Retract((now.near.id,)) if isinstance(intent, Undo) else intent for intent in intents
        ]
    else:
        return now, intents
    rest = list(intents)
    rest.remove(next(intent for intent in intents if isinstance(intent, Undo)))
    return now, rest


def _followed(
    now: Measuring, before: Measuring, hands: tuple[Hand, Hand], sight: Sight
) -> Measuring:
    """The reticle, under the hand that presses, else under the one that points."""
    press = now.press
    if press is None:
        index = sight.pointing
        live = None
        is_bare = any(hand.joints is not None for hand in hands)
        if index is not None or is_bare or measures_pictures(sight):
            live = _first_spot(now, hands, sight)
        return changed(now, live=live, near=None if live is None else _end_at(now, live, sight))
    hand = hands[press.hand]
    is_fine = press.end is None and now.kind is not Kind.AREA
    spot = spot_at(hand, press.hand, sight, press.start if is_fine else None)
    if spot is None:  # off the surface: it stays where it was
        return changed(now, live=press.spot)
    spot = _with_input(spot, hand, is_fine and press.age_s > EARLY_S, sight)
    press = changed(press, spot=spot, brush=_brushed(now, press, spot, sight))
    return changed(now, press=press, live=spot)


def _first_spot(now: Measuring, hands: tuple[Hand, Hand], sight: Sight) -> Spot | None:
    """Of the hand that has just gone down, else of the one that points, else of the other. Which
    one points at a slice is not known yet: the right one is asked first."""
    first = 1 if measures_pictures(sight) else sight.pointing
    order = sorted((0, 1), key=lambda i: (not now.is_down[i], i != first, i == 0))
    for i in order:
        spot = spot_at(hands[i], i, sight)
        if spot is not None:
            return _with_input(spot, hands[i], False, sight)
    return None


def _with_input(spot: Spot, hand: Hand, has_refined: bool, sight: Sight) -> Spot:
    return changed(spot, input_mm=input_m(hand, has_refined) * sight.mm_per_m)


def _end_at(now: Measuring, spot: Spot, sight: Sight) -> End | None:
    return nearest_end(now.ends, spot, SAME_M * sight.mm_per_m)


def _brushed(now: Measuring, press: Press, spot: Spot, sight: Sight) -> tuple[Spot, ...]:
    """A place more where the brush has moved half its radius on, on the part it began on."""
    if now.kind is not Kind.AREA or spot.layer != press.first.layer:
        return press.brush
    step_mm = BRUSH_M * sight.mm_per_m / 2
    is_on = math.dist(press.brush[-1].point_mm, spot.point_mm) >= step_mm
    return (*press.brush, spot) if is_on else press.brush


def _pressed(
    now: Measuring, before: Measuring, hands: tuple[Hand, Hand], sight: Sight
) -> tuple[Measuring, list[Intent]]:
    """What presses that begin, go on and end do."""
    begun = [i for i in (0, 1) if now.is_down[i] and not before.is_down[i]]
    since = now.since_s
    for i in begun:
        since = (0.0, since[1]) if i == 0 else (since[0], 0.0)
    now, press = changed(now, since_s=since), now.press
    if press is not None:
        if since[1 - press.hand] < EARLY_S and press.age_s < EARLY_S:
            return changed(now, press=None), []  # both hands: they want the model
        if now.is_down[press.hand]:
            return now, []
        if hands[press.hand].grip is None:  # it was lost, and has not let go
            return changed(now, press=None), []
        return _let_go(changed(now, press=None), press, sight)
    if len(begun) != 1 or since[1 - begun[0]] < EARLY_S:
        return now, []
    return _begin(now, begun[0], hands[begun[0]], sight), []


def _begin(now: Measuring, index: int, hand: Hand, sight: Sight) -> Measuring:
    spot = spot_at(hand, index, sight)
    if spot is None:
        return changed(now, flash_s=FLASH_S)
    spot = _with_input(spot, hand, False, sight)
    end = _end_at(now, spot, sight) if not now.spots else None
    brush = (spot,) if now.kind is Kind.AREA else ()
    if end is not None and now.ends.kinds[end.id] not in DRAGGED:
        end = None
    return changed(now, press=Press(index, hand, spot, spot, end=end, brush=brush))


def _let_go(now: Measuring, press: Press, sight: Sight) -> tuple[Measuring, list[Intent]]:
    if press.end is not None:
        moved_mm = math.dist(press.first.point_mm, press.spot.point_mm)
        if moved_mm > _DRAG_FROM_M * sight.mm_per_m:
            return _drag(now, press.end, press.spot, sight)
        at = now.ends.point_of(press.end)  # a click on an end snaps to it
        return _place(now, changed(press.spot, point_mm=at), press, sight)
    return _place(now, press.spot, press, sight)


def _drag(now: Measuring, end: End, spot: Spot, sight: Sight) -> tuple[Measuring, list[Intent]]:
    done = dragged(end, spot, sight)
    if done is None:
        return changed(now, flash_s=FLASH_S), []
    return _asked(now, done)


def _place(
    now: Measuring, spot: Spot, press: Press, sight: Sight
) -> tuple[Measuring, list[Intent]]:
    assert now.kind is not None
    wanted = WANTED[now.kind]
    if now.lesion:
        return _asked(changed(now, placed_s=0.0), axis_of(spot, now.lesion, sight))
    if now.spots and now.placed_s < TWICE_S:
        apart_mm = math.dist(now.spots[-1].point_mm, spot.point_mm)
        if apart_mm < SAME_M * sight.mm_per_m:
            return _end_figure(now, sight)
    spots = (*now.spots, *(press.brush or (spot,)))
    if not is_on_right_parts(now.kind, spots):
        return changed(now, flash_s=FLASH_S), []
    strokes = (*now.strokes, len(now.spots)) if press.brush else ()
    pulse = (Pulse(press.hand, *_PLACED),) if sight.world.preferences.haptics else ()
    after = changed(now, spots=spots, strokes=strokes, placed_s=0.0, pulses=pulse)
    if wanted.is_full(len(spots)):
        return _commit(now, after, sight)
    if len(spots) > 1 and math.dist(spots[-1].point_mm, spots[-2].point_mm) == 0:
        return changed(now, flash_s=FLASH_S), []
    return after, []


def _end_figure(now: Measuring, sight: Sight) -> tuple[Measuring, list[Intent]]:
    """Where the figure has no last point of its own."""
    assert now.kind is not None
    wanted = WANTED[now.kind]
    if wanted.is_full(wanted.least) or not wanted.can_end(len(now.spots)):
        return changed(now, flash_s=FLASH_S), []
    return _commit(now, now, sight)


def _commit(before: Measuring, full: Measuring, sight: Sight) -> tuple[Measuring, list[Intent]]:
    """before: what is left when these points make no figure."""
    assert full.kind is not None
    done = committed(full.kind, full.spots, BRUSH_M * sight.mm_per_m, sight)
    if done is None:
        return changed(before, flash_s=FLASH_S), []
    return _asked(changed(full, spots=(), strokes=()), done)


def _asked(now: Measuring, done: Intent | Slow) -> tuple[Measuring, list[Intent]]:
    if isinstance(done, Slow):
        return changed(now, slow=(*now.slow, done)), []
    return now, [done]


def _keyed(now: Measuring, keys: frozenset[str], sight: Sight) -> tuple[Measuring, list[Intent]]:
    if ENTER in keys and now.spots and now.press is None:
        return _end_figure(now, sight)
    if DELETE in keys:
        return taken_away(now)
    return now, []


def taken_away(now: Measuring) -> tuple[Measuring, list[Intent]]:
    """The measurement whose end is pointed at."""
    if now.near is None or now.press is not None:
        return changed(now, flash_s=FLASH_S), []
    return changed(now, near=None), [Retract((now.near.id,))]


def _preview(now: Measuring, sight: Sight) -> Measured | None:
    if now.press is not None and now.press.end is not None:
        done = dragged(now.press.end, now.press.spot, sight, is_preview=True)
        return getattr(done, "measured", None)
    if now.kind is None:
        return None
    brush = now.press.brush if now.press else ()
    more = brush or ((now.live,) if now.live is not None else ())
    if not now.spots and not brush:
        return None
    return figure_of(now.kind, now.spots, more, BRUSH_M * sight.mm_per_m, sight)
