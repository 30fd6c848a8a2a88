"""A picture of lines and words, as a page of HTML and a page of PDF both draw it.

Points, 72 to the inch; y goes down from the top. Colours are #rrggbb.
"""

from __future__ import annotations

import html
from dataclasses import dataclass

INK, QUIET, RULE, ACCENT = "#1b2126", "#5d6b76", "#d5dce1", "#1f7f99"
WARNING = "#a4461a"


@dataclass(frozen=True, slots=True)
class Line:
    points: tuple[tuple[float, float], ...]
    color: str = INK
    width: float = 0.8


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    color: str


@dataclass(frozen=True, slots=True)
class Disc:
    x: float
    y: float
    radius: float
    color: str = ACCENT


@dataclass(frozen=True, slots=True)
class Words:
    x: float
    y: float
    """Of the line the letters stand on."""
    text: str
    size: float = 8.0
    color: str = INK
    anchor: str = "start"
    """start, middle or end."""


Shape = Line | Rect | Disc | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    shapes: tuple[Shape, ...]
    says: str = ""
    """The same in words, for who cannot see it."""


def as_svg(drawing: Drawing) -> str:
    """An element of its own, to stand in a page."""
    inside = "".join(_svg(shape) for shape in drawing.shapes)
    size = f'width="{drawing.width:g}pt" height="{drawing.height:g}pt"'
    box = f'viewBox="0 0 {drawing.width:g} {drawing.height:g}"'
    label = html.escape(drawing.says)
    return f'<svg {size} {box} role="img" aria-label="{label}">{inside}</svg>'


def _svg(shape: Shape) -> str:
    match shape:
        case Line():
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in shape.points)
            stroke = f'stroke="{shape.color}" stroke-width="{shape.width:g}"'
            return f'<polyline points="{points}" fill="none" {stroke} stroke-linejoin="round"/>'
        case Rect():
            at = f'x="{shape.x:.2f}" y="{shape.y:.2f}"'
            size = f'width="{shape.width:.2f}" height="{shape.height:.2f}"'
            return f'<rect {at} {size} fill="{shape.color}"/>'
        case Disc():
            at = f'cx="{shape.x:.2f}" cy="{shape.y:.2f}" r="{shape.radius:g}"'
            return f'<circle {at} fill="{shape.color}"/>'
        case Words():
            at = f'x="{shape.x:.2f}" y="{shape.y:.2f}"'
            look = f'font-size="{shape.size:g}" fill="{shape.color}" text-anchor="{shape.anchor}"'
            return f"<text {at} {look}>{html.escape(shape.text)}</text>"
