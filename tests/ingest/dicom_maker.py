"""DICOM series made on the spot, with a known value at every place in the patient."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    MRImageStorage,
    SegmentationStorage,
    generate_uid,
)

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


def write_seg(
    path: Path,
    masks: dict[int, NDArray[np.bool_]],
    kind: str = "BINARY",
    names: dict[int, str] | None = None,
) -> Path:
    """A segmentation of the made series: (I, J, K) masks by number, empty slices left out."""
    frames = [(n, k, m[:, :, k].T) for n, m in masks.items() for k in range(m.shape[2])]
    frames = [frame for frame in frames if frame[2].any()]
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = SegmentationStorage, generate_uid()
    made.Modality, made.SeriesInstanceUID = "SEG", generate_uid()
    made.PatientID, made.PatientName, made.PatientBirthDate = "4711", "Doe^Jane", "19500101"
    made.SegmentationType = kind
    made.SegmentSequence = [_segment(n, (names or {}).get(n, f"Segment {n}")) for n in masks]
    made.SharedFunctionalGroupsSequence = [_shared()]
    made.PerFrameFunctionalGroupsSequence = [_per_frame(n, k) for n, k, _ in frames]
    planes = np.stack([plane for _, _, plane in frames])
    if kind == "FRACTIONAL":
        made.MaximumFractionalValue = 200
        set_pixels(made, np.where(planes, 180, 40).astype(np.uint8))
    else:
        set_pixels(made, planes.astype(np.uint8))
        made.BitsAllocated = made.BitsStored = 1
        made.HighBit = 0
        bits = np.packbits(planes.ravel(), bitorder="little").tobytes()
        made.PixelData = bits + b"\0" * (len(bits) % 2)
    made.NumberOfFrames = len(frames)
    return save(made, path)


def _segment(number: int, name: str) -> Dataset:
    made = Dataset()
    made.SegmentNumber, made.SegmentLabel = number, name
    made.RecommendedDisplayCIELabValue = [34885, 53485, 50171]  # sRGB red, as PS3.3 scales it
    return made


def _shared() -> Dataset:
    made, axes, measures = Dataset(), Dataset(), Dataset()
    axes.ImageOrientationPatient = [float(v) for v in (*ROTATION[:, 0], *ROTATION[:, 1])]
    measures.PixelSpacing = [SPACING_MM[1], SPACING_MM[0]]
    made.PlaneOrientationSequence, made.PixelMeasuresSequence = [axes], [measures]
    return made


def _per_frame(number: int, k: int) -> Dataset:
    made, place, segment = Dataset(), Dataset(), Dataset()
    position = np.array(ORIGIN_MM) + ROTATION[:, 2] * SPACING_MM[2] * k
    place.ImagePositionPatient = [float(v) for v in position]
    segment.ReferencedSegmentNumber = number
    made.PlanePositionSequence, made.SegmentIdentificationSequence = [place], [segment]
    return made
