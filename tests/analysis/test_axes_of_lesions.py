"""Whether what is stated of a lesion's axes holds: ellipsoids of any pose, drawn as voxels."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from skimage.measure import marching_cubes

from xrviewer.analysis.figures import Precision, half_diagonal_mm
from xrviewer.analysis.slow import with_axis
from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.mesh import Mesh

TRIALS = 40
ASKED = Measured(Kind.DISTANCE, "t0", ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)), ("lesion",))


def ellipsoid(rng: np.random.Generator) -> np.ndarray:
    """Its points are those for which this form is 1; half axes of 4 to 14 mm."""
    turn = Rotation.random(random_state=rng).as_matrix()
    return np.asarray(turn @ np.diag(rng.uniform(4, 14, 3) ** -2) @ turn.T)


def voxels_of(form: np.ndarray, spacing_mm: np.ndarray, rng: np.random.Generator) -> Mesh:
    """The surface of the voxels whose middle is inside, anywhere in the grid."""
    counts = np.ceil(16 / spacing_mm).astype(int)
    steps = np.meshgrid(*(np.arange(-n, n + 1) for n in counts), indexing="ij")
    middles = (np.stack(steps, -1) + rng.uniform(-0.5, 0.5, 3)) * spacing_mm
    is_inside = np.einsum("...i,ij,...j->...", middles, form, middles) < 1
    points, faces, _, _ = marching_cubes(is_inside.astype(np.float32), 0.5, spacing=spacing_mm)
    return Mesh.of(points, faces)


@pytest.mark.parametrize("spacing_mm", [(1.0, 1.0, 1.0), (0.8, 0.8, 5.0)])
def test_axes_lie_within_their_uncertainty_in_95_of_100(
    spacing_mm: tuple[float, float, float],
) -> None:
    """The largest axial cut is that through the middle: an ellipse of the form's first two rows."""
    rng, precision = np.random.default_rng(4), Precision(half_diagonal_mm(spacing_mm))
    is_held = []
    for _ in range(TRIALS):
        form = ellipsoid(rng)
        mesh = voxels_of(form, np.array(spacing_mm), rng)
        longest, across = 2 / np.sqrt(np.linalg.eigvalsh(form[:2, :2]))
        for lesion, truth in ((Lesion.TARGET, longest), (Lesion.NODE, across)):
            found = with_axis(ASKED, mesh, lesion, spacing_mm[2], precision).quantity
            assert found is not None and found.uncertainty is not None
            is_held.append(abs(found.value - truth) <= found.uncertainty)
    assert np.mean(is_held) >= 0.95
