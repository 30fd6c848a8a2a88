"""What a frame costs in OpenGL calls, compilations, uploads and names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.gpu.names import alive
from tests.python_calls import python_calls
from tests.render.pictures import (
    CRISP,
    PLAIN,
    canvas,
    draw_data,
    eyes,
    facing,
    picture,
    renderer,
)
from tests.shapes import case_of, nothing, sphere, square
from xrviewer.document.document import Document
from xrviewer.document.intents import (
    Intent,
    PlaceModel,
    SetLayerColor,
    SetLayerOpacity,
    SetLayerVisible,
    ShowTimepoint,
)
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.counting import counted_calls
from xrviewer.render import frame
from xrviewer.render.renderer import Quality, Renderer, Stereo
from xrviewer.scene.build import Scene
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement

pytestmark = pytest.mark.gl

EYES = eyes(facing())
CASE = case_of({"ball": sphere(rings=16), "wall": square((0, 40, 0))}, dates=2)
MAX_CALLS, MAX_PYTHON_CALLS = 12, 80


def calls_of_a_frame(parts: int, quality: Quality, stereo: Stereo, opacity: float = 1.0) -> int:
    """The third of a case of small plates; the first two make what is kept."""
    plates = {
        f"plate{i}": square((2.0 * (i % 40) - 40, 0, 2.0 * (i // 40) - 40), 0.8)
        for i in range(parts)
    }
    intents = (SetLayerOpacity("plate0", opacity),)
    draw = draw_data(case_of(plates), intents)
    with renderer(quality, stereo) as made, canvas(64, 64, 2) as target:
        for _ in range(2):
            made.draw(draw, EYES, target.target)
        with counted_calls() as count:
            made.draw(draw, EYES, target.target)
    return count.calls


@pytest.mark.parametrize(
    ("stereo", "quality", "opacity", "calls"),
    [
        (Stereo.SINGLE_PASS, PLAIN, 1.0, 8),
        (Stereo.TWO_PASS, PLAIN, 1.0, 12),
        (Stereo.SINGLE_PASS, Quality(4, has_occlusion=True), 1.0, 11),
        (Stereo.SINGLE_PASS, PLAIN, 0.5, 13),
    ],
    ids=["single pass", "two passes", "with occlusion", "with a see-through part"],
)
def test_calls_do_not_depend_on_the_number_of_parts(
    gl: Capabilities, stereo: Stereo, quality: Quality, opacity: float, calls: int
) -> None:
    """Exact, so that whoever adds a call says so here."""
    assert [calls_of_a_frame(n, quality, stereo, opacity) for n in (2, 10, 990)] == [calls] * 3


def test_the_frame_thread_makes_few_python_calls(gl: Capabilities) -> None:
    """With every part's state new; as many for a thousand parts as for one. Those of numpy and of
    the interpreter's own functions are counted, too."""
    made_calls = {parts: _python_calls(parts) for parts in (1, 990)}
    assert made_calls[990] == made_calls[1] <= MAX_PYTHON_CALLS


def _python_calls(parts: int) -> int:
    plates = {f"plate{i}": square((2.0 * i, 0, 0), 0.8) for i in range(parts)}
    draw = draw_data(case_of(plates))
    frame._lens.cache_clear()  # an equal angle that another test asked for is compared, not known
    with renderer(PLAIN, Stereo.SINGLE_PASS) as made, canvas(64, 64, 2) as target:
        for _ in range(2):
            made.draw(draw, EYES, target.target)
        changed = replace(draw, revision=draw.revision + 1)
        return python_calls(lambda: made.draw(changed, EYES, target.target))


def test_a_plain_stereo_frame_is_a_dozen_calls(gl: Capabilities) -> None:
    assert calls_of_a_frame(990, PLAIN, Stereo.SINGLE_PASS) <= MAX_CALLS


@pytest.mark.parametrize(
    ("intent", "is_whole"),
    [
        (SetLayerColor("ball", "#123456"), True),
        (SetLayerVisible("ball", False), True),
        (SetLayerOpacity("ball", 0.3), True),
        (PlaceModel(Placement((0.1, 0.8, -0.6), IDENTITY_ROTATION, 1.5)), False),
    ],
    ids=["colour", "visibility", "ghost", "placement"],
)
def test_a_change_compiles_nothing_and_is_sent_once(
    gl: Capabilities, intent: Intent, is_whole: bool
) -> None:
    document, scene = Document(CASE), Scene(CASE)
    with renderer() as made, canvas(64, 64) as target:
        made.draw(scene.build(document.snapshot), (facing(),), target.target)
        programs = len(made.programs)
        document.apply(intent)
        with counted_calls() as counted:
            made.draw(scene.build(document.snapshot), (facing(),), target.target)
        assert len(made.programs) == programs
        assert counted.of["glNamedBufferSubData"] == 1
        made_anew = {
            name for name in counted.of if name.startswith(("glCreate", "glCompile", "glLink"))
        }
        assert not made_anew
        assert is_whole == (scene.build(document.snapshot).revision == 2)


def test_what_changed_is_what_is_seen(gl: Capabilities) -> None:
    """The upload of a revision reaches the picture: kept renderer against a fresh one."""
    document, scene = Document(CASE), Scene(CASE)
    with renderer(CRISP) as made, canvas() as target:
        for intent in (
            SetLayerColor("ball", "#ff0000"),
            SetLayerOpacity("wall", 0.5),
            SetLayerVisible("ball", False),
            ShowTimepoint("t1"),
            SetLayerVisible("ball", True),
            PlaceModel(Placement((0.02, 0.79, -0.6), IDENTITY_ROTATION, 1.2)),
        ):
            document.apply(intent)
            draw = scene.build(document.snapshot)
            made.draw(draw, (facing(),), target.target)
            kept = target.picture()
            with renderer(CRISP) as fresh, canvas() as other:
                fresh.draw(draw, (facing(),), other.target)
                expected = other.picture()
            _forget(made)
            np.testing.assert_array_equal(kept, expected, err_msg=str(intent))


def _forget(made: Renderer) -> None:
    """Another renderer has used the context meanwhile; everything is made anew on demand."""
    made.close()


def test_a_whole_life_leaves_no_name(gl: Capabilities) -> None:
    before = alive()
    document, scene = Document(CASE), Scene(CASE)
    made = Renderer(gl, Quality(4, has_occlusion=True), Stereo.SINGLE_PASS)
    for size, layers in (((64, 64), 1), ((96, 48), 2), ((64, 64), 2)):
        with canvas(*size, layers) as target:
            for timepoint in ("t1", "t0"):
                document.apply(ShowTimepoint(timepoint))
                document.apply(SetLayerOpacity("wall", 0.4))
                draw = scene.build(document.snapshot, None, 0)
                made.draw(draw, EYES[:layers], target.target)
    assert len(alive() - before) > 15
    made.close()
    assert alive() == before


def test_drawing_goes_on_without_growing(gl: Capabilities) -> None:
    document, scene = Document(CASE), Scene(CASE)
    counts = []
    with renderer() as made, canvas(64, 64) as small, canvas(80, 64) as large:
        for i in range(12):
            document.apply(ShowTimepoint(f"t{i % 2}"))
            target = small if i % 3 else large
            made.draw(scene.build(document.snapshot), (facing(),), target.target)
            counts.append(len(alive()))
    assert len(set(counts)) == 1


def test_a_renderer_can_be_dropped_and_made_again(gl: Capabilities) -> None:
    first = picture(CASE)
    with renderer() as made, canvas() as target:
        for _ in range(2):
            made.draw(draw_data(CASE), (facing(),), target.target)
            made.close()
        np.testing.assert_array_equal(target.picture()[..., :3], first)


def test_a_date_without_surfaces_can_be_shown(gl: Capabilities) -> None:
    empty = case_of({"ball": nothing()}, dates=2)
    document, scene = Document(empty), Scene(empty)
    with renderer(Quality(4, has_occlusion=True)) as made, canvas(64, 64, 2) as target:
        for timepoint in ("t0", "t1"):
            document.apply(ShowTimepoint(timepoint))
            made.draw(scene.build(document.snapshot), EYES, target.target)
        assert target.picture()[..., 3].min() == 255
