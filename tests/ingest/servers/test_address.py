"""Addresses of studies, good and bad."""

from __future__ import annotations

import pytest

from xrviewer.errors import UsageError
from xrviewer.ingest.servers.address import Address, is_address, parse_address
from xrviewer.ingest.servers.rows import Query


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("pacs://A@host/1.2", Address("pacs", "host", 104, "A", "", "1.2")),
        ("pacs://MY%20PACS@10.0.0.1:11112", Address("pacs", "10.0.0.1", 11112, "MY PACS")),
        ("pacs+tls://A@host/1.2/3.4", Address("pacs+tls", "host", 2762, "A", "", "1.2", "3.4")),
        (
            "https://host/a/dicom-web/studies/1.2/series/3.4",
            Address("https", "host", 443, "", "https://host/a/dicom-web", "1.2", "3.4"),
        ),
        ("http://host:8042/x/", Address("http", "host", 8042, "", "http://host:8042/x")),
    ],
)
def test_every_form(text: str, wanted: Address) -> None:
    assert is_address(text)
    assert parse_address(text) == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ftp://host/1.2", "ftp://host/1.2 is no server; begin with pacs://"),
        ("pacs://host/1.2", "which AE title has it?"),
        ("pacs://ALONGERTITLETHAN16@host/1", "which AE title has it?"),
        ("pacs://A@host:99999/1.2", "is no address of a server"),
        ("pacs://A@host/Doe", "digits and dots"),
        ("pacs://A@host/1/2/3", "digits and dots"),
        ("https://host/dicom-web/studies/..%2f", "digits and dots"),
        ("https://me:secret@host/dicom-web/studies/1", "use ~/.netrc"),
    ],
)
def test_what_is_wrong_with_it(text: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_address(text)
    assert says in str(refused.value) and "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["C:\\scans", "/a/b://c", "a:b", "./pacs/x", "file.nii"])
def test_paths_are_none(text: str) -> None:
    assert not is_address(text)


def test_the_study_is_not_shown() -> None:
    assert str(parse_address("pacs://A@host:11112/1.2.3")) == "pacs://A@host:11112"
    assert str(parse_address("https://host/w/studies/1.2.3")) == "https://host/w"


@pytest.mark.parametrize("dates", ["2020", "20200101-2021", "-", "yesterday", "20200101--"])
def test_dates_that_are_none(dates: str) -> None:
    with pytest.raises(UsageError, match="YYYYMMDD"):
        Query(dates=dates)
