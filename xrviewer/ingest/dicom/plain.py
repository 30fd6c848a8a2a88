"""The header of a plain file, walked tag by tag: ten times as fast as building a whole data set.

Only what is written in little endian, in ASCII and without functional groups. Whatever is odd
in any way gives None, and pydicom, which knows every oddity, reads that file instead.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

Value = str | float | list[str] | list[float]

_START = 132
_READ_BYTES = 1 << 17
"""Of the file: a header that is longer is not plain."""
_PIXELS = 0x7FE00010
_META_GROUP = b"\2\0"
_SYNTAX = 0x00020010
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED = 0xFFFFFFFF
_LONG = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "FL": "f", "FD": "d"}
_SHORT_HEAD = struct.Struct("<HH2sH")
_IMPLICIT_HEAD = struct.Struct("<HHI")
_LENGTH = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Fields:
    """The values of the tags that were wanted, by keyword, as pydicom's data set gives them."""

    syntax: str
    pixels_at: int
    """Of the pixels' tag in the file."""
    values: Mapping[str, Value]

    def get(self, name: str | int, otherwise: Any = None) -> Any:
        """Tags by number are private ones: a file that has a wanted one is not plain."""
        return self.values.get(name, otherwise) if isinstance(name, str) else otherwise

    def __contains__(self, name: str) -> bool:
        return name in self.values


def plain_fields(path: Path, wanted: frozenset[int], refused: frozenset[int]) -> Fields | None:
    """refused: tags that make a file one for pydicom. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_READ_BYTES)
    if head[_START - 4 : _START] != b"DICM":
        return None
    try:
        return _walk(head, wanted, refused)
    except (struct.error, ValueError, IndexError, RecursionError):
        return None


def _walk(head: bytes, wanted: frozenset[int], refused: frozenset[int]) -> Fields | None:
    syntax = ""
    is_explicit, at = True, _START
    values: dict[str, Value] = {}
    while True:
        if not syntax and head[at : at + 2] != _META_GROUP:
            syntax = _text(values.pop("TransferSyntaxUID", ""))
            if not syntax or syntax in (ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian):
                return None
            is_explicit = syntax != ImplicitVRLittleEndian
        tag, vr, start, length = _element(head, at, is_explicit)
        if tag >= _PIXELS:
            return Fields(syntax, at, values) if tag == _PIXELS else None
        if tag in refused:
            return None
        if length == _UNDEFINED:
            at = _after_sequence(head, start, is_explicit)
            continue
        at = start + length
        if tag in wanted or tag == _SYNTAX:
            if at > len(head):
                return None
            name, known_vr = _known(tag)
            values[name] = _value(head[start:at], vr.decode("ascii") or known_vr)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _element(head: bytes, at: int, is_explicit: bool) -> tuple[int, bytes, int, int]:
    """Tag, value representation (empty where implicit), where its value starts, its bytes."""
    if not is_explicit:
        group, element, length = _IMPLICIT_HEAD.unpack_from(head, at)
        return group << 16 | element, b"", at + 8, length
    group, element, vr, length = _SHORT_HEAD.unpack_from(head, at)
    tag = group << 16 | element
    if group == 0xFFFE:  # items and their ends have no representation
        return tag, b"", at + 8, _LENGTH.unpack_from(head, at + 4)[0]
    if vr in _LONG:
        return tag, vr, at + 12, _LENGTH.unpack_from(head, at + 8)[0]
    if not vr.isupper():
        raise ValueError("no value representation")
    return tag, vr, at + 8, length


def _after_sequence(head: bytes, at: int, is_explicit: bool) -> int:
    """Where the elements go on after a sequence that does not say how long it is."""
    while True:
        tag, _, start, length = _element(head, at, is_explicit)
        if tag == _SEQUENCE_END:
            return start
        if tag != _ITEM:
            raise ValueError("no item")
        at = start + length if length != _UNDEFINED else _after_item(head, start, is_explicit)


def _after_item(head: bytes, at: int, is_explicit: bool) -> int:
    while True:
        tag, _, start, length = _element(head, at, is_explicit)
        if tag == _ITEM_END:
            return start
        at = start + length if length != _UNDEFINED else _after_sequence(head, start, is_explicit)


@cache
def _known(tag: int) -> tuple[str, str]:
    """Keyword and value representation."""
    return keyword_for_tag(tag), dictionary_VR(tag)


def _value(raw: bytes, vr: str) -> Value:
    """One value, or a list of several. Raises ValueError for text that is not plain ASCII."""
    if vr in _NUMBERS:
        code = _NUMBERS[vr]
        numbers = list(struct.unpack(f"<{len(raw) // struct.calcsize(code)}{code}", raw))
        return numbers[0] if len(numbers) == 1 else numbers
    if b"\x1b" in raw:
        raise ValueError("another alphabet")
    text = raw.decode("ascii").rstrip("\0 ")
    parts = [part.strip(" ") for part in text.split("\\")]
    return parts[0] if len(parts) == 1 else parts
