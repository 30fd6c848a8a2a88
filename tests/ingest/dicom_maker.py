"""DICOM series made on the spot, with a known value at every place in the patient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid

SPACING_MM = (0.5, 0.8, 2.0)
"""Between columns, rows and slices."""
ORIGIN_MM = (-30.0, 12.0, 40.0)
# Oblique: a rotation about two axes.
_A, _B = np.radians(20), np.radians(-35)
ROTATION = np.array(
    [[np.cos(_A), -np.sin(_A), 0], [np.sin(_A), np.cos(_A), 0], [0, 0, 1]]
) @ np.array([[1, 0, 0], [0, np.cos(_B), -np.sin(_B)], [0, np.sin(_B), np.cos(_B)]])


def value_at(point_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Linear in the place, so that interpolation keeps it and a wrong place shows."""
    return np.asarray(1000 + point_mm @ np.array([3.0, 5.0, 7.0]))


def write_series(folder: Path, count: int = 8, **changes: Any) -> list[Path]:
    """One file a slice; `changes` are attributes, or functions of the slice's number."""
    folder.mkdir(parents=True, exist_ok=True)
    fixed = {
        "SeriesInstanceUID": generate_uid(),
        "StudyInstanceUID": generate_uid(),
        "FrameOfReferenceUID": generate_uid(),
    }
    paths = []
    for k in range(count):
        slice_ = plane(k)
        slice_.update(fixed)  # type: ignore[arg-type]
        for name, value in changes.items():
            setattr(slice_, name, value(k) if callable(value) else value)
        paths.append(save(slice_, folder / f"{k:03}.dcm"))
    return paths


def plane(k: float, lean_mm: float = 0.0) -> Dataset:
    """The k-th slice, slid along its columns by lean_mm a slice as a tilted gantry would."""
    columns, rows = 12, 10
    position = np.array(ORIGIN_MM) + ROTATION[:, 2] * SPACING_MM[2] * k
    position += ROTATION[:, 1] * lean_mm * k
    i, j = np.meshgrid(np.arange(columns), np.arange(rows), indexing="xy")
    places = position + (
        i[..., None] * ROTATION[:, 0] * SPACING_MM[0]
        + j[..., None] * ROTATION[:, 1] * SPACING_MM[1]
    )
    made = Dataset()
    made.SOPClassUID = MRImageStorage
    made.SOPInstanceUID = generate_uid()
    made.Modality = "MR"
    made.PatientID, made.PatientName, made.PatientBirthDate = "4711", "Doe^Jane", "19500101"
    made.StudyDate = "20200229"
    made.SeriesNumber, made.InstanceNumber = 3, int(k) + 1
    made.ImagePositionPatient = [float(v) for v in position]
    made.ImageOrientationPatient = [float(v) for v in (*ROTATION[:, 0], *ROTATION[:, 1])]
    made.PixelSpacing = [SPACING_MM[1], SPACING_MM[0]]
    made.SliceThickness = SPACING_MM[2]
    set_pixels(made, np.rint(value_at(places)).astype(np.int16))
    return made


def set_pixels(made: Dataset, pixels: NDArray[Any]) -> None:
    made.Rows, made.Columns = pixels.shape[-2:]
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 8 * pixels.dtype.itemsize
    made.HighBit = made.BitsStored - 1
    made.PixelRepresentation = int(pixels.dtype.kind == "i")
    made.PixelData = pixels.tobytes()


def save(made: Dataset, path: Path) -> Path:
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.save_as(path, enforce_file_format=True)
    return path


def write_leaning(folder: Path, lean_mm: float, count: int = 8) -> None:
    """As a tilted gantry does: every slice slid along its columns."""
    folder.mkdir()
    series = generate_uid()
    for k in range(count):
        made = plane(k, lean_mm)
        made.SeriesInstanceUID = series
        save(made, folder / f"{k:03}.dcm")
