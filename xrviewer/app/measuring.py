"""Measuring in a frame: the composition of interaction's tool, analysis beside the frame, and
scene's lines."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.figures import Precision, precision_of
from xrviewer.analysis.slow import along, valued, with_axis
from xrviewer.app.beside import Beside
from xrviewer.app.wayfinding import Walked, WayFinder
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Timepoint
from xrviewer.document.arrangement import Arrangement
from xrviewer.document.cut_faces import is_cut_away, visible_cuts
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.measurement_rules import new_id
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import MeasureError
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.aiming import plus
from xrviewer.interaction.home import head_of
from xrviewer.interaction.measure import Measuring
from xrviewer.interaction.measure_aim import Spot, Touch
from xrviewer.interaction.measure_commit import Slow
from xrviewer.interaction.measure_kinds import kind_of
from xrviewer.interaction.step import Tools
from xrviewer.interaction.world import World
from xrviewer.scene.draw import DrawData
from xrviewer.scene.legible import LEAST_PIXELS
from xrviewer.scene.marks import NO_MARKS, Marks
from xrviewer.scene.measures import LETTER, DrawnMeasures, Shown, figure, reticle
from xrviewer.scene.measures_on_screens import screens_of
from xrviewer.scene.nearest import NearestSurface
from xrviewer.spatial.rays import Hit, aim_ray
from xrviewer.spatial.transforms import Pose, Vec3, apply, apply_direction
from xrviewer.words import told, tr

WORN_TEXT = 1.4
"""Of values in a headset: its pixels are larger to the eye than a screen's."""
_REFUSED_AT_M = 0.5
"""Where nothing is pointed at, so far along the ray it is said."""


class Measurer:
    """Finds what takes longer than a frame, and draws what has been measured."""

    def __init__(self, beside: Beside) -> None:
        self._dates = {timepoint.id: timepoint for timepoint in beside.case.timepoints}
        self._document, self._inbox = beside.document, beside.inbox
        self._apply, self._tell = beside.apply, beside.tell
        self.save: Callable[[Snapshot], str] | None = None
        """Writes all of it into files and says where; called beside the frame."""
        self.pixels_per_rad = math.inf
        """Of what was last drawn into, in its middle."""
        self._drawn = DrawnMeasures()
        self._ways = WayFinder()
        self._warmed: tuple[str, ...] | None = None
        self._pending: list[Slow] = []
        self._live: Measured | None = None
        """The way to where the hand was when it was last asked for."""
        self._sought: Measured | None = None
        self._is_seeking = False
        self._nearest: NearestSurface | None = None
        self._nearest_of: str | None = None

    def touch(
        self, tools: Tools, is_visible: NDArray[np.bool_], places: Arrangement
    ) -> Touch | None:
        """For bare hands that measure; None until it is ready."""
        snapshot = self._document.snapshot
        if kind_of(snapshot.tool) is None or all(hand.joints is None for hand in tools.seen):
            return None
        if self._nearest_of != snapshot.timepoint:
            self._make_nearest(self._dates[snapshot.timepoint])
        nearest = self._nearest
        if nearest is None:
            return None
        cuts = visible_cuts(snapshot.cuts.values())
        parts = self._dates[snapshot.timepoint].surfaces.part_ids

        def touch(point_mm: Vec3) -> Hit | None:
            hit = nearest.nearest(point_mm, is_visible, places)
            if hit and cuts and is_cut_away(hit.point_mm, parts[hit.part], cuts):
                return None  # what is left is pointed at, or its face touched
            return hit

        return touch

    def write(self, hear: Callable[[str], None]) -> None:
        """Into files. hear: is told what came of it, as everybody is."""
        save, snapshot = self.save, self._document.snapshot

        def adopt(line: str) -> None:
            self._tell(line)
            hear(line)

        if save is not None:
            self._inbox.submit(lambda: save(snapshot), adopt)

    def take(self, tools: Tools, target: RenderTarget | None = None) -> None:
        """What the frame asks to be found beside it. target: what its values must be legible in."""
        if target is not None and tools.views:
            fov = tools.views[0].fov
            height = max(target.height, 1)  # a window that is put away has none
            self.pixels_per_rad = height / (math.tan(fov.up_rad) - math.tan(fov.down_rad))
        measuring = tools.measuring
        for slow in measuring.slow:
            self._find(slow)
        if measuring.kind is Kind.SURFACE:
            self._warm(measuring)
        self._follow(measuring)
        if self._ways.lost:
            reason, self._ways.lost = self._ways.lost, ""
            self._tell(
                tr(
                    "What finds ways over surfaces ended ({reason}); another took over.",
                    reason=reason,
                )
            )

    def close(self) -> None:
        self._ways.close()

    def marks(
        self, tools: Tools, world: World, draw: DrawData, places: Arrangement
    ) -> tuple[Marks, Marks]:
        """What is drawn through what lies before it, and the reticle, which is not."""
        measuring, snapshot = tools.measuring, self._document.snapshot
        is_any = snapshot.all_measurements or self._pending or measuring.kind or tools.refused_s > 0
        head = head_of(tools.views) if is_any else None
        if head is None:
            return NO_MARKS, NO_MARKS
        parts = self._dates[snapshot.timepoint].surfaces.part_ids
        size, dragged = world.preferences.text_size, measuring.dragged_id
        if len(tools.views) > 1:
            size *= max(WORN_TEXT, LEAST_PIXELS / (LETTER * self.pixels_per_rad))
        selected = measuring.near.id if measuring.near else None
        where = (parts, places, draw.room_from_case, head, size)
        screens = screens_of(draw.slices.frames, snapshot, self._dates[snapshot.timepoint].volumes)
        drawn = self._drawn.marks(snapshot, *where, selected, dragged, screens)
        for one in self._pending:
            if one.measured.timepoint == snapshot.timepoint:
                drawn += figure(Shown(one.measured, "…"), *where)
        if (
            measuring.kind and measuring.timepoint != snapshot.timepoint
        ):  # another date was shown in this frame
            return drawn, NO_MARKS
        preview = measuring.preview
        if preview is not None and self._live is not None:
            preview = self._live
        if preview is not None:
            text = preview.quantity.text if preview.quantity else ""
            drawn += figure(Shown(preview, text), *where, screens=screens)
        return drawn, _reticle(tools, draw, places, head)

    def _warm(self, measuring: Measuring) -> None:
        """The process when the tool is chosen, its surface while the second point is looked for."""
        first = measuring.spots[0].layer if measuring.spots else ""
        key = (measuring.timepoint, first) if first else ()
        if self._warmed is not None and key in (self._warmed, ()):
            return
        self._warmed = key

        def job() -> None:
            with suppress(MeasureError):  # who asks for a way is told
                self._ways.ready(_walked(self._dates[key[0]], first) if key else None)

        self._inbox.submit(job, lambda _: None)

    def _follow(self, measuring: Measuring) -> None:
        """One way at a time, as often as they are found, while its end is in the hand."""
        preview = measuring.preview
        is_way = preview is not None and preview.kind is Kind.SURFACE
        if preview is None or not is_way or len(preview.points_mm) != 2 or len(preview.layers) != 1:
            self._live = self._sought = None
            return
        if self._live is not None and self._live.points_mm[0] != preview.points_mm[0]:
            self._live = None
        if self._is_seeking or preview == self._sought:
            return
        self._is_seeking, self._sought = True, preview
        inputs_mm = [spot.input_mm for spot in (*measuring.spots, measuring.live) if spot]
        precision = precision_of(self._dates[preview.timepoint], max(inputs_mm, default=0.0))

        def job() -> Measured | None:
            with suppress(MeasureError):  # it is told when it is placed
                return self._way_of(preview, precision, lambda: self._sought is preview)
            return None

        def adopt(found: Measured | None) -> None:
            self._is_seeking = False
            if self._sought is preview:
                self._live = found

        self._inbox.submit(job, adopt)

    def _way_of(
        self, asked: Measured, precision: Precision, is_wanted: Callable[[], bool]
    ) -> Measured | None:
        surface = _walked(self._dates[asked.timepoint], asked.layers[0])
        way = self._ways.between(surface, np.array(asked.points_mm), is_wanted)
        return along(asked, way, precision) if way else None

    def _find(self, slow: Slow) -> None:
        self._pending = [one for one in self._pending if slow.id is None or one.id != slow.id]
        self._pending.append(slow)

        def job() -> Measured | MeasureError | None:
            try:
                return self._found(slow)
            except MeasureError as error:
                return error

        def adopt(found: Measured | MeasureError | None) -> None:
            is_wanted = self._is_wanted(slow)
            self._pending = [one for one in self._pending if one is not slow]
            if isinstance(found, MeasureError) and is_wanted:
                self._tell(told(found))
            elif isinstance(found, Measured) and is_wanted:
                id = slow.id or new_id(self._document.snapshot)
                self._apply(Measure(id, found, lesion=slow.lesion or None))

        self._inbox.submit(job, adopt)

    def _is_wanted(self, slow: Slow) -> bool:
        """Not where its end was moved on, or it was taken away, since it was asked for."""
        is_there = slow.id is None or slow.id in self._document.snapshot.measurements
        return is_there and any(one is slow for one in self._pending)

    def _found(self, slow: Slow) -> Measured | None:
        """Beside the frame. None where it is not wanted any more. Raises MeasureError."""
        asked, date = slow.measured, self._dates[slow.measured.timepoint]
        if asked.kind is Kind.SURFACE:
            return self._way_of(asked, slow.precision, lambda: self._is_wanted(slow))
        meshes = tuple(_mesh_of(date, layer) for layer in asked.layers)
        if slow.lesion:
            return with_axis(asked, meshes[0], slow.lesion, _slice_mm(date), slow.precision)
        return valued(asked, meshes, slow.precision)

    def _make_nearest(self, date: Timepoint) -> None:
        self._nearest, self._nearest_of = None, date.id

        def job() -> NearestSurface | ImportError:
            try:
                return NearestSurface(date.surfaces)
            except ImportError as error:  # a system library that its wheel does not bring
                return error

        def adopt(made: NearestSurface | ImportError) -> None:
            if isinstance(made, ImportError):
                self._tell(tr("Bare hands point, and cannot touch: {reason}", reason=made))
            elif self._nearest_of == date.id:
                self._nearest = made

        self._inbox.submit(job, adopt)


def _slice_mm(date: Timepoint) -> float:
    """From one axial cut to the next: as the scan was acquired, else every millimetre."""
    return max(date.volumes[0].spacing_mm[2], 0.1) if date.volumes else 1.0


def _walked(date: Timepoint, layer: str) -> Walked:
    if layer not in date.surfaces.part_ids:
        raise MeasureError(f"{layer} is not there at this date")
    index = date.surfaces.part_ids.index(layer)
    return Walked((date.id, layer), *date.surfaces.part(index))


def _mesh_of(date: Timepoint, layer: str) -> Mesh:
    surface = _walked(date, layer)
    return Mesh.of(surface.points_mm, surface.triangles)


def _reticle(tools: Tools, draw: DrawData, places: Arrangement, head: Pose) -> Marks:
    measuring = tools.measuring
    is_refused = max(measuring.flash_s, tools.refused_s) > 0
    if measuring.live is not None:
        return reticle(*_in_room(measuring.live, draw, places), is_refused)
    if not is_refused:
        return NO_MARKS
    aim = next((hand.aim for hand in reversed(tools.seen) if hand.aim), None)
    if aim is None or not aim.is_known:
        return NO_MARKS
    ray = aim_ray(aim)
    dx, dy, dz = ray.direction
    ahead = plus(ray.origin, (dx * _REFUSED_AT_M, dy * _REFUSED_AT_M, dz * _REFUSED_AT_M))
    return reticle(ahead, (-dx, -dy, -dz), is_refused)


def _in_room(spot: Spot, draw: DrawData, places: Arrangement) -> tuple[Vec3, Vec3]:
    """A point and its normal, where the part is now, or where the slice shows it."""
    turn, shift = np.eye(3), np.array(spot.shift_mm)
    if spot.part >= 0:
        turn, shift = places.turns[spot.part], places.shifts_mm[spot.part]
    x, y, z = apply(draw.room_from_case, turn @ spot.point_mm + shift).tolist()
    normal = apply_direction(draw.room_from_case, turn @ spot.normal)
    nx, ny, nz = (normal / max(float(np.linalg.norm(normal)), 1e-12)).tolist()
    return (x, y, z), (nx, ny, nz)
