"""One frame of interaction: what the hands and keys mean. Pure: others change the document."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from xrviewer.document.intents import Intent, PlaceModel, Undo
from xrviewer.document.opening import OPENING_TOOL
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction import home
from xrviewer.interaction.aiming import Pick, case_ray, meets_before
from xrviewer.interaction.arriving import recentred, seated_start
from xrviewer.interaction.bare import Bare, step_bare
from xrviewer.interaction.board import Board, step_board
from xrviewer.interaction.board_place import Sphere
from xrviewer.interaction.buttons import UP, Buttons, step_buttons
from xrviewer.interaction.feel import REFUSED, Pulse, pulses
from xrviewer.interaction.film_camera import FilmCamera, step_film_camera
from xrviewer.interaction.grab import RELEASE_BELOW, Grab, step_grab
from xrviewer.interaction.handle import Stretch, step_stretch
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.keys import Asked, fill_room, intents_of_keys, stand_inside
from xrviewer.interaction.measure import FLASH_S, IDLE, Measuring, step_measuring
from xrviewer.interaction.measure_aim import Sight, Touch, has_pictures, picture_pointed
from xrviewer.interaction.measure_kinds import kind_of
from xrviewer.interaction.nudge import IDLE as NOT_NUDGED
from xrviewer.interaction.nudge import Nudging, step_nudging
from xrviewer.interaction.plane_tool import IDLE as NO_PLANE
from xrviewer.interaction.plane_tool import PLANE_TOOLS, PlaneTool, step_plane_tool
from xrviewer.interaction.slice_aim import OnPicture
from xrviewer.interaction.steady import (
    FROZEN_S,
    Steady,
    believable_dt_s,
    moved_with_room,
    step_steady,
)
from xrviewer.interaction.take import EARLY_S, Held, carry, is_pressing, let_go, take
from xrviewer.interaction.tap import Tap, step_tap
from xrviewer.interaction.turntable import Turning, step_turning
from xrviewer.interaction.walk import Footing, in_room, step_footing
from xrviewer.interaction.world import World
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import Placement, Vec3
from xrviewer.spatial.views import View
from xrviewer.values import changed

NO_CAMERA = FilmCamera()


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """What is going on between the hands and the model; forgotten at exit."""

    grab: Grab | None = None
    turning: Turning | None = None
    stretch: Stretch | None = None
    footing: Footing = field(default_factory=Footing)
    buttons: Buttons = UP
    bare: tuple[Bare, Bare] = field(default_factory=lambda: (Bare(), Bare()))
    hands: tuple[Steady, Steady] = field(default_factory=lambda: (Steady(), Steady()))
    held: tuple[Held | None, Held | None] = (None, None)
    """A part in each hand."""
    is_pressed: tuple[bool, bool] = (False, False)
    is_pinch_grab: bool = False
    """Two pinches hold the model: neither is a press of the tool."""
    seen: tuple[Hand, Hand] = field(default_factory=lambda: (Hand(), Hand()))
    """The hands as the tools had them, in the room."""
    pointed: Hit | None = None
    pointing: int | None = None
    """The hand that points at it."""
    picture: tuple[int, OnPicture] | None = None
    """The hand that points at a slice, a screen or a cut's face before any structure, and where."""
    pointed_s: float = 0.0
    """For how long at the same part."""
    tap: Tap | None = None
    measuring: Measuring = IDLE
    refused_s: float = 0.0
    """How long the red spot still says that there was nothing to undo."""
    pulses: tuple[Pulse, ...] = ()
    """To be felt in this frame."""
    views: tuple[View, ...] = ()
    """The eyes to draw for, where they are in the room."""
    planes: PlaneTool = NO_PLANE
    """A slice or a cut in the hand."""
    nudging: Nudging = NOT_NUDGED
    """The second date in the hand."""
    board: Board | None = None
    """What carries the panels, where there are any."""
    camera: FilmCamera = NO_CAMERA
    """What films from the room, where it is out."""

    @property
    def placement(self) -> Placement | None:
        """Where the model is held; None when it rests."""
        gesture = self.grab or self.stretch or self.turning
        return gesture.model if gesture else None

    @property
    def is_carrying(self) -> bool:
        """Something of the document is in a hand: it points at nothing else."""
        of_document = self.planes.hold is not None or self.nudging.hold is not None
        return self.placement is not None or any(self.held) or of_document

    def preview(self) -> tuple[Intent, ...]:
        """What letting go now would do to planes and dates."""
        if self.planes.hold is None and self.nudging.hold is None:
            return ()
        return self.planes.preview() + self.nudging.preview()


def answered(tools: Tools, intent: Intent, can_undo: bool, world: World) -> Tools:
    """An undo with nothing left to undo is seen, and felt in both hands."""
    if can_undo or not isinstance(intent, Undo):
        return tools
    hands = (0, 1) if world.preferences.haptics else ()
    felt = tuple(Pulse(hand, *REFUSED) for hand in hands)
    return changed(tools, refused_s=FLASH_S, pulses=(*tools.pulses, *felt))


def step(
    tools: Tools,
    inp: FrameInput,
    snapshot: Snapshot,
    world: World,
    pick: Pick,
    touch: Touch | None = None,
) -> tuple[Tools, list[Intent]]:
    """The tools after this frame, and what the user asks of the document."""
    bare, steady, inp = _believed(tools, _in_believable_time(inp))
    tools = changed(tools, footing=Footing()) if inp.is_recentred else tools  # it ends the walk
    inp = in_room(tools.footing, inp)
    tools, inp = _at_board(tools, inp, snapshot, world, pick)
    tools, inp = _two_pinches(tools, inp)
    intents = _arrived(tools, inp, snapshot, world)
    if inp.keys:
        intents += intents_of_keys(inp.keys, Asked(snapshot, world, tools.pointed, inp.views))
    tools, asked = _acted(tools, inp, snapshot, world, pick)
    intents += asked
    model = tools.placement or snapshot.model
    is_carrying, hands = tools.is_carrying, (inp.left, inp.right)
    pointing, pointed = (None, None) if is_carrying else _pointed(inp, snapshot, pick)
    sight = None
    if kind_of(snapshot.tool) is not None or has_pictures(snapshot, world):
        sight = Sight(snapshot, world, model, pick, touch, pointed, pointing)
    after = changed(
        tools,
        bare=bare,
        hands=steady,
        pointed=pointed,
        pointing=pointing,
        picture=picture_pointed(hands, sight) if sight and not is_carrying else None,
        measuring=tools.measuring if sight else IDLE,
        pointed_s=_pointed_s(tools.pointed, pointed, tools.pointed_s + inp.dt_s),
        refused_s=max(tools.refused_s - inp.dt_s, 0.0),
        views=inp.shown or inp.views,
        seen=hands,
    )
    return _measure(after, inp, sight, intents) if sight else (after, intents)


def _acted(
    tools: Tools, inp: FrameInput, snapshot: Snapshot, world: World, pick: Pick
) -> tuple[Tools, list[Intent]]:
    """What the hands hold and press, the model before its parts."""
    tools, intents = _hold_model(tools, inp, snapshot, world)
    model = tools.placement or snapshot.model
    tools, asked = _take_parts(tools, inp, model, snapshot, world, pick)
    intents += asked
    tools, asked = _move_planes(tools, inp, model, snapshot, world)
    intents += asked
    tools, asked = _press(tools, inp, snapshot, world)
    return tools, intents + asked


def _in_believable_time(inp: FrameInput) -> FrameInput:
    dt_s = believable_dt_s(inp.dt_s)
    return inp if dt_s == inp.dt_s else changed(inp, dt_s=dt_s)


def _move_planes(
    tools: Tools, inp: FrameInput, model: Placement, snapshot: Snapshot, world: World
) -> tuple[Tools, list[Intent]]:
    planes, intents = step_plane_tool(tools.planes, inp, model, snapshot, world)
    nudging, asked = step_nudging(tools.nudging, inp, model, snapshot, world)
    is_same = planes is tools.planes and nudging is tools.nudging
    after = tools if is_same else changed(tools, planes=planes, nudging=nudging)
    return after, intents + asked


def _measure(
    tools: Tools, inp: FrameInput, sight: Sight, intents: list[Intent]
) -> tuple[Tools, list[Intent]]:
    hands, is_held = (inp.left, inp.right), tools.placement is not None
    measuring, intents = step_measuring(
        tools.measuring, hands, inp.keys, inp.dt_s, sight, intents, is_held
    )
    if measuring is tools.measuring:
        return tools, intents
    pulses = (*tools.pulses, *measuring.pulses)
    return changed(tools, measuring=measuring, pulses=pulses), intents


def _pointed_s(before: Hit | None, now: Hit | None, so_long_s: float) -> float:
    is_same = before is not None and now is not None and before.part == now.part
    return so_long_s if is_same else 0.0


def _arrived(tools: Tools, inp: FrameInput, snapshot: Snapshot, world: World) -> list[Intent]:
    """What is held stays in the hand."""
    intents = [] if tools.views else seated_start(inp, snapshot, world)
    if inp.is_recentred and tools.placement is None:
        intents += recentred(inp, snapshot, world)
    return intents


def _believed(
    tools: Tools, inp: FrameInput
) -> tuple[tuple[Bare, Bare], tuple[Steady, Steady], FrameInput]:
    """What the fingers and the hands do, and the input with hands that can be relied on."""
    left_bare, left = step_bare(tools.bare[0], inp.left, inp.dt_s)
    right_bare, right = step_bare(tools.bare[1], inp.right, inp.dt_s)
    # Without eyes nobody is there: the headset is off, and what is held is let go at once.
    frozen_s = FROZEN_S if inp.views else 0.0
    was = tools.hands
    if inp.is_recentred:
        was = (moved_with_room(was[0], left), moved_with_room(was[1], right))
    steady = (
        step_steady(was[0], left, inp.dt_s, frozen_s),
        step_steady(was[1], right, inp.dt_s, frozen_s),
    )
    # Most hands are believed as they came: copies would be most of what a frame costs here.
    if steady[0].hand is not inp.left or steady[1].hand is not inp.right:
        inp = changed(inp, left=steady[0].hand, right=steady[1].hand)
    return (left_bare, right_bare), steady, inp


def _at_board(
    tools: Tools, inp: FrameInput, snapshot: Snapshot, world: World, pick: Pick
) -> tuple[Tools, FrameInput]:
    """Before any other tool: a hand at the board is not theirs, and then none at the camera."""
    if tools.board is None:
        return tools, inp
    grabbing = tools.grab.hands if tools.grab else (False, False)
    left, right = (
        held is not None or is_grabbing
        for held, is_grabbing in zip(tools.held, grabbing, strict=True)
    )
    placed = tools.placement or snapshot.model
    model = _ball_around(placed, world, snapshot)

    def is_shaded(hand: Hand, at_m: Vec3) -> bool:
        return meets_before(hand, at_m, placed, pick)

    dominant = world.preferences.dominant
    board, inp = step_board(tools.board, inp, (left, right), model, dominant, is_shaded)
    camera = tools.camera
    if camera.is_out:
        camera, inp = step_film_camera(camera, inp, (left, right), model, is_shaded)
    return changed(tools, board=board, camera=camera), inp


def _ball_around(model: Placement, world: World, snapshot: Snapshot) -> Sphere:
    extent = world.extent(snapshot)
    width, _, depth = extent.size_m
    return extent.room_center(model), math.hypot(width, depth) / 2 * model.scale


def _two_pinches(tools: Tools, inp: FrameInput) -> tuple[Tools, FrameInput]:
    """Bare hands that both pinch hold the model, unless one has long had a part; the last to
    open ends it."""
    if inp.left.joints is None and inp.right.joints is None and not tools.is_pinch_grab:
        return tools, inp
    pinching = [h.joints is not None and h.trigger > RELEASE_BELOW for h in (inp.left, inp.right)]
    is_grab = any(pinching) if tools.is_pinch_grab else all(pinching) and not _has_part(tools)
    if not is_grab:
        return (changed(tools, is_pinch_grab=False) if tools.is_pinch_grab else tools), inp
    left, right = (
        changed(hand, squeeze=1.0, trigger=0.0) if is_pinching else hand
        for hand, is_pinching in zip((inp.left, inp.right), pinching, strict=True)
    )
    tools = changed(tools, is_pinch_grab=True, held=(None, None))
    return tools, changed(inp, left=left, right=right)


def _has_part(tools: Tools) -> bool:
    return any(held is not None and held.age_s > EARLY_S for held in tools.held)


def _take_parts(
    tools: Tools, inp: FrameInput, model: Placement, snapshot: Snapshot, world: World, pick: Pick
) -> tuple[Tools, list[Intent]]:
    """Each hand on its own. The one that takes what the other holds has it."""
    if world.preferences.visitor_lock or snapshot.tool != OPENING_TOOL:
        return tools, []
    intents: list[Intent] = []
    if not any((*tools.held, *tools.is_pressed)) and max(inp.left.trigger, inp.right.trigger) <= 0:
        return tools, intents
    held, pressed, tap = list(tools.held), [], tools.tap
    for i, hand in enumerate((inp.left, inp.right)):
        is_down, mine = is_pressing(hand, tools.is_pressed[i]), held[i]
        pressed.append(is_down)
        if mine is not None and is_down:
            held[i] = carry(mine, hand, model, inp.dt_s)
        elif mine is not None:
            tap, twice = step_tap(tap, mine, inp.time_s)
            intents += let_go(mine) + twice
            held[i] = None
        elif is_down and not tools.is_pressed[i] and tools.grab is None:
            taken, other = _taken(hand, model, snapshot, world, pick), held[1 - i]
            held[i] = taken
            if taken is not None and other is not None and other.part == taken.part:
                held[1 - i] = None
    both, are_pressed = (held[0], held[1]), (pressed[0], pressed[1])
    return changed(tools, held=both, is_pressed=are_pressed, tap=tap), intents


def _taken(
    hand: Hand, model: Placement, snapshot: Snapshot, world: World, pick: Pick
) -> Held | None:
    ray = case_ray(hand, model)
    hit = pick(ray) if ray else None
    return take(hit.part, hand, model, snapshot, world) if hit else None


def _hold_model(
    tools: Tools, inp: FrameInput, snapshot: Snapshot, world: World
) -> tuple[Tools, list[Intent]]:
    """By the hands, else by the stick. Hands take over what the stick was moving."""
    extent = world.extent(snapshot)
    held_at = tools.placement
    at_rest = held_at or snapshot.model
    # A hand that has a part does not hold the model, but the other one may.
    left = changed(inp.left, squeeze=0.0) if tools.held[0] else inp.left
    right = changed(inp.right, squeeze=0.0) if tools.held[1] else inp.right
    stretch = None
    if world.preferences.one_handed and tools.grab is None:
        stretch = step_stretch(tools.stretch, (left, right), at_rest, extent)
    grab = None if stretch else step_grab(tools.grab, left, right, at_rest, extent)
    stick = (inp.right if world.preferences.left_handed else inp.left).stick
    turning = None
    if not (grab or stretch or world.preferences.visitor_lock):
        turning = step_turning(tools.turning, stick, inp.dt_s, at_rest, extent)
    felt = pulses(tools.grab, grab) if world.preferences.haptics else ()
    if not (held_at or grab or stretch or turning or felt or tools.pulses):
        return tools, []
    after = changed(tools, grab=grab, stretch=stretch, turning=turning, pulses=felt)
    if held_at is not None and after.placement is None:
        return after, [PlaceModel(held_at)]
    return after, []


def _press(
    tools: Tools, inp: FrameInput, snapshot: Snapshot, world: World
) -> tuple[Tools, list[Intent]]:
    """Buttons and the walk. While the model is in hand, the document's copy is left alone."""
    if world.preferences.visitor_lock:
        return tools, []
    buttons, intents = step_buttons(tools.buttons, inp.left, inp.right, inp.dt_s)
    stick = (inp.left if world.preferences.left_handed else inp.right).stick
    if snapshot.tool in PLANE_TOOLS:  # it steps slices, and does not walk
        stick = (0.0, 0.0)
    if tools.board is not None and tools.board.pointing is not None:
        stick = tools.board.walk  # by the panel's arrows
    footing = step_footing(tools.footing, stick, inp, world.preferences)
    if buttons is not tools.buttons or footing is not tools.footing:
        tools = changed(tools, buttons=buttons, footing=footing)
    if not (intents or buttons.wants_home or buttons.wants_in) or tools.placement is not None:
        return tools, []
    if buttons.wants_home:
        head, is_seated = home.head_of(inp.views), world.preferences.seated
        intents.append(PlaceModel(home.before_viewer(world.extent(snapshot), head, is_seated)))
    if buttons.wants_in:
        # At the point that is pointed at, else within all of it, as large as a room.
        asked = Asked(snapshot, world, tools.pointed, inp.views)
        intents += stand_inside(asked) if tools.pointed else fill_room(asked)
    return tools, intents


def _pointed(
    inp: FrameInput, snapshot: Snapshot, pick: Pick
) -> tuple[int, Hit] | tuple[None, None]:
    """By the right hand, else by the left."""
    for i, hand in ((1, inp.right), (0, inp.left)):
        ray = case_ray(hand, snapshot.model)
        hit = pick(ray) if ray else None
        if hit:
            return i, hit
    return None, None
