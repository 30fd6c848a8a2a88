"""The installed wheel works from any folder: its shaders, cases and schema travel inside."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import imageio.v3
import numpy as np
import pytest
import trimesh

import xrviewer
from xrviewer.case.model import Case, Color, Layer, Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.caseio.folder import save_case

REPOSITORY = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


def run(command: list[str | Path], folder: Path) -> str:
    """What it prints. No PYTHONPATH: the checkout must not be found by accident."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
    run([*build, REPOSITORY], folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an empty environment with only the wheel in it.

    Its libraries are those of this run, by a path file: installing them again would show nothing
    but the speed of the network. The editable install of this run is not among them, as path
    files are not read from a folder that is itself named in one.
    """
    home = tmp_path_factory.mktemp("Gerät mit Leerzeichen") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    (site,) = home.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "-q", "--python", python, "install", "--no-deps"]
    run([*install, "--no-index", "--ignore-installed", wheel], home)
    return home / "bin"


def resources() -> list[str]:
    """What a wheel must carry beside the code, by its name inside the wheel."""
    names = [
        f"xrviewer/_data/{_relative(p)}"
        for top in ("shaders", "cases", "languages")
        for p in _files(top)
    ]
    made = ".py", ".pyc", ".nbi", ".nbc"  # the last two: what was compiled, beside the code
    return names + [_relative(p) for p in _files("xrviewer") if p.suffix not in made]


def _files(top: str) -> list[Path]:
    return [path for path in (REPOSITORY / top).rglob("*") if path.is_file()]


def _relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def test_wheel_carries_every_resource(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = set(resources())
    assert "xrviewer/py.typed" in wanted
    assert wanted <= inside, f"left out: {sorted(wanted - inside)}"


def test_wheel_carries_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"xrviewer", f"xrviewer-{xrviewer.__version__}.dist-info"}


def test_installed_package_finds_its_resources(installed: Path, tmp_path: Path) -> None:
    code = (
        "import xrviewer, xrviewer.resources as r;"
        "print(xrviewer.__file__);"
        "print(*(f.is_dir() for f in (r.shaders_folder(), r.languages_folder())))"
    )
    file, found = run([installed / "python", "-c", code], tmp_path).splitlines()
    assert Path(file).is_relative_to(installed.parent)
    assert found == "True True"


def test_installed_command_says_its_version(installed: Path, tmp_path: Path) -> None:
    said = run([installed / "xrviewer", "--version"], tmp_path)
    assert said == f"xrviewer {xrviewer.__version__}\n"


@pytest.mark.gl
def test_installed_command_renders_a_case(installed: Path, tmp_path: Path) -> None:
    save_case(ball_case(), tmp_path / "ball")
    command = [installed / "xrviewer", "render", "ball", "--out", "ball.png", "--size", "320x240"]
    run(command, tmp_path)
    picture = imageio.v3.imread(tmp_path / "ball.png")[..., :3].astype(int)
    assert picture.shape == (240, 320, 3)
    redness = picture[..., 0] - picture[..., 2]
    assert redness[120, 160] > 40, "the ball is not in the middle of the picture"
    assert redness[5, 5] < 20, "the ball fills the picture"


def ball_case() -> Case:
    """A red ball of 100 mm."""
    ball = trimesh.creation.icosphere(subdivisions=3, radius=50)
    points, normals = ball.vertices.astype(np.float32), ball.vertex_normals.astype(np.float32)
    surfaces = pack_parts([("ball", points, normals, ball.faces.astype(np.uint32))])
    layer = Layer("ball", "Ball", Color(0.8, 0.1, 0.1))
    return Case("ball", "Ball", (layer,), (Timepoint("t0", "Now", 0, surfaces),))
