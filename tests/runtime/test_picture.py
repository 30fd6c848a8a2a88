"""What reaches the wearer's eyes, as the runtime composed it."""

from __future__ import annotations

import numpy as np
import pytest
import xr
from bed import Bed

from xrviewer.frontends.openxr import quads, session
from xrviewer.frontends.openxr.bindings import OPENGL
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.quad import Sign
from xrviewer.frontends.openxr.session import Options
from xrviewer.spatial.transforms import Pose

LINEAR = (0.5, 0.05, 0.2)


def _srgb(linear: float) -> float:
    """IEC 61966-2-1, 0 to 255."""
    low = linear <= 0.0031308
    return 255 * (12.92 * linear if low else 1.055 * linear ** (1 / 2.4) - 0.055)


def test_colours_are_encoded_once(xcb_bed: Bed) -> None:
    """Clearing to linear values shows their sRGB codes in both eyes: neither darker nor washed."""
    xcb_bed.start_runtime()
    xcb_bed.start_frontend()
    for _ in range(60):
        xcb_bed.run_until(lambda f: bool(f.views), LINEAR)
    picture = xcb_bed.screen()
    lit = picture.reshape(-1, 3)[picture.reshape(-1, 3).any(axis=1)]
    assert len(lit) > 100_000, "the compositor shows hardly anything"
    shown = np.median(lit, axis=0)
    assert shown == pytest.approx([_srgb(c) for c in LINEAR], abs=3)


def test_a_sign_hangs_where_it_was_put(xcb_bed: Bed) -> None:
    """Half red, half blue, one metre ahead: red on the left, upright, in both eyes; then behind."""
    picture = np.zeros((64, 128, 4), np.uint8)
    picture[:, :64], picture[:, 64:] = (255, 0, 0, 255), (0, 0, 255, 255)
    picture[32:] //= 2  # the lower half is darker, and half transparent
    sign = Sign(picture, Pose((0.0, 1.6, -1.0), (0.0, 0.0, 0.0, 1.0)), 0.5)
    remote = xcb_bed.start_runtime()
    xcb_bed.start_frontend(Options(signs=(sign,)))
    for _ in range(30):
        xcb_bed.run_until(lambda f: bool(f.views), (0.0, 0.0, 0.0))
    for eye in (slice(0, 480), slice(480, 960)):
        seen = xcb_bed.screen()[:540, eye].astype(int)
        red_rows, red_columns = np.nonzero(seen[..., 0] > 240)
        blue_rows, blue_columns = np.nonzero(seen[..., 2] > 240)
        assert len(red_rows) > 500 and len(blue_rows) == pytest.approx(len(red_rows), rel=0.1)
        assert red_columns.max() <= blue_columns.min() + 1
        dark_rows, _ = np.nonzero((seen[..., 0] > 40) & (seen[..., 0] < 150))
        assert np.median(dark_rows) > np.median(red_rows)
    remote.head((0.0, 1.6, 0.0), (0, 1, 0, 0))
    remote.send()
    for _ in range(30):
        xcb_bed.run_until(lambda f: bool(f.views), (0.0, 0.0, 0.0))
    assert not xcb_bed.screen()[:540, :960].any()


def test_more_signs_than_layers_are_left_to_the_scene(
    null_bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runtime takes all that are submitted, and is asked for no more than it allows."""
    allowed = 5
    monkeypatch.setattr(session, "layers_allowed", lambda *_: allowed)
    picture = np.full((8, 8, 4), 255, np.uint8)
    poses = [Pose((0.1 * i, 1.6, -1.0), (0.0, 0.0, 0.0, 1.0)) for i in range(7)]
    signs = tuple(Sign(picture, pose, 0.05) for pose in poses)
    null_bed.start_runtime()
    frontend = null_bed.start_frontend(Options(signs=signs))
    for _ in range(5):
        null_bed.run_until(lambda f: bool(f.views))
    assert frontend.headset.session is not None
    made = frontend.headset.session.quads
    assert made.left_out == signs[allowed - 1 :]
    assert len(made.layers(frontend.headset.session.room.handle)) == allowed - 1


def test_a_runtime_that_refuses_a_sign_s_picture(
    null_bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is put on; the frames that follow are the runtime's own."""
    picture = np.full((8, 8, 4), 255, np.uint8)
    sign = Sign(picture, Pose((0.0, 1.6, -1.0), (0.0, 0.0, 0.0, 1.0)), 0.05)

    def refused(*_: object) -> None:
        raise xr.LimitReachedError

    monkeypatch.setattr(quads, "QuadLayer", refused)
    null_bed.start_runtime()
    frontend = null_bed.start_frontend(Options(signs=(sign,)))
    for _ in range(3):
        null_bed.run_until(lambda f: bool(f.views))
    assert frontend.headset.session is not None
    assert frontend.headset.session.quads.left_out == (sign,)


def test_the_runtime_says_how_many_layers_it_takes(null_bed: Bed) -> None:
    null_bed.start_runtime()
    instance = Instance((OPENGL,))
    try:
        allowed = quads.layers_allowed(instance, instance.require_headset())
    finally:
        instance.close()
    assert quads.MIN_LAYERS <= allowed <= quads.MAX_LAYERS
