"""See-through parts among slices, lines and writing: who hides whom, and that both eyes agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from peeled import PeelingRenderer

from tests.render.pictures import PLAIN, draw_data, eyes, facing, linear
from tests.render.scans import volume_of
from tests.shapes import Look, case_of, sphere, square
from xrviewer.case.model import Case
from xrviewer.document.plane_intents import AddSlice, SetSliceWindow
from xrviewer.document.planes import Mode
from xrviewer.gpu.context import Capabilities, capabilities
from xrviewer.gpu.target import Canvas
from xrviewer.render.renderer import Renderer, Stereo
from xrviewer.scene.draw import DrawData
from xrviewer.scene.marks import Label, Marks, strokes
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.views import View

pytestmark = pytest.mark.gl
MOST_ERROR = 0.02
SIZE = 200
RADIUS_MM = 40.0
STEADY = replace(PLAIN, waits_for_scans=True)
_PLACES_MM = {"before": -50.0, "inside": 0.0, "behind": 50.0}
"""Of the slice, along the way of looking: the patient is seen from the front."""
MIDDLE = (slice(85, 115), slice(115, 145))
"""Of the ball, in the left eye's picture."""
WHITE = (1.0, 1.0, 1.0)


def scanned_ball() -> Case:
    """A ball of clear glass in a scan of bright and dark squares."""
    case = case_of({"ball": sphere(radius_mm=RADIUS_MM, rings=24)}, {"ball": Look("#4060ff", 0.5)})
    affine = np.diag([3.0, 3.0, 3.0, 1.0])
    affine[:3, 3] = -70.5, -58.5, -46.5
    scan = volume_of(affine, lambda i, j, k: 300 + 400 * ((i // 4 + k // 4) % 2))
    (first,) = case.timepoints
    return replace(case, timepoints=(replace(first, volumes=(scan,)),))


CASE = scanned_ball()


@pytest.fixture
def target(gl: Capabilities) -> Iterator[Canvas]:
    made = Canvas(SIZE, SIZE, 2)
    yield made
    made.close()


def sliced(y_mm: float) -> DrawData:
    slice = AddSlice("s", "scan", anatomical("coronal", (0.0, y_mm, 0.0)), Mode.PAINTED)
    return draw_data(CASE, (slice, SetSliceWindow("s", (500.0, 1000.0))))


def drawn(kind: type[Renderer], draw: DrawData, target: Canvas) -> NDArray[np.float64]:
    """Both eyes, 0 to 1."""
    renderer = kind(capabilities(), STEADY, Stereo.TWO_PASS)
    try:
        renderer.draw(draw, eyes(facing()), target.target)
        return np.stack([target.picture(i)[..., :3] for i in (0, 1)]) / 255
    finally:
        renderer.close()


def without_ball(draw: DrawData) -> DrawData:
    parts = draw.parts.copy()
    parts["color"][:, 3] = 0
    return replace(draw, parts=parts, revision=draw.revision + 1)


@pytest.mark.parametrize("place", _PLACES_MM)
def test_a_slice_and_a_ghost_are_as_exact_peeling_has_them(target: Canvas, place: str) -> None:
    draw = sliced(_PLACES_MM[place])
    ours, exact = drawn(Renderer, draw, target), drawn(PeelingRenderer, draw, target)
    plain = drawn(Renderer, without_ball(draw), target)
    is_slice = plain.max(axis=-1) - plain.min(axis=-1) < 0.01
    is_slice &= np.abs(plain - drawn(Renderer, draw_data(CASE), target)).max(axis=-1) > 0.02
    assert is_slice.mean() > 0.2
    assert np.abs(ours - exact)[is_slice].mean() < MOST_ERROR
    seen, bare = ours[0][MIDDLE], plain[0][MIDDLE]
    tint = (seen[..., 2] - seen[..., 0]).mean()
    if place == "before":  # nothing of the glass is over it
        np.testing.assert_allclose(seen, bare, atol=1.5 / 255)
    else:  # it is seen through one shell, or through two
        assert tint > 0.05 and 0.2 < contrast(seen) / contrast(bare) < 0.95


def test_the_more_glass_is_before_a_slice_the_less_of_it_is_seen(target: Canvas) -> None:
    seen = [drawn(Renderer, sliced(y), target)[0][MIDDLE] for y in _PLACES_MM.values()]
    before, inside, behind = map(contrast, seen)
    assert before > 1.1 * inside > 1.2 * behind > 0


def contrast(seen: NDArray[np.float64]) -> float:
    """Between the bright squares and the dark ones, in light."""
    light = linear(np.rint(seen[..., 1] * 255).astype(np.uint8))
    return float(np.percentile(light, 90) - np.percentile(light, 10))


@pytest.mark.parametrize("depth_m", [0.06, 0.02, -0.02, -0.06])
def test_writing_and_lines_among_a_slice_and_a_ghost(target: Canvas, depth_m: float) -> None:
    """The slice cuts the ball in two; a word and a line before the ball, in either half of it,
    and behind it: what the slice hides is not there, what the glass hides is tinted."""
    x, y, z = 0.0, 0.8, -0.6 + depth_m
    marks = Marks(
        (Label("IHI", (x, y + 0.008, z), 0.012, WHITE),),
        strokes((x - 0.02, y - 0.01, z), (x + 0.02, y - 0.01, z), 0.003, WHITE),
    )
    bare = sliced(0.0)
    draw = replace(bare, marks=marks)
    ours, exact = drawn(Renderer, draw, target), drawn(PeelingRenderer, draw, target)
    is_written = np.abs(ours - drawn(Renderer, bare, target)).max(axis=-1) > 0.05
    near = (slice(None), slice(60, 140), slice(60, 140))
    if depth_m < 0:
        assert not is_written[near].any(), "the slice is before them"
        return
    assert is_written[near].mean() > 0.01
    assert np.abs(ours - exact)[is_written].mean() < MOST_ERROR
    assert bool((ours[is_written].min(axis=-1) > 0.97).any()) == (depth_m > 0.04)


def on_front(count: int = 400) -> NDArray[np.float64]:
    """Points of the room on the side of a ball that both eyes see."""
    chance = np.random.default_rng(1)
    out = chance.normal(size=(count, 3)) * (0.5, 0.5, 0.2)
    out[:, 2] = np.abs(out[:, 2]) + 1.0
    out *= RADIUS_MM / 1000 / np.linalg.norm(out, axis=1)[:, None]
    return np.add(out, (0.0, 0.8, -0.6))


def colors_at(
    picture: NDArray[np.float64], view: View, points_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What an eye sees of each point: nearest pixel."""
    x, y, z = (points_m - view.eye.position_m).T  # eyes look along -z
    at = np.stack((x / -z / np.tan(view.fov.right_rad), y / -z / np.tan(view.fov.up_rad)))
    column, row = ((at * ((1.0,), (-1.0,)) + 1) / 2 * SIZE).astype(int)
    return np.asarray(picture[row, column])


@pytest.mark.parametrize("opacity", [0.15, 0.5])
def test_layers_have_one_colour_for_both_eyes(target: Canvas, opacity: float) -> None:
    """Three large plates, one behind the other: both eyes look through the same of them."""
    colors = {"#ff4020": 0.0, "#30ff40": 20.0, "#4060ff": 40.0}
    meshes = {c: square((0, y, 0), 150) for c, y in colors.items()}
    draw = draw_data(case_of(meshes, {c: Look(c, opacity) for c in colors}))
    left, right = (picture[MIDDLE] for picture in drawn(Renderer, draw, target))
    assert np.abs(left.mean(axis=(0, 1)) - right.mean(axis=(0, 1))).max() < 1.5 / 255
    assert np.abs(left - right).mean() < 1.5 / 255


def test_shells_differ_between_the_eyes_no_more_than_light_does(target: Canvas) -> None:
    """A weighting by the distance to the eye, or by the pixel, would let the layers behind a point
    change places between the eyes, and it would glitter."""
    colors = ("#ff2020", "#20ff20", "#2020ff", "#ffffff")
    meshes = {c: sphere(radius_mm=RADIUS_MM - 9 * i, rings=32) for i, c in enumerate(colors)}
    draw = draw_data(case_of(meshes, {c: Look(c, 0.5) for c in colors}))
    views, points = eyes(facing()), on_front()
    apart = {}
    for kind in (Renderer, PeelingRenderer):
        pictures = drawn(kind, draw, target)
        left, right = (colors_at(pictures[i], views[i], points) for i in (0, 1))
        apart[kind] = np.abs(left - right).mean()
    assert apart[Renderer] <= apart[PeelingRenderer] + MOST_ERROR / 2
