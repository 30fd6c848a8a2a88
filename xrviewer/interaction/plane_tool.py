"""Slices and cuts in the hand: a frame is gripped anywhere and goes with the hand; its window is
set by the hand; the stick steps it. Pure; what is held is shown as a preview of the intent that its
release will be."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from xrviewer.analysis.scan import scan_values
from xrviewer.document.comparison import Together, swipe_plane
from xrviewer.document.comparison_intents import PlaceSwipe
from xrviewer.document.intents import Intent
from xrviewer.document.plane_intents import (
    AddCut,
    AddSlice,
    PlaceCut,
    PlaceSlice,
    PointOut,
    SetSliceWindow,
    free_id,
)
from xrviewer.document.planes import CutShape, Window, curved_half_mm
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction import slicing
from xrviewer.interaction.aiming import case_ray, room_from_case
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.stick import FLICK_AGAIN_BELOW, FLICK_FROM
from xrviewer.interaction.take import is_pressing
from xrviewer.interaction.world import World
from xrviewer.spatial.planes import (
    Plane,
    anatomical,
    cross,
    dot,
    less,
    oblique,
    plane_of,
    plus,
    rotation_to,
    scaled,
    snapped,
    turned_plane,
)
from xrviewer.spatial.rays import Ray
from xrviewer.spatial.transforms import (
    Placement,
    Pose,
    Quat,
    Vec3,
    reversed_rotation,
    rotated,
    turned,
)

SLICE_TOOL, WINDOW_TOOL, CUT_TOOL, SWIPE_TOOL = "slice", "window", "cut", "swipe"
PLANE_TOOLS = (SLICE_TOOL, WINDOW_TOOL, CUT_TOOL, SWIPE_TOOL)
REPEAT_AFTER_S, REPEAT_EVERY_S = 0.3, 0.1
HAND_PER_WINDOW_M = 0.15
"""A hand that goes so far doubles the width, or moves the level by a whole width."""
_CLICK_M = 0.005
_MARGIN = 1.12
"""How far beyond its picture a frame can still be gripped, of its half side."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaneHold:
    """A plane or a window in a hand."""

    tool: str
    id: str
    hand: int
    epoch: int
    hand_at_start: Pose
    plane_at_start: Plane
    window_at_start: Window
    pressed_mm: Vec3 | None
    """Where the press was aimed at on the plane."""
    plane: Plane
    window: Window
    cut: CutShape | None = None
    has_moved: bool = False

    def intents(self) -> list[Intent]:
        """What letting go now would do."""
        if not self.has_moved:
            return []
        if self.tool == SWIPE_TOOL:
            return [PlaceSwipe(self.plane)]
        if self.tool == WINDOW_TOOL:
            return [SetSliceWindow(self.id, self.window)]
        if self.cut is not None:
            plane = self.plane
            placed = replace(self.cut, position_mm=plane.point_mm, rotation_xyzw=rotation_to(plane))
            return [PlaceCut(self.id, placed)]
        return [PlaceSlice(self.id, self.plane)]


@dataclass(frozen=True, slots=True)
class Stepping:
    """The stick that steps: once at a flick, then again and again."""

    direction: int = 0
    left_s: float = 0.0
    """Until it steps again."""


@dataclass(frozen=True, slots=True, eq=False)
class PlaneTool:
    """Between the hands and the planes."""

    hold: PlaneHold | None = None
    stepping: Stepping = Stepping()
    is_pressed: tuple[bool, bool] = (False, False)

    @property
    def held_id(self) -> str | None:
        """Of the slice or cut that is in a hand."""
        return self.hold.id if self.hold else None

    def preview(self) -> tuple[Intent, ...]:
        return tuple(self.hold.intents()) if self.hold else ()


IDLE = PlaneTool()


def step_plane_tool(
    tool: PlaneTool, inp: FrameInput, model: Placement, snapshot: Snapshot, world: World
) -> tuple[PlaneTool, list[Intent]]:
    """What other tools are chosen for is let go, and kept as it was."""
    if snapshot.tool not in PLANE_TOOLS or world.preferences.visitor_lock:
        return IDLE if tool is not IDLE else tool, []
    hands = (inp.left, inp.right)
    dominant = hands[world.preferences.dominant]
    stepping, steps = _stepped(tool.stepping, dominant.stick[1], inp.dt_s)
    intents = slicing.stepped(snapshot, world, steps) if steps and not tool.hold else []
    pressed = tuple(
        is_pressing(hand, was) for hand, was in zip(hands, tool.is_pressed, strict=True)
    )
    hold = tool.hold
    if hold is not None and pressed[hold.hand] and _is_there(hold, snapshot):
        hold = _carried(hold, hands[hold.hand], model)
    elif hold is not None:
        intents += _let_go(hold) if _is_there(hold, snapshot) else []
        hold = None
    else:
        for i, hand in enumerate(hands):
            if hold is None and pressed[i] and not tool.is_pressed[i]:
                hold, asked = _taken(i, hand, model, snapshot, world)
                intents += asked
    return PlaneTool(hold, stepping, (pressed[0], pressed[1])), intents


def _is_there(hold: PlaneHold, snapshot: Snapshot) -> bool:
    """An undo may take away what is held."""
    if hold.tool == SWIPE_TOOL:
        return _is_swiped(snapshot)
    return hold.id in (snapshot.slices if hold.cut is None else snapshot.cuts)


def _taken(
    i: int, hand: Hand, model: Placement, snapshot: Snapshot, world: World
) -> tuple[PlaneHold | None, list[Intent]]:
    """Without anything to take, the tool makes one: the next press takes it."""
    ray = case_ray(hand, model)
    if hand.grip is None or ray is None:
        return None, []
    if snapshot.tool == SWIPE_TOOL:
        return (_taken_swipe(i, hand, hand.grip, snapshot, world), [])
    if snapshot.tool == CUT_TOOL:
        return _taken_cut(i, hand, hand.grip, ray, snapshot, world)
    met = _aimed(ray, snapshot, world)
    id = met[0] if met else slicing.active_slice(snapshot)
    if id is None:
        return None, _first_slice(snapshot, world)
    if met is None and snapshot.tool == SLICE_TOOL:
        return None, []
    state = snapshot.slices[id]
    volume = next((v for v in slicing.volumes_of(snapshot, world) if v.id == state.volume), None)
    if volume is None:
        return None, []
    # On a screen that straightens a line, a place is none of the body's.
    at = met[1] if met and not state.curve_mm else None
    window = state.window or scan_values(volume).window
    made = (snapshot.tool, id, i, hand.epoch, hand.grip, state.plane, window, at)
    return PlaneHold(*made, state.plane, window), []


def _taken_cut(
    i: int, hand: Hand, grip: Pose, ray: Ray, snapshot: Snapshot, world: World
) -> tuple[PlaneHold | None, list[Intent]]:
    cuts = [id for id, cut in snapshot.cuts.items() if cut.is_visible]
    if not cuts:
        return None, _first_cut(ray, snapshot, world)
    shape = snapshot.cuts[cuts[-1]].shape
    plane = plane_of(shape.position_mm, shape.rotation_xyzw)
    made = (CUT_TOOL, cuts[-1], i, hand.epoch, grip, plane, (0.0, 1.0), None)
    return PlaneHold(*made, plane, (0.0, 1.0), shape), []


def _is_swiped(snapshot: Snapshot) -> bool:
    asked = snapshot.comparison
    return asked.other is not None and asked.together is Together.SWIPE


def _taken_swipe(
    i: int, hand: Hand, grip: Pose, snapshot: Snapshot, world: World
) -> PlaneHold | None:
    """The plane between two dates; from anywhere, for there is nothing of it to aim at."""
    if not _is_swiped(snapshot):
        return None
    shown = next(t for t in world.case.timepoints if t.id == snapshot.timepoint)
    plane, none = swipe_plane(snapshot.comparison, shown), (0.0, 1.0)
    return PlaneHold(SWIPE_TOOL, "swipe", i, hand.epoch, grip, plane, none, None, plane, none)


def _first_slice(snapshot: Snapshot, world: World) -> list[Intent]:
    volumes = slicing.volumes_of(snapshot, world)
    if not volumes:
        return []
    plane = anatomical("axial", volumes[0].center_mm)
    return [AddSlice(free_id("slice", snapshot.slices), volumes[0].id, plane)]


def _first_cut(ray: Ray, snapshot: Snapshot, world: World) -> list[Intent]:
    """Through the middle, open to who points: what lies on their side goes."""
    volumes = slicing.volumes_of(snapshot, world)
    extent = world.extent(snapshot)
    x, y, z = (v * 1000.0 for v in extent.center_m)
    middle = (x, -z, y)  # model to case
    plane = snapped(oblique(middle, scaled(ray.direction, -1.0)))
    shape = CutShape(position_mm=plane.point_mm, rotation_xyzw=rotation_to(plane))
    volume = volumes[0].id if volumes else None
    return [AddCut(free_id("cut", snapshot.cuts), shape, volume)]


def _aimed(ray: Ray, snapshot: Snapshot, world: World) -> tuple[str, Vec3] | None:
    """The first slice along the ray, and where it is met."""
    volumes = {volume.id: volume for volume in slicing.volumes_of(snapshot, world)}
    found: list[tuple[float, str, Vec3]] = []
    for id, state in snapshot.slices.items():
        steep = dot(ray.direction, state.plane.normal)
        if not state.is_visible or state.volume not in volumes or abs(steep) < 1e-6:
            continue
        away = -state.plane.distance_mm(ray.origin) / steep
        at = plus(ray.origin, scaled(ray.direction, away))
        off = less(at, state.plane.point_mm)
        half = volumes[state.volume].half_extent_mm(state.plane.across, state.plane.along)
        if state.curve_mm:
            half = curved_half_mm(state)
        shares = (dot(off, state.plane.across) / half[0], dot(off, state.plane.along) / half[1])
        if away > 0 and max(map(abs, shares)) <= _MARGIN:
            found.append((away, id, at))
    return min(found)[1:] if found else None


def _carried(hold: PlaneHold, hand: Hand, model: Placement) -> PlaneHold:
    """Never accumulated: from where the hand began. One that was lost takes hold afresh."""
    if hand.grip is None:
        return hold
    if hand.epoch != hold.epoch:
        afresh = replace(hold, epoch=hand.epoch, hand_at_start=hand.grip)
        return replace(afresh, plane_at_start=hold.plane, window_at_start=hold.window)
    has_moved = (
        hold.has_moved or math.dist(hand.grip.position_m, hold.hand_at_start.position_m) > _CLICK_M
    )
    if hold.tool == WINDOW_TOOL:
        return replace(hold, window=_windowed(hold, hand), has_moved=has_moved)
    plane = snapped(_moved(hold, hand.grip, model)) if has_moved else hold.plane_at_start
    return replace(hold, plane=plane, has_moved=has_moved)


def _moved(hold: PlaneHold, grip: Pose, model: Placement) -> Plane:
    turn, mm = room_from_case(model)
    back = reversed_rotation(turn)
    begun, now = (_in_case(pose, model, back, mm) for pose in (hold.hand_at_start, grip))
    by = turned(grip.rotation_xyzw, reversed_rotation(hold.hand_at_start.rotation_xyzw))
    return turned_plane(
        hold.plane_at_start, begun, turned(turned(back, by), turn), less(now, begun)
    )


def _in_case(pose: Pose, model: Placement, back: Quat, mm: float) -> Vec3:
    return scaled(rotated(back, less(pose.position_m, model.position_m)), 1 / mm)


def _windowed(hold: PlaneHold, hand: Hand) -> Window:
    """Left and right is the width, up and down the level; the larger one wins. Right is as the
    hand was aimed when it began."""
    assert hand.grip is not None
    off = less(hand.grip.position_m, hold.hand_at_start.position_m)
    ahead = rotated(hold.hand_at_start.rotation_xyzw, (0.0, 0.0, -1.0))
    level = cross((ahead[0], 0.0, ahead[2]), (0.0, 1.0, 0.0))
    length = math.hypot(*level) or 1.0
    right, up = dot(off, level) / length, off[1]
    centre, width = hold.window_at_start
    if abs(right) >= abs(up):
        return centre, width * 2.0 ** (right / HAND_PER_WINDOW_M)
    return centre + up / HAND_PER_WINDOW_M * width, width


def _let_go(hold: PlaneHold) -> list[Intent]:
    """A press that did not move points something out: the other slices go there."""
    if not hold.has_moved and hold.tool == SLICE_TOOL and hold.pressed_mm is not None:
        return [PointOut(hold.pressed_mm, kept=hold.id)]
    return hold.intents()


def _stepped(stepping: Stepping, stick: float, dt_s: float) -> tuple[Stepping, int]:
    """Fires at the flick, then after a while again and again until the stick is let go."""
    if not math.isfinite(stick) or abs(stick) < FLICK_AGAIN_BELOW:
        return Stepping(), 0
    direction = 1 if stick > 0 else -1
    if stepping.direction != direction:
        fires = abs(stick) > FLICK_FROM
        return (Stepping(direction, REPEAT_AFTER_S), direction) if fires else (stepping, 0)
    left_s = stepping.left_s - dt_s
    if left_s > 0:
        return replace(stepping, left_s=left_s), 0
    return replace(stepping, left_s=left_s + REPEAT_EVERY_S), direction
