"""Shaders linked: a vertex and a fragment shader, seldom a geometry shader between them.

Sources come from shaders/, with #include.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from OpenGL import GL

from xrviewer.errors import GraphicsError
from xrviewer.gpu.owned import Owned
from xrviewer.resources import shaders_folder

_INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"\s*$')
_PLACE = re.compile(r"^(?:ERROR: |WARNING: )?0[:(](\d+)\)?(?:\(\d+\))? ?: ?", re.MULTILINE)
"""Where Mesa says `0:12(3): error`, NVIDIA `0(12) : error` and others `ERROR: 0:12: `."""
_LINES_A_FILE = 10_000
"""Line 7 of the second file is 10007: Mesa does not keep the file number that #line may give."""
_STAGES = {
    ".vert": GL.GL_VERTEX_SHADER,
    ".geom": GL.GL_GEOMETRY_SHADER,
    ".frag": GL.GL_FRAGMENT_SHADER,
}


class Program(Owned):
    """Binding points are fixed in the sources, so there is nothing to look up in the loop."""

    def __init__(
        self, vertex: str, fragment: str, defines: Iterable[str] = (), geometry: str | None = None
    ) -> None:
        names = tuple(sorted(defines))
        super().__init__(int(GL.glCreateProgram()))
        stages: list[int] = []
        try:
            for file in filter(None, (vertex, geometry, fragment)):
                stages.append(_compile(file, names))
            if not self._is_linked(stages):
                log = _text(GL.glGetProgramInfoLog(self.name))
                raise GraphicsError(f"{vertex} and {fragment} do not link: {log}")
        except GraphicsError:
            self.close()
            raise
        finally:
            for stage in stages:
                GL.glDeleteShader(stage)

    def _is_linked(self, stages: list[int]) -> bool:
        for stage in stages:
            GL.glAttachShader(self.name, stage)
        GL.glLinkProgram(self.name)
        for stage in stages:
            GL.glDetachShader(self.name, stage)
        return bool(GL.glGetProgramiv(self.name, GL.GL_LINK_STATUS))

    def _free(self, name: int) -> None:
        GL.glDeleteProgram(name)


def expanded_source(file: str, defines: Iterable[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The source with includes in place, and the files in the order that #line counts them."""
    files: list[str] = []
    body = _expand(shaders_folder(), file, files)
    head, _, rest = body.partition("\n")
    marks = "".join(f"#define {' '.join(d.split('='))}\n" for d in defines)
    return f"{head}\n{marks}#line 2\n{rest}", tuple(files)


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
        elif included[1] in files:
            lines.append("")  # it is there already; the lines below keep their numbers
        else:
            first, after = len(files) * _LINES_A_FILE + 1, number * _LINES_A_FILE + i + 1
            inner = _expand(folder, included[1], files)
            lines.append(f"#line {first}\n{inner}\n#line {after}")
    return "\n".join(lines)


def _compile(file: str, defines: tuple[str, ...]) -> int:
    source, files = expanded_source(file, defines)
    shader = int(GL.glCreateShader(_STAGES[Path(file).suffix]))
    GL.glShaderSource(shader, source)
    GL.glCompileShader(shader)
    if not GL.glGetShaderiv(shader, GL.GL_COMPILE_STATUS):
        log = _text(GL.glGetShaderInfoLog(shader))
        GL.glDeleteShader(shader)
        raise GraphicsError(f"{file} does not compile: {with_names(log, files)}")
    return shader


def with_names(log: str, files: tuple[str, ...]) -> str:
    """A driver counts lines, a person wants `mesh.frag:12: error`."""

    def named(match: re.Match[str]) -> str:
        number, line = divmod(int(match[1]), _LINES_A_FILE)
        return f"{files[number]}:{line}: " if number < len(files) else match[0]

    return _PLACE.sub(named, log)


def _text(log: bytes | str) -> str:
    return log.decode(errors="replace") if isinstance(log, bytes) else log
