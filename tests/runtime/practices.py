"""What the best-practices layer has to say.

As it is built for the wheel it counts its messages by their text and prints none of them, so they
are read where they lie: in a table inside the loaded library, found by its symbol.
"""

from __future__ import annotations

import ctypes
import struct
from pathlib import Path

LIBRARY = "libXrApiLayer_best_practices_validation.so"
TABLE = b"_ZN8BPLogger11errorCountsB5cxx11E"
SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
SYMTAB = 2
FIRST_NODE_AT, COUNT_AT = 16, 24
"""In libstdc++'s unordered_map; a node holds next, the text's address and its length."""


def complaints() -> list[str]:
    """Since the layer was loaded; nothing when it is not."""
    found = _loaded()
    if found is None:
        return []
    base, file = found
    table = base + _symbol_address(file.read_bytes())
    messages, node = [], _word(table + FIRST_NODE_AT)
    for _ in range(_word(table + COUNT_AT)):
        text, length = _word(node + 8), _word(node + 16)
        messages.append(ctypes.string_at(text, length).decode())
        node = _word(node)
    return messages


def _loaded() -> tuple[int, Path] | None:
    """Where the library lies in this process, and its file."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[5].endswith(LIBRARY):
            return int(fields[0].split("-")[0], 16), Path(fields[5])
    return None


def _symbol_address(elf: bytes) -> int:
    """Of the table, from the library's start: a local name, which the system does not know."""
    (sections_at,) = struct.unpack_from("<Q", elf, 0x28)
    size, count = struct.unpack_from("<HH", elf, 0x3A)
    sections = [SECTION_HEADER.unpack_from(elf, sections_at + i * size) for i in range(count)]
    symtab = next(s for s in sections if s[1] == SYMTAB)
    names_at = sections[symtab[6]][4]
    for at in range(symtab[4], symtab[4] + symtab[5], SYMBOL.size):
        name, _, _, _, address, _ = SYMBOL.unpack_from(elf, at)
        if elf.startswith(TABLE + b"\0", names_at + name):
            return int(address)
    raise AssertionError("the best-practices layer is built in a way this test cannot read")


def _word(address: int) -> int:
    return ctypes.c_uint64.from_address(address).value
