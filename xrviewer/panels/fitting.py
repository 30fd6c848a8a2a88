"""Words in the room there is for them, in the font that is in use."""

from __future__ import annotations

from collections.abc import Sequence

from imgui_bundle import imgui

from xrviewer.panels import theme
from xrviewer.panels.theme import Icon
from xrviewer.panels.writing import lines_as_drawn

_PADDING, _NARROW, _LEAST = 12.0, 6.0, 4.0
"""At the sides of a button."""


def fitting(labels: Sequence[str], width: float) -> tuple[str, float, float]:
    """The first label that a button of that width has room for, its size, and what is left at its
    sides: first nearer to the edge, then smaller, then the next label."""
    now = imgui.get_font_size()
    for label in labels:
        long = imgui.calc_text_size(label, True).x
        for size, padding in ((now, _PADDING), (now, _NARROW), (theme.SMALL, _NARROW)):
            if long * size / now <= width - 2 * padding:
                return label, size, padding
    return labels[-1], theme.SMALL, _LEAST


def shortened(text: str, width: float) -> str:
    """With an ellipsis where it is too long for a line of that width."""
    if imgui.calc_text_size(text).x <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = imgui.calc_text_size(f"{text[:middle].rstrip()}…").x <= width
        low, high = (middle, high) if fits else (low, middle - 1)
    return f"{text[:low].rstrip()}…"


def columns_for(words: Sequence[str], most: int) -> int:
    """As many as leave room for the longest word with its icon."""
    room, longest = imgui.get_content_region_avail().x, 0.0
    for word in words:
        longest = max(longest, imgui.calc_text_size(f"{Icon.LAYERS}  {word}").x + 2 * _NARROW)
    return max(1, min(most, int((room + theme.GAP) / (longest + theme.GAP))))


def wrapped(text: str) -> str:
    """As it is drawn: a line that goes from right to left is broken before it is turned round."""
    room = imgui.get_content_region_avail().x
    return lines_as_drawn(text, lambda line: imgui.calc_text_size(line).x <= room)
