"""Addresses among the sources: brought into a private folder that does not outlive the import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from xrviewer.errors import UsageError
from xrviewer.ingest.scratch import private_folder
from xrviewer.ingest.servers.address import Address, is_address, is_aet, parse_address
from xrviewer.ingest.servers.rows import Query, SeriesRow, StudyRow

Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who we are to a DICOM server."""

    aet: str = "XRVIEWER"
    move_port: int = 0
    """Where C-MOVE shall send to; 0 asks with C-GET, which needs no way back."""

    def __post_init__(self) -> None:
        if not is_aet(self.aet):
            raise UsageError(f"--as is an AE title of at most 16 characters, not {self.aet!r}")


def paths_of(sources: Sequence[str]) -> tuple[Path, ...]:
    """Those that lie on this machine."""
    return tuple(Path(source) for source in sources if not is_address(source))


def addresses_of(sources: Sequence[str]) -> tuple[str, ...]:
    """Those that lie on a server."""
    return tuple(source for source in sources if is_address(source))


@contextmanager
def fetched(addresses: Sequence[str], caller: Caller, tell: Tell) -> Iterator[tuple[Path, ...]]:
    """A folder of files for every address."""
    studies = [_with_study(address) for address in addresses]
    with ExitStack() as closing:
        folders = []
        for study in studies:
            folders.append(closing.enter_context(private_folder(str(study))))
            _fetch(study, folders[-1], caller, tell)
        yield tuple(folders)


def find_studies(address: Address, query: Query, caller: Caller) -> list[StudyRow]:
    """Raises ServerError."""
    # Late: the network's libraries take 0.3 s to load, and no file needs them.
    from xrviewer.ingest.servers import dimse, web

    if address.is_web:
        return web.find_studies(address, query)
    return dimse.find_studies(address, query, caller.aet)


def find_series(address: Address, caller: Caller) -> list[SeriesRow]:
    """Raises ServerError."""
    from xrviewer.ingest.servers import dimse, web

    return web.find_series(address) if address.is_web else dimse.find_series(address, caller.aet)


def _with_study(source: str) -> Address:
    address = parse_address(source)
    if not address.study:
        raise UsageError(f"{address}: which study? `xrviewer find` lists them")
    return address


def _fetch(address: Address, folder: Path, caller: Caller, tell: Tell) -> None:
    from xrviewer.ingest.servers import dimse, web

    if address.is_web:
        web.retrieve(address, folder, tell)
    else:
        dimse.retrieve(address, folder, caller.aet, caller.move_port, tell)
