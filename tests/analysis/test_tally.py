"""Histograms by area, of what is seen."""

from __future__ import annotations

import numpy as np
import pytest

from tests.analysis.phantoms import shell_mesh
from xrviewer.analysis.tally import tally
from xrviewer.case.surfaces import pack_parts


def test_area_is_counted_not_vertices() -> None:
    """Two balls, of 10 and 20 mm, of which only one has the finer mesh."""
    meshes = [shell_mesh(20, 1, detail=2)[0], shell_mesh(10, 1, detail=4)[0]]
    parts = [
        (id, m.points_mm.astype(np.float32), m.normals.astype(np.float32), m.triangles)
        for id, m in zip("ab", meshes, strict=True)
    ]
    values = np.concatenate(
        [np.full(len(meshes[0].points_mm), 1.0), np.full(len(meshes[1].points_mm), 9.0)]
    ).astype(np.float32)
    values[0] = np.nan
    surfaces = pack_parts(parts, {"a_mm": values})
    both = tally(surfaces, "a_mm", b"\1\1", 0.0, 4.0)
    large, small = 4 * np.pi * 400, 4 * np.pi * 100
    assert both.area_mm2[8] == pytest.approx(large, rel=0.05)
    assert both.area_mm2[-1] == pytest.approx(small, rel=0.05)  # 9 lies beyond the end
    assert both.area_mm2.sum() == pytest.approx(both.area_mm2[[8, -1]].sum())
    assert both.mean == pytest.approx((large + 9 * small) / (large + small), rel=0.05)
    one = tally(surfaces, "a_mm", b"\0\1", 0.0, 4.0)
    assert one.mean == pytest.approx(9.0) and one.area_mm2[8] == 0
    none = tally(surfaces, "a_mm", b"\0\0", 0.0, 4.0)
    assert np.isnan(none.mean) and not none.area_mm2.any()
