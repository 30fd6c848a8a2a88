"""Films read back: size, count, colour; and that a failure leaves nothing behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from xrviewer.capture import video
from xrviewer.capture.video import VideoWriter
from xrviewer.errors import EncoderError, InputError

WIDTH, HEIGHT, FRAMES = 96, 64, 12
COLORS = [(200, 40, 30), (30, 180, 60), (20, 60, 210), (128, 128, 128)]
CODING = 4
"""Levels of 255: 8-bit limited-range chroma, and the encoder's own loss on flat pictures."""


def flat(color: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((HEIGHT, WIDTH, 3), color, np.uint8)


def film(file: Path, frames: int = FRAMES) -> None:
    with VideoWriter(file, WIDTH, HEIGHT, 30) as writer:
        for i in range(frames):
            writer.write(flat(COLORS[i * len(COLORS) // frames]))


def test_size_count_and_coding(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    film(file)
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.width, context.height) == (WIDTH, HEIGHT)
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        bt709 = 1
        assert [context.color_primaries, context.color_trc, context.colorspace] == [bt709] * 3
        assert float(stream.average_rate) == 30
        frames = list(container.decode(stream))
    assert len(frames) == FRAMES
    times = [float(frame.time) for frame in frames]
    np.testing.assert_allclose(times, np.arange(FRAMES) / 30, atol=1e-6)
    assert list(tmp_path.iterdir()) == [file]


def test_colours_come_back(tmp_path: Path) -> None:
    """By the matrix of BT.709, written out: the tags alone would not make it right."""
    file = tmp_path / "a.mp4"
    film(file)
    with av.open(str(file)) as container:
        for i, frame in enumerate(container.decode(video=0)):
            y, u, v = (np.asarray(plane_mean(frame, k)) for k in range(3))
            luma, cb, cr = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
            red, blue = luma + 1.5748 * cr, luma + 1.8556 * cb
            green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152
            got = np.array([red, green, blue]) * 255
            np.testing.assert_allclose(got, COLORS[i * len(COLORS) // FRAMES], atol=CODING)


def plane_mean(frame: av.VideoFrame, plane: int) -> float:
    data = frame.planes[plane]
    rows = np.frombuffer(bytes(data), np.uint8).reshape(-1, data.line_size)
    return float(rows[: data.height, : data.width].mean())


def test_odd_sizes_lose_a_row_and_a_column(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", 97, 65) as writer:
        writer.write(np.zeros((65, 97, 4), np.uint8))
    with av.open(str(tmp_path / "a.mp4")) as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height) == (96, 64)


def test_abandon_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="in the middle"):
        with VideoWriter(tmp_path / "a.mp4", WIDTH, HEIGHT) as writer:
            writer.write(flat(COLORS[0]))
            raise RuntimeError("in the middle")
    assert not list(tmp_path.iterdir())


def test_an_older_film_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(b"older")
    writer = VideoWriter(file, WIDTH, HEIGHT)
    writer.write(flat(COLORS[0]))
    assert file.read_bytes() == b"older"
    writer.abandon()
    assert file.read_bytes() == b"older"
    film(file)
    assert file.read_bytes()[4:8] == b"ftyp"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.with_name("a.mp4.part").symlink_to("/dev/full")
    noise = np.random.default_rng(1).integers(0, 256, (40, HEIGHT, WIDTH, 3), np.uint8)
    with pytest.raises(EncoderError, match=r"a\.mp4: cannot be recorded: No space left on device"):
        with VideoWriter(file, WIDTH, HEIGHT) as writer:
            for picture in noise:
                writer.write(picture)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_said_before_the_first_frame(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no folder .*absent; make it first"):
        VideoWriter(tmp_path / "absent" / "a.mp4", WIDTH, HEIGHT)
    (tmp_path / "a.mp4").mkdir()
    with pytest.raises(InputError, match="it is a folder"):
        VideoWriter(tmp_path / "a.mp4", WIDTH, HEIGHT)
    assert not list((tmp_path / "a.mp4").iterdir())


def test_a_size_no_encoder_takes_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be recorded"):
        with VideoWriter(tmp_path / "a.mp4", 0, 0) as writer:
            writer.write(np.zeros((0, 0, 3), np.uint8))
    assert not list(tmp_path.iterdir())


def test_frames_are_offered_when_they_are_due(tmp_path: Path) -> None:
    """At 30 a second: a moment makes one frame, a faster viewer's others are left out."""
    made = []
    file = tmp_path / "a.mp4"
    with VideoWriter(file, WIDTH, HEIGHT, 30) as writer:

        def make() -> NDArray[np.uint8]:
            made.append(1)
            return flat(COLORS[len(made) % 4])

        taken = 0
        for i in range(90):  # a second of a 90 Hz viewer
            taken += writer.offer(i / 90, make)
            time.sleep(0.001)
    assert len(made) == taken and len(made) + writer.dropped == 30
    with av.open(str(file)) as container:
        times = [round(float(frame.time) * 30) for frame in container.decode(video=0)]
    assert len(times) == len(made) and times == sorted(set(times)) and times[-1] <= 29


def test_a_viewer_that_skips_time_skips_frames(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    with VideoWriter(file, WIDTH, HEIGHT, 30) as writer:
        for moment in (0.0, 0.5, 1.0):
            writer.offer(moment, lambda: flat(COLORS[0]))
    with av.open(str(file)) as container:
        times = [float(frame.time) for frame in container.decode(video=0)]
    np.testing.assert_allclose(times, (0.0, 0.5, 1.0), atol=1e-6)


def test_a_killed_recording_plays_up_to_its_last_whole_second(tmp_path: Path) -> None:
    """SIGKILL after three seconds' worth of frames: at least two of them are there."""
    script = (
        "import sys, time; from pathlib import Path; import numpy as np;"
        "from xrviewer.capture.video import VideoWriter;"
        "writer = VideoWriter(Path(sys.argv[1]), 96, 64, 30);"
        "noise = np.random.default_rng(1).integers(0, 255, (95, 64, 96, 3), np.uint8);"
        "[writer.write(picture) for picture in noise];"
        "print('written', flush=True); time.sleep(60)"
    )
    file = tmp_path / "a.mp4"
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "written\n"
    time.sleep(1.0)  # the encoder is a few frames behind
    process.kill()
    process.communicate()
    assert not file.exists()
    with av.open(str(tmp_path / "a.mp4.part"), format="mp4") as container:
        frames = [frame.pts for frame in container.decode(video=0)]
    assert len(frames) >= 30 and frames == sorted(frames)


def test_the_whole_film_has_its_table_in_front(tmp_path: Path) -> None:
    """As slide programs and browsers want it; no piece of how it was made is left."""
    file = tmp_path / "a.mp4"
    film(file, 90)
    data = file.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"moof" not in data
    assert list(tmp_path.iterdir()) == [file]


def test_pictures_are_made_beside_the_frame_thread(tmp_path: Path) -> None:
    made_by = set()

    def make() -> NDArray[np.uint8]:
        made_by.add(threading.current_thread().name)
        return flat(COLORS[0])

    with VideoWriter(tmp_path / "a.mp4", WIDTH, HEIGHT) as writer:
        writer.offer(0.0, make)
    assert made_by == {"xrviewer encoder"}


def test_a_picture_is_done_with_once_whatever_becomes_of_it(tmp_path: Path) -> None:
    """Its memory is the next one's from then on."""
    done: list[int] = []

    def lost() -> NDArray[np.uint8]:
        raise OSError("lost")

    writer = VideoWriter(tmp_path / "a.mp4", WIDTH, HEIGHT)
    makes = (lambda: flat(COLORS[0]), lost, lambda: flat(COLORS[1]))
    for i, make in enumerate(makes):
        assert writer.offer(i / 30, make, partial(done.append, i))
    with pytest.raises(EncoderError, match="lost"):
        writer.close()
    assert done == [0, 1, 2]


def test_memory_may_be_written_anew_as_soon_as_a_picture_is_done_with(tmp_path: Path) -> None:
    """Though the encoder has not put out what it made of it."""
    file, memory = tmp_path / "a.mp4", flat(COLORS[0])
    free = threading.Semaphore()
    with VideoWriter(file, WIDTH, HEIGHT) as writer:
        for i, color in enumerate(COLORS):
            free.acquire()
            memory[:] = color
            assert writer.offer(i / 30, lambda: memory, free.release)
    with av.open(str(file)) as container:
        read = [frame.to_ndarray(format="rgb24").mean(axis=(0, 1)) for frame in container.decode()]
    assert np.abs(np.array(read) - COLORS).max() <= 2 * CODING


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="limits are set as on Linux")
def test_a_disk_that_fills_up_costs_only_what_comes_after(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: the pieces before it are kept."""
    script = (
        "import resource, signal, sys; from pathlib import Path; import numpy as np;"
        "from xrviewer.capture.video import VideoWriter;"
        "from xrviewer.errors import EncoderError;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000));"
        "writer = VideoWriter(Path(sys.argv[1]), 96, 64, 30);"
        "noise = np.random.default_rng(1).integers(0, 255, (150, 64, 96, 3), np.uint8);"
        "[writer.write(picture) for picture in noise];\n"
        "try: writer.close()\n"
        "except EncoderError as error: print(error)"
    )
    file = tmp_path / "a.mp4"
    done = subprocess.run(
        [sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True
    )
    assert "a.mp4: ends early: File too large; what was whole is kept" in done.stdout
    with av.open(str(file)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert 20 <= frames < 150
    assert list(tmp_path.iterdir()) == [file]


def test_a_film_without_a_frame_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no frame was filmed"):
        VideoWriter(tmp_path / "a.mp4", WIDTH, HEIGHT).close()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_vanishes_in_the_middle_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    writer = VideoWriter(folder / "a.mp4", WIDTH, HEIGHT)
    writer.write(flat(COLORS[0]))
    shutil.rmtree(folder)
    with pytest.raises(EncoderError, match=r"a\.mp4: cannot be recorded: No such file"):
        writer.close()


def test_an_encoder_that_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert video.can_encode()
    monkeypatch.setattr(video, "_ENCODER", "no_such_encoder")
    assert not video.can_encode()
    with pytest.raises(EncoderError, match=r"cannot be recorded.*no_such_encoder"):
        VideoWriter(tmp_path / "a.mp4", WIDTH, HEIGHT)
    assert not list(tmp_path.iterdir())
