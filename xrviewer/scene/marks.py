"""Writing and strokes in the room, as plain data: what stands where, how large, which colour."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xrviewer.spatial.transforms import Vec3

TEXT_COLOR: Vec3 = (0.80, 0.83, 0.86)
QUIET_COLOR: Vec3 = (0.42, 0.46, 0.50)
ACCENT_COLOR: Vec3 = (0.102, 0.434, 0.578)
WARNING_COLOR: Vec3 = (0.83, 0.30, 0.07)


class Anchor(Enum):
    """Which part of the writing stands at its position; it is always centred in height."""

    LEFT = 0.0
    MIDDLE = 0.5
    RIGHT = 1.0


class Label(NamedTuple):
    """One line of writing. It turns to the viewer's head, upright: one quad for both eyes. A frame
    makes a score of them; a tuple takes a fifth of the time of a frozen dataclass."""

    text: str
    position_m: Vec3
    height_m: float
    """Of a capital letter."""
    color: Vec3 = TEXT_COLOR
    """Linear."""
    anchor: Anchor = Anchor.MIDDLE
    axes: tuple[Vec3, Vec3] | None = None
    """To its right and upwards, of what is written on one plate; None turns it to the head."""
    plate: Vec3 | None = None
    """Linear colour of what it is written on; nothing where it is None."""


STROKE_DTYPE = np.dtype(
    [
        ("start_m", "f4", 3),
        ("end_m", "f4", 3),
        ("radius_m", "f4"),
        ("color", "f4", 3),
        ("is_lit", "f4"),
    ]
)
"""A straight line with round ends; a ball where both are one. Its width turns to the viewer."""
NO_STROKES: NDArray[Any] = np.zeros(0, STROKE_DTYPE)
NO_STROKES.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """All writing and strokes of a frame."""

    labels: tuple[Label, ...] = ()
    strokes: NDArray[Any] = field(default_factory=lambda: NO_STROKES)
    """STROKE_DTYPE"""

    def __bool__(self) -> bool:
        return bool(self.labels) or len(self.strokes) > 0

    def __add__(self, other: Marks) -> Marks:
        if not len(other.strokes) or not len(self.strokes):
            drawn = self.strokes if len(self.strokes) else other.strokes
        else:
            drawn = joined([self.strokes, other.strokes])
        return Marks(self.labels + other.labels, drawn)


NO_MARKS = Marks()


class Sketch:
    """Marks as a frame brings them together. Plain lists until the end: there are a few lines, and
    numpy's calls, or new tuples at every addition, would cost more than the lines."""

    def __init__(self) -> None:
        self.labels: list[Label] = []
        self.numbers: list[float] = []
        """Of strokes, one after the other, as STROKE_DTYPE has them."""
        self._arrays: list[NDArray[Any]] = []

    def stroke(
        self, start_m: Vec3, end_m: Vec3, radius_m: float, color: Vec3, is_lit: bool = False
    ) -> None:
        self.numbers += (*start_m, *end_m, radius_m, *color, is_lit)

    def add(self, marks: Marks) -> None:
        if marks is not NO_MARKS:
            self.labels += marks.labels
            self.add_strokes(marks.strokes)

    def add_strokes(self, some: NDArray[Any]) -> None:
        if len(some):
            self._arrays.append(some)

    def marks(self) -> Marks:
        if self.numbers:
            self._arrays.append(np.frombuffer(array("f", self.numbers), STROKE_DTYPE))
            self.numbers = []
        if not self._arrays:
            return Marks(tuple(self.labels))
        one = self._arrays[0] if len(self._arrays) == 1 else joined(self._arrays)
        return Marks(tuple(self.labels), one)


def joined(some: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Strokes after strokes. As plain floats: numpy compares records field by field, each time."""
    return np.concatenate([one.view(np.float32) for one in some]).view(STROKE_DTYPE)


def strokes(
    starts_m: object,
    ends_m: object,
    radius_m: object,
    color: Vec3 = QUIET_COLOR,
    is_lit: bool = False,
) -> NDArray[Any]:
    """From (N, 3) ends; one radius, or one each."""
    starts = np.atleast_2d(np.asarray(starts_m, np.float32))
    made: NDArray[Any] = np.zeros(len(starts), STROKE_DTYPE)
    made["start_m"], made["end_m"] = starts, ends_m
    made["radius_m"], made["color"], made["is_lit"] = radius_m, color, is_lit
    return made
