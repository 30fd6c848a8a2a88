"""What can be measured, and one measurement as it was found: a plain value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from xrviewer.case.quantity import Quantity
from xrviewer.spatial.transforms import Vec3


class Kind(StrEnum):
    """What was measured; the number and order of the points says the rest."""

    DISTANCE = "distance"
    """Straight, between two points."""
    POLYLINE = "polyline"
    """Along two or more points."""
    SURFACE = "surface"
    """Along the surface of a part, between two points on it."""
    ANGLE = "angle"
    """At the middle one of three points."""
    PLANE_ANGLE = "plane_angle"
    """How far the plane of three points is tilted: against the patient's axial plane, against
    the plane across an axis (two more points), or against a second plane (three more)."""
    DIAMETER = "diameter"
    """Of the circle through three or more points."""
    GAP = "gap"
    """The least distance between two parts."""
    AREA = "area"
    """Of what was painted on a part; the points are the brush's places."""
    VOLUME = "volume"
    """Of a part."""
    NOTE = "note"
    """A place and what there is to say of it; no value."""


class Lesion(StrEnum):
    """The part a diameter plays in the response criteria."""

    NONE = ""
    TARGET = "target"
    NODE = "node"
    """A target whose short axis counts."""
    NON_TARGET = "non_target"


@dataclass(frozen=True, slots=True)
class Measured:
    """What is found in one go and written in one register."""

    kind: Kind
    timepoint: str
    points_mm: tuple[Vec3, ...]
    """Where it was placed; case frame."""
    layers: tuple[str, ...] = ()
    """The parts it was made on, as far as there are any."""
    quantity: Quantity | None = None
    line_mm: tuple[Vec3, ...] = ()
    """The line that is drawn where it is not straight from point to point."""
    radius_mm: float | None = None
    """Of the brush."""
