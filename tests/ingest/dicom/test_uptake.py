"""PET values against the definition of SUV; what is wanting leaves them as they are stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.ingest.dicom.test_scans import scans
from tests.ingest.dicom_maker import write_series
from xrviewer.case.volume import Volume
from xrviewer.ingest.scans import Choice

HALF_LIFE_S = 6586.2  # fluorine-18
DOSE_BQ, WEIGHT_KG = 350e6, 70.0


def write_pet(folder: Path, **changes: Any) -> Path:
    """Scanned an hour and ten minutes after the injection."""
    dose = Dataset()
    dose.RadionuclideTotalDose = DOSE_BQ
    dose.RadionuclideHalfLife = HALF_LIFE_S
    dose.RadiopharmaceuticalStartTime = "100000.00"
    for name in [name for name in changes if name.startswith("Radio")]:
        setattr(dose, name, changes.pop(name))
    said = {
        "Modality": "PT",
        "Units": "BQML",
        "DecayCorrection": "START",
        "CorrectedImage": ["NORM", "ATTN", "DECY"],
        "PatientWeight": WEIGHT_KG,
        "SeriesDate": "20200229",
        "SeriesTime": "111000",
        "AcquisitionDate": "20200229",
        "AcquisitionTime": lambda k: f"1110{k:02}",
        "RadiopharmaceuticalInformationSequence": [dose],
        "RescaleIntercept": 0,
        "RescaleSlope": 2.0,
    }
    write_series(folder, **(said | changes))
    return folder


def values(volume: Volume) -> np.ndarray:
    return volume.voxels * volume.slope + volume.intercept


def expected(volume: Volume, passed_s: float) -> np.ndarray:
    """What is stored, twice, is Bq/ml; the dose was spread over 70 000 g, and decayed."""
    left_bq = DOSE_BQ * np.exp(-np.log(2) * passed_s / HALF_LIFE_S)
    return volume.voxels * 2.0 * WEIGHT_KG * 1000 / left_bq


def test_activity_becomes_uptake_by_body_weight(tmp_path: Path) -> None:
    (volume,), notes = scans(write_pet(tmp_path / "s"))
    assert (volume.unit, notes) == ("SUV bw (g/ml)", [])
    np.testing.assert_allclose(values(volume), expected(volume, 70 * 60), rtol=1e-9)
    assert volume.window is None


@pytest.mark.parametrize(
    ("changes", "passed_s"),
    [
        ({"DecayCorrection": "ADMIN"}, 0.0),
        ({"RadiopharmaceuticalStartDateTime": "20200229093000"}, 100 * 60),
        # Over midnight, where only the time was stored.
        ({"SeriesTime": "003000", "AcquisitionTime": "003000",
          "RadiopharmaceuticalStartTime": "233000"}, 3600.0),
    ],
)  # fmt: skip
def test_the_dose_is_taken_at_the_time_it_is_corrected_to(
    tmp_path: Path, changes: dict[str, Any], passed_s: float
) -> None:
    (volume,), _ = scans(write_pet(tmp_path / "s", **changes))
    np.testing.assert_allclose(values(volume), expected(volume, passed_s), rtol=1e-9)


def test_what_is_uptake_already_stays(tmp_path: Path) -> None:
    (volume,), _ = scans(write_pet(tmp_path / "s", Units="GML", PatientWeight=None))
    assert volume.unit == "SUV bw (g/ml)" and volume.slope == 2.0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"PatientWeight": None}, "the body weight is not stated: values stay in Bq/ml, not SUV"),
        ({"PatientWeight": 0}, "the body weight is not stated"),
        ({"RadionuclideTotalDose": None}, "the dose is not stated"),
        ({"RadionuclideHalfLife": None}, "the half-life is not stated"),
        ({"RadiopharmaceuticalStartTime": ""}, "a time is not stated"),
        ({"RadiopharmaceuticalStartDateTime": "20200228100000"}, "after the scan, or days before"),
        ({"DecayCorrection": "NONE"}, "not said to what time"),
        ({"CorrectedImage": ["NORM"]}, "not corrected for attenuation and decay"),
        ({"SeriesTime": "120000"}, "the series begins after its slices were scanned"),
        ({"Units": "CNTS"}, "its unit is 'CNTS': values stay in cnts, not SUV"),
        ({"Units": None}, "no unit is stated: values stay in no stated unit"),
    ],
)
def test_without_all_it_takes_nothing_is_made_up(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    (volume,), notes = scans(write_pet(tmp_path / "s", **changes))
    assert len(notes) == 1 and says in notes[0]
    assert volume.slope == 2.0 and "SUV" not in volume.unit


def test_slices_of_their_own_slopes_are_scaled_alike(tmp_path: Path) -> None:
    (plain,), _ = scans(write_pet(tmp_path / "a"))
    (volume,), _ = scans(write_pet(tmp_path / "b", RescaleSlope=lambda k: 2.0 + k % 2))
    np.testing.assert_allclose(values(volume)[:, :, ::2], values(plain)[:, :, ::2], rtol=1e-6)
    np.testing.assert_allclose(values(volume)[:, :, 1::2], values(plain)[:, :, 1::2] * 1.5, 1e-6)


@pytest.mark.parametrize(
    ("changes", "unit", "is_told"),
    [
        ({}, "HU", False),
        ({"SeriesDescription": "Pelvis CBCT"}, "", True),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL", "CONE_BEAM"]}, "", True),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.13.1.2"}, "", True),
    ],
)
def test_a_cone_beam_is_recognised_and_has_no_hounsfield_units(
    tmp_path: Path, changes: dict[str, Any], unit: str, is_told: bool
) -> None:
    write_series(tmp_path / "s", Modality="CT", **changes)
    (volume,), notes = scans(tmp_path / "s", Choice())
    assert volume.unit == unit
    assert any("no Hounsfield units" in note for note in notes) is is_told
