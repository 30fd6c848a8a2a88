"""The line of aim ends where it meets something first: a structure, a slice, a screen, a face."""

from __future__ import annotations

import numpy as np
import pytest

from tests.interaction.measurer import Surveyor
from tests.interaction.test_cut_aim import SCREEN, cut_ball, on_screen, straightened
from tests.interaction.test_slice_aim import CASE, DOWN, MIDDLE, RADIUS_MM, UP, shown, surveyor
from xrviewer.app.overlay import Lingering, Overlay
from xrviewer.document.intents import SelectTool
from xrviewer.document.opening import bounds_mm
from xrviewer.document.plane_intents import SetCutVisible
from xrviewer.document.planes import Mode
from xrviewer.scene.build import Scene
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import Vec3, apply

TOP: Vec3 = (MIDDLE[0], MIDDLE[1], MIDDLE[2] - 10.0 + RADIUS_MM)


def does_end_at(made: Surveyor, at: Vec3, end: Vec3, normal: Vec3 = UP) -> bool:
    """Pointing at a place, whether a line goes from the hand to the end."""
    made.hover(at, normal)
    snapshot = made.document.snapshot
    draw = Scene(CASE).build(snapshot, made.tools.placement)
    marks = Overlay().marks(
        made.tools, made.document, made.world, draw, bounds_mm(CASE.timepoints[0]), Lingering(1.0)
    )
    end_m = apply(snapshot.model.matrix() @ MODEL_FROM_CASE, end)
    aim = made.tools.seen[1].aim
    assert aim is not None
    is_from_hand = np.linalg.norm(marks.strokes["start_m"] - aim.position_m, axis=1) < 1e-5
    is_to_end = np.linalg.norm(marks.strokes["end_m"] - end_m, axis=1) < 1e-4
    return bool((is_from_hand & is_to_end).any())


@pytest.mark.parametrize("tool", ["grab", "distance"])
def test_at_a_slice_its_screen_a_face_and_a_structure(tool: str) -> None:
    flat, cut = surveyor(mode=Mode.BOTH), cut_ball()
    curved = straightened(tuple((5.0, -8.0, z / 2) for z in range(60)))
    for made in (flat, cut, curved):
        made.document.apply(SelectTool(tool))
    assert does_end_at(flat, TOP, TOP)
    on = shown(flat, (MIDDLE[0] + 3.0, MIDDLE[1], MIDDLE[2]))
    assert does_end_at(flat, on, on, DOWN)
    assert does_end_at(cut, MIDDLE, MIDDLE)
    cut.document.apply(SetCutVisible("cut-1", False))
    assert does_end_at(cut, TOP, TOP) and not does_end_at(cut, MIDDLE, MIDDLE)
    assert does_end_at(curved, on_screen(4.0, 5.0), on_screen(4.0, 5.0), SCREEN.normal)


def test_at_nothing_there_is_no_line() -> None:
    made = surveyor(mode=Mode.FRAME)
    far = (900.0, 0.0, 0.0)
    assert not does_end_at(made, far, far)
    assert made.tools.picture is None
