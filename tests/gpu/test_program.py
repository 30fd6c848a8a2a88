"""Includes, and errors that name the line a person wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gpu.names import alive
from xrviewer.errors import GraphicsError
from xrviewer.gpu import program
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.program import Program, expanded_source

VERTEX = "#version 450 core\nvoid main() { gl_Position = vec4(0); }\n"
FRAGMENT = """#version 450 core
#include "lib/a.glsl"
#include "lib/b.glsl"
#include "lib/a.glsl"
// line 5
layout(location = 0) out vec4 o_color;
void main() { o_color = vec4(a() + b()); }
"""
SOURCES = {
    "x.vert": VERTEX,
    "x.frag": FRAGMENT,
    "lib/a.glsl": "// line 1\nfloat a() { return 0.25; }\n",
    "lib/b.glsl": '#include "lib/a.glsl"\n// line 2\nfloat b() { return a(); }\n',
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(program, "shaders_folder", lambda: tmp_path)
    (tmp_path / "lib").mkdir()
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def broken(folder: Path, file: str, line: int, text: str = "float broken = nonsense;") -> None:
    lines = SOURCES[file].splitlines()
    lines[line - 1] = text
    (folder / file).write_text("\n".join(lines) + "\n")


def test_a_shared_file_is_taken_in_once(folder: Path) -> None:
    source, files = expanded_source("x.frag")
    assert files == ("x.frag", "lib/a.glsl", "lib/b.glsl")
    assert source.count("float a()") == source.count("float b()") == 1
    assert source.startswith("#version 450 core\n")
    assert "#include" not in source


def test_defines_come_after_the_version(folder: Path) -> None:
    source, _ = expanded_source("x.frag", ("VIEW=1", "OUTLINE"))
    assert source.splitlines()[:4] == [
        "#version 450 core", "#define VIEW 1", "#define OUTLINE", "#line 2",
    ]  # fmt: skip


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "lib" / "b.glsl").unlink()
    with pytest.raises(GraphicsError, match=r"shader lib/b\.glsl is missing from .*reinstall"):
        expanded_source("x.frag")


@pytest.mark.gl
@pytest.mark.parametrize(
    ("file", "line"),
    [("x.frag", 5), ("x.frag", 7), ("lib/a.glsl", 2), ("lib/b.glsl", 2), ("lib/b.glsl", 3)],
)
def test_an_error_names_the_file_and_the_line(
    gl: Capabilities, folder: Path, file: str, line: int
) -> None:
    broken(folder, file, line)
    with pytest.raises(GraphicsError, match=r"x\.frag does not compile") as told:
        Program("x.vert", "x.frag", ("OUTLINE",))
    assert f"{file}:{line}" in str(told.value)


@pytest.mark.gl
def test_a_program_that_fails_leaves_no_name(gl: Capabilities, folder: Path) -> None:
    before = alive()
    broken(folder, "x.frag", 7)
    for _ in range(3):
        with pytest.raises(GraphicsError):
            Program("x.vert", "x.frag")
    assert alive() == before


@pytest.mark.gl
def test_a_program_that_does_not_link_says_so(gl: Capabilities, folder: Path) -> None:
    before = alive()
    (folder / "x.frag").write_text(
        "#version 450 core\nin vec4 v_absent;\nout vec4 o;\nvoid main() { o = v_absent; }\n"
    )
    with pytest.raises(GraphicsError, match=r"x\.vert and x\.frag do not link"):
        Program("x.vert", "x.frag")
    assert alive() == before


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("0:7(3): error: `x' undeclared", "x.frag:7: error: `x' undeclared"),
        ("0(10012) : error C1503: undefined", "lib/a.glsl:12: error C1503: undefined"),
        ("ERROR: 0:10004: 'x' : undeclared", "lib/a.glsl:4: 'x' : undeclared"),
        ("0:90004(1): error: x", "0:90004(1): error: x"),
    ],
    ids=["Mesa", "NVIDIA", "Intel and AMD", "a line that is none of ours"],
)
def test_each_driver_counts_lines_in_its_own_way(log: str, said: str) -> None:
    assert program.with_names(log, ("x.frag", "lib/a.glsl")) == said
