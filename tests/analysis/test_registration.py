"""A known motion found again; what does not belong together refused."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from xrviewer.analysis.registration import best_fit, fitted
from xrviewer.case.mesh import Mesh
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, apply, axis_rotation, rigid


def bone(detail: int, noise_mm: float = 0.0, seed: int = 0) -> Mesh:
    """No symmetry: a bent, knobbly ball, meshed otherwise for another detail."""
    ball = trimesh.creation.icosphere(detail, 1.0)
    x, y, z = ball.vertices.T
    swell = 1 + 0.25 * np.sin(3 * x + 1) * np.cos(2 * y + 0.7) + 0.2 * z * x + 0.2 * y * z
    points = ball.vertices * swell[:, None] * (22, 15, 34)
    points += np.random.default_rng(seed).normal(size=points.shape) * noise_mm
    return Mesh.of(points, ball.faces)


def off_by(found: Matrix, truth: Matrix, at_mm: np.ndarray) -> tuple[float, float]:
    """Degrees, and millimetres at the bone's points."""
    error = found @ np.linalg.inv(truth)
    angle = np.degrees(np.arccos(np.clip((np.trace(error[:3, :3]) - 1) / 2, -1, 1)))
    moved = apply(found, at_mm) - apply(truth, at_mm)
    return float(angle), float(np.linalg.norm(moved, axis=1).max())


@pytest.mark.parametrize(
    ("axis", "angle_deg", "shift_mm"),
    [
        ((0.3, 1, 0.2), 2, (3, -2, 1)),
        ((1, 0, 0), 25, (10, 40, -5)),
        ((0.2, -0.4, 1), 170, (80, -120, 300)),
    ],
)
def test_a_known_motion_is_found(
    axis: tuple[float, float, float], angle_deg: float, shift_mm: tuple[float, float, float]
) -> None:
    fixed = bone(5)
    truth = rigid(shift_mm, axis_rotation(axis, np.deg2rad(angle_deg)))
    moving = bone(4, 0.05).moved(np.linalg.inv(truth))
    fit = fitted(moving, fixed, "bone")
    angle, shift = off_by(fit.fixed_from_moving, truth, moving.points_mm)
    assert angle < 0.1 and shift < 0.1
    assert fit.residual_mm < 0.2 and fit.overlap == 1.0


def test_a_bone_that_was_cut_elsewhere_and_grew_a_spur() -> None:
    fixed = bone(5)
    truth = rigid((4, 6, -3), axis_rotation((0.3, 1, 0.2), np.deg2rad(6)))
    whole = bone(5)
    kept = (whole.points_mm[whole.triangles].mean(axis=1) @ [0, 0, 1]) > -24
    grown = whole.points_mm.copy()
    near = np.linalg.norm(grown - grown[100], axis=1) < 6
    grown[near] *= 1.15
    moving = Mesh.of(grown, whole.triangles[kept]).moved(np.linalg.inv(truth))
    fit = fitted(moving, fixed, "bone")
    angle, shift = off_by(fit.fixed_from_moving, truth, whole.points_mm)
    assert angle < 0.2 and shift < 0.2


def test_the_other_side_of_the_body_is_refused() -> None:
    other = bone(5)
    mirrored = Mesh.of(other.points_mm * (-1, 1, 1), other.triangles[:, ::-1])
    with pytest.raises(MeasureError, match="femur: the two dates are of opposite sides"):
        fitted(mirrored, bone(5), "femur")


def test_another_bone_is_refused() -> None:
    other = Mesh.of(bone(4).points_mm * (1.3, 0.7, 1.1), bone(4).triangles)
    with pytest.raises(MeasureError, match=r"femur: the two dates do not fit \(.* same side"):
        fitted(other, bone(5), "femur")


def test_nothing_to_fit() -> None:
    with pytest.raises(MeasureError, match="no surface"):
        best_fit(Mesh.of(np.zeros((0, 3)), np.zeros((0, 3))), bone(3))


def test_the_same_every_time() -> None:
    moving = bone(4, 0.05).moved(rigid((3, 2, 1), axis_rotation((0, 1, 0), 0.1)))
    one, two = (best_fit(moving, bone(5)).fixed_from_moving for _ in range(2))
    np.testing.assert_array_equal(one, two)
