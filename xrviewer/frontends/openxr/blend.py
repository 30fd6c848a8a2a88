"""What lies behind the case: nothing, or the real room. Pure."""

from __future__ import annotations

from enum import IntEnum


class Blend(IntEnum):
    """XrEnvironmentBlendMode."""

    OPAQUE = 1
    ADDITIVE = 2
    ALPHA_BLEND = 3


class Way(IntEnum):
    """How the real room gets behind the case."""

    NONE = 0
    BLEND_MODE = 1
    FB_LAYER = 2


def chosen_blend(
    offered: tuple[int, ...], has_fb_passthrough: bool, is_wanted: bool
) -> tuple[Blend, Way]:
    """The headset's own blend mode is taken over Meta's layer: it costs no layer.

    An additive display shows the room always, wanted or not.
    """
    if is_wanted and Blend.ALPHA_BLEND in offered:
        return Blend.ALPHA_BLEND, Way.BLEND_MODE
    if is_wanted and has_fb_passthrough:
        return Blend.OPAQUE, Way.FB_LAYER
    if Blend.OPAQUE in offered or not offered:
        return Blend.OPAQUE, Way.NONE
    first = Blend(offered[0])
    return first, Way.NONE if first is Blend.OPAQUE else Way.BLEND_MODE
