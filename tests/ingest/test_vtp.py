"""VTK's XML polygon files: every way of writing them gives the same surface and numbers."""

from __future__ import annotations

import base64
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.analysis.phantoms import shell_mesh
from xrviewer.errors import InputError
from xrviewer.ingest.pipeline import Wanted, make_case
from xrviewer.ingest.vtp import read_vtp

BALL, _ = shell_mesh(20.0, 1.0, detail=2)
THICKNESS = 2 + BALL.points_mm[:, 2] / 20
TYPES = {"f4": "Float32", "f8": "Float64", "i8": "Int64", "u1": "UInt8"}
BLOCK = 1000
"""Bytes: so small that arrays take several."""


@dataclass
class Writer:
    """As VTK's own writer does it."""

    form: str = "ascii"
    is_raw: bool = False
    pack: Callable[[bytes], bytes] | None = None
    compressor: str = ""
    order: str = "<"
    wide: str = "u4"
    appended: bytearray = field(default_factory=bytearray)

    def array(self, values: NDArray[Any], name: str) -> str:
        kind = TYPES[values.dtype.str[1:]]
        width = values.size // len(values)
        head = f'<DataArray type="{kind}" Name="{name}" NumberOfComponents="{width}"'
        if self.form == "ascii":
            return (
                f'{head} format="ascii">{" ".join(map(repr, values.ravel().tolist()))}</DataArray>'
            )
        data = values.astype(values.dtype.newbyteorder(self.order)).tobytes()
        block = self.block(data)
        if self.form == "binary":
            return f'{head} format="binary">\n{block.decode()}\n</DataArray>'
        offset = len(self.appended)
        self.appended += block
        return f'{head} format="appended" offset="{offset}"/>'

    def block(self, data: bytes) -> bytes:
        code: Callable[[bytes], bytes] = bytes if self.is_raw else base64.b64encode
        if self.pack is None:
            return code(self.counts(len(data)) + data)
        blocks = [data[i : i + BLOCK] for i in range(0, len(data), BLOCK)]
        packed = [self.pack(block) for block in blocks]
        head = self.counts(len(blocks), BLOCK, len(data) % BLOCK, *map(len, packed))
        return code(head) + code(b"".join(packed))

    def counts(self, *values: int) -> bytes:
        return np.array(values, self.order + self.wide).tobytes()

    def write(self, path: Path, pieces: int = 1) -> Path:
        body = "".join(self.piece() for _ in range(pieces))
        order = "LittleEndian" if self.order == "<" else "BigEndian"
        named = f' compressor="{self.compressor}"' if self.compressor else ""
        wide = {"u4": "UInt32", "u8": "UInt64"}[self.wide]
        text = (
            f'<?xml version="1.0"?>\n<VTKFile type="PolyData" byte_order="{order}" '
            f'header_type="{wide}"{named}><PolyData>{body}</PolyData>'
        ).encode()
        if self.appended:
            coded = b"raw" if self.is_raw else b"base64"
            text += b'<AppendedData encoding="' + coded + b'">\n _' + self.appended
            text += b"\n</AppendedData>"
        path.write_bytes(text + b"</VTKFile>")
        return path

    def piece(self) -> str:
        corners = BALL.triangles.astype("i8")
        ends = np.arange(3, corners.size + 1, 3, dtype="i8")
        return (
            f'<Piece NumberOfPoints="{len(BALL.points_mm)}" NumberOfPolys="{len(corners)}">'
            f"<PointData>{self.array(THICKNESS.astype('f4'), 'thickness (mm)')}"
            f"{self.array((THICKNESS > 2).astype('u1'), 'labels')}"
            f"{self.array(BALL.normals.astype('f4'), 'Normals')}</PointData>"
            f"<Points>{self.array(BALL.points_mm, 'Points')}</Points>"
            f"<Polys>{self.array(corners.ravel(), 'connectivity')}"
            f"{self.array(ends, 'offsets')}</Polys></Piece>"
        )


def ways() -> Iterator[Any]:
    zipped = {"pack": zlib.compress, "compressor": "vtkZLibDataCompressor"}
    yield pytest.param(Writer(), id="ascii")
    yield pytest.param(Writer("binary"), id="binary")
    yield pytest.param(Writer("binary", order=">", wide="u8"), id="binary, big endian")
    yield pytest.param(Writer("binary", **zipped), id="binary, zlib")
    yield pytest.param(Writer("appended"), id="appended")
    yield pytest.param(Writer("appended", is_raw=True), id="appended, raw")
    yield pytest.param(Writer("appended", is_raw=True, wide="u8", **zipped), id="raw, zlib")
    yield pytest.param(
        Writer("appended", pack=lzma.compress, compressor="vtkLZMADataCompressor"), id="lzma"
    )


@pytest.mark.parametrize("writer", list(ways()))
def test_every_way_of_writing_gives_the_same(tmp_path: Path, writer: Writer) -> None:
    found = read_vtp(writer.write(tmp_path / "femur.vtp"))
    np.testing.assert_allclose(found.points, BALL.points_mm)
    np.testing.assert_array_equal(found.triangles, BALL.triangles)
    assert set(found.arrays) == {"thickness (mm)", "labels"}
    np.testing.assert_allclose(found.arrays["thickness (mm)"], THICKNESS, rtol=1e-6)


def test_pieces_are_put_together(tmp_path: Path) -> None:
    found = read_vtp(Writer("binary").write(tmp_path / "femur.vtp", pieces=2))
    assert len(found.points) == 2 * len(BALL.points_mm) == len(found.arrays["labels"])
    assert found.triangles[-1].tolist() == (BALL.triangles[-1] + len(BALL.points_mm)).tolist()


def test_an_array_of_no_known_type_is_passed_over(tmp_path: Path) -> None:
    path = Writer("binary").write(tmp_path / "a.vtp")
    odd = path.read_bytes().replace(b'type="UInt8"', b'type="Bit"')
    path.write_bytes(odd)
    assert set(read_vtp(path).arrays) == {"thickness (mm)"}


def test_its_numbers_become_a_map(tmp_path: Path) -> None:
    file = Writer("appended", is_raw=True).write(tmp_path / "femur.vtp")
    case = make_case(Wanted((file,)), lambda *_: None).case
    assert [info.id for info in case.maps] == ["thickness_mm", "labels"]
    values = case.timepoints[0].surfaces.maps["thickness_mm"].values
    np.testing.assert_allclose(values, THICKNESS, rtol=1e-6)


def test_strips_are_cut_into_triangles_that_turn_one_way(tmp_path: Path) -> None:
    """A flat band of four triangles: all of them face up."""
    points = "0 0 0 0 1 0 1 0 0 1 1 0 2 0 0 2 1 0"
    (tmp_path / "a.vtp").write_text(
        '<VTKFile type="PolyData"><PolyData><Piece NumberOfPoints="6">'
        f'<Points><DataArray type="Float32" format="ascii">{points}</DataArray></Points><Strips>'
        '<DataArray type="Int32" Name="connectivity" format="ascii">0 2 1 3</DataArray>'
        '<DataArray type="Int32" Name="offsets" format="ascii">4</DataArray>'
        "</Strips></Piece></PolyData></VTKFile>"
    )
    found = read_vtp(tmp_path / "a.vtp")
    a, b, c = (found.points[found.triangles[:, i]] for i in range(3))
    assert (np.cross(b - a, c - a)[:, 2] == 1).all() and len(found.triangles) == 2


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (b'type="PolyData"', b'type="ImageData"', "holds ImageData, not PolyData"),
        (b"<VTKFile", b'<!DOCTYPE a [<!ENTITY b "c">]><VTKFile', "defines entities"),
        (b"vtkZLibDataCompressor", b"vtkLZ4DataCompressor", "packed by vtkLZ4DataCompressor"),
        (b"</VTKFile>", b"", "no element found"),
        (b'Name="offsets"', b'Name="ends"', "no points or no polygons"),
        (b'NumberOfPoints="', b'NumberOfPoints="1', "points, and says"),
    ],
)
def test_what_is_broken_is_one_line(
    tmp_path: Path, before: bytes, after: bytes, reason: str
) -> None:
    writer = Writer("binary", pack=zlib.compress, compressor="vtkZLibDataCompressor")
    path = writer.write(tmp_path / "a.vtp")
    data = path.read_bytes()
    assert before in data
    path.write_bytes(data.replace(before, after))
    with pytest.raises(InputError, match=f"no readable VTP surface: .*{reason}") as caught:
        read_vtp(path)
    assert "\n" not in str(caught.value)


def test_a_block_that_unpacks_to_more_than_it_says_is_refused(tmp_path: Path) -> None:
    def bomb(block: bytes) -> bytes:
        return zlib.compress(block + bytes(1 << 20))

    path = Writer("appended", True, bomb, "vtkZLibDataCompressor").write(tmp_path / "a.vtp")
    assert len(read_vtp(path).points) == len(BALL.points_mm)  # no more is unpacked than was said

    def less(block: bytes) -> bytes:
        return zlib.compress(block[:-1])

    path = Writer("appended", True, less, "vtkZLibDataCompressor").write(tmp_path / "b.vtp")
    with pytest.raises(InputError, match="a block of it holds 999 bytes, and says 1000"):
        read_vtp(path)
