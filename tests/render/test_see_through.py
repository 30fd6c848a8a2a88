"""Order-independent see-through parts against depth peeling, which is exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from peeled import PeelingRenderer

from tests.render.pictures import PLAIN, draw_data, eyes, facing, linear
from tests.shapes import Look, case_of, sphere, square
from xrviewer.case.model import Case
from xrviewer.demos.knee.anatomy import Detail
from xrviewer.demos.knee.make import make_knee
from xrviewer.document.intents import GhostRest, Intent, SetLayersOpacity, SetLayersVisible
from xrviewer.gpu.context import Capabilities, capabilities
from xrviewer.gpu.target import Canvas
from xrviewer.render.renderer import Renderer, Stereo
from xrviewer.scene.draw import DrawData
from xrviewer.scene.marks import Label, Marks, strokes
from xrviewer.spatial.views import View

pytestmark = pytest.mark.gl
MOST_ERROR = 0.02
"""Of full scale, over what see-through parts cover: the mean of all pixels would flatter."""
SIZE = (200, 200)


@pytest.fixture(scope="module")
def knee() -> Case:
    return make_knee(detail=Detail(3.0, 1.2, 9.0, 4))


@pytest.fixture
def target() -> Iterator[Canvas]:
    made = Canvas(*SIZE, 2)
    yield made
    made.close()


def drawn(
    kind: type[Renderer], draw: DrawData, views: tuple[View, ...], target: Canvas, stereo: Stereo
) -> NDArray[np.float64]:
    renderer = kind(capabilities(), PLAIN, stereo)
    try:
        renderer.draw(draw, views, target.target)
        return np.stack([target.picture(i)[..., :3] for i in range(len(views))]) / 255
    finally:
        renderer.close()


def errors(case: Case, target: Canvas, stereo: Stereo, *intents: Intent) -> NDArray[np.float64]:
    """Of each eye, over what the see-through parts cover."""
    views = eyes(facing())
    draw = draw_data(case, intents)
    ghosts = np.flatnonzero(draw.solid_and_see_through()[1])
    hidden = tuple(draw.surfaces.part_ids[i] for i in ghosts)
    bare = draw_data(case, (*intents, SetLayersVisible(hidden, False)))
    exact = drawn(PeelingRenderer, draw, views, target, Stereo.TWO_PASS)
    without = drawn(Renderer, bare, views, target, stereo)
    ours = drawn(Renderer, draw, views, target, stereo)
    covered = np.abs(exact - without).max(axis=-1) > 1 / 255
    assert covered.mean() > 0.05
    return np.array([np.abs(ours - exact)[i][covered[i]].mean() for i in range(2)])


def of_tissue(case: Case, *roles: str) -> tuple[str, ...]:
    return tuple(layer.id for layer in case.layers if layer.role in roles)


@pytest.mark.parametrize("stereo", Stereo)
def test_the_knee_with_skin_ligaments_and_cartilage_translucent(
    gl: Capabilities, knee: Case, target: Canvas, stereo: Stereo
) -> None:
    if stereo is Stereo.SINGLE_PASS and not gl.has_layered_vertex:
        pytest.skip("this driver draws an eye at a time")
    clear = SetLayersOpacity(of_tissue(knee, "ligament", "cartilage"), 0.5)
    assert (errors(knee, target, stereo, clear) < MOST_ERROR / 2).all()


def test_the_knee_as_ghosts_round_one_structure(
    gl: Capabilities, knee: Case, target: Canvas
) -> None:
    ghosts = GhostRest(("femoral_cartilage",))
    assert (errors(knee, target, Stereo.TWO_PASS, ghosts) < MOST_ERROR / 2).all()


@pytest.mark.parametrize("opacity", [0.15, 0.3, 0.5])
def test_shells_in_shells_of_strong_colours(
    gl: Capabilities, target: Canvas, opacity: float
) -> None:
    colors = ("#ff2020", "#20ff20", "#2020ff", "#ffffff")
    meshes = {c: sphere(radius_mm=70 - 15 * i, rings=32) for i, c in enumerate(colors)}
    looks = {c: Look(c, opacity) for c in colors}
    assert (errors(case_of(meshes, looks), target, Stereo.TWO_PASS) < 1.5 * MOST_ERROR).all()


def test_the_reference_is_the_formula(gl: Capabilities, target: Canvas) -> None:
    """Three plates, one behind the other, and a solid wall: over, over, over."""
    colors = {"front": "#ff4020", "middle": "#30ff40", "back": "#4060ff"}
    meshes = {name: square((0, 20.0 * i, 0), 60) for i, name in enumerate(colors)}
    looks = {name: Look(color, 0.4) for name, color in colors.items()}
    case = case_of({**meshes, "wall": square((0, 90, 0), 90)}, looks)
    middle = (0, SIZE[1] // 2, SIZE[0] // 2)

    def seen(*shown: str) -> NDArray[np.float64]:
        hidden = tuple(name for name in colors if name not in shown)
        draw = draw_data(case, (SetLayersVisible(hidden, False),))
        picture = drawn(PeelingRenderer, draw, (facing(),), target, Stereo.TWO_PASS)
        return linear(np.rint(picture * 255).astype(np.uint8))[middle]

    alpha = 0.4 * (1 - 0.65 * 0.6)  # a ghost's face: 0.35 of its opacity, the clearer the more
    wall = seen()
    expected = wall
    for name in ("back", "middle", "front"):
        own = seen(name) - (1 - alpha) * wall
        expected = own + (1 - alpha) * expected
    np.testing.assert_allclose(seen(*colors), expected, atol=0.02)


@pytest.mark.parametrize("depth_m", [0.06, 0.0, -0.06], ids=["before", "inside", "behind"])
def test_lines_and_writing_among_ghosts_are_as_exact_peeling_has_them(
    gl: Capabilities, target: Canvas, depth_m: float
) -> None:
    """A ball of clear glass; a line and a word before, in and behind it."""
    case = case_of({"ball": sphere(radius_mm=40, rings=24)}, {"ball": Look("#4060ff", 0.5)})
    x, y, z = 0.0, 0.8, -0.6 + depth_m
    marks = Marks(
        (Label("IHI", (x, y + 0.012, z), 0.012, (1.0, 1.0, 1.0)),),
        strokes((x - 0.03, y - 0.01, z), (x + 0.03, y - 0.01, z), 0.003, (1.0, 1.0, 1.0)),
    )
    draw = replace(draw_data(case), marks=marks)
    views = eyes(facing())
    exact = drawn(PeelingRenderer, draw, views, target, Stereo.TWO_PASS)
    ours = drawn(Renderer, draw, views, target, Stereo.TWO_PASS)
    bare = drawn(Renderer, draw_data(case), views, target, Stereo.TWO_PASS)
    is_written = np.abs(exact - bare).max(axis=-1) > 0.05
    assert is_written.mean() > 0.003
    assert np.abs(ours - exact)[is_written].mean() < MOST_ERROR
    is_white = ours.min(axis=-1) > 0.97
    assert bool((is_written & is_white).any()) == (depth_m > 0)
