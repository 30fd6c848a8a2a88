"""Writes a recording of hands that nobody moved: a spin, a part taken out, the model made large
with both hands and pulled over the head, until the eyes are inside the joint.

python tools/scripted_hands.py CASE OUT.input
xrviewer open CASE --display offscreen --replay-input OUT.input --record OUT.mp4
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from xrviewer.caseio.loose import open_path
from xrviewer.frontends.recording import InputRecorder
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import Pose, Vec3, axis_rotation
from xrviewer.spatial.views import Fov, View, looking_at

FRAMES_PER_S = 30
_FOV = Fov(-0.8, 0.8, 0.8, -0.8)
_UPRIGHT = axis_rotation((1, 0, 0), -0.6)
_CENTER = np.array([0.0, 0.80, -0.60])
_OUT_LEFT, _OUT_RIGHT = np.array([-0.2, 0.4, -1.0]), np.array([0.2, 0.4, -1.0])
_INTO = np.array([0.08, -0.06, 0.36])
_BEFORE = np.array([0.0, 0.0, 0.05])


def eyes(at: Vec3 = (0.0, 1.18, -0.02), looks_at: Vec3 = (0.0, 0.82, -0.60)) -> tuple[View, ...]:
    head = looking_at(at, looks_at)
    right = head.matrix()[:3, 0] * 0.032
    left_eye, right_eye = (
        Pose(tuple((np.array(at) + s * right).tolist()), head.rotation_xyzw) for s in (-1, 1)
    )
    return View(left_eye, _FOV), View(right_eye, _FOV)


def hand(at: np.ndarray, towards: np.ndarray | None = None, **pressed: float) -> Hand:
    x, y, z = at.tolist()
    target = _CENTER if towards is None else towards
    aim = looking_at((x, y, z), (float(target[0]), float(target[1]), float(target[2])))
    return Hand(grip=Pose((x, y, z), _UPRIGHT), aim=aim, **pressed)  # type: ignore[arg-type]


def ease(steps: int) -> Iterator[float]:
    for i in range(steps):
        yield 0.5 - 0.5 * math.cos(math.pi * (i + 1) / steps)


def put_board_away() -> Iterator[tuple[Hand, Hand]]:
    """With B: it stands where the left hand is about to work, and a hand at it has no other."""
    left, right = np.array([-0.22, 0.86, -0.34]), np.array([0.22, 0.86, -0.34])
    resting = hand(left, left + _OUT_LEFT)
    for is_b_pressed in (False, True, False):
        pressing = hand(right, right + _OUT_RIGHT)
        yield resting, replace(pressing, is_b_pressed=is_b_pressed)


def spin() -> Iterator[tuple[Hand, Hand]]:
    left, right = np.array([-0.22, 0.86, -0.34]), np.array([0.22, 0.86, -0.34])
    for share in ease(2 * FRAMES_PER_S):
        stick = (math.sin(math.pi * share), 0.0)
        resting = hand(right, right + _OUT_RIGHT)
        yield Hand(**{**_fields(hand(left, left + _OUT_LEFT)), "stick": stick}), resting
    yield hand(left, left + _OUT_LEFT), resting


def take_out() -> Iterator[tuple[Hand, Hand]]:
    left, start = np.array([-0.22, 0.86, -0.34]), np.array([0.05, 0.86, -0.30])
    away = left + _OUT_LEFT
    for share in ease(FRAMES_PER_S // 2):
        at = np.array([0.22, 0.86, -0.34]) * (1 - share) + start * share
        yield hand(left, away), hand(at)
    for share in ease(FRAMES_PER_S):
        at = start + share * np.array([0.16, 0.05, 0.05])
        yield hand(left, away), hand(at, at + (_CENTER - start), trigger=1.0)
    for _ in range(FRAMES_PER_S // 2):
        yield hand(left, away), hand(at, at + _OUT_RIGHT)


def enlarge() -> Iterator[tuple[Hand, Hand]]:
    middle = _CENTER + _BEFORE
    for share in ease(3 * FRAMES_PER_S):
        half = np.array([0.05 + 0.33 * share, 0.0, 0.0])
        lift = np.array([0.0, 0.28 * share, 0.30 * share])
        yield (
            hand(middle - half + lift, squeeze=1.0),
            hand(middle + half + lift, squeeze=1.0),
        )
    for _ in range(FRAMES_PER_S):
        yield hand(middle - half + lift), hand(middle + half + lift)


def pull_inside() -> Iterator[tuple[Hand, Hand]]:
    """With one hand, until the eyes are between the condyles."""
    left, start = np.array([-0.38, 1.08, -0.25]), np.array([0.30, 0.95, -0.55])
    for share in ease(2 * FRAMES_PER_S):
        at = start + share * _INTO
        yield hand(left, left + _OUT_LEFT), hand(at, squeeze=1.0)
    for _ in range(FRAMES_PER_S):
        yield hand(left, left + _OUT_LEFT), hand(at, at + _OUT_RIGHT)


def _fields(made: Hand) -> dict[str, object]:
    return {name: getattr(made, name) for name in ("grip", "aim", "squeeze", "trigger")}


def frames() -> Iterator[FrameInput]:
    views, number = eyes(), 0
    for part in (put_board_away, spin, take_out, enlarge, pull_inside):
        for left, right in part():
            time_s = number / FRAMES_PER_S
            yield FrameInput(time_s, 1 / FRAMES_PER_S, views, left, right, can_point=True)
            number += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    case = open_path(arguments.case)
    with InputRecorder(arguments.out, case.id, 0, Preferences()) as recorder:
        for inp in frames():
            recorder.write(inp)


if __name__ == "__main__":
    main()
