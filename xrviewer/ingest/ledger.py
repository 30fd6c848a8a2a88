"""What this machine remembers of whose a case is: a salted hash and a first date, outside it.

Kept in the user's own data folder and never in a case: with it a follow-up of another person is
refused, and its day counted, and without it a case that was handed on tells nothing.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import date
from pathlib import Path

import msgspec
import platformdirs

from xrviewer.ingest.identity import Person

LEDGER_VARIABLE = "XRVIEWER_LEDGER"
"""Names another folder."""
_ROUNDS = 200_000
"""A list of a hospital's patient numbers is short: each guess must cost."""


class Entry(msgspec.Struct, frozen=True):
    """Of one case."""

    salt: str
    person: str
    """Hash of the patient's number; empty where the files stated none."""
    first_date: str
    """Of the first scan, ISO; empty where the files stated none."""


def remember(case_id: str, person: Person, day_one: date | None) -> None:
    """The file can be read by its user alone."""
    salt = secrets.token_hex(16)
    entry = Entry(salt, _hashed(person, salt), day_one.isoformat() if day_one else "")
    path = _path(case_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(entry))


def recall(case_id: str) -> Entry | None:
    """None for a case that was made elsewhere."""
    try:
        return msgspec.json.decode(_path(case_id).read_bytes(), type=Entry)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def is_same(entry: Entry, person: Person) -> bool | None:
    """None when either side states no number to compare."""
    if not entry.person or not person.id:
        return None
    return secrets.compare_digest(entry.person, _hashed(person, entry.salt))


def _hashed(person: Person, salt: str) -> str:
    if not person.id:
        return ""
    block = hashlib.pbkdf2_hmac("sha256", person.id.encode(), bytes.fromhex(salt), _ROUNDS)
    return block.hex()


def _path(case_id: str) -> Path:
    named = os.environ.get(LEDGER_VARIABLE)
    folder = Path(named) if named else platformdirs.user_data_path("xrviewer", appauthor=False)
    return folder / "ledger" / f"{case_id}.json"
