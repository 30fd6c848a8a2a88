"""C-FIND, C-GET and C-MOVE: what a DICOM server has, and bringing it here."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydicom import uid
from pydicom.dataset import Dataset
from pynetdicom import AE, evt, sop_class
from pynetdicom.events import Event
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation
from pynetdicom.presentation import PresentationContext, build_context, build_role

from xrviewer.errors import ServerError, UsageError
from xrviewer.ingest.servers.address import Address
from xrviewer.ingest.servers.link import associated
from xrviewer.ingest.servers.rows import (
    MOST,
    SERIES_FIELDS,
    STUDY_FIELDS,
    Query,
    SeriesRow,
    StudyRow,
    series_row,
    study_row,
)

Tell = Callable[[float, str], None]
_FIND = sop_class.StudyRootQueryRetrieveInformationModelFind  # type: ignore[attr-defined]
_GET = sop_class.StudyRootQueryRetrieveInformationModelGet  # type: ignore[attr-defined]
_MOVE = sop_class.StudyRootQueryRetrieveInformationModelMove  # type: ignore[attr-defined]
_PLAIN = (uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian)
# One context each: a server takes one syntax of a context, and sends no other in it.
_PACKED = (
    uid.JPEGLosslessSV1,
    uid.JPEGLSLossless,
    uid.JPEG2000Lossless,
    uid.RLELossless,
    uid.HTJ2KLossless,
)
_SCANS = (
    "MRImageStorage EnhancedMRImageStorage LegacyConvertedEnhancedMRImageStorage "
    "CTImageStorage EnhancedCTImageStorage LegacyConvertedEnhancedCTImageStorage "
    "PositronEmissionTomographyImageStorage EnhancedPETImageStorage "
    "LegacyConvertedEnhancedPETImageStorage NuclearMedicineImageStorage "
    "XRay3DAngiographicImageStorage XRay3DCraniofacialImageStorage "
    "MultiFrameGrayscaleWordSecondaryCaptureImageStorage"
).split()
_DRAWN = ("SegmentationStorage", "LabelMapSegmentationStorage", "RTStructureSetStorage")
_MOST_IMAGES = 100_000
"""Of a series."""
_PENDING = (0xFF00, 0xFF01)
_SUCCESS, _SOME_FAILED, _NO_SPACE = 0x0000, 0xB000, 0xA700
_UNKNOWN_TARGET = 0xA801


@dataclass(slots=True)
class _Inbox:
    """Files as they come, under names of our own; the first trouble is kept for later."""

    folder: Path
    study: str
    came: set[str] = field(default_factory=set)
    """UIDs of what is there."""
    trouble: OSError | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def store(self, event: Event) -> int:
        """Called on the library's thread. Other studies are taken and dropped."""
        if str(event.dataset.get("StudyInstanceUID", "")) != self.study:
            return _SUCCESS
        try:
            path = self.folder / f"{next(self.numbers):06}.dcm"
            path.write_bytes(event.encoded_dataset())
        except OSError as error:
            self.trouble = self.trouble or error
            return _NO_SPACE
        self.came.add(str(event.dataset.get("SOPInstanceUID", "")))
        return _SUCCESS


class _FailedError(ServerError):
    """The server understood, and could not."""


def find_studies(address: Address, query: Query, own_aet: str) -> list[StudyRow]:
    """Raises ServerError."""
    keys = dict.fromkeys(STUDY_FIELDS, "") | query.keys()
    return [study_row(_texts(row)) for row in _find(address, "STUDY", keys, own_aet)]


def find_series(address: Address, own_aet: str) -> list[SeriesRow]:
    """Of the address's study, by number. Raises ServerError."""
    keys = dict.fromkeys(SERIES_FIELDS, "") | {"StudyInstanceUID": address.study}
    found = [series_row(_texts(row)) for row in _find(address, "SERIES", keys, own_aet)]
    return sorted(found, key=lambda row: (row.number, row.series))


def retrieve(address: Address, folder: Path, own_aet: str, move_port: int, tell: Tell) -> None:
    """The study, or the series, into the folder: by C-MOVE to the port, else by C-GET."""
    _check_there(address, find_series(address, own_aet))
    inbox = _Inbox(folder, address.study)
    try:
        (_moved if move_port else _got)(address, inbox, own_aet, move_port, tell)
    finally:
        if inbox.trouble is not None:  # which is why the server then says that it failed
            raise inbox.trouble from None
    if not inbox.came:
        raise ServerError(str(address), "has nothing in that study that can be imported")


def _check_there(address: Address, rows: Sequence[SeriesRow]) -> None:
    """Asked first: what a server answers to C-GET of nothing is its own invention."""
    if not rows:
        raise ServerError(str(address), "has no such study")
    if address.series and address.series not in {row.series for row in rows}:
        raise ServerError(str(address), "has no such series in that study")


def _got(address: Address, inbox: _Inbox, own_aet: str, _: int, tell: Tell) -> None:
    contexts = [build_context(_GET), *_storage()]
    handlers = [(evt.EVT_C_STORE, inbox.store)]
    with associated(address, own_aet, contexts, _roles(contexts), handlers) as association:
        answers = association.send_c_get(_wanted(address), _GET)
        _follow(address, answers, tell, own_aet)


def _moved(address: Address, inbox: _Inbox, own_aet: str, port: int, tell: Tell) -> None:
    contexts = [build_context(_MOVE)]
    with _receiving(inbox, own_aet, port), associated(address, own_aet, contexts) as association:

        def move(wanted: Dataset, tell: Tell) -> None:
            _follow(address, association.send_c_move(wanted, own_aet, _MOVE), tell, own_aet)

        try:
            move(_wanted(address), tell)
        except _FailedError:
            # Orthanc 1.12 sends all on one association, packed as the first is, and fails at the
            # next that it cannot repack. Asked for one by one, each comes as it is.
            images = _images(address, own_aet)
            missing = [image for image in images if image.SOPInstanceUID not in inbox.came]
            if not missing or inbox.trouble is not None:
                raise
            for done, image in enumerate(missing, 1):
                move(image, lambda done, text: None)
                tell(done / len(missing), "bringing the study here")


def _images(address: Address, own_aet: str) -> Iterator[Dataset]:
    """What asks for one alone, of each that can be imported."""
    classes = {context.abstract_syntax for context in _storage()}
    for row in find_series(address, own_aet):
        if address.series not in ("", row.series):
            continue
        keys = {"StudyInstanceUID": address.study, "SeriesInstanceUID": row.series}
        asked = keys | {"SOPInstanceUID": "", "SOPClassUID": ""}
        for found in _find(address, "IMAGE", asked, own_aet, _MOST_IMAGES):
            if found.get("SOPClassUID", "") in classes:
                yield _identifier("IMAGE", keys | {"SOPInstanceUID": found.SOPInstanceUID})


@contextmanager
def _receiving(inbox: _Inbox, own_aet: str, port: int) -> Iterator[None]:
    ae = AE(own_aet)
    ae.require_called_aet = True
    ae.supported_contexts = _storage()
    handlers = [(evt.EVT_C_STORE, inbox.store)]
    try:
        server = ae.start_server(("", port), block=False, evt_handlers=handlers)  # type: ignore[arg-type]
    except OSError as error:
        why = errno.errorcode.get(error.errno or 0, "")
        raise UsageError(
            f"--move-port {port} cannot be listened on: {error.strerror} {why}"
        ) from None
    try:
        yield
    finally:
        assert server is not None
        server.shutdown()


def _storage() -> list[PresentationContext]:
    """Every class that can be imported, as it is or packed without loss; 128 are allowed."""
    names = itertools.product((*_SCANS, *_DRAWN), (_PLAIN,))
    packed = itertools.product(_SCANS, ((syntax,) for syntax in _PACKED))
    pairs = (*names, *packed)
    return [build_context(getattr(sop_class, name), list(syntaxes)) for name, syntaxes in pairs]


def _roles(contexts: Sequence[PresentationContext]) -> list[SCP_SCU_RoleSelectionNegotiation]:
    """That we take objects in on an association that we opened."""
    stored = dict.fromkeys(context.abstract_syntax for context in contexts[1:])
    return [build_role(syntax, scp_role=True) for syntax in stored if syntax is not None]


def _wanted(address: Address) -> Dataset:
    keys = {"StudyInstanceUID": address.study}
    if address.series:
        return _identifier("SERIES", keys | {"SeriesInstanceUID": address.series})
    return _identifier("STUDY", keys)


def _identifier(level: str, keys: Mapping[str, str]) -> Dataset:
    made = Dataset()
    made.QueryRetrieveLevel = level
    for name, value in keys.items():
        setattr(made, name, value)
    return made


def _find(
    address: Address, level: str, keys: Mapping[str, str], own_aet: str, most: int = MOST
) -> list[Dataset]:
    query = _identifier(level, keys)
    rows: list[Dataset] = []
    with associated(address, own_aet, [build_context(_FIND)]) as association:
        for status, row in association.send_c_find(query, _FIND):
            _check(address, status, own_aet)
            if row is not None:
                rows.append(row)
            if len(rows) >= most:
                association.abort()
                break
    return rows


def _texts(row: Dataset) -> dict[str, str]:
    return {e.keyword: "/".join(e.value) if e.VM > 1 else str(e.value or "") for e in row}


def _follow(
    address: Address, answers: Iterable[tuple[Dataset, Dataset | None]], tell: Tell, own_aet: str
) -> None:
    for status, _ in answers:
        _check(address, status, own_aet)
        left = int(status.get("NumberOfRemainingSuboperations") or 0)
        done = int(status.get("NumberOfCompletedSuboperations") or 0)
        tell(done / max(done + left, 1), "bringing the study here")


def _check(address: Address, status: Dataset, own_aet: str) -> None:
    """Some failures among many objects are no failure: reports and films are not asked for."""
    if "Status" not in status:
        raise ServerError(
            str(address), f"broke off: does it know our AE title, {own_aet}? (--as AET)"
        )
    if status.Status == _UNKNOWN_TARGET:
        raise ServerError(str(address), f"does not know where {own_aet} is, to send to (--as AET)")
    if status.Status not in (_SUCCESS, _SOME_FAILED, *_PENDING):
        said = str(status.get("ErrorComment", "") or "").strip()
        code = f"status 0x{status.Status:04X}"
        raise _FailedError(str(address), f"failed: {f'{said}, {code}' if said else code}")
