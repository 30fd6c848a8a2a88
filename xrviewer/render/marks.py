"""Writing and strokes: one buffer, one draw call, whatever their number.

Each is a quad in the room that faces the head, not the eye: both eyes see the same one, so it
stands where it stands. A letter's edge comes from the signed distances of the font's texture.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from OpenGL import GL

from xrviewer.gpu import direct
from xrviewer.gpu.buffer import Buffer
from xrviewer.gpu.texture import GrayTexture
from xrviewer.render.glyphs import baked_font
from xrviewer.scene.marks import Label, Marks
from xrviewer.spatial.views import View

MAX_MARKS = 8192
"""What is beyond is not drawn; a screen so full says nothing anyway."""
_PLATE_RADIUS, _PLATE_BEHIND = 1.05, 0.1
"""In capital heights."""
_ALIGNED = 16
"""Marks: so many begin where any driver lets a part of a buffer begin."""
_BUFFER_UNIT, _TEXTURE_UNIT = 2, 5

_ANY = np.array([[0.31, 0.95, 0.02]], np.float32)
_ALONG_X = np.array([[1.0, 0.0, 0.0]], np.float32)

MARK_DTYPE = np.dtype(
    [
        ("middle", "f4", 3),
        ("is_stroke", "f4"),
        ("across", "f4", 4),
        ("along", "f4", 4),
        ("glyph", "f4", 4),
        ("color", "f4", 4),
    ]
)
"""As shaders/lib/mark.glsl reads it."""


class MarkPass:
    """Owns the font's texture and the buffer; made when something is first written."""

    def __init__(self) -> None:
        self._texture = GrayTexture(baked_font().atlas)
        self._buffer = Buffer(MAX_MARKS * MARK_DTYPE.itemsize)
        self._plain, self._lines, self._values = (0, 0), (0, 0), (0, 0)
        """Where each begins in the buffer, and how many there are."""
        GL.glBindTextureUnit(_TEXTURE_UNIT, self._texture.name)

    @property
    def has_measures(self) -> bool:
        return self._lines[1] + self._values[1] > 0

    def write(self, marks: Marks, measures: Marks, views: tuple[View, ...]) -> None:
        lines = mark_quads(Marks(strokes=measures.strokes), views)
        values = mark_quads(Marks(measures.labels), views)
        runs, made, first = [], [], 0
        for quads in (lines, values, mark_quads(marks, views)):
            quads = quads[: MAX_MARKS - first]
            runs.append((first, len(quads)))
            padding = np.zeros(-len(quads) % _ALIGNED, MARK_DTYPE)
            made += [quads, padding]
            first = min(first + len(quads) + len(padding), MAX_MARKS)
        self._lines, self._values, self._plain = runs
        self._buffer.write(np.concatenate(made)[:MAX_MARKS])

    def draw(self, views: int) -> None:
        """The lines of measurements that nothing hides; their values, whatever does; the rest."""
        self._draw(self._lines, views)
        if self._values[1]:
            direct.glDepthFunc(GL.GL_ALWAYS)
            self._draw(self._values, views)
            direct.glDepthFunc(GL.GL_GEQUAL)
        self._draw(self._plain, views)

    def draw_hidden_lines(self, views: int) -> None:
        """Where solids hide them, one over the other as they come: they leave no depth, for what
        is before a solid is before them."""
        direct.glDepthMask(False)
        direct.glDepthFunc(GL.GL_LESS)
        self._draw(self._lines, views)
        direct.glDepthFunc(GL.GL_GEQUAL)
        direct.glDepthMask(True)

    def _draw(self, run: tuple[int, int], views: int) -> None:
        first, count = run
        if not count:
            return
        size = MARK_DTYPE.itemsize
        target, name = GL.GL_SHADER_STORAGE_BUFFER, self._buffer.name
        direct.glBindBufferRange(target, _BUFFER_UNIT, name, first * size, count * size)
        direct.glDrawArraysInstanced(GL.GL_TRIANGLES, 0, 6, count * views)

    def close(self) -> None:
        self._texture.close()
        self._buffer.close()


def mark_quads(marks: Marks, views: tuple[View, ...]) -> NDArray[Any]:
    """MARK_DTYPE, turned to the head."""
    eyes = [view.eye.position_m for view in views]
    head = np.array([sum(values) / len(eyes) for values in zip(*eyes, strict=True)], np.float32)
    strokes = _stroke_quads(marks.strokes, head)
    if not marks.labels:
        return strokes
    plates = _plate_quads(marks.labels, head)
    return np.concatenate([strokes, plates, _label_quads(marks.labels, head)])


def _plate_quads(labels: tuple[Label, ...], head: NDArray[np.float32]) -> NDArray[Any]:
    """A flat bar with round ends behind each label that has one."""
    on = [label for label in labels if label.plate is not None]
    if not on:
        return np.zeros(0, MARK_DTYPE)
    lengths = np.array([_line_of(label.text)[2] for label in on], np.float32)
    shares = np.array([label.anchor.value for label in on], np.float32)
    heights = np.array([label.height_m for label in on], np.float32)[:, None]
    positions = np.array([label.position_m for label in on], np.float32)
    right, up = _axes(positions, head)
    quads: NDArray[Any] = np.zeros(len(on), MARK_DTYPE)
    quads["middle"] = positions + right * ((0.5 - shares) * lengths)[:, None] * heights
    quads["middle"] -= _unit(head - positions) * heights * _PLATE_BEHIND
    radius = heights * _PLATE_RADIUS
    half = heights * lengths[:, None] / 2
    quads["is_stroke"] = 1.0
    quads["across"][:, :3], quads["along"][:, :3] = right * (half + radius), up * radius
    quads["glyph"][:, :1] = 1.0 + half / radius
    quads["color"][:, :3] = [label.plate for label in on]
    return quads


def _label_quads(labels: tuple[Label, ...], head: NDArray[np.float32]) -> NDArray[Any]:
    """All labels' glyphs at once: numpy is called a score of times, not a score a label."""
    lines = [_line_of(label.text) for label in labels]
    counts = [len(boxes) for boxes, _, _ in lines]
    per_label = np.array(
        [
            (*label.position_m, *label.color, label.height_m, label.anchor.value * line[2])
            for label, line in zip(labels, lines, strict=True)
        ],
        np.float32,
    )
    axes = _axes(per_label[:, :3], head)
    for i, label in enumerate(labels):
        if label.axes is not None:
            axes[0][i], axes[1][i] = label.axes
    right, up = (np.repeat(axis, counts, axis=0) for axis in axes)
    own = np.repeat(per_label, counts, axis=0)
    height = own[:, 6:7]
    boxes = np.concatenate([boxes for boxes, _, _ in lines]) * height
    half = boxes[:, 2:] / 2
    x, y = boxes[:, :1] + half[:, :1] - own[:, 7:8] * height, boxes[:, 1:2] + half[:, 1:]
    quads: NDArray[Any] = np.zeros(len(boxes), MARK_DTYPE)
    quads["middle"] = own[:, :3] + x * right + y * up
    quads["across"][:, :3] = half[:, :1] * right
    quads["along"][:, :3] = half[:, 1:] * up
    quads["glyph"] = np.concatenate([rectangles for _, rectangles, _ in lines])
    quads["color"][:, :3] = own[:, 3:6]
    return quads


@lru_cache(maxsize=512)
def _line_of(text: str) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """(N, 4) left, bottom, width, height in capital heights, the textures' rectangles, and how
    long the line is. A blank has no quad."""
    font, pen, boxes, rectangles = baked_font(), 0.0, [], []
    for letter in text:
        glyph = font.glyph(letter)
        if not letter.isspace():
            boxes.append((pen + glyph.left, glyph.bottom, glyph.width, glyph.height))
            rectangles.append(glyph.rectangle)
        pen += glyph.advance
    places = np.array([boxes, rectangles], np.float32).reshape(2, -1, 4)
    return places[0], places[1], pen


def _axes(
    positions: NDArray[np.float32], head: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """To the right and up of writing that faces the head and stands upright."""
    back = _unit(head - positions)
    level = np.hypot(back[:, 0], back[:, 2])[:, None]
    right = np.zeros_like(back)
    right[:, 0], right[:, 2] = back[:, 2], -back[:, 0]
    right = np.where(level > 1e-3, right / np.maximum(level, 1e-3), _ALONG_X)
    return right, _cross(back, right)


def _stroke_quads(strokes: NDArray[Any], head: NDArray[np.float32]) -> NDArray[Any]:
    """A quad along each stroke, a radius longer at both ends, as wide as it is thick."""
    quads: NDArray[Any] = np.zeros(len(strokes), MARK_DTYPE)
    start, end, radius = strokes["start_m"], strokes["end_m"], strokes["radius_m"][:, None]
    middle, half = (start + end) / 2, (end - start) / 2
    length = np.linalg.norm(half, axis=1, keepdims=True)
    back = head - middle
    # A ball has no direction: any across the line of sight will do.
    along_any = _cross(_ANY, back)
    direction = np.where(length > 1e-6, half / np.maximum(length, 1e-9), _unit(along_any))
    side = _unit(_cross(back, direction))
    quads["middle"], quads["is_stroke"] = middle, 1.0
    quads["across"][:, :3] = direction * (length + radius)
    quads["along"][:, :3] = side * radius
    quads["glyph"][:, :1] = 1.0 + length / np.maximum(radius, 1e-6)
    quads["color"][:, :3], quads["color"][:, 3] = strokes["color"], strokes["is_lit"]
    return quads


def _unit(vectors: NDArray[Any]) -> NDArray[Any]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[Any] = vectors / np.maximum(lengths, 1e-9)
    return unit


def _cross(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """np.cross takes ten times as long."""
    ax, ay, az, bx, by, bz = *a.T, *b.T
    return np.column_stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])
