"""Scans in files that do not say what their numbers are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xrviewer.case.volume import Volume
from xrviewer.caseio.nifti import write_nifti
from xrviewer.ingest.scans import file_scans

_GREYS = np.random.default_rng(3).integers(0, 900, (20, 20, 20))
_NAMES = np.where(_GREYS > 450, _GREYS % 12, 0)


@pytest.mark.parametrize(
    ("voxels", "is_said"),
    [
        (_NAMES.astype(np.uint8), True),
        (_NAMES.astype(np.float32), True),
        (_GREYS.astype(np.int16), False),
        ((_NAMES / 3).astype(np.float32), False),
        (np.zeros((20, 20, 20), np.int16), False),
    ],
)
def test_a_segmentation_taken_for_a_scan_is_told(
    tmp_path: Path, voxels: np.ndarray, is_said: bool
) -> None:
    path = tmp_path / "knee.nii"
    write_nifti(path, Volume("scan", "Scan", "OT", voxels, np.eye(4)))
    _, notes = file_scans([path], [])
    assert any("knee.nii" in note and "--segmentation" in note for note in notes) == is_said
