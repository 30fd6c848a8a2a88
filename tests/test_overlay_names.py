"""The name of what is pointed at: after a moment, beside the point, in letters that can be read."""

from __future__ import annotations

import math

from tests.interaction.gestures import EYE, Wearer
from tests.interaction.test_take import AIM, HIT, reaching
from xrviewer.document.opening import bounds_mm
from xrviewer.overlay import NAME_AFTER_S, Lingering, overlay
from xrviewer.scene.build import Scene
from xrviewer.scene.marks import Label
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import apply


def names(wearer: Wearer) -> list[Label]:
    bounds = bounds_mm(wearer.case.timepoints[0])
    tools, document = wearer.tools, wearer.document
    draw = Scene(wearer.case).build(document.snapshot, tools.placement)
    marks = overlay(tools, document, wearer.world, draw, bounds, Lingering(1.0))
    return [label for label in marks.labels if label.text == "Femur"]


def test_a_name_comes_after_a_moment_and_stands_beside_the_point() -> None:
    wearer = Wearer(pick=lambda ray: HIT)
    for _ in range(round(NAME_AFTER_S * 90) - 2):
        wearer.hands(right=reaching(AIM, trigger=0.0))
    assert not names(wearer)
    for _ in range(4):
        wearer.hands(right=reaching(AIM, trigger=0.0))
    (name,) = names(wearer)
    point = apply(wearer.document.snapshot.model.matrix() @ MODEL_FROM_CASE, HIT.point_mm).tolist()
    assert name.position_m[0] > point[0] + name.height_m  # to the viewer's right, off the reticle
    degrees = math.degrees(name.height_m / math.dist(EYE.eye.position_m, point))
    assert 0.5 < degrees < 1.0
