"""A finished picture into another framebuffer."""

from __future__ import annotations

from OpenGL import GL

from xrviewer.gpu import direct
from xrviewer.gpu.target import RenderTarget


def copy_color(source: RenderTarget, to: RenderTarget) -> None:
    """The first view's picture, filling the other; what does not fit its shape is cut evenly."""
    copy_beside((source,), to)


def copy_beside(
    sources: tuple[RenderTarget, ...], to: RenderTarget, is_turned_over: bool = False
) -> None:
    """The first view of each, from left to right, each filling its share as `copy_color` does.

    Copied as encoded bytes: all hold sRGB codes, whichever of them encodes by itself.
    is_turned_over: the top row comes first, as files and encoders want it; it costs the same.
    """
    if to.width < len(sources) or to.height < 1:
        return
    first, last = (to.height, 0) if is_turned_over else (0, to.height)
    direct.glDisable(GL.GL_FRAMEBUFFER_SRGB)
    for i, source in enumerate(sources):
        start, end = (to.width * at // len(sources) for at in (i, i + 1))
        left, bottom, right, top = cut(source.width, source.height, end - start, to.height)
        direct.glBlitNamedFramebuffer(
            source.framebuffers[0], to.framebuffers[0],
            left, bottom, right, top, start, first, end, last,
            GL.GL_COLOR_BUFFER_BIT, GL.GL_LINEAR,
        )  # fmt: skip
    direct.glEnable(GL.GL_FRAMEBUFFER_SRGB)


def copy_texture(source: int, to: int, width: int, height: int) -> None:
    """All of a plain texture's largest level into another's: the same bytes."""
    plain = (GL.GL_TEXTURE_2D, 0, 0, 0, 0)
    GL.glCopyImageSubData(source, *plain, to, *plain, width, height, 1)


def cut(width: int, height: int, to_width: int, to_height: int) -> tuple[int, int, int, int]:
    """The largest middle part, (left, bottom, right, top), with the other's proportions."""
    kept_width = min(width, round(height * to_width / to_height))
    kept_height = min(height, round(width * to_height / to_width))
    left, bottom = (width - kept_width) // 2, (height - kept_height) // 2
    return left, bottom, left + kept_width, bottom + kept_height
