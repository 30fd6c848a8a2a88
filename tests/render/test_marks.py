"""Writing and strokes: where their quads are, and what both eyes see of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.render.pictures import PLAIN, canvas, renderer
from tests.shapes import case_of, sphere
from xrviewer.document.document import Document
from xrviewer.gpu.context import Capabilities
from xrviewer.gpu.counting import counted_calls
from xrviewer.render.glyphs import baked_font
from xrviewer.render.marks import mark_quads
from xrviewer.scene.build import Scene
from xrviewer.scene.marks import Anchor, Label, Marks, strokes
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View, symmetric_fov

CASE = case_of({"ball": sphere()})
FOV = symmetric_fov(1.4, 576 / 648)
EYES = tuple(View(Pose((x, 0.9, 0.0), (0, 0, 0, 1)), FOV) for x in (-0.032, 0.032))
WHITE = (1.0, 1.0, 1.0)


def quads(marks: Marks) -> np.ndarray:
    return mark_quads(marks, EYES)


def test_a_capital_is_as_tall_as_it_says_and_centred() -> None:
    glyph = baked_font().glyph("H")
    (quad,) = quads(Marks((Label("H", (0.0, 0.9, -1.0), 0.035),)))
    assert 2 * np.linalg.norm(quad["along"][:3]) == pytest.approx(glyph.height * 0.035)
    np.testing.assert_allclose(quad["middle"], (0.0, 0.9, -1.0), atol=0.002)


def test_writing_stands_upright_and_faces_the_head_not_the_eye() -> None:
    (quad,) = quads(Marks((Label("A", (0.8, 0.5, -0.7), 0.02),)))
    right, up = quad["across"][:3], quad["along"][:3]
    assert right[1] == pytest.approx(0.0) and up[1] > 0
    facing = np.cross(right, up)
    to_head = np.subtract((0.0, 0.9, 0.0), (0.8, 0.5, -0.7))
    cosine = facing @ to_head / np.linalg.norm(facing) / np.linalg.norm(to_head)
    assert cosine == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("anchor", list(Anchor))
def test_a_line_begins_ends_or_is_centred_at_its_place(anchor: Anchor) -> None:
    made = quads(Marks((Label("HHHH", (0.0, 0.9, -1.0), 0.1, WHITE, anchor),)))
    left = (made["middle"] - made["across"][:, :3])[:, 0].min()
    right = (made["middle"] + made["across"][:, :3])[:, 0].max()
    length = right - left
    expected = {Anchor.LEFT: 0.0, Anchor.MIDDLE: -length / 2, Anchor.RIGHT: -length}[anchor]
    assert left == pytest.approx(expected, abs=0.03)


def test_a_stroke_spans_its_ends_and_a_radius_more() -> None:
    (quad,) = quads(Marks(strokes=strokes((-0.1, 1, -1), (0.1, 1, -1), 0.01)))
    assert 2 * np.linalg.norm(quad["across"][:3]) == pytest.approx(0.22, rel=1e-5)
    assert 2 * np.linalg.norm(quad["along"][:3]) == pytest.approx(0.02, rel=1e-5)
    (ball,) = quads(Marks(strokes=strokes((0, 1, -1), (0, 1, -1), 0.01)))
    for side in ("across", "along"):
        assert np.linalg.norm(ball[side][:3]) == pytest.approx(0.01, rel=1e-5)
    assert np.isfinite(ball["across"]).all()


def test_a_letter_that_the_font_lacks_is_a_question_mark_and_a_blank_is_nothing() -> None:
    font = baked_font()
    assert font.glyph("前") == font.glyph("?")
    assert len(quads(Marks((Label("a b", (0, 1, -1), 0.1),)))) == 2
    assert len(quads(Marks((Label("", (0, 1, -1), 0.1),)))) == 0


def test_both_eyes_see_smooth_writing_with_the_right_disparity(gl: Capabilities) -> None:
    """A capital I of 35 mm at 0.7 m, in the size of a headset's eye."""
    draw = Scene(CASE).build(Document(CASE).snapshot)
    label = Label("I", (0.0, 0.9, -0.7), 0.035, WHITE)
    with renderer(PLAIN) as made, canvas(576, 648, 2) as target:
        made.draw(draw, EYES, target.target)
        without = [target.picture(eye)[..., 1].astype(int) for eye in (0, 1)]
        made.draw(replace(draw, marks=Marks((label,))), EYES, target.target)
        seen = [target.picture(eye)[..., 1].astype(int) for eye in (0, 1)]
    centers, heights = [], []
    for before, after in zip(without, seen, strict=True):
        changed = after - before > 40
        rows, columns = np.nonzero(changed)
        centers.append(columns.mean())
        heights.append(np.ptp(rows) + 1)
        edge = after[changed]
        assert len(np.unique(edge)) > 2, "edges are steps"
    pixels_per_m = 648 / (2 * np.tan(0.7)) / 0.7
    assert centers[0] - centers[1] == pytest.approx(0.064 * pixels_per_m, abs=1.0)
    assert heights == pytest.approx([0.035 * pixels_per_m] * 2, abs=3.0)


def test_many_labels_cost_no_more_calls_than_one(gl: Capabilities) -> None:
    draw = Scene(CASE).build(Document(CASE).snapshot)
    calls = []
    with renderer(PLAIN) as made, canvas(64, 64, 2) as target:
        for count in (1, 1, 60):
            labels = tuple(Label("R/L", (0.01 * i, 1.0, -1.0), 0.02) for i in range(count))
            with counted_calls() as counted:
                made.draw(replace(draw, marks=Marks(labels)), EYES, target.target)
            calls.append(counted.calls)
    assert calls[2] == calls[1]
