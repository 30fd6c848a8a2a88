"""Binary PLY: colours, the piece and the maps' numbers at every vertex."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.caseio.solids.piece import Piece

_FACE = np.dtype([("count", "u1"), ("corners", "<i4", 3)])
_NAMES = {"<f4": "float", "|u1": "uchar", "<i4": "int"}


def as_ply(pieces: Sequence[Piece]) -> bytes:
    maps = sorted({id for piece in pieces for id in piece.maps})
    fields: list[tuple[str, str]] = [(name, "<f4") for name in ("x", "y", "z", "nx", "ny", "nz")]
    fields += [(name, "u1") for name in ("red", "green", "blue", "alpha")] + [("part", "<i4")]
    dtype = np.dtype(fields + [(id, "<f4") for id in maps])
    vertices = [_vertices(piece, n, dtype, maps) for n, piece in enumerate(pieces)]
    faces, first = [], 0
    for piece in pieces:
        face = np.zeros(len(piece.triangles), _FACE)
        face["count"], face["corners"] = 3, piece.triangles.astype(np.int64) + first
        faces.append(face)
        first += len(piece.points_mm)
    header = _header(pieces, dtype, first, sum(map(len, faces)))
    return header.encode() + b"".join(block.tobytes() for block in (*vertices, *faces))


def _vertices(piece: Piece, number: int, dtype: np.dtype[Any], maps: list[str]) -> NDArray[Any]:
    rows: NDArray[Any] = np.zeros(len(piece.points_mm), dtype)
    for i, axis in enumerate("xyz"):
        rows[axis], rows[f"n{axis}"] = piece.points_mm[:, i], piece.normals[:, i]
    for i, channel in enumerate(("red", "green", "blue")):
        rows[channel] = int(piece.color_hex[1 + 2 * i : 3 + 2 * i], 16)
    rows["alpha"], rows["part"] = round(255 * piece.opacity), number
    for id in maps:
        rows[id] = piece.maps.get(id, np.float32(np.nan))
    return rows


def _header(pieces: Sequence[Piece], dtype: np.dtype[Any], vertices: int, faces: int) -> str:
    lines = ["ply", "format binary_little_endian 1.0"]
    lines += ["comment xrviewer, millimetres, LPS. Not for diagnostic use"]
    lines += [f"comment part {n} {_ascii(piece.name)}" for n, piece in enumerate(pieces)]
    lines += [f"element vertex {vertices}"]
    for name in dtype.names or ():
        lines.append(f"property {_NAMES[dtype[name].str]} {_ascii(name)}")
    lines += [f"element face {faces}", "property list uchar int vertex_indices", "end_header"]
    return "\n".join(lines) + "\n"


def _ascii(text: str) -> str:
    """PLY's header is one ASCII line each."""
    return " ".join(text.encode("ascii", "replace").decode().split())
