"""Ligaments and tendons, swept from bone to bone. Stations are given in the frames of the bones, so
that a cord follows when the knee bends."""

from __future__ import annotations

from dataclasses import dataclass

from xrviewer.case.mesh import Mesh
from xrviewer.demos.distance import Nearest
from xrviewer.demos.knee.pose import KneePose
from xrviewer.demos.sweep import Station, Weave, sweep
from xrviewer.spatial.transforms import Vec3, apply, apply_direction


@dataclass(frozen=True, slots=True)
class Fixed:
    """A station that belongs to a bone, in that bone's frame."""

    bone: str
    point_mm: Vec3
    wide: Vec3
    half_width_mm: float
    half_thickness_mm: float

    def posed(self, pose: KneePose) -> Station:
        """In the joint frame."""
        place = pose.joint_from(self.bone)
        x, y, z = (float(v) for v in apply(place, self.point_mm))
        u, v, w = (float(v) for v in apply_direction(place, self.wide))
        return Station((x, y, z), (u, v, w), self.half_width_mm, self.half_thickness_mm)


@dataclass(frozen=True, slots=True)
class Cord:
    id: str
    stations: tuple[Fixed, ...]
    weave: Weave
    rings: int = 72
    spokes: int = 44
    is_draped: bool = False
    """Laid over the bones it passes."""


CORDS: tuple[Cord, ...] = (
    Cord(  # from the front of the medial condyle's inner wall to the dent behind the plateau
        "pcl",
        (
            Fixed("femur", (11.4, -11.0, 1.5), (-0.1, 0.8, 0.6), 7.0, 3.6),
            Fixed("femur", (7.2, -5.8, -3.0), (-0.2, 0.8, 0.6), 6.4, 3.8),
            Fixed("tibia", (3.8, 9.0, 8.5), (0.75, 0.45, 0.45), 5.0, 3.9),
            Fixed("tibia", (1.4, 19.2, -1.5), (1.0, 0.1, 0.1), 5.0, 3.6),
            Fixed("tibia", (0.2, 22.4, -9.5), (1.0, 0.0, 0.0), 5.6, 2.6),
            Fixed("tibia", (-0.5, 20.6, -16.5), (1.0, 0.0, 0.0), 6.6, 1.4),
        ),
        Weave(10, -0.22, 0.07),
    ),
    Cord(  # from the back of the lateral condyle's inner wall, down, forward and medially
        "acl",
        (
            Fixed("femur", (-12.6, 6.6, 8.0), (0.1, 0.75, -0.5), 6.4, 3.2),
            Fixed("femur", (-6.9, 3.6, 1.5), (0.2, 0.75, -0.5), 5.6, 3.1),
            Fixed("tibia", (-3.0, 0.2, 9.6), (0.45, 0.75, -0.2), 4.3, 3.1),
            Fixed("tibia", (0.4, -6.8, -2.2), (0.65, 0.6, 0.0), 4.9, 3.3),
            Fixed("tibia", (1.6, -9.6, -9.0), (0.75, 0.6, 0.0), 6.6, 4.4),
        ),
        Weave(9, 0.30, 0.08),
    ),
    Cord(  # broad and flat, from the medial epicondyle to the shin a hand's breadth below
        "mcl",
        (
            Fixed("femur", (39.8, -2.0, 8.0), (0.0, 1.0, 0.0), 6.0, 1.2),
            Fixed("femur", (42.0, -2.0, 1.0), (0.0, 1.0, 0.0), 6.6, 1.6),
            Fixed("tibia", (39.4, 0.0, 3.0), (0.0, 1.0, 0.0), 6.4, 1.4),
            Fixed("tibia", (38.6, -1.5, -10.0), (0.05, 1.0, 0.0), 6.6, 1.4),
            Fixed("tibia", (32.6, -4.5, -28.0), (0.15, 1.0, 0.0), 6.4, 1.4),
            Fixed("tibia", (24.4, -7.0, -46.0), (0.3, 1.0, 0.0), 6.4, 1.4),
            Fixed("tibia", (18.6, -8.0, -60.0), (0.35, 1.0, 0.0), 7.4, 0.9),
        ),
        Weave(16, 0.0, 0.06, 3.0),
        110,
        52,
        True,
    ),
    Cord(  # a round cord from the lateral epicondyle to the fibular head
        "lcl",
        (
            Fixed("femur", (-36.4, -1.0, 6.0), (0.0, 1.0, 0.1), 4.0, 1.8),
            Fixed("femur", (-40.6, 0.5, -1.0), (0.0, 1.0, 0.1), 3.0, 2.1),
            Fixed("tibia", (-43.0, 9.5, 2.0), (0.0, 1.0, 0.3), 2.5, 2.0),
            Fixed("fibula", (-45.4, 15.5, -12.0), (0.0, 1.0, 0.2), 2.7, 2.0),
            Fixed("fibula", (-43.8, 18.6, -23.0), (0.2, 1.0, 0.0), 4.2, 1.8),
        ),
        Weave(7, 0.5, 0.06, 2.1),
        is_draped=True,
    ),
    Cord(  # from the apex of the patella to the tibial tuberosity
        "patellar_tendon",
        (
            Fixed("patella", (-0.5, -7.4, -11.0), (1.0, 0.0, 0.0), 9.0, 0.9),
            Fixed("patella", (-0.7, -4.6, -22.5), (1.0, 0.0, 0.0), 12.0, 2.6),
            Fixed("tibia", (-3.6, -42.6, -8.0), (1.0, 0.05, 0.0), 12.4, 2.5),
            Fixed("tibia", (-4.6, -36.6, -24.0), (1.0, 0.05, 0.0), 11.8, 2.5),
            Fixed("tibia", (-5.0, -32.0, -36.0), (1.0, 0.05, 0.0), 11.2, 2.2),
            Fixed("tibia", (-5.0, -29.4, -47.5), (1.0, 0.05, 0.0), 9.0, 0.9),
        ),
        Weave(20, 0.0, 0.05, 3.4),
        96,
        64,
    ),
    Cord(  # from the base of the patella up to the quadriceps
        "quadriceps_tendon",
        (
            Fixed("patella", (-0.5, -7.8, 12.0), (1.0, 0.0, 0.0), 10.5, 0.9),
            Fixed("patella", (-0.8, -4.0, 22.5), (1.0, 0.0, 0.0), 15.0, 3.2),
            Fixed("femur", (-4.0, -55.4, 39.6), (1.0, 0.0, 0.0), 15.5, 3.6),
            Fixed("femur", (-5.0, -53.0, 55.5), (1.0, 0.0, 0.0), 15.0, 3.6),
        ),
        Weave(22, 0.0, 0.05, 3.0),
        80,
        64,
    ),
)


def make(cord: Cord, pose: KneePose, obstacle: Nearest) -> Mesh:
    """In the joint frame, clear of the bones and cartilages it passes."""
    stations = [station.posed(pose) for station in cord.stations]
    return sweep(
        stations, cord.weave, cord.rings, cord.spokes, obstacle if cord.is_draped else None
    )
