"""The measuring tools: which there are, how many points each takes, and how far a device places
one from where its holder meant."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.case.measured import Kind, Lesion
from xrviewer.document.opening import OPENING_TOOL
from xrviewer.interaction.input import Hand
from xrviewer.words import mark

MOUSE_M, CONTROLLER_M, BARE_M = 0.001, 0.003, 0.008
"""The radius about the place that was meant that holds 95 of 100 placed points, in the room; the
model's scale divides it. Of a mouse: two pixels of a window that shows a knee. Of controllers and
bare hands: a study of distances found 1.7 and 4.5 mm off in the mean, which is 3 and 8 mm at each
end when the errors are normal and independent."""
REFINED = 0.25
"""What of the hand's motion counts while it holds the trigger or the pinch: so much finer a bare
hand places that has held it."""
BRUSH_M = 0.005
"""Radius of the brush in the room."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a tool takes."""

    says: str
    least: int
    most: int | None
    """None: until the user ends it."""
    between: tuple[int, ...] = ()
    """Numbers of points that are no figure though more than the least are."""
    is_slow: bool = False
    """Its value is found beside the frame."""
    parts: int | None = None
    """How many parts its points lie on; None does not care."""

    def can_end(self, count: int) -> bool:
        return count >= self.least and count not in self.between

    def is_full(self, count: int) -> bool:
        return self.most is not None and count >= self.most


WANTED: dict[Kind, Wanted] = {
    Kind.DISTANCE: Wanted(mark("Distance"), 2, 2),
    Kind.POLYLINE: Wanted(mark("Path"), 2, None),
    Kind.SURFACE: Wanted(mark("Surface distance"), 2, 2, is_slow=True, parts=1),
    Kind.ANGLE: Wanted(mark("Angle"), 3, 3),
    Kind.PLANE_ANGLE: Wanted(mark("Plane angle"), 3, 6, between=(4,)),
    Kind.DIAMETER: Wanted(mark("Diameter"), 3, None),
    Kind.GAP: Wanted(mark("Gap"), 2, 2, is_slow=True, parts=2),
    Kind.AREA: Wanted(mark("Area"), 1, None, is_slow=True, parts=1),
    Kind.VOLUME: Wanted(mark("Volume"), 1, 1, is_slow=True, parts=1),
    Kind.NOTE: Wanted(mark("Note"), 1, 1),
}
"""In the order in which the key goes through them."""
DRAGGED = {k for k in Kind if k not in (Kind.GAP, Kind.AREA, Kind.VOLUME)}
"""Those whose points can be moved later; the ends of the others are found, not placed."""


AXES: dict[str, tuple[Lesion, str]] = {
    "lesion": (Lesion.TARGET, mark("Longest diameter")),
    "node": (Lesion.NODE, mark("Short axis of a node")),
}
"""Tools that find the two ends of a distance themselves, on the structure that is pressed."""
_KINDS = {str(kind): kind for kind in WANTED} | dict.fromkeys(AXES, Kind.DISTANCE)
_RING = [*map(str, WANTED), *AXES]


def kind_of(tool: str) -> Kind | None:
    """None for a tool that does not measure."""
    return _KINDS.get(tool)


def next_tool(tool: str) -> str:
    """The measuring tool after this one; the first after any other."""
    return _RING[(_RING.index(tool) + 1) % len(_RING)] if tool in _RING else _RING[0]


def previous_tool(tool: str) -> str:
    return _RING[_RING.index(tool) - 1] if tool in _RING else _RING[-1]


def lesion_of(tool: str) -> Lesion:
    """What a tool that finds its ends itself makes a measurement of; else nothing."""
    return AXES[tool][0] if tool in AXES else Lesion.NONE


def says(tool: str) -> str | None:
    """In English, to be translated; None for a tool that does not measure."""
    kind = kind_of(tool)
    return AXES[tool][1] if tool in AXES else None if kind is None else WANTED[kind].says


def toggled_tool(tool: str) -> str:
    return Kind.DISTANCE if kind_of(tool) is None else OPENING_TOOL


def input_m(hand: Hand, has_refined: bool) -> float:
    """How far off a point may be that this hand has placed; in the room."""
    if not hand.is_drawn:
        return MOUSE_M
    if hand.joints is None:
        return CONTROLLER_M
    return BARE_M * REFINED if has_refined else BARE_M
