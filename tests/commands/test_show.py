"""`xrviewer open`: a window where there is a display, pictures where there is none."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import av
import pytest

from tests.commands.running import LONGEST_S, command, environment, xrviewer

NO_RUNTIME = {"XR_RUNTIME_JSON": "/dev/null"}


def test_without_a_display_it_leaves_a_still_and_a_turntable(folder: Path) -> None:
    said = xrviewer("open", "shapes", "--seconds", "0.1", folder=folder, **NO_RUNTIME)
    assert said.code == 0 and not said.out and "Traceback" not in said.err
    assert said.err.startswith("showing off screen: ")
    assert {p.name for p in folder.iterdir()} == {"shapes", "shapes.png", "shapes.mp4"}


def test_off_screen_the_tool_is_kept_and_what_there_is_not_is_said(folder: Path) -> None:
    words = ("open", "shapes", "--display", "offscreen", "--seconds", "0.1")
    words += ("--record-input", "hands.input", "--narrate")
    said = xrviewer(*words, "--tool", "distance", "--session", "s.jsonl", folder=folder)
    assert said.code == 0, said.err
    assert "there are no hands: hands.input is not written" in said.err
    assert "nobody speaks: --narrate is left out" in said.err
    shown = xrviewer("session", "show", "s.jsonl", "--json", folder=folder)
    assert json.loads(shown.out)["tool"] == "distance"


def test_a_film_that_cannot_be_saved_is_said_before_the_still_is_made(folder: Path) -> None:
    words = ("open", "shapes", "--display", "offscreen", "--record", "absent/a.mp4")
    said = xrviewer(*words, folder=folder)
    assert said.code == 1 and "there is no folder absent" in said.only_line()
    assert {p.name for p in folder.iterdir()} == {"shapes"}


def test_a_window_that_cannot_be_opened_is_one_line(folder: Path) -> None:
    said = xrviewer("open", "shapes", "--display", "window", folder=folder)
    assert said.code == 1 and "no window system: set DISPLAY" in said.only_line()


def test_a_window_opens_keeps_what_was_done_and_closes_by_itself(
    display: str, folder: Path
) -> None:
    """The whole way: X server, key, document, journal, and a film of it."""
    if shutil.which("xdotool") is None:
        pytest.skip("no xdotool here: install the package xdotool")
    own = environment(DISPLAY=display, **NO_RUNTIME)
    running = subprocess.Popen(
        command(
            "open", "shapes", "--display", "window", "--seconds", "6",
            "--session", "s.jsonl", "--record", "a.mp4",
        ),
        cwd=folder, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.perf_counter() + LONGEST_S
    while running.poll() is None and time.perf_counter() < until:
        subprocess.run(["xdotool", "mousemove", "400", "300", "key", "t"], env=own, check=False)
        time.sleep(0.4)
    out, err = running.communicate(timeout=LONGEST_S)
    assert running.returncode == 0 and not out, err
    assert err.splitlines()[-1].startswith("recorded a.mp4")
    journal = (folder / "s.jsonl").read_text()
    assert "ShowTimepoint" in journal or '"t1"' in journal
    shown = xrviewer("session", "show", "s.jsonl", "--json", folder=folder)
    assert json.loads(shown.out)["layers"]["ball"]["visible"] is True
    with av.open(str(folder / "a.mp4")) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert frame.max() > 100
    assert os.listdir(folder).count("a.mp4.part") == 0
