"""No file that leaves says where it was made or by whom: paths, host and user are looked for in
the bytes of every kind, packed ones unpacked."""

from __future__ import annotations

import getpass
import io
import os
import shutil
import socket
import subprocess
import zipfile
from pathlib import Path

import av
import imageio.v3 as iio
import numpy as np
import pydicom
import pytest

from tests.commands.running import save_shapes, xrviewer
from tests.commands.test_pieces import two_balls
from xrviewer.caseio.loose import open_path
from xrviewer.commands.export import export
from xrviewer.commands.render import Wanted, render
from xrviewer.frontends.recording import InputRecorder
from xrviewer.gpu.context import Capabilities
from xrviewer.interaction.preferences import Preferences

PICTURES = ("a.png", "a.jpg", "a.mp4", "a.gif", "a.webp", "a.dcm")
SOLIDS = ("a.stl", "a.ply", "a.3mf", "a.glb", "a.zip")
PLACE = "folder-of-somebody"
SAID_OF_A_FILM = {
    "major_brand", "minor_version", "compatible_brands", "encoder", "handler_name", "vendor_id",
    "language",
}  # fmt: skip
SHORT = 5
"""A user or host of fewer letters ('root') is part of ordinary words."""


def told(data: bytes) -> list[bytes]:
    """What in it could say where it was made, as bytes and as wide characters."""
    names = [PLACE, str(Path.home()), os.getcwd(), socket.gethostname(), getpass.getuser()]
    known = {name for name in names if len(name) >= SHORT}
    looked_for = [name.encode(coding) for name in known for coding in ("utf-8", "utf-16-le")]
    found = [name for name in looked_for if name.lower() in data.lower()]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for entry in packed.infolist():
                found += told(packed.read(entry)) + told(entry.extra + entry.comment)
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / PLACE
    made.mkdir()
    save_shapes(made)
    return made


def test_the_search_itself_finds_what_is_there(place: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a", str(place) * 20)
    assert told(packed.getvalue()) and told(str(place).encode("utf-16-le"))
    assert not told(b"xrviewer")


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(gl: Capabilities, place: Path, name: str) -> None:
    wanted = Wanted(width=64, height=48, seconds=0.2)
    render(open_path(place / "shapes"), place / name, wanted, lambda *_: None)
    assert told((place / name).read_bytes()) == []


@pytest.mark.parametrize("name", SOLIDS)
def test_structures(place: Path, name: str) -> None:
    export(open_path(place / "shapes"), place / name, None, None)
    assert told((place / name).read_bytes()) == []


def test_a_label_map(tmp_path: Path) -> None:
    place = tmp_path / PLACE
    place.mkdir()
    for name in ("a.nii", "a.seg.dcm"):
        export(two_balls(), place / name, None, None)
    for name in ("a.nii", "a.labels.json", "a.seg.dcm"):
        assert told((place / name).read_bytes()) == []


def test_a_recorded_session(place: Path) -> None:
    with InputRecorder(place / "a.input", "shapes", 0, Preferences()):
        pass
    assert told((place / "a.input").read_bytes()) == []


def test_a_film_says_only_what_encoded_it(gl: Capabilities, place: Path) -> None:
    film = Wanted(width=64, height=48, seconds=0.2)
    render(open_path(place / "shapes"), place / "a.mp4", film, lambda *_: None)
    with av.open(str(place / "a.mp4")) as container:
        said = {**container.metadata, **container.streams.video[0].metadata}
    assert set(said) <= SAID_OF_A_FILM


def test_a_secondary_capture_is_of_the_case_and_of_nobody(gl: Capabilities, place: Path) -> None:
    case = open_path(place / "shapes")
    render(case, place / "a.dcm", Wanted(width=64, height=48), lambda *_: None)
    read = pydicom.dcmread(place / "a.dcm")
    assert (read.PatientID, str(read.PatientName)) == ("shapes", "Anonymous^")
    assert read.PatientIdentityRemoved == "YES" and not read.StudyDate
    assert "Not for diagnostic use" in read.SeriesDescription
    render(case, place / "b.dcm", Wanted(width=64, height=48), lambda *_: None)
    again = pydicom.dcmread(place / "b.dcm")
    assert again.StudyInstanceUID == read.StudyInstanceUID
    assert again.SOPInstanceUID != read.SOPInstanceUID
    render(case, place / "a.png", Wanted(width=64, height=48), lambda *_: None)
    np.testing.assert_array_equal(read.pixel_array, iio.imread(place / "a.png"))


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
def test_a_judge_of_dicom_finds_no_error(gl: Capabilities, place: Path) -> None:
    small = Wanted(width=64, height=48)
    render(open_path(place / "shapes"), place / "a.dcm", small, lambda *_: None)
    judged = subprocess.run(
        ["dciodvfy", str(place / "a.dcm")], capture_output=True, text=True, check=False
    )
    assert "SCImage" in judged.stderr and "Error" not in judged.stderr, judged.stderr


def test_the_words_of_a_picture_that_cannot_be(place: Path) -> None:
    said = xrviewer("render", "shapes", "--out", "a.bmp", folder=place)
    assert said.code == 2 and ".dcm" in said.only_line() and ".webp" in said.only_line()
