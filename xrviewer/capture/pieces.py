"""The pieces of a film that was cut off: what is whole of it."""

from __future__ import annotations

import struct
from pathlib import Path

_HEAD = struct.Struct(">I4s")
_LONG = struct.Struct(">Q")
_PICTURES = b"mdat"


def cut_to_whole(file: Path) -> bool:
    """Takes the torn end off an MP4 of pieces; false when no piece of it is whole."""
    length, at, whole, has_pictures = file.stat().st_size, 0, 0, False
    with file.open("r+b") as film:
        while at + _HEAD.size <= length:
            film.seek(at)
            size, kind = _HEAD.unpack(film.read(_HEAD.size))
            if size == 1 and at + _HEAD.size + _LONG.size <= length:
                (size,) = _LONG.unpack(film.read(_LONG.size))
            if size < _HEAD.size or at + size > length:
                break
            at += size
            if kind == _PICTURES:
                whole, has_pictures = at, True
        if has_pictures:
            film.truncate(whole)
    return has_pictures
