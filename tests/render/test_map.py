"""A map on the surfaces: the colour that is seen is the legend's, whatever the light."""

from __future__ import annotations

import math

import numpy as np
import pytest
from OpenGL import GL
from skimage.color import rgb2lab

from tests.render.pictures import canvas, draw_data, facing, picture, pictures, renderer
from tests.shapes import Look, case_of, mapped, sphere, square
from xrviewer.case.model import MapInfo
from xrviewer.document.document import Document
from xrviewer.document.intents import SetMapRange, SetMapSteps, ShowIsolines, ShowMap
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.counting import counted_calls
from xrviewer.gpu.program import Program
from xrviewer.render.mapping import MAP_DTYPE
from xrviewer.render.renderer import Quality
from xrviewer.scene.build import Scene
from xrviewer.scene.mapping import LOSS_SRGB, color_table

pytestmark = pytest.mark.gl

INFO = MapInfo("thickness_mm", "Thickness", "mm", "between two spheres", "exact", 0.0)
SHADED = Quality(samples=4, has_occlusion=True)


BALL = sphere(radius_mm=40)
BALL_PX = 28
"""Of some 31, so that no pixel is half wall."""


def ball_with(value: float) -> np.ndarray:
    """The pixels of a ball that carries one value, before a wall that carries none."""
    plain = case_of({"ball": BALL, "wall": square((0, 30, 0), 60)})
    count = len(BALL[0])
    case = mapped(plain, INFO, lambda p: np.where(np.arange(len(p)) < count, value, np.nan))
    drawn = pictures(draw_data(case, (ShowMap("thickness_mm"),)), (facing(),), SHADED)[0]
    at = np.arange(len(drawn)) - (len(drawn) - 1) / 2
    return drawn[np.hypot(at[:, None], at) < BALL_PX]


@pytest.mark.parametrize("value", [0.3, 1.0, 1.7, 2.5, 3.3, 3.9])
def test_colour_reads_back_as_the_value(gl: Capabilities, value: float) -> None:
    """Within 2 % of the range, at every pixel of a round and shaded thing."""
    table = color_table("viridis", 0).astype(int)
    seen = np.unique(ball_with(value), axis=0).astype(int)
    rows = np.abs(seen[:, None] - table).sum(axis=2).argmin(axis=1)
    read = 4 * (rows + 0.5) / len(table)
    assert np.abs(read - value).max() <= 0.02 * 4


def test_values_between_vertices_are_linear(gl: Capabilities) -> None:
    """A plate from 0.5 at its left to 3.5 at its right."""
    plate = case_of({"plate": square(half_mm=40)})
    case = mapped(plate, INFO, lambda p: 2 + 1.5 * p[:, 0] / 40)
    seen = picture(case, ShowMap("thickness_mm"))
    row = seen[len(seen) // 2].astype(int)
    table = color_table("viridis", 0).astype(int)
    rows = np.abs(row[:, None] - table).sum(axis=2).argmin(axis=1)
    # A plate of 80 mm seen from 0.4 m under 30 degrees.
    across = (np.arange(len(row)) + 0.5) / len(row) * 2 - 1
    x_mm = across * 400 * math.tan(math.radians(15))
    inside = np.abs(x_mm) < 38
    read = 4 * (rows[inside] + 0.5) / len(table)
    np.testing.assert_allclose(read, 2 + 1.5 * x_mm[inside] / 40, atol=0.08)


def test_undefined_is_the_parts_own_colour_lit(gl: Capabilities) -> None:
    plain = case_of({"plate": square()}, {"plate": Look("#3070c0")})
    case = mapped(plain, INFO, lambda p: np.full(len(p), np.nan))
    shown, without = picture(case, ShowMap("thickness_mm")), picture(plain)
    np.testing.assert_array_equal(shown, without)


def test_a_triangle_with_an_undefined_corner_is_undefined(gl: Capabilities) -> None:
    plain = case_of({"plate": square()})
    case = mapped(plain, INFO, lambda p: np.where(np.arange(len(p)) % 4 == 0, np.nan, 3.0))
    shown = picture(case, ShowMap("thickness_mm")).astype(int)
    np.testing.assert_allclose(shown, picture(plain).astype(int), atol=60)
    yellow = color_table("viridis", 0)[192].astype(int)
    assert np.abs(shown - yellow).sum(axis=2).min() > 60


def test_full_loss_is_striped_and_near_loss_is_not(gl: Capabilities) -> None:
    for value, is_striped in ((0.0, True), (0.02, False)):
        case = mapped(case_of({"plate": square()}), INFO, lambda p, v=value: np.full(len(p), v))
        seen = picture(case, ShowMap("thickness_mm"))[60:100, 60:100].reshape(-1, 3).astype(int)
        off = np.abs(seen[:, None] - np.array(LOSS_SRGB)).sum(axis=2)
        share = (off < 8).mean(axis=0)
        assert (share > 0.2).all() if is_striped else (share == 0).all()


@pytest.mark.parametrize("sight", [None, "deuteranopia", "protanopia"])
def test_lost_absent_and_thin_are_told_apart_under_light(
    gl: Capabilities, sight: str | None
) -> None:
    """Each over a whole shaded ball: loss is striped in what no palette has; what is absent has the
    structure's own lit colour; for readers without red or green sight too."""
    balls = {name: ball_with(v) for name, v in (("lost", 0.0), ("absent", np.nan), ("thin", 0.1))}
    seen = {name: lightness_and_color(pixels, sight) for name, pixels in balls.items()}
    palette = lightness_and_color(color_table("viridis", 0), sight)
    stripes = np.percentile(seen["lost"], (10, 90), axis=0)
    away = np.linalg.norm(stripes[:, None] - palette, axis=2).min(axis=1)
    assert (away > 8).all()  # neither is of the palette
    assert np.ptp(seen["lost"][:, 0]) > 5  # and there are two
    assert np.unique(seen["thin"].round(), axis=0).shape[0] < 6  # one even colour, no stripes
    for one, other in (("lost", "absent"), ("lost", "thin"), ("absent", "thin")):
        apart = np.linalg.norm(np.median(seen[one], axis=0) - np.median(seen[other], axis=0))
        assert apart > 15, (one, other)


def lightness_and_color(srgb: np.ndarray, sight: str | None) -> np.ndarray:
    """CIELAB of what somebody sees; without red or green sight as Viénot says."""
    linear = (srgb.reshape(-1, 3) / 255.0) ** 2.2
    if sight is not None:
        lost, kept = {"protanopia": (0.1124, 0.8876), "deuteranopia": (0.2928, 0.7072)}[sight]
        yellow = linear @ (lost, kept, 0.0)
        linear = np.stack([yellow, yellow, linear[:, 2]], axis=1)
    return np.asarray(rgb2lab(np.clip(linear, 0, 1) ** (1 / 2.2)))


def test_a_change_of_look_compiles_nothing_and_a_still_map_costs_no_call(gl: Capabilities) -> None:
    case = mapped(case_of({"ball": sphere(rings=8)}), INFO, lambda p: p[:, 2] * 0 + 2)
    document, scene = Document(case), Scene(case)
    with renderer() as made, canvas(64, 64) as target:
        made.draw(scene.build(document.snapshot), (facing(),), target.target)
        programs = len(made.programs)
        with counted_calls() as plain:
            made.draw(scene.build(document.snapshot), (facing(),), target.target)
        for intent in (
            ShowMap("thickness_mm"),
            SetMapRange("thickness_mm", 0.0, 3.0),
            SetMapSteps("thickness_mm", 6),
        ):
            document.apply(intent)
            made.draw(scene.build(document.snapshot), (facing(),), target.target)
        with counted_calls() as mapped_calls:
            made.draw(scene.build(document.snapshot), (facing(),), target.target)
        assert len(made.programs) == programs
        assert mapped_calls.of == plain.of


def test_layout_is_the_drivers(gl: Capabilities) -> None:
    program = Program("mesh.vert", "mesh.frag", ("VIEW=0",))
    block = GL.glGetProgramResourceIndex(program.name, GL.GL_SHADER_STORAGE_BLOCK, "ShownMap")
    assert block != GL.GL_INVALID_INDEX
    properties, size = np.array([GL.GL_BUFFER_DATA_SIZE], np.uint32), np.zeros(1, np.int32)
    GL.glGetProgramResourceiv(
        program.name, GL.GL_SHADER_STORAGE_BLOCK, block, 1, properties, 1, None, size
    )
    assert int(size[0]) == MAP_DTYPE.itemsize
    program.close()


def test_lines_lie_at_round_values_smooth_and_can_be_taken_off(gl: Capabilities) -> None:
    """A plate from 0.5 at its left to 3.5 at its right: lines every half millimetre."""
    plate = case_of({"plate": square(half_mm=40)})
    case = mapped(plate, INFO, lambda p: 2 + 1.5 * p[:, 0] / 40)
    plain, lined = (
        picture(case, ShowMap("thickness_mm"), ShowIsolines("thickness_mm", is_shown)).astype(int)
        for is_shown in (False, True)
    )
    row = len(plain) // 2
    darker = (plain[row] - lined[row]).sum(axis=1)
    across = (np.arange(len(darker)) + 0.5) / len(darker) * 2 - 1
    value = 2 + 1.5 * across * 400 * math.tan(math.radians(15)) / 40
    is_line = darker > 0.3 * darker.max()
    seen = value[is_line & (np.abs(value - 2) < 1.4)]
    off = np.abs(seen - np.round(seen * 2) / 2)
    pixel = float(np.diff(value).mean())
    assert off.max() < 2 * pixel
    assert set(np.round(seen * 2) / 2) == {1.0, 1.5, 2.0, 2.5, 3.0}
    assert len(np.unique(darker[is_line])) > 3  # edges between full and none: antialiased
    assert not darker[~is_line & (darker > 0)].max(initial=0) > 0.31 * darker.max()
