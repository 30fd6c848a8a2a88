"""The board in the room that carries the panels: shown at the hand, dragged, hidden, pointed at.

A hand that is at the board is taken from the other tools: what is pressed there is never pressed
in the scene behind it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from xrviewer.interaction.aiming import carried_pose, less
from xrviewer.interaction.board_place import (
    Sphere,
    at_hand,
    beside_model,
    is_before,
    is_hidden,
    is_jump,
)
from xrviewer.interaction.board_touch import Reach, on_board_m, step_reach
from xrviewer.interaction.grab import PRESS_FROM, RELEASE_BELOW
from xrviewer.interaction.home import head_of
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.pointer import NO_POINTER, Desk, PanelPointer
from xrviewer.interaction.stick import beyond_dead_zone
from xrviewer.spatial.transforms import Pose, Vec3, normalized, rotated
from xrviewer.values import changed

DRAG_AFTER_S = 0.3
"""A button that is held this long drags the board; a shorter press hides it."""
SCROLL_PER_S = 12.0
"""Notches of a stick that is pushed all the way."""
DOCK_WIDTH = 330.0
"""Of the panels at the edge of a window, in units of the mouse at 100 % text."""
HIDDEN_DOCK_WIDTH = 34.0
PALM_S = 0.4
"""How long a palm is shown before it counts; hands turn this way by accident too."""
_PALM, _ARM_M = 0, 0.8
_PALM_COS, _LOOK_COS = math.cos(math.radians(35)), math.cos(math.radians(40))
TOGGLE_KEY = "tab"


@dataclass(frozen=True, slots=True, eq=False)
class Carry:
    """A hand that moves the board: its frame and the board's when it took hold."""

    hand: int
    epoch: int
    hand_at_start: Pose
    board_at_start: Pose


@dataclass(frozen=True, slots=True)
class _Summons:
    """B or Y, held down."""

    hand: int
    held_s: float
    was_shown: bool


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """Its place is tool state: no session keeps it."""

    is_shown: bool = True
    pose: Pose | None = None
    """In the room; None until somebody is there to see it."""
    model: Sphere | None = None
    """Where the anatomy was in the frame before."""
    reaches: tuple[Reach, Reach] = (Reach(), Reach())
    pointing: int | None = None
    """The hand that the panels listen to."""
    pointer: PanelPointer = NO_POINTER
    ray: tuple[Vec3, Vec3] | None = None
    """From the hand that points to where it meets the board; none for a finger that touches."""
    carry: Carry | None = None
    summons: _Summons | None = None
    squeezed: tuple[bool, bool] = (False, False)
    palm_s: tuple[float, float] = (0.0, 0.0)
    """How long each bare hand has shown its palm to the eyes."""
    walk: tuple[float, float] = (0.0, 0.0)
    """Of the panel's arrows, as a stick: to the right and ahead. For hands that have none."""
    is_typing: bool = False
    """A field of a panel takes the keys: they are no commands meanwhile."""


Shades = Callable[[Hand, Vec3], bool]
"""Whether anatomy lies on a hand's ray before this point of the room."""


def _nothing_before(_: Hand, __: Vec3) -> bool:
    return False


def step_board(
    board: Board,
    inp: FrameInput,
    is_busy: tuple[bool, bool],
    model: Sphere,
    dominant: int,
    is_shaded: Shades = _nothing_before,
) -> tuple[Board, FrameInput]:
    """is_busy: hands that hold something already. The input comes back without what the board
    has taken of it."""
    if TOGGLE_KEY in inp.keys and not board.is_typing:
        board = changed(board, is_shown=not board.is_shown)
    if board.is_typing and inp.keys:
        inp = changed(inp, keys=frozenset())
    if inp.desk is not None:
        return changed(board, pointer=_mouse(board, inp.desk), pointing=None, ray=None), inp
    board = _placed(board, inp, model, dominant)
    board = _summoned(board, inp, model)
    board = _beckoned(board, inp, model)
    board = _reached(board, inp, is_busy, dominant, is_shaded)
    return _carried(board, inp, is_busy)


def dock_width(board: Board, desk: Desk, text_size: float = 1.0) -> float:
    """In units of the mouse; never so wide that nothing of the model is left."""
    if not board.is_shown:
        return HIDDEN_DOCK_WIDTH
    return min(DOCK_WIDTH * text_size, desk.width * 0.6)


def _mouse(board: Board, desk: Desk) -> PanelPointer:
    at = None
    if desk.pointer is not None:
        width, height = dock_width(board, desk), max(desk.height, 1)
        at = (desk.pointer[0] / width, desk.pointer[1] / height)
        if not (desk.is_pressed or 0 <= at[0] <= 1):
            at = None
    return PanelPointer(at, desk.is_pressed, desk.scroll, desk.typed, desk.edits)


def _placed(board: Board, inp: FrameInput, model: Sphere, dominant: int) -> Board:
    """Beside the model, on the side of the hand that does not point; anew after a recentring, and
    when the model comes to stand before it at once."""
    head, was = head_of(inp.views), board.model
    board = board if was == model else changed(board, model=model)
    if head is None or not board.is_shown:
        return board
    if board.pose and not inp.is_recentred:
        has_come = was is not None and board.carry is None and is_jump(was, model)
        if not (has_come and is_hidden(head, board.pose.position_m, model)):
            return board
    return changed(board, pose=beside_model(head, model, -1 if dominant == 1 else 1), carry=None)


def _summoned(board: Board, inp: FrameInput, model: Sphere) -> Board:
    """By B or Y of either hand."""
    summons, hands = board.summons, (inp.left, inp.right)
    if summons is None:
        pressed = next((i for i, hand in enumerate(hands) if hand.is_b_pressed), None)
        return board if pressed is None else _called(board, pressed, inp, model)
    if hands[summons.hand].is_b_pressed:
        held_s = summons.held_s + inp.dt_s
        board = changed(board, summons=changed(summons, held_s=held_s))
        if held_s >= DRAG_AFTER_S and board.carry is None:
            return _taken(board, summons.hand, hands[summons.hand])
        return board
    is_short = summons.held_s < DRAG_AFTER_S
    is_hidden = is_short and summons.was_shown
    return changed(board, summons=None, carry=None, is_shown=board.is_shown and not is_hidden)


def _called(board: Board, index: int, inp: FrameInput, model: Sphere) -> Board:
    head, hand = head_of(inp.views), (inp.left, inp.right)[index]
    after = changed(board, summons=_Summons(index, 0.0, board.is_shown), is_shown=True)
    if board.is_shown or head is None or hand.grip is None:
        return after
    return changed(after, pose=at_hand(head, hand.grip.position_m, model))


def _beckoned(board: Board, inp: FrameInput, model: Sphere) -> Board:
    """By a palm that is shown to the eyes for a while: the board comes to that hand, and one that
    stands before the eyes already goes."""
    head, palm_s = head_of(inp.views), list(board.palm_s)
    for i, hand in enumerate((inp.left, inp.right)):
        is_shown = head is not None and not board.reaches[i].is_pressed and shows_palm(hand, head)
        before_s, palm_s[i] = palm_s[i], palm_s[i] + inp.dt_s if is_shown else 0.0
        if before_s < PALM_S <= palm_s[i] and head is not None and hand.joints is not None:
            board = _hidden_or_brought(board, hand.joints[_PALM, :3].tolist(), head, model)
    after = (palm_s[0], palm_s[1])
    return board if after == board.palm_s else changed(board, palm_s=after)


def _hidden_or_brought(board: Board, palm_m: Vec3, head: Pose, model: Sphere) -> Board:
    if board.is_shown and board.pose is not None and is_before(head, board.pose.position_m):
        return changed(board, is_shown=False, carry=None)
    return changed(board, is_shown=True, pose=at_hand(head, palm_m, model), carry=None)


def shows_palm(hand: Hand, head: Pose) -> bool:
    """An open bare hand, its palm to the eyes, and looked at."""
    if hand.joints is None or hand.trigger > 0 or hand.squeeze > 0:
        return False
    x, y, z, a, b, c, d, _ = hand.joints[_PALM].tolist()
    out = rotated(normalized((a, b, c, d)), (0.0, -1.0, 0.0))
    to_head = less(head.position_m, (x, y, z))
    away_m = math.hypot(*to_head)
    if not 0.1 < away_m < _ARM_M:
        return False
    facing = sum(p * q for p, q in zip(out, to_head, strict=True)) / away_m
    ahead = rotated(head.rotation_xyzw, (0.0, 0.0, -1.0))
    looked = -sum(p * q for p, q in zip(ahead, to_head, strict=True)) / away_m
    return facing > _PALM_COS and looked > _LOOK_COS


def _taken(board: Board, index: int, hand: Hand) -> Board:
    if board.pose is None or hand.grip is None:
        return board
    return changed(board, carry=Carry(index, hand.epoch, hand.grip, board.pose))


def _reached(
    board: Board,
    inp: FrameInput,
    is_busy: tuple[bool, bool],
    dominant: int,
    is_shaded: Shades,
) -> Board:
    pose = board.pose
    if pose is None or not board.is_shown:
        nobody = (Reach(), Reach())
        return changed(board, reaches=nobody, pointing=None, pointer=NO_POINTER, ray=None)
    hands = (inp.left, inp.right)
    left, right = (
        Reach() if is_busy[i] else _reach(board.reaches[i], hands[i], pose, is_shaded)
        for i in (0, 1)
    )
    reaches = (left, right)
    pointing = _foremost(board, reaches, dominant)
    if pointing is None:
        return changed(board, reaches=reaches, pointing=None, pointer=NO_POINTER, ray=None)
    mine = reaches[pointing]
    scroll = beyond_dead_zone(hands[pointing].stick[1]) * SCROLL_PER_S * inp.dt_s
    pointer = PanelPointer(mine.at, mine.is_pressed, scroll)
    aim = hands[pointing].aim
    ray = None if mine.is_touching or not aim else (aim.position_m, on_board_m(pose, mine.at))
    return changed(board, reaches=reaches, pointing=pointing, pointer=pointer, ray=ray)


def _reach(before: Reach, hand: Hand, board: Pose, is_shaded: Shades) -> Reach:
    """A ray that meets anatomy first is not the board's, but for a press that began on it."""
    reach = step_reach(before, hand, board)
    if reach.at is None or reach.is_touching or before.is_pressed:
        return reach
    return Reach(was_down=reach.was_down) if is_shaded(hand, on_board_m(board, reach.at)) else reach


def _foremost(board: Board, reaches: tuple[Reach, Reach], dominant: int) -> int | None:
    """The one that presses, then the one it was, then the dominant one."""
    there = [i for i in (0, 1) if reaches[i].at is not None]
    order = sorted(
        there, key=lambda i: (not reaches[i].is_pressed, i != board.pointing, i != dominant)
    )
    return order[0] if order else None


def _carried(board: Board, inp: FrameInput, is_busy: tuple[bool, bool]) -> tuple[Board, FrameInput]:
    """A squeeze at the board moves it. Hands that are at it are kept from the other tools."""
    hands = [inp.left, inp.right]
    squeezed = [
        hand.squeeze > (RELEASE_BELOW if was else PRESS_FROM)
        for hand, was in zip(hands, board.squeezed, strict=True)
    ]
    for i, hand in enumerate(hands):
        is_new = squeezed[i] and not board.squeezed[i]
        at_it = board.reaches[i].at is not None and not is_busy[i]
        if is_new and at_it and board.carry is None:
            board = _taken(board, i, hand)
    carry = board.carry
    if carry is not None:
        is_held = squeezed[carry.hand] or (board.summons and board.summons.hand == carry.hand)
        board = _moved(board, carry, hands[carry.hand]) if is_held else changed(board, carry=None)
    board = changed(board, squeezed=(squeezed[0], squeezed[1]))
    left, right = (_without_board(board, i, hand) for i, hand in enumerate(hands))
    if left is hands[0] and right is hands[1]:
        return board, inp
    return board, changed(inp, left=left, right=right)


def _moved(board: Board, carry: Carry, hand: Hand) -> Board:
    """Rigidly with the hand; one that was lost and found takes hold afresh."""
    if hand.grip is None or board.pose is None:
        return board
    if hand.epoch != carry.epoch:
        return _taken(board, carry.hand, hand)
    pose = carried_pose(carry.board_at_start, carry.hand_at_start, hand.grip)
    return changed(board, pose=pose)


def _without_board(board: Board, index: int, hand: Hand) -> Hand:
    is_carrying = board.carry is not None and board.carry.hand == index
    if board.reaches[index].at is None and not is_carrying:
        return hand
    squeeze = 0.0 if is_carrying else hand.squeeze
    return changed(hand, aim=None, trigger=0.0, stick=(0.0, 0.0), squeeze=squeeze)
