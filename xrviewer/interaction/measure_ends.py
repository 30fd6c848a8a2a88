"""The ends of the measurements that are drawn: what can be taken hold of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.measured import Kind
from xrviewer.document.measurements import MAX_DRAWN, Measurement, latest, layer_of_point
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.measure_aim import Spot
from xrviewer.spatial.transforms import Vec3


@dataclass(frozen=True, slots=True)
class End:
    """A point of a measurement."""

    id: str
    index: int


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Of one date; made anew when a measurement has changed."""

    measurements: Mapping[str, Measurement]
    timepoint: str
    ends: tuple[End, ...]
    points_mm: NDArray[np.float64]
    """(N, 3), each where its part is at home."""
    layers: tuple[str, ...]
    """Empty for a point that belongs to none."""
    kinds: Mapping[str, Kind]

    def point_of(self, end: End) -> Vec3:
        x, y, z = self.points_mm[self.ends.index(end)].tolist()
        return (x, y, z)


NO_ENDS = Ends({}, "", (), np.zeros((0, 3)), (), {})


def ends_of(known: Ends, snapshot: Snapshot) -> Ends:
    """Those that are known as long as nothing of them changes."""
    now, timepoint = snapshot.all_measurements, snapshot.timepoint
    if known.measurements is now and known.timepoint == timepoint:
        return known
    ends: list[End] = []
    points: list[Vec3] = []
    layers: list[str] = []
    kinds: dict[str, Kind] = {}
    for one in latest(now, timepoint, MAX_DRAWN):
        found = one.measured
        if found is None or found.kind is Kind.AREA:
            continue
        kinds[one.id] = found.kind
        for i, point in enumerate(found.points_mm):
            ends.append(End(one.id, i))
            points.append(point)
            layers.append(layer_of_point(found, i) or "")
    places = np.array(points, np.float64).reshape(-1, 3)
    return Ends(now, timepoint, tuple(ends), places, tuple(layers), kinds)


def nearest_end(ends: Ends, spot: Spot, within_mm: float) -> End | None:
    """On the same part, or on none: parts that were moved may lie over each other. On a slice all
    are where they were scanned, and none hides another."""
    if not ends.ends:
        return None
    away = ends.points_mm - spot.point_mm
    squared: list[float] = np.einsum("ij,ij->i", away, away).tolist()
    for i in sorted(range(len(squared)), key=squared.__getitem__):
        if squared[i] > within_mm * within_mm:
            return None
        if not spot.layer or ends.layers[i] in ("", spot.layer):
            return ends.ends[i]
    return None
