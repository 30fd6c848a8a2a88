import json
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.caseio.caseio_samples import small_case
from xrviewer.caseio import cache
from xrviewer.caseio.cache import cached
from xrviewer.caseio.gltf import GltfParts, read_gltf, write_glb


class CountingReader:
    """The real reader, and how often it was needed."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, path: Path) -> GltfParts:
        self.calls += 1
        return read_gltf(path)


@pytest.fixture(autouse=True)
def cache_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "SMALLEST_BYTES", 0)


@pytest.fixture
def glb(tmp_path: Path) -> Path:
    return write(tmp_path / "anatomy.glb")


@pytest.fixture
def read() -> CountingReader:
    return CountingReader()


def write(path: Path) -> Path:
    case = small_case()
    write_glb(path, case.timepoints[0].surfaces, case.layers, case.groups)
    return path


def entry_of(folder: Path) -> Path:
    (entry,) = (folder / "surfaces").iterdir()
    return entry


def assert_same(ours: GltfParts, theirs: GltfParts) -> None:
    for name in ("names", "colors", "opacities", "groups", "faults"):
        assert getattr(ours, name) == getattr(theirs, name)
    a, b = ours.surfaces, theirs.surfaces
    assert a.part_ids == b.part_ids and a.maps.keys() == b.maps.keys()
    for name in ("parts", "positions_mm", "normals", "triangles"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        assert getattr(a, name).dtype == getattr(b, name).dtype
        assert not getattr(a, name).flags.writeable
    for id in a.maps:
        np.testing.assert_array_equal(a.maps[id].values, b.maps[id].values)


def test_the_second_opening_reads_no_glb_and_is_the_same(glb: Path, read: CountingReader) -> None:
    first, second = cached(glb, read), cached(glb, read)
    assert read.calls == 1
    assert_same(second, first)


def test_vertex_colors_come_back(tmp_path: Path, read: CountingReader) -> None:
    case = small_case()
    plain = case.timepoints[0].surfaces
    colors = np.arange(len(plain.positions_mm) * 4, dtype=np.uint8).reshape(-1, 4)
    tinted = type(plain)(
        plain.part_ids,
        plain.parts,
        plain.positions_mm,
        plain.normals,
        plain.triangles,
        plain.maps,
        colors,
    )
    write_glb(tmp_path / "a.glb", tinted, case.layers)
    first, second = (cached(tmp_path / "a.glb", read) for _ in range(2))
    assert read.calls == 1 and first.surfaces.colors is not None
    np.testing.assert_array_equal(second.surfaces.colors, first.surfaces.colors)  # type: ignore[arg-type]


def test_a_changed_file_is_read_again(glb: Path, read: CountingReader) -> None:
    cached(glb, read)
    os.utime(glb, ns=(1, 1))
    cached(glb, read)
    write_glb(glb, small_case().timepoints[0].surfaces, small_case().layers)  # other groups
    cached(glb, read)
    assert read.calls == 3
    cached(glb, read)
    assert read.calls == 3


def test_another_version_of_the_program_reads_again(
    glb: Path, read: CountingReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(glb, read)
    monkeypatch.setattr(cache, "__version__", "99.0")
    cached(glb, read)
    assert read.calls == 2


def test_the_cache_tells_nobody_the_path(glb: Path, own_cache: Path, read: CountingReader) -> None:
    cached(glb, read)
    assert str(glb.parent.name).encode() not in entry_of(own_cache).read_bytes()
    assert entry_of(own_cache).stat().st_mode & 0o077 == 0


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[:-100],
    "cut header": lambda data: data[:40],
    "longer": lambda data: data + bytes(64),
    "other version": lambda data: data[:8] + b"\x63" + data[9:],
    "other magic": lambda data: b"Y" + data[1:],
    "zeroed block": lambda data: data[:512] + bytes(256) + data[768:],
    "one bit": lambda data: data[:-70] + bytes([data[-70] ^ 16]) + data[-69:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_ignored_and_made_again(
    glb: Path, own_cache: Path, read: CountingReader, damage: str
) -> None:
    first = cached(glb, read)
    entry = entry_of(own_cache)
    broken = DAMAGE[damage](entry.read_bytes())
    entry.unlink()
    entry.write_bytes(broken)
    assert_same(cached(glb, read), first)
    assert read.calls == 2
    cached(glb, read)
    assert read.calls == 2


@given(at=st.integers(0, 10_000), value=st.integers(0, 255))
@settings(derandomize=True, max_examples=150, deadline=None)
def test_no_changed_byte_is_believed(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "bytes"
    folder.mkdir(exist_ok=True)
    glb = folder / "a.glb"
    if not glb.exists():
        write(glb)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "SMALLEST_BYTES", 0)
        patch.setenv("XRVIEWER_CACHE", str(folder / "cache"))
        expected, read = cached(glb, read_gltf), CountingReader()
        entry = entry_of(folder / "cache")
        data = bytearray(entry.read_bytes())
        at %= len(data)
        changed = data[at] != value
        data[at] = value
        entry.unlink()
        entry.write_bytes(data)
        assert_same(cached(glb, read), expected)
        assert read.calls == int(changed)


@pytest.mark.parametrize("value", ["", "file"])
def test_without_a_cache_all_goes_on(
    glb: Path, tmp_path: Path, read: CountingReader, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XRVIEWER_CACHE", str(tmp_path / value) if value else "")
    cached(glb, read)
    cached(glb, read)
    assert read.calls == 2


def test_a_full_disk_costs_only_time(
    glb: Path, own_cache: Path, read: CountingReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    cached(glb, read)
    assert read.calls == 1 and list((own_cache / "surfaces").iterdir()) == []


@pytest.mark.parametrize("suffix", ["gltf", "glb"])
def test_a_file_with_its_data_elsewhere_is_not_cached(
    tmp_path: Path, glb: Path, read: CountingReader, suffix: str
) -> None:
    """Its data could change and it would not."""
    data = glb.read_bytes()
    length = int.from_bytes(data[12:16], "little")
    document = json.loads(data[20 : 20 + length])
    document["buffers"][0]["uri"] = "anatomy.bin"
    (tmp_path / "anatomy.bin").write_bytes(data[28 + length :])
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON")
    path = tmp_path / f"outside.{suffix}"
    path.write_bytes(text if suffix == "gltf" else head + text)
    for _ in range(2):
        assert len(cached(path, read).surfaces.parts) == 3
    assert read.calls == 2


def test_the_oldest_go_when_the_folder_is_full(
    tmp_path: Path, own_cache: Path, read: CountingReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [write(tmp_path / f"{i}.glb") for i in range(4)]
    for i, file in enumerate(files[:3]):
        cached(file, read)
        for entry in (own_cache / "surfaces").iterdir():
            if entry.name.startswith(cache._key(file)):
                os.utime(entry, ns=(i * 10**9, i * 10**9))
    one = entry.stat().st_size
    cached(files[0], read)  # used again: now the newest
    monkeypatch.setattr(cache, "CACHE_LIMIT_BYTES", 3 * one)
    cached(files[3], read)
    kept = {entry.name for entry in (own_cache / "surfaces").iterdir()}
    assert kept == {cache._key(files[i]) + ".xrpack" for i in (0, 2, 3)}
