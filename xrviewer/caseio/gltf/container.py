"""A .glb or .gltf file: its JSON and the bytes of its buffers.

The file is memory-mapped and arrays may look straight into the map: replace a file by
renaming, never by writing into it while it is open.
"""

from __future__ import annotations

import base64
import binascii
import mmap
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import msgspec

from xrviewer.caseio.gltf.faults import MAX_BYTES, UnreadableError
from xrviewer.caseio.gltf.schema import Document
from xrviewer.caseio.packed import contents, is_file
from xrviewer.errors import GltfError

Bytes = bytes | mmap.mmap | memoryview

_JSON_CHUNK, _BIN_CHUNK = 0x4E4F534A, 0x004E4942
_HEADER, _CHUNK_HEADER = struct.Struct("<4sII"), struct.Struct("<II")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_BYTES_PER_OBJECT, _BYTES_PER_ITEM = 300, 40
"""What an object and a list item of the JSON cost once decoded, at most."""


@dataclass(slots=True)
class Container:
    """A parsed file. Buffers are opened when a mesh asks for them."""

    path: Path
    document: Document
    embedded: Bytes | None
    """The BIN chunk of a GLB, where buffer 0 lies."""
    _opened: dict[int, Bytes] = field(default_factory=dict)

    def buffer(self, index: int) -> Bytes:
        found = self._opened.get(index)
        if found is None:
            found = self._opened[index] = self._open(index)
        return found

    def _open(self, index: int) -> Bytes:
        if index >= len(self.document.buffers):
            raise UnreadableError(f"buffer {index} does not exist")
        buffer = self.document.buffers[index]
        if buffer.uri is None:
            data = self.embedded if index == 0 else None
            if data is None:
                raise UnreadableError(f"buffer {index} has no data")
        elif buffer.uri.startswith("data:"):
            data = _from_data_uri(buffer.uri)
        else:
            data = mapped(_beside(self.path, buffer.uri))
        if len(data) < buffer.byte_length:
            raise UnreadableError(
                f"buffer {index} holds {len(data)} bytes but claims {buffer.byte_length}"
            )
        return data


def open_container(path: Path) -> Container:
    """Raises GltfError for anything that is not a well-formed glTF 2.0 container."""
    try:
        data = mapped(path)
    except UnreadableError as error:
        raise GltfError(path, f"cannot be opened: {error}") from error
    if data[:4] == b"glTF":
        return _from_glb(path, data)
    text = _trimmed(data[:])
    if path.suffix.lower() == ".glb" or text[:1] != b"{":
        raise GltfError(path, f"is not glTF: it starts with {bytes(data[:4])!r}, not 'glTF'")
    return Container(path, _parsed(path, text), None)


def mapped(path: Path) -> Bytes:
    """The file's bytes; an empty file cannot be mapped."""
    try:
        if not is_file(path):
            raise UnreadableError(f"{path.name[:80]!r} is not a file that is there")
        return contents(path)
    except OSError as error:
        raise UnreadableError(f"{path.name[:80]!r}: {error.strerror or error}") from error


def _from_glb(path: Path, data: Bytes) -> Container:
    if len(data) < _HEADER.size + _CHUNK_HEADER.size:
        raise GltfError(path, f"is cut short: {len(data)} bytes")
    _, version, length = _HEADER.unpack_from(data)
    if version != 2:
        raise GltfError(path, f"is GLB version {version}; only version 2 can be read")
    if length > len(data):
        raise GltfError(path, f"is cut short: {len(data)} of {length} bytes")
    chunks = _chunks(path, data, length)
    if not chunks or chunks[0][0] != _JSON_CHUNK:
        raise GltfError(path, "does not start with a JSON chunk")
    _, start, size = chunks[0]
    document = _parsed(path, _trimmed(data[start : start + size]))
    binary = chunks[1] if len(chunks) > 1 and chunks[1][0] == _BIN_CHUNK else None
    if binary is None:
        return Container(path, document, None)
    _, start, size = binary
    return Container(path, document, memoryview(data)[start : start + size])


def _chunks(path: Path, data: Bytes, length: int) -> list[tuple[int, int, int]]:
    """(type, first byte, byte count) of each chunk."""
    found, at = [], _HEADER.size
    while at < length:
        if at + _CHUNK_HEADER.size > length:
            raise GltfError(path, f"ends in the middle of a chunk header, at byte {at}")
        size, kind = _CHUNK_HEADER.unpack_from(data, at)
        at += _CHUNK_HEADER.size
        if at + size > length:
            raise GltfError(path, f"has a chunk of {size} bytes where {length - at} are left")
        found.append((kind, at, size))
        at += size
    return found


def _trimmed(text: bytes | memoryview) -> bytes:
    """Without byte order mark and padding; some writers pad with zeros."""
    return bytes(text).removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n\0")


def _parsed(path: Path, text: bytes) -> Document:
    cost = len(text) + _BYTES_PER_OBJECT * text.count(b"{") + _BYTES_PER_ITEM * text.count(b",")
    if cost > MAX_BYTES:
        raise GltfError(path, f"its JSON of {len(text)} bytes is too large; split the file")
    try:
        return msgspec.json.decode(text, type=Document)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError) as error:
        raise GltfError(path, f"its JSON is not glTF 2.0: {_reason(error)}") from error


def _from_data_uri(uri: str) -> bytes:
    head, comma, body = uri.partition(",")
    if not comma:
        raise UnreadableError("a data URI has no data")
    if not head.endswith(";base64"):
        return unquote(body).encode("latin-1", errors="replace")
    try:
        return base64.b64decode(unquote(body) if "%" in body else body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableError(f"a data URI is not base64: {error}") from error


def _beside(path: Path, uri: str) -> Path:
    """The file a relative URI names; it must lie in the glTF's own folder, links followed."""
    name = unquote(uri)
    if _SCHEME.match(name) or "\0" in name or name.startswith(("/", "\\")):
        raise UnreadableError(f"buffer {uri[:80]!r} is not a file beside the glTF; put it there")
    folder = path.parent.resolve()
    try:
        found = (folder / name.replace("\\", "/")).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise UnreadableError(f"buffer {uri[:80]!r}: {_reason(error)}") from error
    if not found.is_relative_to(folder):
        raise UnreadableError(f"buffer {uri[:80]!r} lies outside the glTF's folder; move it there")
    return found


def _reason(error: BaseException) -> str:
    """One line."""
    return " ".join(str(error).split()) or type(error).__name__
