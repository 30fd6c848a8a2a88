"""Hands that tests move, and a small model for them to hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.document.sessions import case_of
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.step import Pick, Tools, step
from xrviewer.interaction.world import world_of
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, Quat, Vec3, normalized
from xrviewer.spatial.views import View, symmetric_fov

DT_S = 1 / 90
EYE = View(Pose((0.0, 1.6, 0.0), IDENTITY_ROTATION), symmetric_fov(1.5, 1.0))

numbers = st.floats(-1, 1)
rotations = (
    st.tuples(numbers, numbers, numbers, numbers)
    .filter(lambda q: math.hypot(*q) > 1e-2)
    .map(normalized)
)
positions = st.tuples(numbers, numbers, numbers)
poses = st.builds(Pose, positions, rotations)


def hand_at(
    position_m: Sequence[float], rotation: Quat = IDENTITY_ROTATION, **pressed: Any
) -> Hand:
    x, y, z = (float(v) for v in position_m)
    return Hand(grip=Pose((x, y, z), rotation), **pressed)


def holding(position_m: Sequence[float], rotation: Quat = IDENTITY_ROTATION) -> Hand:
    return hand_at(position_m, rotation, squeeze=1.0)


def frame(left: Hand | None = None, right: Hand | None = None, **more: Any) -> FrameInput:
    given = {"time_s": 0.0, "dt_s": DT_S, "views": (EYE,), **more}
    return FrameInput(left=left or Hand(), right=right or Hand(), **given)


class Wearer:
    """Tools and a document, fed with frames as the loop does it."""

    def __init__(self, preferences: Preferences | None = None, pick: Pick | None = None) -> None:
        self.case = case_of()
        self.document = Document(self.case)
        self.world = world_of(self.case, preferences)
        self.tools = Tools()
        self.asked: list[Intent] = []
        self._pick = pick or (lambda ray: None)

    def see(self, inp: FrameInput) -> list[Intent]:
        """One frame; what was asked is done."""
        self.tools, intents = step(self.tools, inp, self.document.snapshot, self.world, self._pick)
        for intent in intents:
            self.document.apply(intent)
        self.asked += intents
        return intents

    def hands(
        self, left: Hand | None = None, right: Hand | None = None, **more: Any
    ) -> list[Intent]:
        return self.see(frame(left, right, **more))

    def rest(self, seconds: float = 1.0) -> None:
        for _ in range(round(seconds / DT_S)):
            self.hands(hand_at((-0.2, 1, 0)), hand_at((0.2, 1, 0)))


def model_of(wearer: Wearer) -> np.ndarray[Any, Any]:
    """room_from_model as it is seen now."""
    return (wearer.tools.placement or wearer.document.snapshot.model).matrix()


def nudged(pose: Pose, by: Vec3) -> Pose:
    x, y, z = (a + b for a, b in zip(pose.position_m, by, strict=True))
    return replace(pose, position_m=(x, y, z))
