"""A still takes in the screens of slices and the values that are written, whole."""

from __future__ import annotations

import numpy as np

from tests.render.scans import case_with, volume_of
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.commands.facing import with_screens, with_values
from xrviewer.commands.stage import open_stage, room_bounds_m
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.plane_intents import AddSlice
from xrviewer.document.planes import Mode
from xrviewer.gpu.context import Capabilities
from xrviewer.interaction.input import FrameInput
from xrviewer.scene.measures import row_ends
from xrviewer.spatial.cameras import named_view
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import apply

SCAN = volume_of(np.diag([1.0, 1.0, 1.0, 1.0]), lambda i, j, k: 0 * i, shape=(40, 40, 40))
CASE = case_with(SCAN)
SIGNS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def test_screens_and_values_are_within_the_picture(gl: Capabilities) -> None:
    with open_stage(CASE) as stage:
        document = stage.app.document
        coronal = anatomical("coronal", (20.0, 20.0, 20.0))
        document.apply(AddSlice("s", SCAN.id, coronal, Mode.FRAME))
        upright = ((38.0, 20.0, 10.0), (38.0, 20.0, 30.0))
        value = Quantity(20.0, Unit.MM, 1.0)
        document.apply(Measure("m1", Measured(Kind.DISTANCE, "t0", upright, (), value)))
        draw = stage.app.step(FrameInput(0.0, 0.0, ()))
        plain = room_bounds_m(CASE, document.snapshot)
        bounds = with_screens(draw, *plain)
        view = named_view("front", *bounds, 1.25)
        draw = stage.app.step(FrameInput(0.0, 0.0, (view,)))
        whole = with_values(draw, view.eye, *bounds)
    assert len(draw.measures.labels) == 2  # in its place, and on the screen
    at = [row_ends(label, view.eye) for label in draw.measures.labels]
    middle, across, along = draw.slices.frames[-1][1]
    corners = [np.add(middle, u * np.array(across) + v * np.array(along)) for u, v in SIGNS]
    seen = np.concatenate([apply(draw.room_from_case, np.array(corners)), *at])
    for bounds_m, are_all in ((plain, False), (whole, True)):
        view = named_view("front", *bounds_m, 1.25)
        x, y, z = apply(np.linalg.inv(view.eye.matrix()), seen).T
        is_in = (np.abs(x / -z) < np.tan(view.fov.right_rad)) & (
            np.abs(y / -z) < np.tan(view.fov.up_rad)
        )
        assert is_in.all() == are_all
