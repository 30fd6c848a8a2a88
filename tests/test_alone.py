"""Nothing is asked of the world: every command's main work without a network or a home, and in a
folder whose name has spaces and umlauts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shapes import box, case_of, sphere
from xrviewer.caseio.folder import save_case

pytestmark = [pytest.mark.slow, pytest.mark.gl]
PLACE = "Fälle von Mai"
NO_FOLDER = "/proc/no such home"
COMMANDS = (
    "check Knie",
    "info Knie",
    "render Knie --out bild.png --size 96x64",
    "export Knie --out teile.3mf",
    "open Knie --display offscreen --seconds 0.2 --session tag.jsonl",
    "session show tag.jsonl",
    "import kugel.stl --out Kugel",
    "settings show",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone") / PLACE
    folder.mkdir()
    case = case_of({"ball": sphere(rings=8), "brick": box((60, 0, 0))}, dates=2)
    save_case(case, folder / "Knie")
    run("export Knie --only ball --out kugel.stl", folder)
    return folder


def run(words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a network namespace of its own, which has no route to anywhere."""
    unshare = shutil.which("unshare")
    assert unshare, "unshare is part of util-linux"
    own = {"HOME": NO_FOLDER, "XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
    command = [unshare, "--map-root-user", "--net", sys.executable, "-m", "xrviewer"]
    return subprocess.run(
        [*command, *words.split()], cwd=folder, env=os.environ | own, capture_output=True, text=True
    )


def test_the_namespace_is_cut_off(place: Path) -> None:
    listed = subprocess.run(
        ["unshare", "--map-root-user", "--net", "cat", "/proc/net/route"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(listed.stdout.splitlines()) <= 1, "more than the heading"


@pytest.mark.parametrize("words", COMMANDS)
def test_it_works_alone(words: str, place: Path) -> None:
    done = run(words, place)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr
