"""A vertex and a fragment shader, linked. Sources come from shaders/, with #include."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from OpenGL import GL

from xrviewer.errors import GraphicsError
from xrviewer.gpu.owned import Owned
from xrviewer.resources import shaders_folder

_INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"\s*$')
_STAGES = {".vert": GL.GL_VERTEX_SHADER, ".frag": GL.GL_FRAGMENT_SHADER}


class Program(Owned):
    """Binding points are fixed in the sources, so there is nothing to look up in the loop."""

    def __init__(self, vertex: str, fragment: str, defines: Iterable[str] = ()) -> None:
        names = tuple(sorted(defines))
        super().__init__(int(GL.glCreateProgram()))
        stages = [_compile(file, names) for file in (vertex, fragment)]
        for stage in stages:
            GL.glAttachShader(self.name, stage)
        GL.glLinkProgram(self.name)
        for stage in stages:
            GL.glDetachShader(self.name, stage)
            GL.glDeleteShader(stage)
        if not GL.glGetProgramiv(self.name, GL.GL_LINK_STATUS):
            log = _text(GL.glGetProgramInfoLog(self.name))
            self.close()
            raise GraphicsError(f"{vertex} and {fragment} do not link: {log}")

    def _free(self, name: int) -> None:
        GL.glDeleteProgram(name)


def expanded_source(file: str, defines: Iterable[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The source with includes in place, and the files by the number that #line gives them."""
    files: list[str] = []
    body = _expand(shaders_folder(), file, files)
    head, _, rest = body.partition("\n")
    marks = "".join(f"#define {' '.join(d.split('='))}\n" for d in defines)
    return f"{head}\n{marks}#line 2 0\n{rest}", tuple(files)


def _expand(folder: Path, file: str, files: list[str]) -> str:
    number = len(files)
    files.append(file)
    try:
        text = (folder / file).read_text(encoding="utf-8")
    except OSError as error:
        raise GraphicsError(f"shader {file} is missing from {folder}: reinstall") from error
    lines = []
    for i, line in enumerate(text.splitlines(), start=1):
        included = _INCLUDE.match(line)
        if included is None:
            lines.append(line)
        elif included[1] not in files:
            inner = _expand(folder, included[1], files)
            lines.append(f"#line 1 {files.index(included[1])}\n{inner}\n#line {i + 1} {number}")
    return "\n".join(lines)


def _compile(file: str, defines: tuple[str, ...]) -> int:
    source, files = expanded_source(file, defines)
    shader = int(GL.glCreateShader(_STAGES[Path(file).suffix]))
    GL.glShaderSource(shader, source)
    GL.glCompileShader(shader)
    if not GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS):
        log = _text(GL.glGetShaderInfoLog(shader))
        GL.glDeleteShader(shader)
        raise GraphicsError(f"{file} does not compile: {_with_names(log, files)}")
    return shader


def _with_names(log: str, files: tuple[str, ...]) -> str:
    """Mesa says `0:12(3): error`; a person wants `mesh.frag:12`."""

    def named(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"{files[number]}:{match[2]}" if number < len(files) else match[0]

    return re.sub(r"\b(\d+):(\d+)", named, log)


def _text(log: bytes | str) -> str:
    return log.decode(errors="replace") if isinstance(log, bytes) else log
