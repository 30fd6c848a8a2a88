"""What reaches the wearer's eyes, as the runtime composed it."""

from __future__ import annotations

import numpy as np
import pytest
from bed import Bed

from xrviewer.frontends.openxr import quads
from xrviewer.frontends.openxr.bindings import OPENGL
from xrviewer.frontends.openxr.instance import Instance

LINEAR = (0.5, 0.05, 0.2)


def _srgb(linear: float) -> float:
    """IEC 61966-2-1, 0 to 255."""
    low = linear <= 0.0031308
    return 255 * (12.92 * linear if low else 1.055 * linear ** (1 / 2.4) - 0.055)


def test_colours_are_encoded_once(xcb_bed: Bed) -> None:
    """Clearing to linear values shows their sRGB codes in both eyes: neither darker nor washed."""
    xcb_bed.start_runtime()
    xcb_bed.start_frontend()
    for _ in range(40):
        xcb_bed.run_until(lambda f: bool(f.views), LINEAR)
    picture = xcb_bed.screen()
    lit = picture.reshape(-1, 3)[picture.reshape(-1, 3).any(axis=1)]
    assert len(lit) > 100_000, "the compositor shows hardly anything"
    shown = np.median(lit, axis=0)
    assert shown == pytest.approx([_srgb(c) for c in LINEAR], abs=3)


def test_the_runtime_says_how_many_layers_it_takes(null_bed: Bed) -> None:
    null_bed.start_runtime()
    instance = Instance((OPENGL,))
    try:
        allowed = quads.layers_allowed(instance, instance.require_headset())
    finally:
        instance.close()
    assert quads.MIN_LAYERS <= allowed <= quads.MAX_LAYERS
