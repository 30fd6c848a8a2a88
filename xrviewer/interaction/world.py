"""What the tools know besides the input and the snapshot. Made once a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.closed import closed_parts
from xrviewer.analysis.outline import nearest_edge
from xrviewer.analysis.pairs import pairs_among
from xrviewer.analysis.spots import Spot, lowest_spot
from xrviewer.case.model import Case
from xrviewer.case.surfaces import Surfaces
from xrviewer.document.arrangement import arrangement, spread_of
from xrviewer.document.opening import bounds_mm
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import Plane
from xrviewer.spatial.transforms import (
    PartPlace,
    Placement,
    Vec3,
    apply,
    reversed_rotation,
    rotated,
)


@dataclass(frozen=True)
class Extent:
    """How large the anatomy of one date is, in the model frame: metres at life size. Without slots,
    so that it keeps what every frame asks of it."""

    low_m: Vec3
    high_m: Vec3

    @cached_property
    def center_m(self) -> Vec3:
        (a, b, c), (d, e, f) = self.low_m, self.high_m
        return ((a + d) / 2, (b + e) / 2, (c + f) / 2)

    @cached_property
    def size_m(self) -> Vec3:
        (a, b, c), (d, e, f) = self.low_m, self.high_m
        return (d - a, e - b, f - c)

    def room_center(self, model: Placement) -> Vec3:
        x, y, z = rotated(model.rotation_xyzw, self.center_m)
        px, py, pz = model.position_m
        s = model.scale
        return (px + x * s, py + y * s, pz + z * s)

    def holds(self, model: Placement, point_m: Vec3) -> bool:
        """Whether a point of the room lies within the model's box."""
        px, py, pz = model.position_m
        off = (point_m[0] - px, point_m[1] - py, point_m[2] - pz)
        inside = rotated(reversed_rotation(model.rotation_xyzw), off)
        s = model.scale
        sides = zip(self.low_m, inside, self.high_m, strict=True)
        return all(low * s <= at <= high * s for low, at, high in sides)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    case: Case
    extents: Mapping[str, Extent]
    """Of each timepoint."""
    preferences: Preferences

    def extent(self, snapshot: Snapshot) -> Extent:
        return self.extents[snapshot.timepoint]

    def layer_of(self, part: int, snapshot: Snapshot) -> str:
        """Of a part of the date that is shown."""
        return self._surfaces(snapshot).part_ids[part]

    def with_inner(self, layer: str) -> tuple[str, ...]:
        """A layer and what it lies on: a cartilage and its bone."""
        ids = [known.id for known in self.case.layers]
        return (layer, *(pair.inner for pair in pairs_among(ids) if pair.outer == layer))

    def corners_of(self, part: int, triangle: int, snapshot: Snapshot) -> list[Vec3]:
        """Of one triangle as its part lies at home."""
        points, triangles = self._surfaces(snapshot).part(part)
        corners: list[Vec3] = points[triangles[triangle]].tolist()
        return corners

    def place_of(self, layer: str, snapshot: Snapshot) -> PartPlace:
        """Where it was put, before the explosion."""
        row = snapshot.layers["place"][snapshot.layer_rows[layer]]
        (x, y, z), (a, b, c, d) = row["position_mm"].tolist(), row["rotation_xyzw"].tolist()
        return PartPlace((x, y, z), (a, b, c, d))

    def spread_of(self, part: int, snapshot: Snapshot) -> Vec3:
        return spread_of(self._surfaces(snapshot), part, snapshot.explode)

    def edge_near(
        self,
        plane: Plane,
        point_mm: Vec3,
        within_mm: float,
        snapshot: Snapshot,
        has_hidden: bool = False,
        spared: tuple[str, ...] = (),
    ) -> Vec3 | None:
        """On the outlines in a plane, of parts as they lie in the scan but for the spared ones."""
        surfaces = self._surfaces(snapshot)

        def is_outlined(part: int) -> bool:
            id = surfaces.part_ids[part]
            layer = snapshot.layers[snapshot.layer_rows[id]]
            is_seen = has_hidden or bool(layer["is_visible"] and layer["opacity"] > 0)
            return is_seen and id not in spared

        return nearest_edge(surfaces, is_outlined, plane, point_mm, within_mm)

    def is_closed(self, part: int, snapshot: Snapshot) -> bool:
        """Whether a cut shows an inside of it."""
        return bool(closed_parts(self._surfaces(snapshot))[part])

    def moved_layers(self, snapshot: Snapshot) -> tuple[str, ...]:
        """Those that are not at home."""
        ids = self._surfaces(snapshot).part_ids
        if snapshot.explode != 0:
            return ids
        places = snapshot.layers["place"]
        is_moved = (places["position_mm"] != 0).any(axis=1)
        is_moved |= (places["rotation_xyzw"][:, :3] != 0).any(axis=1)
        return tuple(id for id in ids if is_moved.any() and is_moved[snapshot.layer_rows[id]])

    def lowest_spot(self, snapshot: Snapshot) -> Spot | None:
        """Of the shown map, in the case frame, on parts that are seen as they lie now."""
        surfaces = self._surfaces(snapshot)
        if snapshot.map is None or snapshot.map not in surfaces.maps:
            return None
        rows = np.array([snapshot.layer_rows[id] for id in surfaces.part_ids], np.intp)
        layers = snapshot.layers[rows]
        found = lowest_spot(surfaces, snapshot.map, layers["is_visible"] & (layers["opacity"] > 0))
        if found is None:
            return None
        case_from_part = arrangement(snapshot, surfaces, rows).case_from_part[found.part]
        x, y, z = (case_from_part @ (*found.point_mm, 1.0)).tolist()
        nx, ny, nz = (case_from_part[:, :3] @ found.normal).tolist()
        return replace(found, point_mm=(x, y, z), normal=(nx, ny, nz))

    def _surfaces(self, snapshot: Snapshot) -> Surfaces:
        return next(t.surfaces for t in self.case.timepoints if t.id == snapshot.timepoint)


def world_of(case: Case, preferences: Preferences | None = None) -> World:
    extents = {t.id: _extent(*bounds_mm(t)) for t in case.timepoints}
    return World(case, extents, preferences or Preferences())


def _extent(low_mm: NDArray[np.floating], high_mm: NDArray[np.floating]) -> Extent:
    corners = apply(MODEL_FROM_CASE, np.array([low_mm, high_mm], np.float64))
    (a, b, c), (d, e, f) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return Extent((a, b, c), (d, e, f))
