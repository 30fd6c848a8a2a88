"""Archives with studies in them, and proof that nothing of a study stays on the disk."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless

from tests.ingest.dicom_maker import set_pixels, write_series
from tests.ingest.servers.orthanc import Orthanc, orthanc

KNEE, HEAD = "1.2.826.0.1.3680043.10.1", "1.2.826.0.1.3680043.10.2"
"""Studies."""
PACKED = (RLELossless, JPEG2000Lossless, ExplicitVRLittleEndian)


def write_large_series(folder: Path) -> list[Path]:
    """JPEG 2000 takes no pictures of a few pixels."""
    paths = write_series(folder, StudyInstanceUID=HEAD)
    for path in paths:
        stored = dcmread(path)
        set_pixels(stored, np.kron(stored.pixel_array, np.ones((8, 8), np.int16)))
        stored.save_as(path)
    return paths


def fill(server: Orthanc, folder: Path) -> None:
    """Two studies of one person; the first has two series."""
    write_series(folder / "a", StudyInstanceUID=KNEE, SeriesNumber=2, SeriesDescription="SAG DESS")
    write_series(folder / "b", 5, StudyInstanceUID=KNEE, SeriesNumber=7, SeriesDescription="COR PD")
    write_series(folder / "c", StudyInstanceUID=HEAD, StudyDate="20210301")
    server.upload(sorted(folder.rglob("*.dcm")))


@pytest.fixture(scope="package")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    folder = tmp_path_factory.mktemp("archive")
    with orthanc(folder) as server:
        fill(server, folder / "made")
        yield server


@pytest.fixture(scope="package")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """One study whose slices are packed in three ways."""
    folder = tmp_path_factory.mktemp("packed")
    paths = write_large_series(folder / "made")
    for path, syntax in zip(paths, itertools.cycle(PACKED), strict=False):
        stored = dcmread(path)
        if syntax.is_compressed:
            stored.compress(syntax, generate_instance_uid=False)
            stored.save_as(path)
    with orthanc(folder) as server:
        server.upload(paths)
        yield server


@pytest.fixture(scope="package")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """TLS with a certificate that nobody knows."""
    folder = tmp_path_factory.mktemp("guarded")
    with orthanc(folder, with_tls=True) as server:
        fill(server, folder / "made")
        yield server


@pytest.fixture(scope="package")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """A name and a password are asked for."""
    with orthanc(tmp_path_factory.mktemp("locked"), with_password=True) as server:
        yield server


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Whatever a test did, no downloaded file outlives it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def series_of_study(folder: Path, number: int) -> str:
    """The UID that the archive was given."""
    files = (dcmread(path) for path in folder.rglob("*.dcm"))
    return next(str(f.SeriesInstanceUID) for f in files if f.SeriesNumber == number)
