"""NIfTI-1 and -2 volumes, read where they lie.

An uncompressed little-endian file is memory-mapped and never loaded whole. What must be copied
(.nii.gz, big endian) is bounded by what the header claims before a byte of it is unpacked.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from isal import igzip, isal_zlib
from numpy.typing import NDArray

from xrviewer.case.surfaces import frozen
from xrviewer.case.volume import Volume
from xrviewer.caseio.nifti_header import (
    DTYPES,
    LARGEST_HEADER_BYTES,
    Layout,
    affine_fault,
    case_from_voxel_of,
    header_for,
    layout_of,
    parse_header,
    scaling_of,
)
from xrviewer.caseio.packed import contents, extent, opened, size_of
from xrviewer.errors import VolumeError

COPY_LIMIT_BYTES = 2 << 30
"""Most that is unpacked or byte-swapped into memory."""
_BROKEN_DEFLATE = cast("type[Exception]", isal_zlib.error)
MAX_DEFLATE_RATIO = 1032
"""Deflate cannot pack tighter; a .gz whose header claims more is a lie or a bomb."""


@dataclass(frozen=True, slots=True, eq=False)
class NiftiVolume:
    """A volume, and what the file left open or had more of."""

    volume: Volume
    notes: tuple[str, ...] = ()


def read_nifti(
    path: Path,
    id: str,
    name: str,
    modality: str = "OT",
    window: tuple[float, float] | None = None,
) -> NiftiVolume:
    """A volume in the case frame. Raises VolumeError with one line for whatever is wrong."""
    # numpy would warn of the NaN and infinity that a broken header may hold: refused by name.
    with _read_errors(path), np.errstate(all="ignore"):
        header = _header(path)
        layout = layout_of(path, header)
        _check_size(path, layout)
        case_from_voxel, notes = case_from_voxel_of(path, header)
        slope, intercept = scaling_of(path, header)
        voxels = _voxels(path, layout)
    if layout.count > 1:
        notes += (f"{path.name} holds {layout.count} volumes; the first is shown",)
    volume = Volume(
        id=id,
        name=name,
        modality=modality,
        voxels=voxels,
        case_from_voxel=frozen(case_from_voxel),
        slope=slope,
        intercept=intercept,
        window=window,
    )
    return NiftiVolume(volume, notes)


def write_nifti(path: Path, volume: Volume) -> None:
    """Uncompressed NIfTI-1: voxels as they are, the affine in sform, and in qform if it fits.

    The format keeps the affine in float32. No text of any kind is written.
    """
    fault = _unwritable(volume)
    if fault:
        raise VolumeError(path, fault)
    with path.open("wb") as file:
        file.write(header_for(volume).binaryblock)
        file.write(b"\0\0\0\0")  # no extensions
        for k in range(volume.voxels.shape[2]):
            plane = volume.voxels[:, :, k]
            plane = plane.astype(plane.dtype.newbyteorder("<"), copy=False)
            file.write(plane.tobytes(order="F"))
        file.flush()
        os.fsync(file.fileno())


def _unwritable(volume: Volume) -> str | None:
    voxels = volume.voxels
    if voxels.dtype.name not in DTYPES:
        return f"cannot hold {voxels.dtype.name} voxels; use {', '.join(DTYPES)}"
    if voxels.ndim != 3 or not all(0 < n <= 32767 for n in voxels.shape):
        return f"NIfTI-1 holds 1 to 32767 voxels an axis, not {voxels.shape}"
    if volume.slope == 0 or not np.isfinite((volume.slope, volume.intercept)).all():
        return f"cannot hold the scaling {volume.slope:g}, {volume.intercept:g}"
    return affine_fault(volume.case_from_voxel)


@contextmanager
def _read_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise VolumeError(path, "there is no such file") from None
    except (gzip.BadGzipFile, EOFError, _BROKEN_DEFLATE) as error:
        raise VolumeError(path, f"is not a whole gzip file: {error}") from None
    except OSError as error:
        raise VolumeError(path, f"cannot be read: {error.strerror or error}") from None
    except MemoryError:
        raise VolumeError(path, "is too large for the memory of this machine") from None


@contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    is_gzip = _is_gzip(path)
    with opened(path) as file:
        yield cast("IO[bytes]", igzip.open(file, "rb")) if is_gzip else file


def _is_gzip(path: Path) -> bool:
    """By what it is, not by what it is called."""
    with opened(path) as file:
        return file.read(2) == b"\x1f\x8b"


def _header(path: Path) -> Any:
    with _open(path) as file:
        return parse_header(path, file.read(LARGEST_HEADER_BYTES))


def _check_size(path: Path, layout: Layout) -> None:
    """Before anything is mapped, allocated or unpacked."""
    stored = size_of(path)
    if not _is_gzip(path):
        if stored < layout.claimed_end:
            missing = layout.claimed_end - stored
            raise VolumeError(path, f"is cut short: {missing} of its bytes are missing")
        if not _is_native(layout.dtype):
            _check_copy(path, layout.volume_bytes, "big endian")
        return
    _check_copy(path, layout.end, "compressed")
    if layout.end > stored * MAX_DEFLATE_RATIO:
        raise VolumeError(path, f"claims {layout.end} bytes, more than its {stored} can unpack to")


def _check_copy(path: Path, size: int, why: str) -> None:
    if size > COPY_LIMIT_BYTES:
        limit = COPY_LIMIT_BYTES >> 30
        fix = "convert it to an uncompressed little-endian .nii, which is read in place"
        raise VolumeError(path, f"is {why} and {size / 2**30:.1f} GiB (limit {limit}); {fix}")


def _voxels(path: Path, layout: Layout) -> NDArray[np.generic]:
    """(I, J, K), Fortran order, native byte order, read-only."""
    if _is_gzip(path):
        voxels = _unpacked(path, layout)
    else:
        voxels = _in_place(path, layout)
    if not _is_native(layout.dtype):
        voxels = voxels.astype(layout.dtype.newbyteorder("="), order="F")
    return frozen(voxels)


def _in_place(path: Path, layout: Layout) -> NDArray[np.generic]:
    """Mapped; in memory only what a zip holds compressed, or where no processor reads well."""
    place = extent(path)
    if place is None:
        count = layout.volume_bytes // layout.dtype.itemsize
        flat = np.frombuffer(contents(path), layout.dtype, count, layout.offset)
        return flat.reshape(layout.shape, order="F")
    first = place.first + layout.offset
    # A plain view: np.memmap as a class costs a microsecond at every index.
    mapped = np.memmap(place.file, layout.dtype, "r", first, layout.shape, order="F")
    voxels = mapped.view(np.ndarray)
    if voxels.flags.aligned:
        return voxels
    _check_copy(path, layout.volume_bytes, "stored askew in its zip")
    return voxels.copy(order="F")


def _unpacked(path: Path, layout: Layout) -> NDArray[np.generic]:
    block = np.empty(layout.volume_bytes, np.uint8)
    with _open(path) as file:
        file.seek(layout.offset)
        view, done = block.data, 0
        while done < len(block):
            read = cast("igzip.IGzipFile", file).readinto(view[done : done + (1 << 22)])
            if not read:
                missing = len(block) - done
                raise VolumeError(path, f"is cut short: {missing} of its bytes are missing")
            done += read
    return block.view(layout.dtype).reshape(layout.shape, order="F")


def _is_native(dtype: np.dtype[Any]) -> bool:
    return dtype == dtype.newbyteorder("=")
