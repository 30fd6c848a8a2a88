"""What only a headset asks of the renderer: corners left out, and the real room behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from ball import ball_case
from numpy.typing import NDArray

from xrviewer.document.document import Document
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.target import Canvas
from xrviewer.render.renderer import Renderer, Stereo
from xrviewer.scene.build import Scene
from xrviewer.scene.draw import DrawData
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View, symmetric_fov

pytestmark = pytest.mark.gl
SIZE = 64
FOV = symmetric_fov(np.radians(60), 1.0)
EDGE = np.tan(np.radians(30))
LEFT_HALF = np.array(
    [[-EDGE, -EDGE], [0, -EDGE], [0, EDGE], [-EDGE, -EDGE], [0, EDGE], [-EDGE, EDGE]], np.float32
)


@pytest.fixture(params=list(Stereo))
def renderer(gl: Capabilities, request: pytest.FixtureRequest) -> Iterator[Renderer]:
    made = Renderer(gl, stereo=request.param)
    yield made
    made.close()


def ball(opacity: float = 1.0) -> DrawData:
    case = ball_case()
    draw = Scene(case).build(Document(case).snapshot)
    parts = draw.parts.copy()
    parts["color"][:, 3] = opacity
    return replace(draw, parts=parts)


def views(draw: DrawData, *hidden: NDArray[np.float32] | None) -> tuple[View, ...]:
    """One eye a mask, 30 cm in front of the ball's centre."""
    x, y, z = (float(v) for v in draw.room_from_case[:3, 3])
    return tuple(View(Pose((x, y, z + 0.3), (0, 0, 0, 1)), FOV, mask) for mask in hidden)


def drawn(renderer: Renderer, draw: DrawData, seen: tuple[View, ...]) -> list[NDArray[np.uint8]]:
    canvas = Canvas(SIZE, SIZE, len(seen))
    renderer.draw(draw, seen, canvas.target)
    pictures = [canvas.picture(i) for i in range(len(seen))]
    canvas.close()
    return pictures


def test_hidden_corners_are_black_and_the_rest_is_as_it_was(renderer: Renderer) -> None:
    draw = ball()
    whole, _ = drawn(renderer, draw, views(draw, None, None))
    masked, bare = drawn(renderer, draw, views(draw, LEFT_HALF, None))
    half = SIZE // 2
    assert not masked[:, : half - 1, :3].any()
    assert (masked[:, half + 1 :] == whole[:, half + 1 :]).all()
    assert (bare == whole).all()
    assert whole[half, half - 8, 0] > 60


def test_a_mask_that_changes_is_taken_over(renderer: Renderer) -> None:
    draw = ball()
    drawn(renderer, draw, views(draw, LEFT_HALF, None))
    left, right = drawn(renderer, draw, views(draw, None, LEFT_HALF))
    assert left[SIZE // 2, SIZE // 2 - 8, 0] > 60
    assert not right[:, : SIZE // 2 - 1, :3].any()


@pytest.mark.parametrize(("opacity", "low", "high"), [(1.0, 255, 255), (0.5, 40, 215)])
def test_only_the_model_covers_the_real_room(
    renderer: Renderer, opacity: float, low: int, high: int
) -> None:
    draw = replace(ball(opacity), is_in_real_room=True)
    picture, _ = drawn(renderer, draw, views(draw, None, None))
    middle, corner = picture[SIZE // 2, SIZE // 2], picture[1, 1]
    assert corner.tolist() == [0, 0, 0, 0]
    assert low <= middle[3] <= high and middle[0] > 30
    # Premultiplied: no colour is brighter than its coverage (both in linear light).
    linear = (picture[..., :3] / 255.0) ** 2.2
    assert (linear.max(axis=2) <= picture[..., 3] / 255.0 + 0.02).all()


def test_without_the_real_room_the_picture_is_opaque(renderer: Renderer) -> None:
    draw = ball(0.5)
    picture, _ = drawn(renderer, draw, views(draw, None, None))
    assert (picture[..., 3] == 255).all()
