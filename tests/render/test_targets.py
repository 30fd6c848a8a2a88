"""Every kind of target gets the same picture; a headset gets the depth as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from OpenGL import GL

from tests.render.pictures import (
    CRISP,
    PLAIN,
    SIZE,
    Picture,
    canvas,
    draw_data,
    eyes,
    facing,
    renderer,
)
from tests.shapes import case_of, sphere, square
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.readback import read_pixels
from xrviewer.gpu.target import Framebuffer, RenderTarget
from xrviewer.gpu.texture import LayeredTexture
from xrviewer.render.renderer import Quality, Stereo
from xrviewer.spatial.views import NEAR_M, View

pytestmark = pytest.mark.gl

CASE = case_of({"ball": sphere((0, -20, 0), 20), "wall": square((0, 9, 0), 25)})
EYES = eyes(facing())


@dataclass(frozen=True, slots=True)
class Headset:
    """Colour and depth images of two layers, as a runtime's swapchains give them."""

    target: RenderTarget

    def picture(self, layer: int) -> Picture:
        name = self.target.framebuffers[layer]
        return read_pixels(name, self.target.width, self.target.height)[..., :3]

    def depth(self, layer: int) -> NDArray[np.float32]:
        """Top row first."""
        depth = np.zeros((self.target.height, self.target.width), np.float32)
        GL.glBindFramebuffer(GL.GL_READ_FRAMEBUFFER, self.target.framebuffers[layer])
        GL.glReadPixels(
            0, 0, depth.shape[1], depth.shape[0], GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT, depth
        )
        return depth[::-1]


@contextmanager
def headset(
    color_format: int = GL.GL_SRGB8_ALPHA8, with_depth: bool = True, is_layered: bool = True
) -> Iterator[Headset]:
    with ExitStack() as closing:
        color = closing.enter_context(LayeredTexture(color_format, SIZE, SIZE, 2))
        depth = None
        if with_depth:
            depth = LayeredTexture(GL.GL_DEPTH_COMPONENT32F, SIZE, SIZE, 2)
            closing.enter_context(depth)
        each = [closing.enter_context(Framebuffer({0: color}, depth, i)) for i in range(2)]
        both = closing.enter_context(Framebuffer({0: color}, depth)) if is_layered else None
        names = tuple(one.name for one in each)
        is_srgb = color_format == GL.GL_SRGB8_ALPHA8
        yield Headset(
            RenderTarget(names, SIZE, SIZE, is_srgb, with_depth, both.name if both else None)
        )


def seen(target: Headset, quality: Quality = PLAIN, frames: int = 1) -> list[Picture]:
    with renderer(quality) as made:
        for _ in range(frames):
            made.draw(draw_data(CASE), EYES, target.target)
        return [target.picture(0), target.picture(1)]


def far_apart(a: list[Picture], b: list[Picture]) -> int:
    return max(int(np.abs(x.astype(int) - y).max()) for x, y in zip(a, b, strict=True))


def test_layers_at_once_and_one_by_one_are_equal(gl: Capabilities) -> None:
    with headset(is_layered=True) as at_once, headset(is_layered=False) as each:
        assert far_apart(seen(at_once), seen(each)) == 0


def test_the_shader_encodes_where_the_target_does_not(gl: Capabilities) -> None:
    with headset() as encoding, headset(GL.GL_RGBA8) as plain:
        assert far_apart(seen(encoding), seen(plain)) <= 1


def test_depth_changes_nothing_of_the_picture(gl: Capabilities) -> None:
    with headset(with_depth=True) as deep, headset(with_depth=False) as flat:
        assert far_apart(seen(deep), seen(flat)) == 0


@pytest.mark.parametrize("is_layered", [True, False])
@pytest.mark.parametrize("stereo", Stereo)
def test_depth_is_the_near_plane_over_the_distance(
    gl: Capabilities, stereo: Stereo, is_layered: bool
) -> None:
    """Reverse-Z: 0 where nothing is. The wall stands upright before both eyes."""
    draw = draw_data(case_of({"wall": square()}))
    with headset(is_layered=is_layered) as target, renderer(PLAIN, stereo) as made:
        # A nearer frame first: its depth must not stay.
        made.draw(draw, eyes(facing(distance_m=0.2)), target.target)
        made.draw(draw, eyes(facing(distance_m=0.5)), target.target)
        for layer in (0, 1):
            depth = target.depth(layer)
            assert depth[0, 0] == 0
            wall = depth[depth > 0]
            assert len(wall) > 500
            np.testing.assert_allclose(wall, NEAR_M / 0.5, rtol=1e-5)


def test_depth_of_a_ball_is_right_at_every_pixel(gl: Capabilities) -> None:
    """Within what the ball does inside each pixel; facets lie within 0.01 mm of the sphere."""
    draw = draw_data(case_of({"ball": sphere(rings=128)}))
    view = facing()
    with headset() as target, renderer(CRISP) as made:
        made.draw(draw, (view, view), target.target)
        depth = target.depth(0)
    offsets = (-0.5, 0.0, 0.5)
    met = np.stack([ball_distance_m(view, i, j) for i in offsets for j in offsets])
    is_inside = np.isfinite(met).all(axis=0)
    assert is_inside.sum() > 1000
    distance_m, met = NEAR_M / depth[is_inside], met[:, is_inside]
    assert (distance_m >= met.min(axis=0) - 1e-5).all()
    assert (distance_m <= met.max(axis=0) + 2e-5).all()


def ball_distance_m(view: View, right_px: float, down_px: float) -> NDArray[np.float64]:
    """Along -z, of a ball of 30 mm at 0.4 m straight ahead; NaN beside it."""
    tangent = np.tan(view.fov.up_rad)
    x, y = np.meshgrid(
        ((np.arange(SIZE) + 0.5 + right_px) / SIZE * 2 - 1) * tangent,
        (1 - (np.arange(SIZE) + 0.5 + down_px) / SIZE * 2) * tangent,
    )
    length = np.sqrt(x * x + y * y + 1)  # of the ray (x, y, -1)
    middle = 0.4 / length
    root = middle**2 - (0.4**2 - 0.03**2)
    return (middle - np.sqrt(np.where(root > 0, root, np.nan))) / length


@pytest.mark.parametrize("size", [(0, 0), (0, 100), (100, 0)])
def test_a_window_of_no_size_is_left_alone(gl: Capabilities, size: tuple[int, int]) -> None:
    with canvas() as target, renderer() as made:
        nowhere = replace(target.target, width=size[0], height=size[1])
        made.draw(draw_data(CASE), (facing(),), nowhere)
        made.draw(draw_data(CASE), (), target.target)
        assert not target.picture().any()
        made.draw(draw_data(CASE), (facing(),), target.target)
        assert target.picture().any()


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (161, 97)])
def test_any_size_can_be_drawn(gl: Capabilities, size: tuple[int, int]) -> None:
    with canvas(*size) as target, renderer(Quality(4, has_occlusion=True)) as made:
        made.draw(draw_data(CASE), (facing(),), target.target)
        assert target.picture()[..., 3].min() == 255


def test_a_change_of_size_shows_in_the_next_frame(gl: Capabilities) -> None:
    with renderer() as made, canvas() as small, canvas(2 * SIZE, 2 * SIZE) as large:
        for target in (small, large, small):
            made.draw(draw_data(CASE), (facing(),), target.target)
        again = small.picture()
        with renderer() as fresh, canvas() as other:
            fresh.draw(draw_data(CASE), (facing(),), other.target)
            np.testing.assert_array_equal(again, other.picture())
        middle = large.picture()[SIZE, SIZE].astype(int)
        assert np.abs(middle - again[SIZE // 2, SIZE // 2]).max() <= 2
