"""A server that fails to send a study at once, as Orthanc 1.12 does where packings are mixed, and
sends each image that is asked for alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    MRImageStorage,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
)

from tests.ingest.dicom_maker import write_series
from tests.ingest.servers.conftest import HEAD
from tests.ingest.servers.orthanc import OWN, free_port
from tests.ingest.servers.test_fetch import failure, run
from xrviewer.caseio.loose import open_path

FAILED, PENDING = 0xC000, 0xFF00
_TEXTS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")


class Halting:
    """Sends so many of a study, and then says that it failed."""

    def __init__(self, paths: list[Path], sends: int, move_port: int) -> None:
        self.images = [dcmread(path) for path in paths]
        self.sends, self.move_port = sends, move_port
        self.alone: list[str] = []
        """What was asked for by itself."""
        self.lost: set[str] = set()

    def found(self, event: Any) -> Iterator[tuple[int, Dataset]]:
        level = event.identifier.QueryRetrieveLevel
        for image in self.images if level == "IMAGE" else self.images[:1]:
            row = Dataset()
            row.QueryRetrieveLevel = level
            for name in _TEXTS:
                if name in event.identifier:
                    setattr(row, name, image[name].value)
            yield PENDING, row

    def moved(self, event: Any) -> Iterator[Any]:
        yield "localhost", self.move_port, {"contexts": self.contexts()}
        asked = event.identifier
        if asked.QueryRetrieveLevel == "IMAGE":
            self.alone.append(asked.SOPInstanceUID)
            sent = [i for i in self.images if i.SOPInstanceUID == self.alone[-1]]
            sent = [i for i in sent if i.SOPInstanceUID not in self.lost]
        else:
            sent = self.images[: self.sends]
        is_all = asked.QueryRetrieveLevel == "IMAGE" and bool(sent)
        yield len(sent) if is_all else len(self.images) + 1
        for image in sent:
            yield PENDING, image
        if not is_all:
            yield FAILED, Dataset()

    def contexts(self) -> list[Any]:
        ae = AE()
        ae.add_requested_context(MRImageStorage)
        return ae.requested_contexts


@contextmanager
def listening(server: Halting) -> Iterator[str]:
    ae = AE("ARCHIVE")
    ae.acse_timeout = 0.5  # who knocks and goes is not waited for
    ae.add_supported_context(StudyRootQueryRetrieveInformationModelFind)
    ae.add_supported_context(StudyRootQueryRetrieveInformationModelMove)
    handlers = [(evt.EVT_C_FIND, server.found), (evt.EVT_C_MOVE, server.moved)]
    port = free_port()
    running = ae.start_server(("localhost", port), block=False, evt_handlers=handlers)  # type: ignore[arg-type]
    assert running is not None
    try:
        yield f"pacs://ARCHIVE@localhost:{port}/{HEAD}"
    finally:
        running.shutdown()


@pytest.mark.parametrize("sends", [0, 3])
def test_what_did_not_come_with_the_study_comes_alone(tmp_path: Path, sends: int) -> None:
    paths = write_series(tmp_path / "made", StudyInstanceUID=HEAD)
    server = Halting(paths, sends, free_port())
    with listening(server) as study:
        words = ["--as", OWN, "--move-port", server.move_port, "--out", tmp_path / "case"]
        done = run("import", study, *words)
    assert done.exit_code == 0, done.exception
    assert open_path(tmp_path / "case").timepoints[0].volumes[0].voxels.shape == (12, 10, 8)
    assert server.alone == [image.SOPInstanceUID for image in server.images[sends:]]


def test_an_image_that_does_not_come_alone_either_is_said(tmp_path: Path) -> None:
    paths = write_series(tmp_path / "made", StudyInstanceUID=HEAD)
    server = Halting(paths, 3, free_port())
    server.lost.add(server.images[5].SOPInstanceUID)
    with listening(server) as study:
        words = ["--as", OWN, "--move-port", server.move_port, "--out", tmp_path / "case"]
        assert "failed: status 0xC000" in failure(run("import", study, *words))
    assert not (tmp_path / "case").exists()
