"""Panels on the GPU: the right colours in the texture, over the picture and in the room."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from tests.render.pictures import PLAIN, canvas, draw_data, eyes, facing, renderer
from tests.shapes import case_of, square
from xrviewer.document.intents import SetLayerOpacity
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.readback import read_pixels
from xrviewer.gpu.target import Framebuffer
from xrviewer.render.renderer import Stereo
from xrviewer.scene.panels import (
    PANEL_RUN_DTYPE,
    PANEL_VERTEX_DTYPE,
    Glyphs,
    InRoom,
    OnScreen,
    PanelDrawing,
    Shown,
    ShownPanel,
    Still,
    risen_from,
)
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, axis_rotation

pytestmark = pytest.mark.gl

WHITE = Glyphs(np.full((4, 4), 255, np.uint8), 1)
HALF_RED = (200, 40, 20, 128)
BLUE = (20, 40, 200, 255)


def painted(*boxes: tuple[tuple[int, int, int, int], tuple[int, int, int, int]]) -> PanelDrawing:
    """40 x 20 pixels with boxes: left, top, right, bottom and colour, later over earlier."""
    corners, indices, runs = [], [], []
    for i, ((left, top, right, bottom), color) in enumerate(boxes):
        for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)):
            corners.append(((x, y), (0.5, 0.5), color))
        runs.append(((0.0, 0.0, 40.0, 20.0), len(indices), 6, 4 * i))
        indices += [0, 1, 2, 0, 2, 3]
    return PanelDrawing(
        40,
        20,
        np.array(corners, PANEL_VERTEX_DTYPE),
        np.array(indices, np.uint32),
        np.array(runs, PANEL_RUN_DTYPE),
        WHITE,
        1,
    )


def read(panel: ShownPanel) -> np.ndarray:
    """The texture, top row first."""
    with renderer(PLAIN) as made:
        (texture,) = made.paint((panel,))
        with closing(Framebuffer({0: texture})) as framebuffer:
            return read_pixels(framebuffer.name, texture.width, texture.height)


def linear(code: float) -> float:
    share = code / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def code(light: float) -> float:
    coded = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return coded * 255


def test_colours_are_premultiplied_in_linear_light(gl: Capabilities) -> None:
    drawing = painted(((0, 0, 40, 20), BLUE), ((0, 0, 20, 20), HALF_RED))
    pixels = read(ShownPanel(drawing, OnScreen(0, 0)))
    np.testing.assert_allclose(pixels[10, 30], BLUE, atol=1)
    alpha = 128 / 255
    for channel in range(3):
        light = linear(HALF_RED[channel]) * alpha + linear(BLUE[channel]) * (1 - alpha)
        assert pixels[10, 10, channel] == pytest.approx(code(light), abs=1.5)
    assert pixels[10, 10, 3] == 255


def test_nothing_is_drawn_outside_of_a_clip_rectangle(gl: Capabilities) -> None:
    drawing = painted(((0, 0, 40, 20), BLUE))
    drawing.runs["clip"][0] = (5, 3, 25, 12)
    alpha = read(ShownPanel(drawing, OnScreen(0, 0)))[..., 3]
    expected = np.zeros((20, 40), np.uint8)
    expected[3:12, 5:25] = 255
    np.testing.assert_array_equal(alpha, expected)


def test_it_is_drawn_again_only_when_it_changed(gl: Capabilities) -> None:
    with renderer(PLAIN) as made:
        panel = ShownPanel(painted(((0, 0, 40, 20), BLUE)), OnScreen(0, 0))
        made.paint((panel,))
        changed = replace(panel.drawing, vertices=panel.drawing.vertices.copy())
        changed.vertices["color"] = HALF_RED
        (texture,) = made.paint((replace(panel, drawing=changed),))
        with closing(Framebuffer({0: texture})) as framebuffer:
            assert read_pixels(framebuffer.name, 40, 20)[0, 0, 2] == BLUE[2]  # the same revision
            made.paint((replace(panel, drawing=replace(changed, revision=2)),))
            assert read_pixels(framebuffer.name, 40, 20)[0, 0, 2] < 100


@pytest.mark.parametrize("stereo", list(Stereo))
def test_over_the_picture_it_lies_pixel_for_pixel(gl: Capabilities, stereo: Stereo) -> None:
    draw = draw_data(case_of({"plate": square()}))
    panel = ShownPanel(painted(((0, 0, 40, 20), BLUE)), OnScreen(3, 7))
    with renderer(PLAIN, stereo) as made, canvas(100, 80) as target:
        made.draw(draw, (facing(),), target.target)
        before = target.picture().astype(int)
        made.draw(replace(draw, panels=(panel,)), (facing(),), target.target)
        after = target.picture().astype(int)
    np.testing.assert_allclose(
        after[7:27, 3:43, :3], np.broadcast_to(BLUE[:3], (20, 40, 3)), atol=1
    )
    outside = np.ones((80, 100), bool)
    outside[7:27, 3:43] = False
    np.testing.assert_array_equal(after[outside], before[outside])


def board(z: float, width_m: float = 0.04, turn_rad: float = 0.0) -> ShownPanel:
    pose = Pose(
        (0.0, 0.8, z), axis_rotation((0, 1, 0), turn_rad) if turn_rad else IDENTITY_ROTATION
    )
    return ShownPanel(painted(((0, 0, 40, 20), BLUE)), InRoom(pose, width_m, width_m / 2))


def in_room(panel: ShownPanel) -> np.ndarray:
    """The plate stands at z = -0.6, the eye 0.4 m before it."""
    draw = replace(draw_data(case_of({"plate": square()})), panels=(panel,))
    with renderer(PLAIN) as made, canvas(160, 160) as target:
        made.draw(draw, (facing(),), target.target)
        return target.picture().astype(int)


def test_in_the_room_it_has_its_size_and_its_colour(gl: Capabilities) -> None:
    picture = in_room(board(-0.5))
    is_blue = (np.abs(picture[..., :3] - BLUE[:3]) <= 3).all(axis=2)
    focal_px = 80 / math.tan(math.radians(15))
    width_px = 0.04 / 0.3 * focal_px
    rows, columns = np.nonzero(is_blue)
    assert columns.max() - columns.min() + 1 == pytest.approx(width_px, abs=2)
    assert rows.max() - rows.min() + 1 == pytest.approx(width_px / 2, abs=2)


def test_in_the_room_it_is_hidden_by_what_is_before_it(gl: Capabilities) -> None:
    picture = in_room(board(-0.7))
    assert not (np.abs(picture[..., :3] - BLUE[:3]) <= 3).all(axis=2).any()


def test_from_behind_it_is_dark(gl: Capabilities) -> None:
    picture = in_room(board(-0.5, turn_rad=math.pi))
    assert picture[80, 80, :3].max() < 40


def sign(shown: Shown, z: float = -0.5, alpha: int = 255) -> ShownPanel:
    """Twice as wide as high, 4 cm, of one colour."""
    pixels = np.full((64, 128, 4), (*BLUE[:3], alpha), np.uint8)
    pose = Pose((0.0, 0.8, z), IDENTITY_ROTATION)
    return ShownPanel(Still(pixels), InRoom(pose, 0.04, 0.02), shown)


def test_a_still_is_premultiplied_in_linear_light(gl: Capabilities) -> None:
    pixels = read(sign(Shown.IN_SCENE, alpha=128))
    assert pixels[32, 64, 3] == 128
    for channel in range(3):
        light = linear(BLUE[channel]) * 128 / 255
        assert pixels[32, 64, channel] == pytest.approx(code(light), abs=1)


@pytest.mark.parametrize("stereo", list(Stereo))
def test_the_picture_is_open_where_a_compositor_shows_the_panel(
    gl: Capabilities, stereo: Stereo
) -> None:
    """The same colours as without, so that a mirror has them; closed at the rim, and everywhere
    else."""
    draw = draw_data(case_of({"plate": square()}))
    with renderer(PLAIN, stereo) as made, canvas(160, 160) as target:
        pictures = []
        for shown in (Shown.IN_SCENE, Shown.BEHIND):
            made.draw(replace(draw, panels=(sign(shown),)), (facing(),), target.target)
            pictures.append(target.picture())
    closed, opened = pictures
    np.testing.assert_array_equal(closed[..., :3], opened[..., :3])
    assert (closed[..., 3] == 255).all()
    is_blue = (np.abs(opened[..., :3].astype(int) - BLUE[:3]) <= 1).all(axis=2)
    is_open = opened[..., 3] == 0
    assert set(np.unique(opened[..., 3])) == {0, 255}
    assert is_blue[is_open].all()
    assert 0.3 < is_open.sum() / is_blue.sum() < 0.7  # 16 of 64 rows at either side stay closed


def test_what_is_before_an_open_panel_closes_it(gl: Capabilities) -> None:
    """A solid, and a ghost, which is blended with the panel as the scene draws it."""
    for opacity in (1.0, 0.4):
        faded = SetLayerOpacity("plate", opacity)
        draw = draw_data(case_of({"plate": square()}), [faded])
        with renderer(PLAIN) as made, canvas(160, 160) as target:
            made.draw(replace(draw, panels=(sign(Shown.BEHIND, -0.7),)), (facing(),), target.target)
            assert (target.picture()[..., 3] == 255).all()


def test_nowhere_is_nowhere(gl: Capabilities) -> None:
    assert not in_blue(in_room(sign(Shown.NOWHERE))).any()
    assert in_blue(in_room(sign(Shown.IN_SCENE))).any()


@pytest.mark.parametrize("stereo", list(Stereo))
def test_a_risen_piece_stands_before_the_board(gl: Capabilities, stereo: Stereo) -> None:
    """Its right half, half a decimetre nearer: as large again as the nearness makes it, and
    shifted between the eyes."""
    half = painted(((0, 0, 20, 20), BLUE), ((20, 0, 40, 20), (200, 40, 20, 255)))
    flat = replace(board(-0.5), drawing=half)
    assert isinstance(flat.place, InRoom)
    risen = replace(flat, risen=risen_from(flat.place, (0.5, 0.0, 1.0, 1.0), 0.05))
    draw, red = draw_data(case_of({"plate": square()})), []
    with renderer(PLAIN, stereo) as made, canvas(160, 160, 2) as target:
        for panel in (flat, risen):
            made.draw(replace(draw, panels=(panel,)), eyes(facing()), target.target)
            for eye in (0, 1):
                picture = target.picture(eye).astype(int)
                rows, columns = np.nonzero((picture[..., 0] > 150) & (picture[..., 2] < 60))
                red.append((float(columns.mean()), float(rows.max() - rows.min() + 1)))
    (left, high), (right, _), (left_risen, higher), (right_risen, _) = red
    assert higher / high == pytest.approx(0.3 / 0.25, rel=0.06)
    assert left_risen - right_risen > left - right + 2


def in_blue(picture: np.ndarray) -> np.ndarray:
    result: np.ndarray = (np.abs(picture[..., :3] - BLUE[:3]) <= 3).all(axis=2)
    return result
