"""A second date drawn with the shown one: beside it, over it, by turns, beyond a plane, as colours.

It is a stage after `Scene`: the parts of both lie in one set of arrays, the shown date's first, so
that their numbers stay as they are, and another way of seeing both is other part states only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.dates import bone_under, main_bone
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.surfaces import PART_DTYPE, Surfaces, frozen
from xrviewer.document.comparison import DateFit, Together, swipe_plane
from xrviewer.document.cut_faces import visible_cuts
from xrviewer.document.planes import Cut, CutShape
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.build import Scene
from xrviewer.scene.cuts import ShownCuts
from xrviewer.scene.draw import DrawData, Room, ShownMap
from xrviewer.scene.marks import QUIET_COLOR, TEXT_COLOR, Label, Marks
from xrviewer.scene.second_cuts import Shared, with_second_cuts
from xrviewer.scene.second_slices import Second, with_second
from xrviewer.scene.slices import ShownSlices
from xrviewer.spatial.planes import rotation_to, scaled
from xrviewer.spatial.transforms import Matrix, Vec3, invert_similarity, moved
from xrviewer.values import changed
from xrviewer.words import tr

FLICKER_S = 0.8
"""Each date is seen for so long: slow enough not to flash."""
SHELL = 0.5
"""Opacity of the other date's shell where it is clearest."""
_APART = 1.12
"""From middle to middle of two dates side by side, in widths."""
_COOLER, _LATER_SHARE = (0.72, 0.90, 1.0), 0.14
"""What the later date's colours are mixed with, and how much: a little lighter and cooler."""
_LETTER_M, _OVER_M = 0.011, 0.012
_LINE_M = 1.8 * _LETTER_M
SWIPE_CUTS = ("swipe shown", "swipe other")
"""Ids that no person's cut has: theirs have no space."""
Bounds = tuple[NDArray[np.floating], NDArray[np.floating]]


def shown_from_other(snapshot: Snapshot, case: Case) -> dict[str, Matrix] | None:
    """By layer; None as long as a fit that it takes is not known."""
    other = snapshot.comparison.other
    if other is None:
        return None
    shown, there = (
        _first_from(snapshot.dates.get(date), date, case) for date in (snapshot.timepoint, other)
    )
    if shown is None or there is None:
        return None
    date = next(t for t in case.timepoints if t.id == other)
    found = {}
    for layer in case.layers:
        first_from_shown, first_from_other = (_of(layer.id, fits, date) for fits in (shown, there))
        found[layer.id] = invert_similarity(first_from_shown) @ first_from_other
    return found


def _first_from(fit: DateFit | None, date: str, case: Case) -> dict[str, Matrix] | None:
    """By bone; nothing moves the first date."""
    if date == case.timepoints[0].id:
        return {}
    if fit is None or not fit.fits:
        return None
    return fit.by_layer()


def _of(layer: str, fits: Mapping[str, Matrix], date: Timepoint) -> Matrix:
    if not fits:
        return np.eye(4)
    return fits[bone_under(layer, fits, main_bone(fits, date))]


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """Of one frame in which two dates are seen."""

    draw: DrawData
    """The shown date's."""
    snapshot: Snapshot
    """As `prepared`."""
    places: Mapping[str, Matrix]
    is_other_up: bool
    """Of a flicker."""
    apart_mm: float


class Comparing:
    """Holds what was put together last."""

    def __init__(self, case: Case) -> None:
        self._case, self._other = case, Scene(case)
        self._dates = {t.id: t for t in case.timepoints}
        self._both: tuple[Surfaces, Surfaces, Surfaces] | None = None
        self._places: tuple[tuple[object, ...], dict[str, Matrix] | None] | None = None
        self._snapshots: tuple[Snapshot, Snapshot] | None = None
        self._prepared: tuple[Snapshot, Snapshot] | None = None
        self._linked: tuple[tuple[object, ...], tuple[ShownSlices, ShownCuts]] | None = None
        self._swiped: tuple[tuple[object, ...], Mapping[str, Cut]] | None = None
        self._made_of: tuple[object, ...] = ()
        self._parts: NDArray[Any] = np.zeros(0, PART_DTYPE)
        self._maps: tuple[ShownMap, ShownMap] | None = None
        self._revision = 0
        self._written_m = 0.0
        """How far the dates' names stand over the model."""

    def places(self, snapshot: Snapshot) -> dict[str, Matrix] | None:
        """shown_from_other by layer, as it was as long as nothing of it changed."""
        made_of = (snapshot.timepoint, snapshot.comparison.other, snapshot.dates)
        if self._places is None or self._places[0] != made_of:
            self._places = (made_of, shown_from_other(snapshot, self._case))
        return self._places[1]

    def around_mm(self, bounds_mm: Bounds, snapshot: Snapshot, m_per_mm: float) -> Bounds:
        """What the shown date takes up, with the one that stands beside it and the names that
        `shown` wrote over both."""
        asked = snapshot.comparison
        if asked.other is None or self.places(snapshot) is None:
            return bounds_mm
        aside_mm = self._apart_mm(snapshot) if asked.together is Together.SIDE else 0.0
        low, high = bounds_mm
        more = np.array((max(aside_mm, 0.0), 0.0, self._written_m / m_per_mm))
        return low + np.array((min(aside_mm, 0.0), 0.0, 0.0)), high + more

    def prepared(self, snapshot: Snapshot) -> Snapshot:
        """With the cuts of a swipe: what is taken away there is told by `shown`."""
        asked = snapshot.comparison
        is_swiped = asked.together is Together.SWIPE and self.places(snapshot) is not None
        if asked.other is None or not is_swiped:
            return snapshot
        key = (snapshot.all_cuts, asked.swipe, snapshot.timepoint)
        if self._swiped is None or self._swiped[0] != key:
            self._swiped = (key, self._with_swipe(snapshot))
        if self._prepared is None or self._prepared[0] is not snapshot:
            self._prepared = (snapshot, changed(snapshot, all_cuts=self._swiped[1]))
        return self._prepared[1]

    def _with_swipe(self, snapshot: Snapshot) -> Mapping[str, Cut]:
        plane = swipe_plane(snapshot.comparison, self._dates[snapshot.timepoint])
        cuts = {}
        for id, side in zip(
            SWIPE_CUTS, (plane, replace(plane, normal=scaled(plane.normal, -1.0))), strict=True
        ):
            shape = CutShape(position_mm=side.point_mm, rotation_xyzw=rotation_to(side))
            cuts[id] = Cut(shape=shape, is_there=True)
        return MappingProxyType({**cuts, **snapshot.all_cuts})

    def shown(
        self,
        draw: DrawData,
        snapshot: Snapshot,
        time_s: float,
        difference: ShownMap | None = None,
        note: tuple[str, Vec3] | None = None,
        size: float = 1.0,
    ) -> DrawData:
        """snapshot: as `prepared`, and as the drawing was built from; note: what there is to say
        of how they lie, and its colour; size: of the writing."""
        places = self.places(snapshot)
        if snapshot.comparison.other is None or places is None:
            return draw
        other = self._other.build(self._other_snapshot(snapshot), has_planes=False)
        together = snapshot.comparison.together
        is_other_up = int(time_s / FLICKER_S) % 2 == 1 and together is Together.FLICKER
        apart = self._apart_mm(snapshot) if together is Together.SIDE else 0.0
        surfaces = self._packed(draw.surfaces, other.surfaces)
        frame = _Frame(draw, snapshot, places, is_other_up, apart)
        self._see(frame, other)
        slices, cuts = self._opened(frame)
        map = difference if together is Together.DIFFERENCE and difference else draw.map
        return changed(
            draw,
            surfaces=surfaces,
            parts=self._parts,
            revision=self._revision,
            map=None if map is None else self._padded(map, other.map, surfaces),
            slices=slices,
            cuts=cuts,
            room=_wider(draw.room, apart, draw.room_from_case),
            marks=draw.marks + self._names(frame, note, size),
        )

    def _opened(self, frame: _Frame) -> tuple[ShownSlices, ShownCuts]:
        """Slices and cuts of both dates, made anew where something of them changed."""
        draw = frame.draw
        if not len(draw.slices.rows):
            return draw.slices, draw.cuts
        asked = frame.snapshot.comparison
        key = (draw.slices, draw.cuts, frame.places, asked, frame.is_other_up)
        known = () if self._linked is None else self._linked[0]
        is_same = known[3:] == key[3:] and all(a is b for a, b in zip(known[:3], key, strict=False))
        if self._linked is None or not is_same:
            self._linked = (key, self._linked_planes(frame))
        return self._linked[1]

    def _linked_planes(self, frame: _Frame) -> tuple[ShownSlices, ShownCuts]:
        draw, snapshot, is_other_up = frame.draw, frame.snapshot, frame.is_other_up
        shared, is_beside = _shared(snapshot), snapshot.comparison.together is Together.SIDE
        own = visible_cuts(snapshot.cuts.values())
        cuts, faces = with_second_cuts(draw.cuts, own, shared)
        seen = snapshot.slices if is_beside or is_other_up else {}
        place, later = self._main(frame.places, snapshot), self._later(snapshot)
        second = Second(later, place, frame.apart_mm, seen, faces, is_other_up)
        found = with_second(draw.slices, second)
        if found is None:  # no room for the other date's faces: it is opened, and seen hollow
            return draw.slices, replace(cuts, faces=cuts.faces[: len(draw.cuts.faces)])
        return found, cuts

    def _see(self, frame: _Frame, other: DrawData) -> None:
        """The part states of both, made anew where something of them changed."""
        draw, snapshot = frame.draw, frame.snapshot
        revisions = draw.revision, other.revision, draw.surfaces
        shared = _shared(snapshot)  # a new cut is each part's to be spared by, or not
        made_of = (*revisions, snapshot.comparison, snapshot.dates, frame.is_other_up, shared)
        if made_of != self._made_of:
            self._made_of = made_of
            self._parts = self._put_together(frame, other)
            self._revision += 1

    def _later(self, snapshot: Snapshot) -> Timepoint:
        """The other date."""
        assert snapshot.comparison.other is not None
        return self._dates[snapshot.comparison.other]

    def _main(self, places: Mapping[str, Matrix], snapshot: Snapshot) -> Matrix:
        """Of the largest bone: what a scan of everything goes by."""
        bones = [layer.id for layer in self._case.layers if layer.role == "bone"]
        ids = bones or [layer.id for layer in self._case.layers]
        return places[main_bone(ids, self._dates[snapshot.timepoint])] if ids else np.eye(4)

    def _other_snapshot(self, snapshot: Snapshot) -> Snapshot:
        known = self._snapshots
        if known is None or known[0] is not snapshot:
            date = self._later(snapshot).id
            known = self._snapshots = (snapshot, changed(snapshot, timepoint=date))
        return known[1]

    def _apart_mm(self, snapshot: Snapshot) -> float:
        """To the patient's left, which faces the viewer's right; the earlier date stands left."""
        low, high = self._dates[snapshot.timepoint].surfaces.bounds_mm()
        is_later = self._later(snapshot).day >= self._dates[snapshot.timepoint].day
        return float(high[0] - low[0]) * _APART * (1 if is_later else -1)

    def _packed(self, shown: Surfaces, other: Surfaces) -> Surfaces:
        known = self._both
        if known is None or known[0] is not shown or known[1] is not other:
            known = self._both = (shown, other, packed(shown, other))
        return known[2]

    def _put_together(self, frame: _Frame, other: DrawData) -> NDArray[Any]:
        snapshot, places = frame.snapshot, frame.places
        shown, second = frame.draw.parts.copy(), other.parts.copy()
        if len(second):
            lies = np.array([places[layer] for layer in other.surfaces.part_ids])[:, :3]
            moved = lies[:, :, :3] @ second["case_from_part"]
            moved[:, :, 3] += lies[:, :, 3]
            second["case_from_part"] = moved
        second["beside_mm"][:, 0] = frame.apart_mm
        second["is_pointed"] = 0
        is_later = self._later(snapshot).day >= self._dates[snapshot.timepoint].day
        later = (second if is_later else shown)["color"]
        later[:, :3] += (np.array(_COOLER) - later[:, :3]) * _LATER_SHARE
        shared = _shared(snapshot)
        shown["exempt"] = shared.exempt_shown(shown["exempt"])
        second["exempt"] = shared.exempt_other(second["exempt"])
        _see(shown, second, snapshot, frame.is_other_up)
        return np.concatenate([shown, second])

    def _padded(self, map: ShownMap, other: ShownMap | None, surfaces: Surfaces) -> ShownMap:
        """Over the vertices of both; the other's where it has the same map."""
        if (
            self._maps is None
            or self._maps[0] is not map
            or len(self._maps[1].values) != len(surfaces.positions_mm)
        ):
            rest = len(surfaces.positions_mm) - len(map.values)
            more = np.full(rest, np.nan, np.float32) if other is None else other.values
            self._maps = (map, replace(map, values=frozen(np.concatenate([map.values, more]))))
        return self._maps[1]

    def _names(self, frame: _Frame, note: tuple[str, Vec3] | None, size: float) -> Marks:
        snapshot, apart_mm, is_other_up = frame.snapshot, frame.apart_mm, frame.is_other_up
        shown, other = self._dates[snapshot.timepoint], self._later(snapshot)
        names, together = (tr(shown.name), tr(other.name)), snapshot.comparison.together
        low, high = shown.surfaces.bounds_mm()
        (i, j, _), (u, v, w) = low.tolist(), high.tolist()
        top = ((i + u) / 2, (j + v) / 2, w)
        if together is Together.SIDE:
            written = [(names[0], 0.0, TEXT_COLOR), (names[1], apart_mm, TEXT_COLOR)]
        elif together is Together.FLICKER:
            written = [(names[is_other_up], 0.0, TEXT_COLOR)]
        else:
            written = [(f"{names[0]} | {names[1]}", 0.0, QUIET_COLOR)]
        lines = [(text, aside, color, _OVER_M) for text, aside, color in written]
        if note is not None:
            lines.append((note[0], apart_mm / 2, note[1], _OVER_M + _LINE_M * size))
        letter_m = _LETTER_M * size
        self._written_m = lines[-1][-1] + letter_m
        labels, rows = [], frame.draw.room_from_case.tolist()
        for text, aside, color, over_m in lines:
            x, y, z = moved(rows, (top[0] + aside, top[1], top[2]))
            labels.append(Label(text, (x, y + over_m, z), letter_m, color))
        return Marks(tuple(labels))


def _shared(snapshot: Snapshot) -> Shared:
    """Of a snapshot as `prepared`."""
    cuts = len(visible_cuts(snapshot.cuts.values()))
    return Shared(len(SWIPE_CUTS) if SWIPE_CUTS[0] in snapshot.all_cuts else 0, cuts)


def _see(shown: NDArray[Any], second: NDArray[Any], snapshot: Snapshot, is_other_up: bool) -> None:
    """The part states of one way of seeing both."""
    asked = snapshot.comparison
    opacity = [shown["color"][:, 3], second["color"][:, 3]]
    match asked.together:
        case Together.OVERLAY:
            # One is solid; the other is a shell that fades towards either end.
            shell, solid = (1, 0) if asked.blend <= 0.5 else (0, 1)
            share = 2 * min(asked.blend, 1 - asked.blend)
            opacity[shell] *= SHELL * share
            opacity[solid] *= 1.0
        case Together.FLICKER:
            opacity[0 if is_other_up else 1][:] = 0
        case Together.DIFFERENCE:
            opacity[1][:] = 0
    shown["color"][:, 3], second["color"][:, 3] = opacity


def packed(shown: Surfaces, other: Surfaces) -> Surfaces:
    """Both in one set of arrays; the other's parts are named after it."""
    rows = np.concatenate([shown.parts, other.parts])
    count = len(shown.parts)
    rows["vertex_first"][count:] += len(shown.positions_mm)
    rows["triangle_first"][count:] += len(shown.triangles)
    return Surfaces(
        part_ids=(*shown.part_ids, *(f"{id} of the other date" for id in other.part_ids)),
        parts=frozen(rows),
        positions_mm=frozen(np.concatenate([shown.positions_mm, other.positions_mm])),
        normals=frozen(np.concatenate([shown.normals, other.normals])),
        triangles=frozen(np.concatenate([shown.triangles, other.triangles])),
    )


def _wider(room: Room, apart_mm: float, room_from_case: Matrix) -> Room:
    """A table that holds both."""
    if not apart_mm:
        return room
    step = room_from_case[:3, 0] * apart_mm
    x, y, z = (float(v) for v in np.asarray(room.shadow_center_m) + step / 2)
    mx, my, mz = (float(v) for v in np.asarray(room.model_center_m) + step / 2)
    more = float(np.linalg.norm(step)) / 2
    return replace(
        room,
        shadow_center_m=(x, y, z),
        shadow_radius_m=room.shadow_radius_m + more,
        table_radius_m=room.table_radius_m + more if room.table_radius_m else 0.0,
        model_center_m=(mx, my, mz),
        model_radius_m=math.hypot(room.model_radius_m, more),
    )
