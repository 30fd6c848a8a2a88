"""Pictures and films from the command line, and what is left when it cannot be."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import av
import imageio.v3 as iio
import numpy as np
import pytest

from tests.commands.running import (
    LONGEST_S,
    NO_DRIVER,
    command,
    environment,
    save_session,
    xrviewer,
)
from xrviewer.document.intents import SelectTool
from xrviewer.document.journal import Journal

SMALL = ("--size", "96x64")


def left_in(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()} - {"shapes"}


def still(folder: Path, *words: str) -> np.ndarray:
    said = xrviewer("render", "shapes", "--out", "a.png", *SMALL, *words, folder=folder)
    assert (said.code, said.out, said.err) == (0, "", "wrote a.png\n")
    return iio.imread(folder / "a.png").astype(int)


def test_a_still_shows_the_case_at_the_size_asked_for(folder: Path) -> None:
    whole = still(folder)
    assert whole.shape == (64, 96, 3) and whole.max() > 150
    session = save_session(folder, SelectTool("distance"))
    with Journal(session):  # somebody is in it
        saved = session.read_bytes()
        wall = still(folder, "--hide", "ball", "--session", "s.jsonl")
        assert session.read_bytes() == saved
    ball = still(folder, "--only", "ball")
    front = still(folder, "--view", "front")
    assert np.abs(whole - wall).max() > 60
    assert np.abs(whole - ball).max() > 30
    assert np.abs(whole - front).max() > 60
    np.testing.assert_array_equal(still(folder, "--timepoint", "t0"), whole)
    assert left_in(folder) == {"a.png", "s.jsonl"}


def test_a_turntable_is_as_long_as_asked_for(folder: Path) -> None:
    words = ("render", "shapes", "--out", "a.mp4", *SMALL, "--turntable", "--seconds", "0.4")
    said = xrviewer(*words, folder=folder)
    assert said.code == 0 and said.err.endswith("wrote a.mp4\n")
    with av.open(str(folder / "a.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) == 12
    assert np.abs(frames[0].astype(int) - frames[6]).max() > 60
    assert left_in(folder) == {"a.mp4"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_stops_a_film_leaves_nothing(folder: Path, number: signal.Signals) -> None:
    """Ctrl-C, or a system that shuts down."""
    running = subprocess.Popen(
        command("render", "shapes", "--out", "a.mp4", "--size", "320x240", "--seconds", "60"),
        cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.perf_counter() + LONGEST_S
    while not (folder / "a.mp4.part").exists() and time.perf_counter() < until:
        time.sleep(0.05)
    time.sleep(0.3)
    running.send_signal(number)
    out, err = running.communicate(timeout=LONGEST_S)
    assert running.returncode == 130 and not out
    assert err.splitlines()[-1] == "xrviewer: stopped" and "Traceback" not in err
    assert left_in(folder) == set()


@pytest.mark.parametrize("name", ["a.png", "a.mp4"])
def test_a_place_that_is_not_there_is_said_at_once(folder: Path, name: str) -> None:
    said = xrviewer("render", "shapes", "--out", f"absent/{name}", *SMALL, folder=folder)
    assert said.code == 1
    assert f"absent/{name}: cannot be written: there is no folder absent" in said.only_line()
    (folder / name).mkdir()
    said = xrviewer("render", "shapes", "--out", name, *SMALL, folder=folder)
    assert said.code == 1 and "it is a folder; name a file" in said.only_line()
    assert not list((folder / name).iterdir())


def test_a_folder_that_may_not_be_written_is_said(folder: Path) -> None:
    place = "/proc" if os.geteuid() == 0 else str(folder / "locked")
    if place != "/proc":
        Path(place).mkdir(mode=0o500)
    said = xrviewer("render", "shapes", "--out", f"{place}/a.png", *SMALL, folder=folder)
    assert said.code == 1 and "cannot be written" in said.only_line()


def test_without_any_opengl_it_says_what_to_install(folder: Path) -> None:
    said = xrviewer("render", "shapes", "--out", "a.png", *SMALL, folder=folder, **NO_DRIVER)
    assert said.code == 1
    assert "no OpenGL 4.5 here" in said.only_line() and "install" in said.err
    assert xrviewer("check", "shapes", folder=folder, **NO_DRIVER).code == 0
    doctor = xrviewer("doctor", folder=folder, **NO_DRIVER)
    assert doctor.code == 0 and not doctor.err
    assert "FAILS  off screen" in doctor.out and "libegl1" in doctor.out
