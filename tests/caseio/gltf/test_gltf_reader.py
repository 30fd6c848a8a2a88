from pathlib import Path

import numpy as np
import pytest

from tests.caseio.gltf.gltf_builder import TETRA_POINTS, TETRA_TRIANGLES, Builder, in_case_mm
from xrviewer.caseio.gltf import read_gltf


def test_metres_y_up_become_millimetres_in_the_patient(tmp_path: Path) -> None:
    built = Builder()
    built.tetra("Femur (L)")
    parts = read_gltf(built.glb(tmp_path / "a.glb"))
    points, triangles = parts.surfaces.part(0)
    np.testing.assert_array_equal(points, in_case_mm(TETRA_POINTS).astype(np.float32))
    np.testing.assert_array_equal(triangles, TETRA_TRIANGLES)
    assert parts.names == ("Femur (L)",)
    assert parts.surfaces.part_ids == ("femur_l",)
    assert parts.faults == ()
    assert parts.opacities == (pytest.approx(1),)
