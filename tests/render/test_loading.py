"""A scan's way to the graphics card: whole whoever brings it, smaller where there is no room, and
said so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from OpenGL import GL
from OpenGL.error import GLError

from tests.gpu.names import alive
from tests.render.pictures import canvas, renderer
from tests.render.scans import STILL, case_with, facing_plane, volume_of
from xrviewer.case.volume import Volume
from xrviewer.document.document import Document
from xrviewer.document.plane_intents import AddSlice, RemoveSlice
from xrviewer.document.planes import Mode
from xrviewer.errors import GraphicsError
from xrviewer.gpu import texture
from xrviewer.gpu.context import Beside, Capabilities, context_beside
from xrviewer.render import slices, volumes
from xrviewer.render.renderer import Quality, Renderer
from xrviewer.render.volumes import LoadedVolume
from xrviewer.scene.build import Scene
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import anatomical

pytestmark = pytest.mark.gl

COMING = Quality(samples=1, has_occlusion=False)
SHAPE = (64, 96, 400)


@pytest.fixture(scope="module")
def scan() -> Volume:
    """Several parts long: they are put together again in their order."""
    affine = np.diag([1.0, 1.0, 0.3, 1.0])
    return volume_of(affine, lambda i, j, k: 5 * i + 3 * j + k, shape=SHAPE)


def read_back(loaded: LoadedVolume) -> NDArray[np.int16]:
    i, j, k = loaded.storage.shape
    back = np.zeros((k, j, i), np.int16)
    kind = GL.GL_RED_INTEGER, GL.GL_SHORT
    GL.glGetTextureImage(loaded.name, 0, *kind, back.nbytes, GL.GLvoidp(back.ctypes.data))
    return back.T


def come(loaded: LoadedVolume) -> None:
    until_s = time.perf_counter() + 20.0
    while not loaded.is_complete and time.perf_counter() < until_s:
        loaded.upload(time.perf_counter() + 0.002)
        time.sleep(0.001)
    assert loaded.is_complete


class Refusing:
    """A driver that makes no second context."""

    def __enter__(self) -> None:
        raise GraphicsError("EGL: no second context")

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("beside", [lambda: None, context_beside, Refusing])
def test_all_of_it_comes_whoever_brings_it(
    gl: Capabilities, scan: Volume, beside: Callable[[], Beside | None]
) -> None:
    before = alive()
    loaded = LoadedVolume(scan, beside())
    come(loaded)
    assert np.array_equal(read_back(loaded), scan.voxels)
    loaded.close()
    assert alive() == before


def test_with_a_context_of_its_own_no_frame_makes_or_fills_the_texture(
    gl: Capabilities, scan: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames, others = threading.get_ident(), set[int]()
    plain = GL.glTextureStorage3D, GL.glTextureSubImage3D

    def told(number: int) -> Callable[..., None]:
        def call(*args: object) -> None:
            others.add(threading.get_ident())
            plain[number](*args)

        return call

    monkeypatch.setattr(texture.GL, "glTextureStorage3D", told(0))
    monkeypatch.setattr(texture.GL, "glTextureSubImage3D", told(1))
    loaded = LoadedVolume(scan, context_beside())
    come(loaded)
    loaded.close()
    assert others and frames not in others


def no_room_for(bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = GL.glTextureStorage3D

    def storage(name: int, levels: int, kind: int, i: int, j: int, k: int) -> None:
        if kind == GL.GL_R16I and 2 * i * j * k > bytes:
            raise GLError(GL.GL_OUT_OF_MEMORY)
        plain(name, levels, kind, i, j, k)

    monkeypatch.setattr(texture.GL, "glTextureStorage3D", storage)


@pytest.fixture
def shown(gl: Capabilities, scan: Volume) -> Iterator[tuple[Document, Scene, Renderer]]:
    case = case_with(scan)
    document = Document(case)
    document.apply(AddSlice("s", "scan", anatomical("axial", scan.center_mm), Mode.PAINTED))
    with renderer(STILL) as made:
        yield document, Scene(case), made


def picture_of(document: Document, scene: Scene, made: Renderer) -> NDArray[np.uint8]:
    (state,) = document.snapshot.slices.values()
    view = facing_plane(document.snapshot.model.matrix() @ MODEL_FROM_CASE, state.plane, 0.2)
    with canvas(64, 64) as target:
        made.draw(scene.build(document.snapshot), (view,), target.target)
        seen: NDArray[np.uint8] = target.picture()
    return seen


def test_where_the_card_has_no_room_it_is_shown_coarser_and_said(
    shown: tuple[Document, Scene, Renderer], monkeypatch: pytest.MonkeyPatch
) -> None:
    document, scene, made = shown
    whole = picture_of(*shown)
    assert made.notes() == [] and made.coarse == ()
    no_room_for(2 * 64 * 96 * 400 // 3, monkeypatch)
    monkeypatch.setattr(volumes, "_LEAST_BYTES", 1 << 10)
    with renderer(STILL) as other:
        coarse = picture_of(document, scene, other)
        (note,) = other.notes()
        assert other.notes() == [], "once is enough"
        assert [(c.volume.id, c.factors) for c in other.coarse] == [("scan", (1, 1, 4))]
    assert note == "Scan is too large for this graphics card: 1x1x4 of its voxels are shown as one"
    off = np.abs(coarse.astype(int) - whole)
    assert whole.max() > 100 and off.max() <= 3


def test_where_there_is_none_at_all_the_rest_is_shown_and_it_is_said(
    shown: tuple[Document, Scene, Renderer], monkeypatch: pytest.MonkeyPatch
) -> None:
    no_room_for(100, monkeypatch)
    picture_of(*shown)
    (note,) = shown[2].notes()
    assert note.startswith("Scan cannot be shown: the graphics card has no room for")


def test_scans_that_are_no_longer_shown_make_room(
    gl: Capabilities, scan: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans = [replace(scan, id=f"v{i}") for i in range(3)]
    case = case_with(*scans)
    document, scene = Document(case), Scene(case)
    monkeypatch.setattr(slices, "ROOM_BYTES", 2 * 2 * 64 * 96 * 400)
    with renderer(STILL) as made:
        for one in scans:
            for gone in document.snapshot.slices:
                document.apply(RemoveSlice(gone))
            document.apply(AddSlice("s", one.id, anatomical("axial", one.center_mm)))
            picture_of(document, scene, made)
        assert made._slices is not None
        kept = [loaded.volume.id for loaded in made._slices._loaded.values()]
    assert kept == ["v1", "v2"]


def test_the_first_slice_compiles_nothing(gl: Capabilities, scan: Volume) -> None:
    """What it is drawn with was drawn with in the first frame: only outlines are to come."""
    case = case_with(replace(scan, voxels=scan.voxels[:, :, :8]))
    document, scene = Document(case), Scene(case)
    plane = anatomical("axial", scan.center_mm)
    view = facing_plane(document.snapshot.model.matrix() @ MODEL_FROM_CASE, plane, 0.2)
    with renderer(COMING) as made, canvas(64, 64) as target:
        made.draw(scene.build(document.snapshot), (view,), target.target)
        compiled = len(made.programs)
        empty = target.picture()
        document.apply(AddSlice("s", "scan", plane))
        made.draw(scene.build(document.snapshot), (view,), target.target)
        assert len(made.programs) == compiled
    with renderer(STILL) as plain, canvas(64, 64) as target:
        document.apply(RemoveSlice("s"))
        plain.draw(scene.build(document.snapshot), (view,), target.target)
        assert np.array_equal(empty, target.picture()), "the rehearsal is seen"
