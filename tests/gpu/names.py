"""Which OpenGL names are alive in the current context."""

from __future__ import annotations

from OpenGL import GL

_LAST = 4096
_ASK = {
    "buffer": GL.glIsBuffer,
    "texture": GL.glIsTexture,
    "framebuffer": GL.glIsFramebuffer,
    "program": GL.glIsProgram,
    "shader": GL.glIsShader,
    "vertex array": GL.glIsVertexArray,
    "query": GL.glIsQuery,
}


def alive() -> set[tuple[str, int]]:
    """Every one of the first few thousand; drivers count up from 1."""
    return {
        (kind, name)
        for kind, is_alive in _ASK.items()
        for name in range(1, _LAST)
        if is_alive(name)
    }
