"""QIDO and WADO: the same over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from dicomweb_client.api import DICOMwebClient
from pydicom.datadict import tag_for_keyword

from xrviewer.errors import ServerError
from xrviewer.ingest.servers.address import Address
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
TOKEN_VARIABLE = "XRVIEWER_DICOMWEB_TOKEN"
"""A bearer token; a name and password come from ~/.netrc."""
_TIMEOUTS_S = (10.0, 120.0)
"""To connect, and between two pieces of an answer."""
_AS_STORED = (("application/dicom", "*"),)
_MEANINGS = {
    401: "wants to know who asks: put a name and password in ~/.netrc, or a token in "
    + TOKEN_VARIABLE,
    403: "does not allow it",
    404: "has no such study, or is no DICOMweb server",
}


def find_studies(address: Address, query: Query) -> list[StudyRow]:
    """Raises ServerError."""
    with _client(address) as client:
        rows = client.search_for_studies(
            limit=MOST, fields=list(STUDY_FIELDS), search_filters=query.keys()
        )
        return [study_row(_texts(row, STUDY_FIELDS)) for row in rows]


def find_series(address: Address) -> list[SeriesRow]:
    """Of the address's study, by number. Raises ServerError."""
    with _client(address) as client:
        rows = client.search_for_series(address.study, fields=list(SERIES_FIELDS))
        found = [series_row(_texts(row, SERIES_FIELDS)) for row in rows]
        return sorted(found, key=lambda row: (row.number, row.series))


def retrieve(address: Address, folder: Path, tell: Tell) -> None:
    """The study, or the series, into the folder, packed as the server has it."""
    rows = [r for r in find_series(address) if address.series in ("", r.series)]
    if not rows:
        raise ServerError(str(address), "has no such study")
    images = max(sum(row.images for row in rows), 1)
    with _client(address) as client:
        if address.series:
            answers = client.iter_series(address.study, address.series, media_types=_AS_STORED)
        else:
            answers = client.iter_study(address.study, media_types=_AS_STORED)
        for number, found in enumerate(answers):
            found.save_as(folder / f"{number:06}.dcm")
            tell(min(number / images, 1.0), "bringing the study here")


@contextmanager
def _client(address: Address) -> Iterator[DICOMwebClient]:
    token = os.environ.get(TOKEN_VARIABLE)
    headers = {"Authorization": f"Bearer {token}"} if token else None
    with requests.Session() as session:
        try:
            client = DICOMwebClient(address.root, session, headers=headers, timeout=_TIMEOUTS_S)
            client.set_http_retry_params(retry=False)  # for half a minute, at a server that is down
            yield client
        except (requests.RequestException, ValueError) as error:
            raise ServerError(str(address), _reason(error)) from None


def _reason(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted; REQUESTS_CA_BUNDLE names a file of those that are"
    if isinstance(error, requests.Timeout):
        return "does not answer"
    if isinstance(error, requests.ConnectionError):
        return "cannot be reached: is the address right, and the server up?"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        code = error.response.status_code
        return _MEANINGS.get(code, f"failed: HTTP status {code}")
    return "gave an answer that is no DICOMweb: is the address right?"


def _texts(row: dict[str, dict[str, Any]], fields: tuple[str, ...]) -> dict[str, str]:
    """Of DICOM JSON."""
    found = {}
    for name in fields:
        values = row.get(f"{tag_for_keyword(name) or 0:08X}", {}).get("Value") or []
        found[name] = "/".join(str(value) for value in values)
    return found
