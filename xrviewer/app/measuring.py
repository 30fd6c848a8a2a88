"""Measuring in a frame: the composition of interaction's tool, analysis beside the frame, and
scene's lines."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.geodesic import SurfaceWays
from xrviewer.analysis.slow import valued, with_axis
from xrviewer.app.beside import Beside
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
from xrviewer.words import tr

WORN_TEXT = 1.4
"""Of values in a headset: its pixels are larger to the eye than a screen's."""
_REFUSED_AT_M = 0.5
"""Where nothing is pointed at, so far along the ray it is said."""
_MOST_WAYS = 4
"""Surfaces that are kept ready to be walked over: a hundred bytes a triangle each."""


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
        self._ways: dict[tuple[str, str], SurfaceWays] = {}
        self._making = threading.Lock()
        self._warmed: tuple[str, str] | None = None
        self._pending: list[Slow] = []
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
        if measuring.kind is Kind.SURFACE and measuring.spots:
            key = (measuring.timepoint, measuring.spots[0].layer)
            if key != self._warmed:  # while the second point is looked for
                self._warmed = key
                self._inbox.submit(lambda: self._ways_of(*key), lambda _: None)

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
        if preview is not None:
            text = preview.quantity.text if preview.quantity else ""
            drawn += figure(Shown(preview, text), *where, screens=screens)
        return drawn, _reticle(tools, draw, places, head)

    def _find(self, slow: Slow) -> None:
        date = self._dates[slow.measured.timepoint]
        self._pending.append(slow)

        def job() -> Measured | MeasureError:
            try:
                meshes = tuple(_mesh_of(date, layer) for layer in slow.measured.layers)
                if slow.lesion:
                    step_mm = _slice_mm(date)
                    return with_axis(slow.measured, meshes[0], slow.lesion, step_mm, slow.precision)
                is_way = slow.measured.kind is Kind.SURFACE
                ways = self._ways_of(date.id, slow.measured.layers[0]) if is_way else None
                return valued(slow.measured, meshes, ways, slow.precision)
            except MeasureError as error:
                return error

        def adopt(found: Measured | MeasureError) -> None:
            self._pending.remove(slow)
            if isinstance(found, MeasureError):
                self._tell(str(found))
                return
            id = slow.id or new_id(self._document.snapshot)
            self._apply(Measure(id, found, lesion=slow.lesion or None))

        self._inbox.submit(job, adopt)

    def _ways_of(self, timepoint: str, layer: str) -> SurfaceWays:
        """Made once, by whichever thread wants it first."""
        with self._making:
            known = self._ways.pop((timepoint, layer), None)
            if known is None:
                known = SurfaceWays(_mesh_of(self._dates[timepoint], layer))
            self._ways[(timepoint, layer)] = known
            while len(self._ways) > _MOST_WAYS:
                del self._ways[next(iter(self._ways))]
            return known

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


def _mesh_of(date: Timepoint, layer: str) -> Mesh:
    if layer not in date.surfaces.part_ids:
        raise MeasureError(f"{layer} is not there at this date")
    return Mesh.of(*date.surfaces.part(date.surfaces.part_ids.index(layer)))


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
