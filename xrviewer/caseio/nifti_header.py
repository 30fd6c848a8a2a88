"""What a NIfTI header may say: layout, scaling, and where the voxels lie in the patient.

nibabel knows the fields; which of their values are believed is decided here. It takes a second
to import, so only a case with a scan waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.volume import Volume
from xrviewer.errors import VolumeError
from xrviewer.spatial.frames import CASE_FROM_RAS

LARGEST_HEADER_BYTES = 540
MIN_SPACING_MM = 1e-6
MIN_FLATNESS = 1e-4
"""Volume of a voxel over that of a box with its edges; below, its axes lie in one plane."""
MAX_COORDINATE_MM = 1e6
SHEAR_TOLERANCE = 1e-5
"""Cosine between axes above which an affine is sheared, and a qform cannot say it."""

DTYPES = ("uint8", "int8", "int16", "uint16", "int32", "uint32", "float32", "float64")
_DTYPE_BY_CODE = {
    2: "uint8",
    4: "int16",
    8: "int32",
    16: "float32",
    64: "float64",
    256: "int8",
    512: "uint16",
    768: "uint32",
}
_REFUSED = {
    0: "no data type",
    1: "1-bit voxels",
    32: "complex64 voxels",
    128: "RGB colour voxels",
    1024: "int64 voxels",
    1280: "uint64 voxels",
    1536: "128-bit float voxels",
    1792: "complex128 voxels",
    2048: "complex256 voxels",
    2304: "RGBA colour voxels",
}
_MM_PER_UNIT = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}
_SCANNER = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the voxels of the first volume lie in the file."""

    dtype: np.dtype[Any]
    """With the file's byte order."""
    shape: tuple[int, int, int]
    offset: int
    count: int
    """Volumes in the file."""

    @property
    def volume_bytes(self) -> int:
        i, j, k = self.shape
        return i * j * k * self.dtype.itemsize

    @property
    def end(self) -> int:
        """Byte after the first volume."""
        return self.offset + self.volume_bytes

    @property
    def claimed_end(self) -> int:
        return self.offset + self.volume_bytes * self.count


def parse_header(path: Path, block: bytes) -> Any:
    """nibabel's header object, version and byte order told by its size field."""
    import nibabel as nib

    for kind, size in ((nib.Nifti1Header, 348), (nib.Nifti2Header, 540)):
        if block[:4] == size.to_bytes(4, "little"):
            return _parsed_header(path, kind, size, "<", block)
        if block[:4] == size.to_bytes(4, "big"):
            return _parsed_header(path, kind, size, ">", block)
    raise VolumeError(path, "is not NIfTI: it does not start with a header of 348 or 540 bytes")


def _parsed_header(path: Path, kind: Any, size: int, order: str, block: bytes) -> Any:
    if len(block) < size:
        raise VolumeError(path, f"ends after {len(block)} bytes, inside its header of {size}")
    header = kind(block[:size], endianness=order, check=False)
    magic = bytes(block[344:348] if size == 348 else block[4:8])
    if magic[:3] in (b"ni1", b"ni2"):
        raise VolumeError(path, "is the header of a .hdr/.img pair; convert the pair to one .nii")
    if magic[:3] not in (b"n+1", b"n+2"):
        raise VolumeError(path, f"is no NIfTI file (magic {magic!r}); Analyze is not read")
    return header


def layout_of(path: Path, header: Any) -> Layout:
    dim = [int(n) for n in header["dim"]]
    if not 1 <= dim[0] <= 7 or any(n < 1 for n in dim[1 : dim[0] + 1]):
        raise VolumeError(path, f"claims the dimensions {dim[: max(2, min(dim[0], 7) + 1)]}")
    sizes = [*dim[1 : dim[0] + 1], 1, 1, 1]
    return Layout(
        dtype=_dtype(path, header),
        shape=(sizes[0], sizes[1], sizes[2]),
        offset=_offset(path, header),
        count=int(np.prod(sizes[3:], dtype=object)),
    )


def _dtype(path: Path, header: Any) -> np.dtype[Any]:
    code = int(header["datatype"])
    if code not in _DTYPE_BY_CODE:
        what = _REFUSED.get(code, f"data type code {code}")
        raise VolumeError(path, f"holds {what}; convert it to one of {', '.join(DTYPES)}")
    return np.dtype(_DTYPE_BY_CODE[code]).newbyteorder(header.endianness)


def _offset(path: Path, header: Any) -> int:
    offset, first = float(header["vox_offset"]), int(header["sizeof_hdr"]) + 4
    if not (first <= offset < 2**53 and offset.is_integer()):
        raise VolumeError(path, f"says its voxels start at byte {offset:g}, not {first} or later")
    return int(offset)


def scaling_of(path: Path, header: Any) -> tuple[float, float]:
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or not np.isfinite(slope):
        return 1.0, 0.0
    return slope, intercept if np.isfinite(intercept) else 0.0


def case_from_voxel_of(path: Path, header: Any) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    unit = int(header["xyzt_units"]) & 7
    if unit not in _MM_PER_UNIT:
        raise VolumeError(path, f"states an unknown unit of length, code {unit}")
    ras_from_voxel, notes = _ras_from_voxel(path, header)
    scale = np.diag([_MM_PER_UNIT[unit]] * 3 + [1.0])
    case_from_voxel = CASE_FROM_RAS @ scale @ ras_from_voxel
    fault = affine_fault(case_from_voxel)
    if fault:
        raise VolumeError(path, fault)
    return case_from_voxel, notes


def _ras_from_voxel(path: Path, header: Any) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """sform, else qform, else the voxel sizes alone, in the file's own unit."""
    if int(header["sform_code"]) > 0:
        return np.asarray(header.get_sform(), np.float64), ()
    spacing = np.asarray(header["pixdim"][1:4], np.float64)
    if int(header["qform_code"]) <= 0:
        note = f"{path.name} does not say how it lies in the body; left and right are not known"
        return np.diag([*np.abs(spacing), 1.0]), (note,)
    from nibabel.spatialimages import HeaderDataError

    if float(header["pixdim"][0]) not in (-1.0, 1.0):
        header["pixdim"][0] = 1.0  # the standard reads 0 as 1; old writers left it so
    try:
        return np.asarray(header.get_qform(), np.float64), ()
    except (HeaderDataError, ValueError) as error:
        raise VolumeError(path, f"has a qform that is no rotation: {error}") from None


def affine_fault(case_from_voxel: NDArray[np.float64]) -> str | None:
    if not np.isfinite(case_from_voxel).all():
        return "has an affine that holds NaN or infinity"
    if np.abs(case_from_voxel).max() > MAX_COORDINATE_MM:
        return f"has an affine with entries over {MAX_COORDINATE_MM:g} mm"
    edges_mm = np.linalg.norm(case_from_voxel[:3, :3], axis=0)
    volume_mm3 = abs(float(np.linalg.det(case_from_voxel[:3, :3])))
    if edges_mm.min() < MIN_SPACING_MM or volume_mm3 < MIN_FLATNESS * edges_mm.prod():
        return f"has an affine whose voxels have no volume ({volume_mm3:g} mm3)"
    return None


def header_for(volume: Volume) -> Any:
    import nibabel as nib

    header = nib.Nifti1Header(endianness="<")
    header.set_data_dtype(volume.voxels.dtype.newbyteorder("<"))
    header.set_data_shape(volume.voxels.shape)
    ras_from_voxel = CASE_FROM_RAS @ volume.case_from_voxel
    is_sheared = _max_cosine(ras_from_voxel) > SHEAR_TOLERANCE
    # A tilted gantry's affine is no rotation times a scale: a qform of it would be a second,
    # different truth in the same file.
    header.set_qform(ras_from_voxel, code=0 if is_sheared else _SCANNER, strip_shears=True)
    header.set_sform(ras_from_voxel, code=_SCANNER)
    header.set_xyzt_units("mm")
    header["vox_offset"] = 352
    header["scl_slope"], header["scl_inter"] = volume.slope, volume.intercept
    return header


def _max_cosine(affine: NDArray[np.float64]) -> float:
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return float(np.abs(axes.T @ axes - np.eye(3)).max())
