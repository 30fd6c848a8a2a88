"""Either side of the ridge of a patella that was made by hand: it slants."""

from __future__ import annotations

import numpy as np
import pytest

from xrviewer.analysis.pairs import Pair
from xrviewer.analysis.regions import knee_regions
from xrviewer.analysis.summary import rows
from xrviewer.analysis.thickness import Definition, Thickness
from xrviewer.case.mesh import Mesh

STEP_MM = 0.5
SLANT = 0.35
"""How far the ridge goes aside, for each millimetre up."""


def patella(foot_mm: float) -> Thickness:
    """A roof: backwards (+y) along the ridge, covered all over but for the lowest rows."""
    x, z = np.meshgrid(np.arange(-15, 15.01, STEP_MM), np.arange(-20, 20.01, STEP_MM))
    off = x - ridge_x(z, foot_mm)
    points = np.stack([x.ravel(), -0.4 * np.abs(off).ravel(), z.ravel()], axis=1)
    wide = x.shape[1]
    i = (np.arange(x.shape[0] - 1)[:, None] * wide + np.arange(wide - 1)).ravel()
    triangles = np.concatenate(
        [np.stack([i, i + 1, i + wide], axis=1), np.stack([i + 1, i + wide + 1, i + wide], axis=1)]
    )
    thick = np.where(points[:, 2] < -18, np.nan, 2.0)
    mesh = Mesh.of(points, triangles)
    none = np.zeros(0)
    pair = Pair("patella", "patellar_cartilage")
    return Thickness(pair, Definition.NORMAL, mesh, mesh.normals, thick, none)


def ridge_x(z: np.ndarray, foot_mm: float) -> np.ndarray:
    return foot_mm + SLANT * z


@pytest.mark.parametrize("foot_mm", [-3.0, 2.0])
@pytest.mark.parametrize("lateral", [1, -1])
def test_the_facets_meet_at_the_ridge(foot_mm: float, lateral: int) -> None:
    found = patella(foot_mm)
    points = found.inner.points_mm
    off = points[:, 0] - ridge_x(points[:, 2], foot_mm)
    measured = ~np.isnan(found.inner_mm)
    regions = knee_regions(found, lateral)
    assert set(regions) == {"medial", "lateral"}
    assert not (regions["medial"] & regions["lateral"]).any()
    np.testing.assert_array_equal(regions["medial"] | regions["lateral"], measured)
    clear = measured & (np.abs(off) > 1.0)
    np.testing.assert_array_equal(regions["lateral"][clear], (lateral * off > 0)[clear])


def test_a_knee_of_no_known_side_has_left_and_right() -> None:
    found = patella(0.0)
    regions = knee_regions(found, 0)
    x = found.inner.points_mm[:, 0] - ridge_x(found.inner.points_mm[:, 2], 0.0)
    far = ~np.isnan(found.inner_mm) & (np.abs(x) > 1.0)
    np.testing.assert_array_equal(regions["left"][far], (x > 0)[far])  # +x is the patient's left


def test_rows_name_the_layer_they_are_of() -> None:
    found = patella(0.0)
    named = [(row.layer, row.region) for row in rows(found, knee_regions(found, 1))]
    assert named == [("patellar_cartilage", r) for r in ("all", "lateral", "medial")]
