"""Given views in, pictures out, through the whole loop."""

from __future__ import annotations

import numpy as np
import pytest

from tests.render.pictures import PLAIN, canvas, facing, picture, renderer
from tests.shapes import case_of, sphere
from xrviewer.app.loop import App
from xrviewer.document.document import Document
from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.input import FrameInput

pytestmark = pytest.mark.gl

CASE = case_of({"ball": sphere()})


def frame(time_s: float, *keys: str, distance_m: float = 0.4) -> FrameInput:
    return FrameInput(time_s, 0.1, (facing(distance_m=distance_m),), keys=frozenset(keys))


def test_every_input_is_one_frame_and_the_last_ends_it(gl: Capabilities) -> None:
    frames: list[RenderTarget] = []
    with renderer(PLAIN) as made, canvas() as target:
        app = App(CASE, Document(CASE), made)
        frontend = OffscreenFrontend(target, [frame(0.0), frame(0.1), frame(0.2)])
        app.run(frontend, frames.append)
        assert frames == [target.target] * 3
        assert frontend.wait() is Wait.QUIT
        np.testing.assert_array_equal(target.picture()[..., :3], picture(CASE))
        frontend.close()
        app.close()


def test_a_frame_without_views_draws_nothing(gl: Capabilities) -> None:
    """A headset asks for one now and then."""
    frames: list[RenderTarget] = []
    with renderer(PLAIN) as made, canvas() as target:
        app = App(CASE, Document(CASE), made)
        app.run(OffscreenFrontend(target, [FrameInput(0.0, 0.1, ())]), frames.append)
        assert not frames and not target.picture().any()
        app.close()


def test_keys_go_through_the_document(gl: Capabilities) -> None:
    """Hidden by the document, the ball is gone from the very picture."""
    shown = []
    with renderer(PLAIN) as made, canvas() as target:
        document = Document(CASE)
        app = App(CASE, document, made)
        inputs = [frame(0.0), frame(0.1, "a"), frame(0.2, "ctrl+z")]
        app.run(OffscreenFrontend(target, inputs), lambda _: shown.append(target.picture()))
        app.close()
    assert document.snapshot.version == 0  # showing what is shown changes nothing
    np.testing.assert_array_equal(shown[0], shown[2])
