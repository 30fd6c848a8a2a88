"""The three meshopt codecs, against streams packed here by the rules of the bitstream."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from xrviewer.caseio.gltf.faults import UnreadableError
from xrviewer.caseio.gltf.meshopt import decode
from xrviewer.caseio.gltf.schema import MeshoptView


def view(mode: str, stride: int, count: int, filter_name: str = "NONE") -> MeshoptView:
    return MeshoptView(0, 0, stride, count, mode, filter=filter_name)


def zigzag(value: int) -> int:
    return value << 1 ^ (value >> 63)


def variable(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def pack_group(group: bytes) -> tuple[int, bytes]:
    """Mode and data of sixteen bytes, in the tightest mode that holds the most of them."""
    if not any(group):
        return 0, b""
    small = sum(b < 15 for b in group)
    if sum(b < 3 for b in group) >= 8:
        fields = [min(b, 3) for b in group]
        packed = bytes(
            fields[i] << 6 | fields[i + 1] << 4 | fields[i + 2] << 2 | fields[i + 3]
            for i in range(0, 16, 4)
        )
        return 1, packed + bytes(b for b in group if b >= 3)
    if small >= 4:
        fields = [min(b, 15) for b in group]
        packed = bytes(fields[i] << 4 | fields[i + 1] for i in range(0, 16, 2))
        return 2, packed + bytes(b for b in group if b >= 15)
    return 3, group


def pack_attributes(rows: NDArray[np.uint8]) -> bytes:
    count, stride = rows.shape
    baseline = rows[0] if count else np.zeros(stride, np.uint8)
    most = min(8192 // stride & ~15, 256)
    out = bytearray([0xA0])
    last = baseline.copy()
    for first in range(0, count, most):
        block = rows[first : first + most]
        deltas = np.diff(np.vstack([last, block]).astype(np.int16), axis=0).astype(np.int8)
        last = block[-1]
        zigzags = ((deltas.astype(np.int16) << 1) ^ (deltas >> 7)).astype(np.uint8)
        padded = np.zeros((-(-len(block) // 16) * 16, stride), np.uint8)
        padded[: len(block)] = zigzags
        for column in padded.T:
            groups = [pack_group(column[i : i + 16].tobytes()) for i in range(0, len(column), 16)]
            header = bytearray((len(groups) + 3) // 4)
            for i, (mode, _) in enumerate(groups):
                header[i // 4] |= mode << (i % 4 * 2)
            out += header + b"".join(data for _, data in groups)
    return bytes(out + bytes(max(0, 32 - stride)) + baseline.tobytes())


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.integers(1, 600), st.sampled_from([4, 8, 12, 64]), st.sampled_from([1, 5, 30, 255]))
def test_attributes_come_back(count: int, stride: int, spread: int) -> None:
    rng = np.random.default_rng(count)
    steps = rng.integers(0, spread + 1, (count, stride)) * (rng.random((count, stride)) < 0.6)
    rows = np.cumsum(steps, axis=0).astype(np.uint8)
    found = decode(pack_attributes(rows), view("ATTRIBUTES", stride, count))
    np.testing.assert_array_equal(np.frombuffer(found, np.uint8).reshape(count, stride), rows)


@pytest.mark.parametrize("stride", [2, 4])
def test_indices_come_back(stride: int) -> None:
    wanted = [0, 1, 2, 2, 1, 3, 60_000, 5, 59_999]
    packed, lasts = bytearray([0xD1]), [0, 0]
    for i, value in enumerate(wanted):
        baseline = i % 2
        packed += variable(zigzag(value - lasts[baseline]) << 1 | baseline)
        lasts[baseline] = value
    found = decode(bytes(packed) + bytes(4), view("INDICES", stride, len(wanted)))
    np.testing.assert_array_equal(np.frombuffer(found, f"<u{stride}"), wanted)


def test_triangles_by_every_kind_of_code() -> None:
    """Worked by hand from the bitstream's rules, code by code."""
    steps = [
        (0xF0, b"", (0, 1, 2)),  # three new vertices, by the first entry of the table
        (0x00, b"", (0, 2, 3)),  # on the newest edge, a new vertex
        (0x12, b"", (3, 2, 1)),  # on the edge before, the third newest vertex
        (0x0F, variable(zigzag(50)), (3, 1, 50)),  # a vertex 50 past the last one named
        (0x0E, b"", (3, 50, 51)),  # one past the last
        (0x1D, b"", (51, 50, 50)),  # one before the last
        (0xFF, b"\xf1" + variable(zigzag(10)) + variable(zigzag(-20)), (60, 40, 50)),
        (0xFE, b"\x00", (0, 1, 2)),  # counting begins anew
        (0xF1, b"", (3, 2, 4)),  # the table's second entry: new, newest, new
    ]
    codes, data = bytes(code for code, _, _ in steps), b"".join(more for _, more, _ in steps)
    packed = b"\xe1" + codes + data + bytes([0x00, 0x10]) + bytes(14)
    found = decode(packed, view("TRIANGLES", 4, 3 * len(steps)))
    expected = [triangle for _, _, triangle in steps]
    np.testing.assert_array_equal(np.frombuffer(found, "<u4").reshape(-1, 3), expected)


def test_damaged_streams_are_named() -> None:
    good = pack_attributes(np.arange(400, dtype=np.uint8).reshape(100, 4))
    for packed, how in [
        (good[:20], view("ATTRIBUTES", 4, 100)),
        (b"\xa1" + good[1:], view("ATTRIBUTES", 4, 100)),
        (good, view("ATTRIBUTES", 0, 100)),
        (good, view("ATTRIBUTES", 3, 100)),
        (good, view("NONSENSE", 4, 100)),
        (good, view("ATTRIBUTES", 4, 100, "QUATERNION")),
        (good, view("ATTRIBUTES", 12, 100, "OCTAHEDRAL")),
        (good, view("TRIANGLES", 4, 100)),
        (b"\xe1" + bytes(10), view("TRIANGLES", 4, 30)),
        (b"\xd1\x80", view("INDICES", 4, 3)),
        (b"\xd1" + b"\xff" * 30, view("INDICES", 4, 3)),
        (b"\xd1" + variable(zigzag(-5) << 1), view("INDICES", 4, 1)),
        (b"", view("INDICES", 4, 1)),
    ]:
        with pytest.raises(UnreadableError):
            decode(packed, how)


def test_octahedral_vectors_are_unit() -> None:
    stored = np.array([[127, 0, 127, 5], [0, 0, 127, 6], [64, -64, 127, 7], [100, 100, 127, 8]])
    packed = pack_attributes(stored.astype(np.int8).view(np.uint8))
    found = np.frombuffer(decode(packed, view("ATTRIBUTES", 4, 4, "OCTAHEDRAL")), np.int8)
    vectors = found.reshape(4, 4)[:, :3] / 127
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=0.01)
    np.testing.assert_allclose(vectors[:2], [[1, 0, 0], [0, 0, 1]], atol=0.01)
    assert vectors[3, 2] < 0 < vectors[3, 0]
    assert found.reshape(4, 4)[:, 3].tolist() == [5, 6, 7, 8]


def test_exponential_floats() -> None:
    wanted = np.array([[1.5], [-0.375], [1024.0], [0.0]])
    mantissas, exponents = np.array([3, -3, 1, 0]), np.array([-1, -3, 10, 0])
    stored = (exponents << 24 | mantissas & 0xFFFFFF).astype(np.int32).reshape(-1, 1)
    packed = pack_attributes(stored.view(np.uint8))
    found = decode(packed, view("ATTRIBUTES", 4, 4, "EXPONENTIAL"))
    np.testing.assert_array_equal(np.frombuffer(found, np.float32).reshape(-1, 1), wanted)
