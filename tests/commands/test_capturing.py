"""Stills and films that are asked for in the middle of a session, by key and by panel."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import imageio.v3 as iio
import numpy as np
import pytest

from tests.commands.test_nothing_named import PLACE, SAID_OF_A_FILM, told
from tests.shapes import Look, case_of, sphere, square
from xrviewer.capture import voice
from xrviewer.capture.audio import NO_MICROPHONE
from xrviewer.case.tour import TourStep
from xrviewer.commands import capturing
from xrviewer.commands.capturing import FILM_KEY, STILL_KEY, Capturer, captures_folder, next_file
from xrviewer.commands.stage import PanelChoice, open_stage
from xrviewer.errors import DeviceError, InputError
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.target import Canvas
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.preferences import Preferences
from xrviewer.panels.state import Capturing
from xrviewer.scene.light import RED
from xrviewer.spatial import film
from xrviewer.spatial.film import Camera
from xrviewer.spatial.transforms import Pose, axis_rotation, turned
from xrviewer.spatial.views import View, looking_at, symmetric_fov

MESHES = {"ball": sphere((0, -10, 32), 30, 24), "wall": square((0, 34, 0), 44)}
CASE = case_of(MESHES, {"ball": Look("#e8dcc4")})
EYES = tuple(
    View(looking_at((x, 1.1, 0.0), (x, 0.8, -0.6)), symmetric_fov(1.4, 1.0)) for x in (-0.03, 0.03)
)
WIDTH, HEIGHT = 96, 64


def session(
    folder: Path,
    keys: dict[int, str],
    count: int,
    views: tuple[View, ...] = EYES,
    camera: Camera = Camera.EYE,
    has_voice: bool = False,
    shakes: bool = False,
) -> tuple[list[Pulse], list[float], list[bool], list[bool]]:
    """Plays frames with keys; what the hands felt, how dark the edge of each frame was, whether a
    red light was in it, and whether the picture of the room's camera hung there."""
    felt: list[Pulse] = []
    dark: list[float] = []
    lit: list[bool] = []
    previewed: list[bool] = []
    inputs = [
        FrameInput(i / 30, 1 / 30, _shaken(views, i * shakes), keys=_at(keys, i))
        for i in range(count)
    ]
    choice = PanelChoice()
    with (
        open_stage(CASE, preferences=Preferences(hints=False), panels=choice) as stage,
        closing(Canvas(WIDTH, HEIGHT, len(views))) as canvas,
        closing(Capturer(stage, folder / "captures", felt.append)) as capturer,
    ):
        assert stage.app.panelling is not None
        panels = stage.app.panelling.panels
        panels.state = replace(panels.state, camera=camera, with_voice=has_voice)

        def watch(target: object) -> None:
            own, hung = stage.app.shutter.own(stage.app._tools, canvas.target)
            capturer(canvas.target)
            assert stage.app.drawn is not None
            dark.append(stage.app.drawn.vignette)
            previewed.append(len(hung) == 1)
            lit.append(bool((own.strokes["color"] == np.float32(RED)).all(axis=1).any()))

        stage.app.run(OffscreenFrontend(canvas, inputs), watch)
    return felt, dark, lit, previewed


def _at(keys: dict[int, str], i: int) -> frozenset[str]:
    return frozenset({keys[i]} if i in keys else ())


def _shaken(views: tuple[View, ...], i: int) -> tuple[View, ...]:
    turn = axis_rotation((0, 1, 0), 0.04 * (-1) ** i if i else 0.0)
    return tuple(
        replace(v, eye=Pose(v.eye.position_m, turned(turn, v.eye.rotation_xyzw))) for v in views
    )


def frames_of(file: Path) -> list[np.ndarray]:
    with av.open(str(file)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capturing, "STILL_WIDTH", 320)
    monkeypatch.setattr(capturing, "HEADSET_FILM", (160, 90))


def test_a_still_and_a_film_by_keys(gl: Capabilities, tmp_path: Path) -> None:
    felt, dark, *_ = session(tmp_path, {3: STILL_KEY, 5: FILM_KEY, 20: FILM_KEY, 22: STILL_KEY}, 30)
    names = sorted(path.name for path in (tmp_path / "captures").iterdir())
    assert names == ["film-001.mp4", "still-001.png", "still-002.png"]
    still = iio.imread(tmp_path / "captures" / "still-001.png")
    assert still.shape == (180, 320, 3) and still.max() > 150
    film = frames_of(tmp_path / "captures" / "film-001.mp4")
    assert 10 <= len(film) <= 16 and film[0].shape == (90, 160, 3)
    assert {pulse.hand for pulse in felt} == {0, 1} and len(felt) == 4
    assert dark[4] == 1.0 and dark[15] == 0.0  # a shutter, and open again


def test_the_wearer_sees_that_a_film_is_made(gl: Capabilities, tmp_path: Path) -> None:
    _, _, lit, _ = session(tmp_path, {2: FILM_KEY, 6: FILM_KEY}, 10)
    assert lit == [False] * 3 + [True] * 4 + [False] * 3
    for frame in frames_of(tmp_path / "captures" / "film-001.mp4"):
        red = frame[..., 0].astype(int) - frame[..., 1:].max(axis=2)
        assert red.max() < 60, "who looks at the film later does not"
    _, _, lit, _ = session(tmp_path, {2: STILL_KEY}, 4)
    assert not any(lit)


def test_the_room_s_camera_stands_still_while_the_head_moves(
    gl: Capabilities, tmp_path: Path
) -> None:
    session(tmp_path, {1: FILM_KEY}, 12, camera=Camera.ROOM)
    film = [f.astype(int) for f in frames_of(tmp_path / "captures" / "film-001.mp4")]
    session(tmp_path, {1: FILM_KEY}, 12)
    eyes = [f.astype(int) for f in frames_of(tmp_path / "captures" / "film-002.mp4")]
    assert np.abs(film[-1] - eyes[-1]).mean() > 3
    accent = (film[-1][..., 2] > film[-1][..., 0] + 40).sum()
    assert accent > 20, "the wearer is in the picture"


def test_a_film_with_a_voice_says_so_in_light_and_words(
    gl: Capabilities, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice.Microphone.__init__, "__defaults__", (Humming,))
    shown: list[Capturing] = []
    real = Capturer._tell

    def tell(self: Capturer) -> None:
        real(self)
        shown.append(self._told)
        time.sleep(0.01)  # the microphone is opened beside the frames

    monkeypatch.setattr(Capturer, "_tell", tell)
    place = tmp_path / PLACE
    place.mkdir()
    session(place, {1: FILM_KEY}, 40, has_voice=True)
    assert any(state.hears_voice for state in shown)
    spoken = place / "captures" / "film-001.mp4"
    assert told(spoken.read_bytes()) == [], "where it was made, or by whom"
    with av.open(str(spoken)) as container:
        said = {*container.metadata, *container.streams.audio[0].metadata}
        assert said <= SAID_OF_A_FILM
        assert len(container.streams.audio) == 1
        heard = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    assert np.abs(heard).max() > 0.05
    session(place, {1: FILM_KEY}, 6)
    with av.open(str(place / "captures" / "film-002.mp4")) as container:
        assert not container.streams.audio, "nobody asked"


def test_without_a_microphone_it_says_so_and_films_nothing(
    gl: Capabilities,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def nothing() -> Humming:
        raise DeviceError(NO_MICROPHONE)

    monkeypatch.setattr(voice.Microphone.__init__, "__defaults__", (nothing,))
    session(tmp_path, {1: FILM_KEY}, 6, has_voice=True)
    assert not (tmp_path / "captures").exists()
    assert "no microphone was found" in capsys.readouterr().err


class Humming:
    """A microphone, as miniaudio's are, before which somebody hums."""

    backend = "test"

    def start(self, generator: Generator[Any, Any, None]) -> None:
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(generator,))
        self._thread.start()

    def _run(self, generator: Generator[Any, Any, None]) -> None:
        hum = (9000 * np.sin(np.arange(960) * 2 * np.pi * 5 / 960)).astype(np.int16)
        while not self._is_over.wait(0.02):
            generator.send(bytearray(hum.tobytes()))

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join()

    def close(self) -> None: ...


def test_eye_and_room_beside_one_another(gl: Capabilities, tmp_path: Path) -> None:
    *_, previewed = session(tmp_path, {1: FILM_KEY}, 12, camera=Camera.BOTH)
    both = frames_of(tmp_path / "captures" / "film-001.mp4")[-1].astype(int)
    assert both.shape == (90, 160, 3)
    left, right = both[:, :80], both[:, 80:]
    assert np.abs(left - right).mean() > 3
    accents = [(half[..., 2] > half[..., 0] + 40).sum() for half in (left, right)]
    assert accents[1] > 10 > accents[0], "the wearer is seen from the room alone"
    assert previewed[-1] and not previewed[0]


def test_the_eye_s_film_does_not_shake_with_the_head(
    gl: Capabilities, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shaking(number: int) -> float:
        session(tmp_path, {1: FILM_KEY}, 20, shakes=True)
        shot = frames_of(tmp_path / "captures" / f"film-{number:03d}.mp4")[10:]
        pairs = itertools.pairwise([frame.astype(int) for frame in shot])
        return float(np.mean([np.abs(b - a).mean() for a, b in pairs]))

    steady = shaking(1)
    monkeypatch.setattr(film, "HALF_LIFE_S", 1e-6)
    assert steady < 0.35 * shaking(2)


def test_ready_made_ones_are_made_beside_the_session(gl: Capabilities, tmp_path: Path) -> None:
    inputs = [FrameInput(i / 30, 1 / 30, EYES) for i in range(14)]
    toured = replace(CASE, tour=(TourStep("The ball.", "front", ("ball",)),))
    with (
        open_stage(toured, preferences=Preferences(hints=False), panels=PanelChoice()) as stage,
        closing(Canvas(WIDTH, HEIGHT, 2)) as canvas,
        closing(Capturer(stage, tmp_path / "captures", lambda _: None)) as capturer,
    ):
        assert stage.app.panelling is not None
        panels, asked = stage.app.panelling.panels, {2: "report-still", 3: "tour"}
        version = stage.app.document.snapshot.version

        def watch(_: object) -> None:
            name = asked.pop(round(stage.app.time_s * 30), "")
            panels.state = replace(panels.state, ready=name)
            capturer(canvas.target)

        stage.app.run(OffscreenFrontend(canvas, inputs), watch)
        assert stage.app.document.snapshot.version == version
    still = iio.imread(tmp_path / "captures" / "still-001.png")
    assert still.shape == (1800, 2400, 3) and (still[:8] == 255).all()
    film = frames_of(tmp_path / "captures" / "film-001.mp4")
    assert len(film) == 11, "a picture a frame, none twice and none left out"
    assert film[-1].std() > 5


def test_at_a_desk_the_still_has_the_window_s_shape(gl: Capabilities, tmp_path: Path) -> None:
    eye = View(EYES[0].eye, symmetric_fov(0.6, WIDTH / HEIGHT))
    session(tmp_path, {1: STILL_KEY}, 3, (eye,))
    still = iio.imread(tmp_path / "captures" / "still-001.png")
    assert still.shape == (213, 320, 3)


def test_a_window_that_is_resized_goes_on_being_filmed(gl: Capabilities, tmp_path: Path) -> None:
    eye = View(EYES[0].eye, symmetric_fov(0.6, 1.5))
    sizes = [(96, 64)] * 3 + [(61, 131)] * 3 + [(300, 40)] * 3
    with (
        open_stage(CASE) as stage,
        closing(Capturer(stage, tmp_path / "captures", lambda _: None)) as capturer,
    ):
        for i, size in enumerate(sizes):
            keys = frozenset({FILM_KEY} if i == 1 else ())
            with closing(Canvas(*size)) as canvas:
                frontend = OffscreenFrontend(
                    canvas, [FrameInput(i / 30, 1 / 30, (eye,), keys=keys)]
                )
                stage.app.run(frontend, capturer)
    film = frames_of(tmp_path / "captures" / "film-001.mp4")
    assert len(film) == 8, "there is room for so many, so none is dropped on any machine"
    assert {frame.shape for frame in film} == {(64, 96, 3)}
    assert all(frame.std() > 5 for frame in film)


def test_a_folder_that_vanishes_is_told_and_ends_nothing(
    gl: Capabilities, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "captures").write_text("in the way")
    session(tmp_path, {1: STILL_KEY, 2: FILM_KEY}, 5)
    told = capsys.readouterr().err
    assert told.count("captures: cannot be made") == 2


def test_files_are_numbered_and_lie_in_the_case(tmp_path: Path) -> None:
    folder = captures_folder(tmp_path)
    assert folder == tmp_path / "captures"
    assert next_file(folder, "still", ".png").name == "still-001.png"
    (folder / "still-001.png").touch()
    (folder / "still-002.png.part").touch()
    assert next_file(folder, "still", ".png").name == "still-003.png"
    assert captures_folder(tmp_path / "mesh.glb") == tmp_path / "captures"
    with pytest.raises(InputError, match="cannot be made"):
        next_file(tmp_path / "no" / "captures", "still", ".png")
