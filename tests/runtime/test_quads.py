"""Panels as layers of the runtime's: where they hang, when they are copied, who draws the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
import xr
from ball import ball_case
from bed import Bed
from numpy.typing import NDArray
from OpenGL import GL
from test_map_legend import KEEP

from xrviewer.app.loop import App
from xrviewer.document.document import Document
from xrviewer.frontends.frontend import PanelPicture, Wait
from xrviewer.frontends.openxr import quad, quads, session
from xrviewer.frontends.openxr.life import State
from xrviewer.frontends.openxr.session import Options, Session
from xrviewer.gpu.blit import copy_texture
from xrviewer.gpu.context import capabilities
from xrviewer.gpu.texture import PlainTexture
from xrviewer.render.renderer import Renderer
from xrviewer.scene.panels import InRoom, Shown, ShownPanel, Still, risen_from
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)
DRAWN_FRAMES = 6
"""A processor draws them."""
AHEAD = Pose((0.0, 1.6, -1.0), IDENTITY_ROTATION)


@pytest.fixture
def texture(context: object) -> Iterator[PlainTexture]:
    """Half red, half blue; the lower half is darker, and half transparent."""
    picture = np.zeros((64, 128, 4), np.uint8)
    picture[:, :64], picture[:, 64:] = RED, BLUE
    picture[32:] //= 2
    with closing(PlainTexture(GL.GL_SRGB8_ALPHA8, 128, 64)) as made:
        made.write(picture)
        yield made


def panel(texture: PlainTexture, pose: Pose = AHEAD, revision: int = 1) -> PanelPicture:
    return PanelPicture(texture, revision, InRoom(pose, 0.5, 0.25))


def run(bed: Bed, frames: int = 30) -> None:
    """The compositor shows a frame some frames after it was given it."""
    for _ in range(frames):
        bed.run_until(lambda f: bool(f.views), (0.0, 0.0, 0.0))


def session_of(bed: Bed) -> Session:
    assert bed.frontend is not None and bed.frontend.headset.session is not None
    return bed.frontend.headset.session


def eyes(picture: NDArray[np.uint8]) -> list[NDArray[np.int64]]:
    return [picture[:540, eye].astype(int) for eye in (slice(0, 480), slice(480, 960))]


def test_it_hangs_where_it_was_put(xcb_bed: Bed, texture: PlainTexture) -> None:
    """Red on the left, upright, premultiplied, in both eyes; then the wearer turns round."""
    remote = xcb_bed.start_runtime()
    xcb_bed.start_frontend()
    xcb_bed.panels = (panel(texture),)
    run(xcb_bed)
    assert xcb_bed.shown == (Shown.BEHIND,)
    for seen in eyes(xcb_bed.screen()):
        red_rows, red_columns = np.nonzero(seen[..., 0] > 240)
        blue_rows, blue_columns = np.nonzero(seen[..., 2] > 240)
        assert len(red_rows) > 500 and len(blue_rows) == pytest.approx(len(red_rows), rel=0.1)
        assert red_columns.max() <= blue_columns.min() + 1
        dark_rows, dark_columns = np.nonzero((seen[..., 0] > 90) & (seen[..., 0] < 160))
        assert np.median(dark_rows) > np.median(red_rows)
        codes = seen[dark_rows, dark_columns, 0]
        assert np.median(codes) == pytest.approx(127, abs=3), "its alpha is not to count twice"
    remote.head((0.0, 1.6, 0.0), (0, 1, 0, 0))
    remote.send()
    run(xcb_bed)
    assert not xcb_bed.screen()[:540, :960].any()


def test_a_risen_piece_of_it_hangs_before_it(xcb_bed: Bed, texture: PlainTexture) -> None:
    """The blue half, alone in its layer, far enough before to cover what is red."""
    xcb_bed.start_runtime()
    xcb_bed.start_frontend()
    whole = InRoom(AHEAD, 0.5, 0.25)
    blue = risen_from(whole, (0.5, 0.0, 1.0, 0.5), 0.3)
    seen_blue = []
    for risen in (None, blue):
        xcb_bed.panels = (replace(panel(texture), risen=risen),)
        run(xcb_bed)
        assert len(session_of(xcb_bed).layers()) == (2 if risen is None else 3)
        for seen in eyes(xcb_bed.screen()):
            rows, columns = np.nonzero(seen[..., 2] > 240)
            assert (seen[..., 0] > 240).sum() > 300, "the red half is beside it"
            seen_blue.append((len(rows), columns.mean()))
    (before, at), _, (after, risen_at), _ = seen_blue
    assert after > 1.5 * before and risen_at > at
    assert not xcb_bed.complaints()


def test_a_new_picture_is_copied_once(xcb_bed: Bed, texture: PlainTexture) -> None:
    xcb_bed.start_runtime()
    xcb_bed.start_frontend()
    xcb_bed.panels = (panel(texture),)
    run(xcb_bed, 10)
    made = session_of(xcb_bed).quads._made[0]
    assert made.copies == 1
    texture.write(np.full((64, 128, 4), (0, 255, 0, 255), np.uint8))
    xcb_bed.panels = (panel(texture, revision=2),)
    run(xcb_bed)
    assert made.copies == 2
    for seen in eyes(xcb_bed.screen()):
        assert (seen[..., 1] > 240).sum() > 1000 and not (seen[..., 0] > 100).any()


def test_another_size_and_another_session_make_another_layer(
    null_bed: Bed, texture: PlainTexture
) -> None:
    null_bed.start_runtime()
    null_bed.start_frontend()
    null_bed.panels = (panel(texture),)
    run(null_bed, 3)
    first = session_of(null_bed)
    with closing(PlainTexture(GL.GL_SRGB8_ALPHA8, 64, 64)) as smaller:
        smaller.write(np.full((64, 64, 4), 255, np.uint8))
        null_bed.panels = (panel(smaller),)
        run(null_bed, 3)
        assert first.quads._made[0].size_px == (64, 64)
        null_bed.kill_runtime()
        null_bed.run_until(lambda f: not f.views)
        null_bed.start_runtime()
        run(null_bed, 3)
    assert session_of(null_bed) is not first
    assert null_bed.shown == (Shown.BEHIND,) and session_of(null_bed).quads._made[0].copies == 1


def test_the_nearer_one_covers_the_farther(xcb_bed: Bed, texture: PlainTexture) -> None:
    with closing(PlainTexture(GL.GL_SRGB8_ALPHA8, 64, 64)) as green:
        green.write(np.full((64, 64, 4), (0, 255, 0, 255), np.uint8))
        far = replace(AHEAD, position_m=(0.0, 1.6, -1.2))
        xcb_bed.start_runtime()
        xcb_bed.start_frontend()
        for panels in ((panel(texture), panel(green, far)), (panel(green, far), panel(texture))):
            xcb_bed.panels = panels
            run(xcb_bed)
            for seen in eyes(xcb_bed.screen()):
                assert (seen[..., 0] > 240).sum() > 500, "the red half is hidden"


def test_more_panels_than_layers_are_left_to_the_scene(
    null_bed: Bed, texture: PlainTexture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runtime takes all that are submitted, and is asked for no more than it allows."""
    monkeypatch.setattr(session, "layers_allowed", lambda *_: 5)
    poses = [Pose((0.1 * i, 1.6, -1.0), IDENTITY_ROTATION) for i in range(7)]
    null_bed.panels = tuple(panel(texture, pose) for pose in poses)
    null_bed.start_runtime()
    null_bed.start_frontend()
    run(null_bed, 5)
    assert null_bed.shown == (Shown.BEHIND,) * 4 + (Shown.IN_SCENE,) * 3
    assert len(session_of(null_bed).layers()) == 5


def test_a_runtime_that_refuses_a_picture(
    null_bed: Bed, texture: PlainTexture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is put on; the frames that follow are the runtime's own."""
    asked = []

    def refused(*size: object) -> None:
        asked.append(size)
        raise xr.LimitReachedError

    monkeypatch.setattr(quads, "QuadLayer", refused)
    null_bed.panels = (panel(texture), panel(texture))
    null_bed.start_runtime()
    null_bed.start_frontend()
    run(null_bed, 3)
    assert null_bed.shown == (Shown.IN_SCENE,) * 2 and len(asked) == 1


def test_what_asks_for_hands_is_hidden_while_they_belong_to_another(
    null_bed: Bed, texture: PlainTexture
) -> None:
    null_bed.start_runtime()
    null_bed.start_frontend()
    null_bed.panels = (panel(texture), replace(panel(texture), is_sign=True))
    null_bed.run_until(lambda f: f.left.grip is not None)
    assert null_bed.shown == (Shown.BEHIND, Shown.BEHIND)
    held = session_of(null_bed)
    held.on_state(State.VISIBLE)  # as the runtime's own menu would have it
    run(null_bed, 2)
    assert null_bed.shown == (Shown.NOWHERE, Shown.BEHIND) and len(held.layers()) == 2
    held.on_state(State.FOCUSED)
    run(null_bed, 2)
    assert null_bed.shown == (Shown.BEHIND, Shown.BEHIND)


def test_before_the_real_room_the_scene_draws_them(null_bed: Bed, texture: PlainTexture) -> None:
    """Where the runtime can show it: this one cannot, and says so."""
    null_bed.start_runtime()
    null_bed.start_frontend(Options(is_passthrough=True))
    null_bed.panels = (panel(texture),)
    run(null_bed, 3)
    expected = Shown.IN_SCENE if session_of(null_bed).is_see_through else Shown.BEHIND
    assert null_bed.shown == (expected,)


def test_the_layer_is_seen_through_the_picture_but_for_what_is_before_it(
    xcb_bed: Bed, texture: PlainTexture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blue sign behind the red ball, whose layer gets a green picture: so it can be told which
    of them is seen. Blue is left at the rim, which stays closed."""
    case, renderer = ball_case(), Renderer(capabilities())
    app = App(case, Document(case), renderer)
    x, y, z = app.document.snapshot.model.position_m
    place = InRoom(Pose((x, y, z - 0.2), IDENTITY_ROTATION), 0.5, 0.25)
    app.signs = (ShownPanel(Still(np.full((256, 512, 4), BLUE, np.uint8)), place),)
    with closing(PlainTexture(GL.GL_SRGB8_ALPHA8, 512, 256)) as green:
        green.write(np.full((256, 512, 4), (0, 255, 0, 255), np.uint8))
        monkeypatch.setattr(quad, "copy_texture", lambda _, *to: copy_texture(green.name, *to))
        remote = xcb_bed.start_runtime()
        frontend = xcb_bed.start_frontend()
        remote.head((x, y, z + 0.5))
        remote.send()
        run(xcb_bed)  # until it shows us: frames in which nothing is drawn take no time
        for _ in range(DRAWN_FRAMES):
            while frontend.wait() is not Wait.RUN:
                pass
            app.frame(frontend)
        picture = xcb_bed.screen()
    app.close()
    renderer.close()
    if os.environ.get(KEEP):
        iio.imwrite(Path(os.environ[KEEP]) / "quad.png", picture)
    for seen in eyes(picture):
        pairs = ((0, 1), (1, 2), (2, 1))
        red, green_seen, blue = (
            (seen[..., i] > 90) & (seen[..., i] > 1.5 * seen[..., j]) for i, j in pairs
        )
        assert green_seen.sum() > 2 * blue.sum() > 500, "the layer, and its rim"
        assert red.sum() > 1000
        rows, columns = np.nonzero(red)
        at = (int(np.median(rows)), int(np.median(columns)))
        assert not green_seen[at], "the ball is before the layer"
        assert green_seen[at[0], : at[1]].any() and green_seen[at[0], at[1] :].any()
