"""A known motion between two made scans found again, and what does not belong together refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xrviewer.analysis.image_registration import best_image_fit, fitted_scans
from xrviewer.case.volume import Volume
from xrviewer.caseio.nifti import read_nifti
from xrviewer.errors import MeasureError
from xrviewer.spatial.transforms import Matrix, apply, axis_rotation, rigid

TRUTH = rigid((4.0, -3.0, 2.0), axis_rotation((0.3, 1, 0.2), np.deg2rad(6)))


def head(place: Matrix, shape: tuple[int, int, int], spacing: float, seed: int = 0) -> Volume:
    """A head of nobody: a bright shell with blobs within, and noise; scanned where it lies."""
    voxel = np.diag([spacing, spacing, spacing, 1.0])
    voxel[:3, 3] = -spacing * (np.array(shape) - 1) / 2
    points = apply(place @ voxel, np.indices(shape).reshape(3, -1).T.astype(float))
    radius = np.linalg.norm(points / (28, 34, 30), axis=1)
    values = np.where(radius < 1, 60.0, 0.0) + np.where((radius > 0.9) & (radius < 1), 80.0, 0.0)
    rng = np.random.default_rng(5)
    signs = iter(rng.choice((-50, 50), 80))
    for center, size in zip(rng.uniform(-22, 22, (80, 3)), rng.uniform(3, 6, 80), strict=True):
        values += next(signs) * np.exp(-(((points - center) / size) ** 2).sum(axis=1))
    values += np.random.default_rng(seed).normal(0, 3, len(values))
    return Volume("s", "Scan", "MR", values.reshape(shape).astype(np.float32), voxel)


def test_a_known_motion_is_found_and_its_residual_is_honest() -> None:
    """Other noise and another spacing; the moving scan is bright where the other is dark."""
    fixed = head(np.eye(4), (48, 52, 48), 1.6)
    moving = head(TRUTH, (40, 44, 40), 2.0, seed=1)
    fit = fitted_scans(moving, fixed)
    points = np.random.default_rng(0).uniform(-25, 25, (200, 3))
    off = apply(fit.fixed_from_moving, points) - apply(TRUTH, points)
    error = float(np.linalg.norm(off, axis=1).max())
    assert error < 0.3 and fit.residual_mm < 0.3
    assert fit.overlap > 0.95 and fit.likeness > 0.2
    again = fitted_scans(moving, fixed)
    np.testing.assert_allclose(fit.fixed_from_moving, again.fixed_from_moving, atol=1e-9)


def test_what_does_not_belong_together() -> None:
    fixed = head(np.eye(4), (40, 44, 40), 2.0)
    noise = np.random.default_rng(2).normal(0, 1, (40, 40, 40)).astype(np.float32)
    other = Volume("n", "Noise", "MR", noise, fixed.case_from_voxel)
    with pytest.raises(MeasureError, match=r"Scan and Noise do not fit .* same person\?"):
        fitted_scans(other, fixed)
    thin = Volume("t", "Thin", "MR", noise[:, :, :4], fixed.case_from_voxel)
    with pytest.raises(MeasureError, match="Thin has too few slices"):
        fitted_scans(thin, fixed)
    sheared = fixed.case_from_voxel.copy()
    sheared[0, 1] = 0.5
    with pytest.raises(MeasureError, match="is sheared"):
        fitted_scans(Volume("g", "Tilted", "CT", noise, sheared), fixed)


def test_two_visits_of_a_real_head(test_data: Path) -> None:
    """Against the fits that came with the data, which are affine and of others' making."""
    folder = test_data / "ms_longitudinal_patient01"
    first, second = (
        read_nifti(folder / f"study{n}_FLAIR.nii.gz", f"s{n}", f"Visit {n}", "MR").volume
        for n in (1, 2)
    )
    common = [_itk(folder / f"study{n}_FLAIR_to_common_space.txt") for n in (1, 2)]
    truth = common[0] @ np.linalg.inv(common[1])
    fit = best_image_fit(second, first)
    middle = apply(first.case_from_voxel, (np.array([first.voxels.shape[:3]]) - 1) / 2)
    points = middle + np.random.default_rng(0).uniform(-60, 60, (500, 3))
    off = apply(fit.fixed_from_moving, points) - apply(truth, points)
    assert float(np.linalg.norm(off, axis=1).mean()) < 0.5
    assert fit.is_good and fit.residual_mm < 0.3


def _itk(file: Path) -> Matrix:
    lines = file.read_text().splitlines()
    parameters, center = (np.array(line.split()[1:], float) for line in lines[3:5])
    matrix = np.eye(4)
    matrix[:3, :3] = parameters[:9].reshape(3, 3)
    matrix[:3, 3] = parameters[9:] + center - matrix[:3, :3] @ center
    return matrix
