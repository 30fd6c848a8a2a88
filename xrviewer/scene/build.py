"""Snapshot and case to draw data, remade only where something changed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import attrgetter, is_
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.closed import closed_parts
from xrviewer.case.model import Case, Layer, Timepoint
from xrviewer.document.arrangement import Arrangement, arrangement, spread_of
from xrviewer.document.cut_faces import visible_cuts
from xrviewer.document.opening import bounds_mm
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.cuts import NO_CUTS, OPEN_BIT
from xrviewer.scene.draw import PART_DRAW_DTYPE, DrawData, Room, ShownMap
from xrviewer.scene.mapping import LOSS_SRGB, Scale, shown_scale
from xrviewer.scene.planes import Planes
from xrviewer.scene.slices import NO_SLICES
from xrviewer.spatial.frames import MM_PER_M
from xrviewer.spatial.transforms import (
    Matrix,
    PartPlace,
    Placement,
    Rows,
    Vec3,
    moved,
    rotation_rows,
)

TABLE_RADIUS_M = 0.40
TABLE_GONE_FROM_M = 1.5
"""A model larger than this stands on the floor, or around the viewer."""
_CLEARANCE_M = 0.004
_OCCLUSION_SHARE = 0.22
"""Of the model's size in the room: how far ambient occlusion looks for what hides the sky."""

_ROUGHNESS = {"bone": 0.55, "cartilage": 0.35, "meniscus": 0.45, "ligament": 0.5, "skin": 0.5}
_ROUGHNESS_OTHERWISE = 0.5
_NO_PART = -1
Bounds = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]
_NOTHING_HELD: Mapping[int, PartPlace] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Key:
    """What the part states were made from. Snapshots share what they did not change."""

    snapshot: Snapshot
    pointed: int
    of_parts: tuple[Any, ...]

    def is_of(self, snapshot: Snapshot, pointed: int) -> bool:
        """A slice in the hand is a new version in each frame, but no new part states."""
        if self.pointed != pointed:
            return False
        return self.snapshot is snapshot or all(map(is_, self.of_parts, _of_parts(snapshot)))


_OF_NO_PART = {"version", "model", "tool", "all_slices", "crosshair_mm", "all_measurements"}
_of_parts = attrgetter(*(f.name for f in fields(Snapshot) if f.name not in _OF_NO_PART))


class Scene:
    """Holds what was built last, to build it again only when it must."""

    def __init__(self, case: Case) -> None:
        self._case = case
        layer_numbers = {layer.id: i for i, layer in enumerate(case.layers)}
        self._layer_of_part = {
            t.id: np.array([layer_numbers[p] for p in t.surfaces.part_ids], np.intp)
            for t in case.timepoints
        }
        self._timepoints = {t.id: t for t in case.timepoints}
        self._roughness = np.array([_roughness(layer) for layer in case.layers], np.float32)
        self._key: _Key | None = None
        self._parts: NDArray[Any] = np.zeros(0, PART_DRAW_DTYPE)
        self._revision = 0
        self._had_held = False
        self._drawn_of: tuple[object, ...] = ()
        self._drawn: DrawData | None = None
        self._stood: tuple[Placement, str, Matrix, Room] | None = None
        self._arrangement: tuple[NDArray[Any], float, str, bytes, Arrangement] | None = None
        self._bounds = {t.id: bounds_mm(t) for t in case.timepoints}
        self._planes = Planes(self._bounds)
        self._visible: tuple[str, int, NDArray[np.bool_]] | None = None
        self._surface_bounds = {t.id: _plain(t.surfaces.bounds_mm()) for t in case.timepoints}
        self._scale: tuple[str, Scale] | None = None
        self._colors: tuple[tuple[str, bytes], NDArray[np.float32]] | None = None
        self._map: ShownMap | None = None

    def timepoint(self, snapshot: Snapshot) -> Timepoint:
        return self._timepoints[snapshot.timepoint]

    def bounds_mm(self, snapshot: Snapshot) -> Bounds:
        """Of the timepoint that is shown, every part at home."""
        return self._bounds[snapshot.timepoint]

    def build(
        self,
        snapshot: Snapshot,
        placement: Placement | None = None,
        pointed: int | None = None,
        held: Mapping[int, PartPlace] = _NOTHING_HELD,
        held_slice: str | None = None,
        has_planes: bool = True,
    ) -> DrawData:
        """placement: where the hands hold the model now, else where it rests; held: the places of
        parts that are in a hand, by their numbers; held_slice: the one that is in a hand.
        has_planes: with slices and cuts, which who only wants the parts leaves out."""
        model = placement or snapshot.model
        drawn_of = (snapshot, model, pointed, held_slice, has_planes)
        is_drawn = len(self._drawn_of) == len(drawn_of) and all(map(is_, drawn_of, self._drawn_of))
        if self._drawn is None or not is_drawn or held or self._had_held:
            self._drawn = self._built(snapshot, model, pointed, held, held_slice, has_planes)
            self._drawn_of = drawn_of
        return self._drawn

    def _built(
        self,
        snapshot: Snapshot,
        model: Placement,
        pointed: int | None,
        held: Mapping[int, PartPlace],
        held_slice: str | None,
        has_planes: bool,
    ) -> DrawData:
        timepoint = self.timepoint(snapshot)
        pointed_part = _NO_PART if pointed is None else pointed
        key = self._key
        if key is None or not key.is_of(snapshot, pointed_part) or held or self._had_held:
            self._adopt(self._part_states(timepoint, snapshot, pointed_part, held))
            self._adopt_scale(timepoint, shown_scale(self._case, snapshot))
            self._key = _Key(snapshot, pointed_part, _of_parts(snapshot))
            self._had_held = bool(held)
        room_from_case, room = self._standing(model, timepoint.id)
        slices, cuts = NO_SLICES, NO_CUTS
        if has_planes:
            slices, cuts = self._planes.shown(snapshot, timepoint, held_slice)
        return DrawData(
            surfaces=timepoint.surfaces,
            parts=self._parts,
            revision=self._revision,
            room_from_case=room_from_case,
            room=room,
            is_anything_pointed=pointed_part != _NO_PART,
            map=self._map,
            slices=slices,
            cuts=cuts,
            has_scans=bool(timepoint.volumes),
        )

    def _standing(self, model: Placement, timepoint: str) -> tuple[Matrix, Room]:
        """Found anew when it moves: most frames find it where it was."""
        known = self._stood
        if known is None or known[0] is not model or known[1] != timepoint:
            rows = _room_from_case(model)
            room = _room_around(*self._surface_bounds[timepoint], rows)
            self._stood = known = (model, timepoint, np.array(rows), room)
        return known[2], known[3]

    def arrangement(self, snapshot: Snapshot) -> Arrangement:
        """Of the timepoint that is shown: where each part lies in the case."""
        known = self._arrangement
        if known is not None and known[0] is snapshot.layers and known[1] == snapshot.explode:
            if known[2] == snapshot.timepoint:
                return known[4]
        timepoint = self.timepoint(snapshot)
        # Showing and hiding makes new versions, but moves nothing.
        places = snapshot.layers["place"].tobytes()
        if known is None or known[1:4] != (snapshot.explode, timepoint.id, places):
            made = arrangement(snapshot, timepoint.surfaces, self._layer_of_part[timepoint.id])
        else:
            made = known[4]
        self._arrangement = (snapshot.layers, snapshot.explode, timepoint.id, places, made)
        return made

    @property
    def scale(self) -> Scale | None:
        """What the colours of the map that was built last stand for."""
        return None if self._scale is None else self._scale[1]

    def visible_parts(self, snapshot: Snapshot) -> NDArray[np.bool_]:
        """Of the timepoint that is shown: what can be seen, and so pointed at."""
        known = self._visible
        if known is None or known[:2] != (snapshot.timepoint, snapshot.version):
            layers = snapshot.layers
            is_seen = layers["is_visible"] & (layers["opacity"] > 0)
            visible = is_seen[self._layer_of_part[snapshot.timepoint]]
            self._visible = known = (snapshot.timepoint, snapshot.version, visible)
        return known[2]

    def _exempt(self, snapshot: Snapshot) -> NDArray[np.float32]:
        """Of each layer, the bits of the cuts that spare it."""
        bits = np.zeros(len(self._case.layers), np.float32)
        for number, cut in enumerate(visible_cuts(snapshot.cuts.values())):
            bits[[snapshot.layer_rows[layer] for layer in cut.exempt]] += 1 << number
        return bits

    def _linear_colors(self, timepoint: str, color: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of the parts; kept, as the curve takes longer than all else of a toggle."""
        seen = (timepoint, color.tobytes())
        if self._colors is None or self._colors[0] != seen:
            self._colors = (seen, linear_from_srgb(color)[self._layer_of_part[timepoint]])
        return self._colors[1]

    def _adopt(self, parts: NDArray[Any]) -> None:
        """Moving the model makes a new version but no new part states."""
        # As bytes, for numpy compares records field by field.
        if parts.tobytes() != self._parts.tobytes():
            self._parts = parts
            self._revision += 1

    def _adopt_scale(self, timepoint: Timepoint, scale: Scale | None) -> None:
        wanted = None if scale is None else (timepoint.id, scale)
        if wanted != self._scale:
            self._scale = wanted
            self._map = None
            if scale is not None:
                self._map = shown_map(timepoint.surfaces.maps[scale.info.id].values, scale)

    def _part_states(
        self,
        timepoint: Timepoint,
        snapshot: Snapshot,
        pointed: int,
        held: Mapping[int, PartPlace],
    ) -> NDArray[Any]:
        numbers = self._layer_of_part[timepoint.id]
        layers = snapshot.layers  # of whole records a column is a tenth as slow to take rows of
        parts: NDArray[Any] = np.zeros(len(numbers), PART_DRAW_DTYPE)
        parts["case_from_part"] = self.arrangement(snapshot).case_from_part
        for part, place in held.items():
            row = place.matrix()[:3]
            row[:, 3] += spread_of(timepoint.surfaces, part, snapshot.explode)
            parts["case_from_part"][part] = row
        parts["color"][:, :3] = self._linear_colors(timepoint.id, layers["color"])
        parts["color"][:, 3] = (layers["is_visible"] * layers["opacity"])[numbers]
        parts["roughness"] = self._roughness[numbers]
        parts["ghost_edge"] = 1
        parts["occlusion_received"] = 1
        parts["exempt"] = self._exempt(snapshot)[numbers]
        if snapshot.all_cuts or snapshot.comparison.other is not None:
            parts["exempt"] += OPEN_BIT * ~closed_parts(timepoint.surfaces)
        if pointed != _NO_PART:
            parts["is_pointed"][pointed] = 1
        return parts


def linear_from_srgb(color: NDArray[np.float32]) -> NDArray[np.float32]:
    """The exact curve of IEC 61966-2-1."""
    curved = ((color + 0.055) / 1.055) ** 2.4
    return np.where(color <= 0.04045, color / 12.92, curved).astype(np.float32)


def shown_map(values: NDArray[np.float32], scale: Scale) -> ShownMap:
    """values: at every vertex."""
    colors, loss = ((np.array(c) / 255).astype(np.float32) for c in (scale.table(), LOSS_SRGB))
    return ShownMap(
        values=values,
        colors=linear_from_srgb(colors),
        loss_colors=linear_from_srgb(loss),
        low=scale.low,
        high=scale.high,
        has_loss=scale.has_loss,
        isoline_step=scale.isoline_step,
        within_error=scale.within_error,
    )


def _roughness(layer: Layer) -> float:
    return _ROUGHNESS.get(layer.role, _ROUGHNESS_OTHERWISE)


def _room_from_case(model: Placement) -> Rows:
    """The product with spatial's MODEL_FROM_CASE, which takes x, y and z to x, -z and y. In plain
    floats, as the next: in the hand the model is elsewhere in every frame."""
    (a, b, c), (d, e, f), (g, h, i) = rotation_rows(model.rotation_xyzw)
    (x, y, z), mm = model.position_m, model.scale / MM_PER_M
    return (
        (a * mm, -c * mm, b * mm, x),
        (d * mm, -f * mm, e * mm, y),
        (g * mm, -i * mm, h * mm, z),
        (0.0, 0.0, 0.0, 1.0),
    )


def _room_around(low_mm: Vec3, high_mm: Vec3, room_from_case: Rows) -> Room:
    (p, q, r), (u, v, w) = low_mm, high_mm
    (a, _, _, _), (d, e, f, y), (g, _, _, _), _ = room_from_case
    metres_per_mm = math.hypot(a, d, g)
    size = ((u - p) * metres_per_mm, (v - q) * metres_per_mm, (w - r) * metres_per_mm)
    # Of the turned bounding box: each axis gives its lower end.
    lowest = min(d * p, d * u) + min(e * q, e * v) + min(f * r, f * w)
    center = moved(room_from_case, ((p + u) / 2, (q + v) / 2, (r + w) / 2))
    return Room(
        shadow_center_m=(center[0], lowest + y - _CLEARANCE_M, center[2]),
        shadow_radius_m=0.42 * (size[0] + size[1]) / 2,
        table_radius_m=TABLE_RADIUS_M if max(size) < TABLE_GONE_FROM_M else 0.0,
        occlusion_radius_m=_OCCLUSION_SHARE * sorted(size)[1],
        model_center_m=center,
        model_radius_m=max(math.hypot(*size) / 2, 1e-6),
    )


def _plain(bounds: Bounds) -> tuple[Vec3, Vec3]:
    (a, b, c), (d, e, f) = (end.astype(float).tolist() for end in bounds)
    return (a, b, c), (d, e, f)
