"""What a process holds: memory, OpenGL names, open files, threads."""

from __future__ import annotations

from dataclasses import dataclass

import psutil
from OpenGL import GL

NAMES_LOOKED_AT = 4096
_KINDS = {
    "buffers": GL.glIsBuffer,
    "textures": GL.glIsTexture,
    "framebuffers": GL.glIsFramebuffer,
    "renderbuffers": GL.glIsRenderbuffer,
    "vertex arrays": GL.glIsVertexArray,
    "samplers": GL.glIsSampler,
    "queries": GL.glIsQuery,
    "programs": GL.glIsProgram,
    "shaders": GL.glIsShader,
}


@dataclass(frozen=True, slots=True)
class Footprint:
    """At one instant."""

    minutes: float
    memory_mb: float
    """Resident."""
    names: dict[str, int]
    """OpenGL objects of each kind."""
    files: int
    """Descriptors: files, sockets, pipes."""
    threads: int


def footprint(minutes: float) -> Footprint:
    this = psutil.Process()
    memory_mb = this.memory_info().rss / 1e6
    return Footprint(minutes, memory_mb, gl_names(), this.num_fds(), this.num_threads())


def gl_names() -> dict[str, int]:
    """Every kind of object we make, counted by asking the driver for each small number."""
    numbers = range(1, NAMES_LOOKED_AT)
    return {kind: sum(map(bool, map(is_one, numbers))) for kind, is_one in _KINDS.items()}
