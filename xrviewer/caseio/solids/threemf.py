"""3MF: an object a piece, with its name and colour, for printing. Core specification 1.3."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

import numpy as np

from xrviewer.case.mesh import welded
from xrviewer.caseio.solids.piece import Piece

_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
_MODEL_TYPE = "application/vnd.ms-package.3dmanufacturing-3dmodel+xml"
_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="model" ContentType="{_MODEL_TYPE}"/>
</Types>
"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Target="/3D/3dmodel.model" Id="rel0" \
Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
</Relationships>
"""
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The same pieces give the same bytes."""
_MATERIALS_ID, _FIRST_ID = 1, 2


def as_3mf(pieces: Sequence[Piece], title: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("3D/3dmodel.model", _model(pieces, title)),
        ):
            info = zipfile.ZipInfo(name, _WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, text.encode(), compresslevel=6)
    return out.getvalue()


def _model(pieces: Sequence[Piece], title: str) -> str:
    printed = [piece for piece in pieces if len(piece.triangles)]
    colors = "".join(
        f'<base name={quoteattr(_clean(piece.name))} displaycolor="{_rgba(piece)}"/>\n'
        for piece in printed
    )
    objects = "".join(_object(piece, n) for n, piece in enumerate(printed))
    items = "".join(f'<item objectid="{_FIRST_ID + n}"/>\n' for n in range(len(printed)))
    materials = f'<basematerials id="{_MATERIALS_ID}">\n{colors}</basematerials>\n'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<model unit="millimeter" xml:lang="en-US" xmlns="{_CORE}">\n'
        f'<metadata name="Title">{_escaped(title)}</metadata>\n'
        '<metadata name="Description">Not for diagnostic use</metadata>\n'
        f"<resources>\n{materials if printed else ''}{objects}</resources>\n"
        f"<build>\n{items}</build>\n</model>\n"
    )


def _object(piece: Piece, number: int) -> str:
    """Corners at one place become one: a printer's edges have two sides."""
    same = welded(piece.points_mm.astype(np.float64))
    kept, triangles = np.unique(same[piece.triangles], return_inverse=True)
    triangles = triangles.reshape(-1, 3)
    a, b, c = triangles.T
    triangles = triangles[(a != b) & (b != c) & (c != a)]
    vertices = "".join(
        f'<vertex x="{x:.4f}" y="{y:.4f}" z="{z:.4f}"/>\n'
        for x, y, z in piece.points_mm[kept].tolist()
    )
    corners = "".join(f'<triangle v1="{i}" v2="{j}" v3="{k}"/>\n' for i, j, k in triangles.tolist())
    return (
        f'<object id="{_FIRST_ID + number}" type="model" name={quoteattr(_clean(piece.name))} '
        f'pid="{_MATERIALS_ID}" pindex="{number}">\n<mesh>\n<vertices>\n{vertices}</vertices>\n'
        f"<triangles>\n{corners}</triangles>\n</mesh>\n</object>\n"
    )


def _rgba(piece: Piece) -> str:
    return f"{piece.color_hex.upper()}{round(255 * piece.opacity):02X}"


def _escaped(text: str) -> str:
    return quoteattr(_clean(text))[1:-1]


def _clean(text: str) -> str:
    """XML has no controls and no half characters."""
    return "".join(c for c in text if c.isprintable())
