"""What a hand does to the board: a ray from afar, a fingertip from near."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xrviewer.interaction.aiming import less, plus
from xrviewer.interaction.bare import INDEX_TIP
from xrviewer.interaction.board_place import BOARD_HEIGHT_M, BOARD_WIDTH_M
from xrviewer.interaction.grab import PRESS_FROM, RELEASE_BELOW
from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import Pose, Vec3, normalized, reversed_rotation, rotated

TOUCH_FROM_M, RAY_FROM_M = 0.18, 0.22
"""A fingertip nearer than this touches; one farther than that points again."""
CLICK_DEPTH_M, LOST_DEPTH_M = 0.010, 0.150
"""How far through the board a click is, and from where it is none any more."""
_MARGIN_M, _HELD_MARGIN_M = 0.02, 0.12


@dataclass(frozen=True, slots=True)
class Reach:
    """One hand and the board, in one frame."""

    at: tuple[float, float] | None = None
    """Where it is on the board, in shares from the upper left; None beside it."""
    is_touching: bool = False
    """Near enough for the finger."""
    is_pressed: bool = False
    """It went down on the board and is still down."""
    was_down: bool = False
    """The trigger, wherever it went down."""


def step_reach(reach: Reach, hand: Hand, board: Pose) -> Reach:
    """What a press began on it keeps, even where the hand leaves it."""
    was_down = hand.trigger > (RELEASE_BELOW if reach.was_down else PRESS_FROM)
    tip = _fingertip(hand)
    if tip is not None and not (reach.is_pressed and not reach.is_touching):
        touch = _touched(reach, _on_board(board, tip))
        if touch is not None:
            return replace(touch, was_down=was_down)
    at = _pointed(hand, board)
    is_held = reach.is_pressed and not reach.is_touching and was_down
    if at is None or not (is_held or _is_within(at)):
        return Reach(was_down=was_down)
    is_pressed = is_held or (was_down and not reach.was_down)
    return Reach(_share(at), False, is_pressed, was_down)


def on_board_m(board: Pose, at: tuple[float, float] | None) -> Vec3:
    """The point of the room that is at this share of the board."""
    x, y = at or (0.5, 0.5)
    off = ((x - 0.5) * BOARD_WIDTH_M, (0.5 - y) * BOARD_HEIGHT_M, 0.0)
    return plus(board.position_m, rotated(board.rotation_xyzw, off))


def _fingertip(hand: Hand) -> Vec3 | None:
    if hand.joints is not None:
        x, y, z = hand.joints[INDEX_TIP, :3].tolist()
        return (x, y, z)
    return hand.aim.position_m if hand.aim is not None and hand.aim.is_known else None


def _touched(reach: Reach, tip: Vec3) -> Reach | None:
    """None when the finger is too far off, or came through from behind."""
    x, y, depth = tip[0], tip[1], -tip[2]
    nearest = RAY_FROM_M if reach.is_touching else TOUCH_FROM_M
    margin = _HELD_MARGIN_M if reach.is_pressed else _MARGIN_M
    if -depth > nearest or depth > LOST_DEPTH_M or not _is_within((x, y), margin):
        return None
    if not reach.is_touching and depth > CLICK_DEPTH_M:
        return None
    is_pressed = depth > (0.0 if reach.is_pressed else CLICK_DEPTH_M)
    return Reach(_share((x, y)), True, is_pressed)


def _pointed(hand: Hand, board: Pose) -> tuple[float, float] | None:
    """Where its ray meets the board's plane, from the front; metres from the board's middle."""
    aim = hand.aim
    if aim is None or not aim.is_known:
        return None
    x, y, z = _on_board(board, aim.position_m)
    ahead = rotated(normalized(aim.rotation_xyzw), (0.0, 0.0, -1.0))
    dx, dy, dz = rotated(reversed_rotation(board.rotation_xyzw), ahead)
    if z <= 0 or dz > -1e-6:
        return None
    along = -z / dz
    return (x + along * dx, y + along * dy)


def _on_board(board: Pose, point_m: Vec3) -> Vec3:
    """In the board's frame: to its right, up, and out of it."""
    return rotated(reversed_rotation(board.rotation_xyzw), less(point_m, board.position_m))


def _is_within(at: tuple[float, float], margin_m: float = 0.0) -> bool:
    return (
        abs(at[0]) <= BOARD_WIDTH_M / 2 + margin_m and abs(at[1]) <= BOARD_HEIGHT_M / 2 + margin_m
    )


def _share(at: tuple[float, float]) -> tuple[float, float]:
    return (0.5 + at[0] / BOARD_WIDTH_M, 0.5 - at[1] / BOARD_HEIGHT_M)
