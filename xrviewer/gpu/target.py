"""Where pixels go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RenderTarget:
    """Framebuffers that somebody else owns, one a view."""

    framebuffers: tuple[int, ...]
    """OpenGL names; 0 is the window."""
    width: int
    height: int
    is_srgb: bool
    """GL_FRAMEBUFFER_SRGB encodes on write; else the shader does."""
    has_depth: bool = False
    """A float depth attachment that wants the scene's depth (reverse-Z)."""
