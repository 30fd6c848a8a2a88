"""Hands as tests need them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from xrviewer.interaction.input import Hand
from xrviewer.spatial.transforms import (
    IDENTITY_ROTATION,
    Placement,
    Pose,
    Quat,
    Vec3,
    apply,
    invert_similarity,
    normalized,
)

OPEN = Hand()

_inside = st.floats(-1.5, 1.5)
positions = st.tuples(_inside, _inside, _inside)
rotations = (
    st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: np.linalg.norm(q) > 0.1).map(normalized)
)
poses = st.builds(Pose, positions, rotations)
placements = st.builds(Placement, positions, rotations, st.floats(0.05, 20))


def holding(position_m: Vec3, rotation: Quat = IDENTITY_ROTATION, squeeze: float = 1.0) -> Hand:
    return Hand(grip=Pose(position_m, rotation), squeeze=squeeze)


def of(pose: Pose) -> Hand:
    return Hand(grip=pose, squeeze=1.0)


def held_point(model: Placement, hand: Pose) -> np.ndarray:
    """The point of the model that lies in the palm, in the model's own frame."""
    return apply(invert_similarity(model.matrix()), hand.position_m)
