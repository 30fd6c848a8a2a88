"""What is known of the demo knee because it was made so: for tests and for showing accuracy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xrviewer.demos.knee.anatomy import BONES
from xrviewer.demos.knee.recipe import Lesion, recipe
from xrviewer.spatial.transforms import Matrix, invert_similarity


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    lesion: Lesion
    """Numbers of the thinning; its centre in the femur's frame."""
    lesion_center_mm: tuple[np.ndarray, np.ndarray]
    """The same point in the case frame at either date."""
    t1_from_t0: dict[str, Matrix]
    """By bone: where its points of the first date lie at the second, both in the case frame."""


def truth() -> Truth:
    made = recipe()
    first, second = (visit.pose for visit in made.timepoints)
    centers = [pose.case_from("femur") @ (*made.lesion.center_mm, 1.0) for pose in (first, second)]
    moves = {b: second.case_from(b) @ invert_similarity(first.case_from(b)) for b in BONES}
    return Truth(made.lesion, (centers[0][:3], centers[1][:3]), moves)
