"""Binary STL: triangles alone, all pieces in one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xrviewer.caseio.solids.piece import Piece

_TRIANGLE = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_HEADER_BYTES = 80


def as_stl(pieces: Sequence[Piece]) -> bytes:
    """The header does not begin with "solid": some readers would take it for text."""
    blocks = []
    for piece in pieces:
        block = np.zeros(len(piece.triangles), _TRIANGLE)
        block["corners"] = corners = piece.points_mm[piece.triangles]
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        length = np.linalg.norm(cross, axis=1, keepdims=True)
        block["normal"] = np.divide(cross, length, out=np.zeros_like(cross), where=length > 0)
        blocks.append(block)
    triangles = np.concatenate(blocks) if blocks else np.zeros(0, _TRIANGLE)
    header = b"xrviewer, millimetres, LPS. Not for diagnostic use".ljust(_HEADER_BYTES, b" ")
    return header + np.uint32(len(triangles)).tobytes() + triangles.tobytes()
