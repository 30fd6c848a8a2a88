"""The picture of six gestures in the user guide: docs/images/gestures.jpg.

    python tools/make_gestures.py CASE

Hands that nobody moved are written as a recording, as `scripted_hands.py` does, and the wearer's
eyes are filmed at the end of each; the model, its hints and the hands are what a wearer sees.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scripted_hands import FRAMES_PER_S, eyes, hand

from xrviewer.caseio.loose import open_path
from xrviewer.commands.choices import Camera
from xrviewer.commands.inputs import chosen_inputs
from xrviewer.commands.replaying import film_replay
from xrviewer.frontends.recording import InputRecorder
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.preferences import Preferences

OUT = Path(__file__).resolve().parents[1] / "docs" / "images" / "gestures.jpg"
WIDTH, HEIGHT, COLUMNS, GAP = 480, 400, 3, 8
MODEL = np.array([0.0, 0.83, -0.60])


def by(x: float, y: float, z: float) -> NDArray[np.float64]:
    return np.array([x, y, z])


LEFT, RIGHT = MODEL + by(-0.16, -0.04, 0.14), MODEL + by(0.16, -0.04, 0.14)
NEAR = eyes(at=(0.0, 1.12, -0.16), looks_at=(0.0, 0.81, -0.60))
Hands = Iterator[tuple[Hand, Hand]]


def resting(at: NDArray[np.float64]) -> Hand:
    return hand(at, at + by(0.0, -1.0, -0.3))


def shares(count: int) -> Iterator[float]:
    yield from np.linspace(0.0, 1.0, count)


def take() -> Hands:
    for share in shares(8):
        yield resting(LEFT), hand(RIGHT - by(0.07 + 0.02 * share, -0.03, 0.10), squeeze=1.0)


def turn() -> Hands:
    for share in shares(10):
        at = MODEL + by(0.06 + 0.08 * share, 0.03, 0.10 - 0.09 * share)
        yield resting(LEFT), hand(at, at + by(0.6 - 1.3 * share, -0.1, -0.7), squeeze=1.0)


def enlarge() -> Hands:
    for share in shares(12):
        half = np.array([0.05 + 0.12 * share, 0.0, 0.0])
        middle = MODEL + by(0.0, 0.0, 0.06)
        yield hand(middle - half, squeeze=1.0), hand(middle + half, squeeze=1.0)


def take_out() -> Hands:
    start = MODEL + by(0.06, 0.02, 0.22)
    yield from ((resting(LEFT), hand(start, MODEL)) for _ in range(3))
    for share in shares(10):
        at = start + share * np.array([0.14, 0.02, 0.0])
        yield resting(LEFT), hand(at, at + (MODEL - start), trigger=1.0)


def point_at_panel() -> Hands:
    at = MODEL + by(0.02, 0.02, 0.24)
    for _ in range(6):
        yield resting(LEFT - by(0.1, 0.1, 0.0)), hand(at, MODEL + by(-0.36, 0.18, 0.02))


def go_inside() -> Hands:
    for share in shares(14):
        half = by(0.05 + 0.27 * share, 0.0, 0.0)
        middle = MODEL + by(0.0, 0.27 * share, 0.06 + 0.22 * share)
        yield hand(middle - half, squeeze=1.0), hand(middle + half, squeeze=1.0)


def frames(gesture: Hands, keeps_board: bool) -> Iterator[FrameInput]:
    """First the room as it is found, then B to hide the board, then the gesture."""
    b_down = replace(resting(RIGHT), is_b_pressed=not keeps_board)
    beginning = [(resting(LEFT), resting(RIGHT))] * 2
    beginning += [(resting(LEFT), b_down), (resting(LEFT), resting(RIGHT))]
    for number, (left, right) in enumerate([*beginning, *gesture]):
        views = eyes() if number < len(beginning) else NEAR
        time_s = number / FRAMES_PER_S
        yield FrameInput(time_s, 1 / FRAMES_PER_S, views, left, right, can_point=True)


def picture(case_path: Path, gesture: Hands, keeps_board: bool, folder: Path) -> Image.Image:
    case = open_path(case_path)
    recording, film = folder / "hands.input", folder / "hands.mp4"
    with InputRecorder(recording, case.id, 0, Preferences()) as recorder:
        for inp in frames(gesture, keeps_board):
            recorder.write(inp)
    inputs = chosen_inputs(case, None, recording, None)
    film_replay(case, film, inputs, (WIDTH, HEIGHT), Camera.EYE)
    return Image.fromarray(list(iio.imiter(film))[-1])


GESTURES = (take, turn, enlarge, take_out, point_at_panel, go_inside)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", type=int, help="one of them, 0 to 5, into the picture there is")
    arguments = parser.parse_args()
    size = COLUMNS * (WIDTH + GAP) - GAP, 2 * (HEIGHT + GAP) - GAP
    is_there = arguments.only is not None and arguments.out.exists()
    sheet = Image.open(arguments.out) if is_there else Image.new("RGB", size, "white")
    for number, gesture in enumerate(GESTURES):
        if arguments.only in (None, number):
            with tempfile.TemporaryDirectory() as folder:
                board = gesture is point_at_panel
                found = picture(arguments.case, gesture(), board, Path(folder))
            row, column = divmod(number, COLUMNS)
            sheet.paste(found, (column * (WIDTH + GAP), row * (HEIGHT + GAP)))
    sheet.save(arguments.out, quality=88)


if __name__ == "__main__":
    main()
