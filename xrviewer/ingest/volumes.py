"""NIfTI, NRRD and MetaImage files: scans and label maps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Color
from xrviewer.case.surfaces import frozen
from xrviewer.case.volume import Volume
from xrviewer.caseio.nifti import read_nifti
from xrviewer.caseio.nifti_header import DTYPES, affine_fault
from xrviewer.errors import VolumeError
from xrviewer.ingest.labelmap import LabelMap, Segment
from xrviewer.spatial.transforms import Matrix

NIFTI_SUFFIXES = (".nii", ".nii.gz")
ITK_SUFFIXES = (".nrrd", ".nhdr", ".mha", ".mhd")
LARGEST_LABEL = 65535
VOXELS_LIMIT_BYTES = 8 << 30


def is_volume_file(path: Path) -> bool:
    return path.name.lower().endswith((*NIFTI_SUFFIXES, *ITK_SUFFIXES))


def is_label_file(path: Path) -> bool:
    """3D Slicer's name for a segmentation; any other volume is a scan unless it is named one."""
    return path.name.lower().endswith((".seg.nrrd", ".seg.nhdr"))


def read_volume(path: Path, id: str, name: str) -> tuple[Volume, tuple[str, ...]]:
    """A scan in the patient frame, and what the file left open."""
    if path.name.lower().endswith(NIFTI_SUFFIXES):
        read = read_nifti(path, id, name)
        return read.volume, read.notes
    voxels, case_from_voxel, _ = _read_itk(path)
    if voxels.ndim == 4:
        raise VolumeError(path, f"holds {voxels.shape[0]} values a voxel; a scan has one")
    if voxels.dtype.name not in DTYPES:
        raise VolumeError(path, f"holds {voxels.dtype.name} voxels; convert it to int16 or float32")
    return Volume(id, name, "OT", frozen(voxels), frozen(case_from_voxel)), ()


def read_label_maps(path: Path) -> tuple[LabelMap, ...]:
    """One map, or several where structures of a file overlap."""
    if path.name.lower().endswith(NIFTI_SUFFIXES):
        volume = read_nifti(path, "labels", "labels").volume
        return (LabelMap(as_labels(path, volume.voxels), volume.case_from_voxel),)
    voxels, case_from_voxel, fields = _read_itk(path)
    layers = [voxels] if voxels.ndim == 3 else list(voxels)
    maps = []
    for number, layer in enumerate(layers):
        segments = MappingProxyType(dict(_segments(fields, number)))
        maps.append(LabelMap(as_labels(path, layer), case_from_voxel, segments))
    return tuple(maps)


def as_labels(path: Path, voxels: NDArray[Any]) -> NDArray[np.generic]:
    """Whole numbers from 0 on, in the smallest type that is quick to search."""
    low, high = voxels.min(), voxels.max()
    if not (low >= 0 and high <= LARGEST_LABEL):
        raise VolumeError(path, f"is no segmentation: its values go from {low:g} to {high:g}")
    if voxels.dtype.kind == "f" and not np.array_equal(voxels, np.round(voxels)):
        raise VolumeError(path, "is no segmentation: its values are not whole numbers")
    if high == 0:
        raise VolumeError(path, "is an empty segmentation: every voxel is 0")
    return frozen(np.asfortranarray(voxels, np.uint8 if high < 256 else np.uint16))


def _read_itk(path: Path) -> tuple[NDArray[Any], Matrix, dict[str, str]]:
    """(I, J, K), or (N, I, J, K) where a voxel has N values."""
    import SimpleITK  # takes 0.2 s to load, and NIfTI and DICOM do without

    if not path.is_file():
        raise VolumeError(path, "there is no such file")
    try:
        image = SimpleITK.ReadImage(str(path))
    except RuntimeError as error:
        raise VolumeError(path, f"cannot be read: {_itk_reason(error)}") from None
    if image.GetDimension() != 3:
        raise VolumeError(path, f"has {image.GetDimension()} dimensions; a volume has 3")
    case_from_voxel = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(3, 3)
    case_from_voxel[:3, :3] = direction * image.GetSpacing()
    case_from_voxel[:3, 3] = image.GetOrigin()
    fault = affine_fault(case_from_voxel)
    if fault:
        raise VolumeError(path, fault)
    fields = {key: image.GetMetaData(key) for key in image.GetMetaDataKeys()}
    return SimpleITK.GetArrayFromImage(image).T, case_from_voxel, fields


def _itk_reason(error: RuntimeError) -> str:
    """The last line of ITK's report says what went wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if lines and "Unable to determine ImageIO reader" in lines[-1]:
        return "it is no volume of a kind that is known (NIfTI, NRRD, MetaImage)"
    return (lines[-1] if lines else "no reason was given")[:200]


def _segments(fields: dict[str, str], layer: int) -> Iterator[tuple[int, Segment]]:
    """What 3D Slicer writes beside the voxels: Segment0_Name, Segment0_LabelValue, ..."""
    for key, name in fields.items():
        match = re.fullmatch(r"(Segment\d+)_Name", key, re.ASCII)
        if match is None:
            continue
        own = match[1]
        value = fields.get(f"{own}_LabelValue", "")
        if value.isdecimal() and int(fields.get(f"{own}_Layer", "0") or 0) == layer:
            yield int(value), Segment(name, _color(fields.get(f"{own}_Color", "")))


def _color(text: str) -> Color | None:
    """Three numbers from 0 to 1."""
    try:
        red, green, blue = (min(max(float(part), 0.0), 1.0) for part in text.split())
        return Color.from_hex(Color(red, green, blue).hex())
    except ValueError:
        return None
