"""A runtime that has nothing but OpenGL: what every optional extension leaves when it is missing.

The refusals are put on by asking for nothing optional; all that follows is the real runtime's, its
validation layers on: a layer that is not enabled may not be submitted.
"""

from __future__ import annotations

import numpy as np
import pytest
from bed import Bed
from OpenGL import GL

from xrviewer.frontends.frontend import PanelPicture
from xrviewer.frontends.openxr import instance, session
from xrviewer.frontends.openxr.blend import Blend, Way
from xrviewer.frontends.openxr.places import EXTENSION as LOCATES_TOGETHER
from xrviewer.frontends.openxr.session import Options
from xrviewer.gpu.texture import PlainTexture
from xrviewer.scene.panels import InRoom, Shown
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose

HEAD_M, HAND_M = (0.1, 1.5, 0.2), (0.3, 1.1, -0.4)


def test_a_runtime_with_nothing_optional(null_bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    """No depth, no mask, no local floor, no joints, no rate to choose; hands and eyes as ever."""
    monkeypatch.setattr(instance, "WANTED", ())
    remote = null_bed.start_runtime()
    null_bed.start_frontend()
    remote.head(HEAD_M)
    remote.hand("right", HAND_M)
    remote.press("right", squeeze=1.0)
    remote.send()
    frame = null_bed.run_until(lambda f: len(f.views) == 2 and f.right.squeeze > 0.9)
    assert null_bed.frontend is not None
    held = null_bed.frontend.headset.session
    assert held is not None and not held.instance.has(LOCATES_TOGETHER)
    assert held.eyes.depth is None and held.trackers is None and held.refresh_hz is None
    assert all(view.hidden is None for view in frame.views)
    assert held.room.kind == 2, "LOCAL: the floor is emulated"
    assert frame.right.grip is not None and frame.right.joints is None
    # The stage says where the floor is; the eyes are as far above it as the head was put.
    eyes_m = np.mean([view.eye.position_m for view in frame.views], axis=0)
    assert eyes_m[1] == pytest.approx(HEAD_M[1], abs=2e-3)
    away = eyes_m - frame.right.grip.position_m
    assert away == pytest.approx(np.subtract(HEAD_M, HAND_M), abs=2e-3)


def test_no_layer_for_a_panel(null_bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scene draws it where a runtime takes no more than the eyes' picture."""
    monkeypatch.setattr(session, "layers_allowed", lambda *_: 1)
    texture = PlainTexture(GL.GL_SRGB8_ALPHA8, 8, 8)
    place = InRoom(Pose((0.0, 1.6, -1.0), IDENTITY_ROTATION), 0.5, 0.25)
    null_bed.panels = (PanelPicture(texture, 1, place),)
    null_bed.start_runtime()
    null_bed.start_frontend()
    null_bed.run_until(lambda f: bool(f.views))
    assert null_bed.shown == (Shown.IN_SCENE,)
    assert null_bed.frontend is not None and null_bed.frontend.headset.session is not None
    assert len(null_bed.frontend.headset.session.layers()) == 1
    texture.close()


def test_a_wish_for_passthrough_where_there_is_none(null_bed: Bed) -> None:
    """This runtime is opaque and refuses such layers: the wish is no error and changes nothing."""
    null_bed.start_runtime()
    null_bed.start_frontend(Options(is_passthrough=True))
    frame = null_bed.run_until(lambda f: bool(f.views))
    assert null_bed.frontend is not None and null_bed.frontend.headset.session is not None
    held = null_bed.frontend.headset.session
    assert (held.blend, held.way, held.passthrough) == (Blend.OPAQUE, Way.NONE, None)
    assert not frame.is_see_through
