"""Packed slices decoded side by side are those that pydicom decodes one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

from tests.ingest.dicom.test_scans import scans
from tests.ingest.dicom_maker import write_series
from xrviewer.errors import InputError
from xrviewer.ingest.dicom.header import read_header
from xrviewer.ingest.dicom.unpacking import _quick, decoded


def packed_series(folder: Path, **changes: Any) -> list[Path]:
    paths = write_series(folder, count=12, **changes)
    for path in paths:
        stored = dcmread(path)
        stored.compress(RLELossless)
        stored.save_as(path)
    return paths


@pytest.mark.parametrize(
    ("changes", "is_quick"),
    [
        ({}, True),
        ({"Modality": "CT", "RescaleSlope": 1, "RescaleIntercept": -1024}, True),
        ({"RescaleSlope": 2, "RescaleIntercept": 0}, False),
        ({"RescaleSlope": 1, "RescaleIntercept": 0.5}, False),
    ],
)
def test_both_ways_give_the_same(tmp_path: Path, changes: dict[str, Any], is_quick: bool) -> None:
    paths = packed_series(tmp_path / "s", **changes)
    (frame,) = read_header(paths[0]).frames
    assert (_quick(frame, decoded(paths[0])) is not None) is is_quick
    (volume,), _ = scans(tmp_path / "s")
    wanted = np.stack([decoded(path).T for path in paths], axis=2)
    np.testing.assert_array_equal(volume.voxels, wanted)
    assert volume.voxels.dtype == wanted.dtype
    assert (volume.slope, volume.intercept) == frame.scaling


def test_where_they_differ_pydicom_is_believed(tmp_path: Path) -> None:
    (path, *_) = packed_series(tmp_path / "s")
    (frame,) = read_header(path).frames
    assert _quick(frame, decoded(path) + 1) is None


def test_a_slice_that_is_broken_is_named(tmp_path: Path) -> None:
    paths = packed_series(tmp_path / "s")
    stored = dcmread(paths[7])
    stored.PixelData = encapsulate([b"\x09" * 40])
    stored.save_as(paths[7])
    with pytest.raises(InputError, match=r"007\.dcm.*cannot be decoded"):
        scans(tmp_path / "s")
