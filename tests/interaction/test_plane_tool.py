"""Slices in the hand: where the hand goes, they go; the stick repeats as it should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.document.test_planes import scanned_case
from xrviewer.document.document import Document
from xrviewer.document.intents import SelectTool
from xrviewer.document.plane_intents import AddSlice, PlaceSlice, PointOut
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.plane_tool import IDLE, SLICE_TOOL, Stepping, _stepped, step_plane_tool
from xrviewer.interaction.world import world_of
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, apply


def test_the_plane_goes_with_the_hand_and_a_press_points_out() -> None:
    case = scanned_case()
    document, world = Document(case), world_of(case)
    volume = case.timepoints[0].volumes[0]
    document.apply(AddSlice("s", "dess", anatomical("coronal", volume.center_mm)))
    document.apply(SelectTool(SLICE_TOOL))
    snapshot = document.snapshot
    on_plane = apply(snapshot.model.matrix() @ MODEL_FROM_CASE, volume.center_mm)
    at = np.add(on_plane, (0.0, 0.0, 0.2))
    grip = Pose(tuple(at.tolist()), IDENTITY_ROTATION)
    hand = Hand(grip, grip, trigger=1.0)
    x, y, z = grip.position_m
    moved = Pose((x, y, z + 0.03), IDENTITY_ROTATION)
    inp = FrameInput(0.0, 0.01, (), Hand(), hand)
    held, _ = step_plane_tool(IDLE, inp, snapshot.model, snapshot, world)
    clicked, intents = step_plane_tool(
        held, replace(inp, right=replace(hand, trigger=0.0)), snapshot.model, snapshot, world
    )
    assert [type(i) for i in intents] == [PointOut] and clicked.hold is None
    carried, _ = step_plane_tool(
        held, replace(inp, right=replace(hand, grip=moved)), snapshot.model, snapshot, world
    )
    (placed,) = carried.preview()
    assert isinstance(placed, PlaceSlice)
    assert np.subtract(placed.plane.point_mm, volume.center_mm) == pytest.approx((0, -30, 0))


def test_the_stick_steps_at_once_then_after_a_while_again_and_again() -> None:
    state, total = Stepping(), 0
    for _ in range(55):
        state, steps = _stepped(state, 0.9, 0.01)
        total += steps
    assert total == 4  # at 0, 0.3, 0.4 and 0.5 s
    assert _stepped(state, 0.1, 0.01) == (Stepping(), 0)
