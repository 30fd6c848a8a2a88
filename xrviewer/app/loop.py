"""The composition of the parts, and the only frame loop."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.closed import closed_parts
from xrviewer.analysis.places import Places, places_of
from xrviewer.analysis.scan import scan_values
from xrviewer.analysis.spots import lowest_spot
from xrviewer.analysis.tally import tally
from xrviewer.app.beside import Beside
from xrviewer.app.comparing import Comparer
from xrviewer.app.inbox import Inbox
from xrviewer.app.measuring import Measurer
from xrviewer.app.overlay import Lingering, MapSeen, Overlay, text_size
from xrviewer.app.panelling import Panelling, offered_panels
from xrviewer.app.shutter import Shutter
from xrviewer.app.straightening import offer_straightening
from xrviewer.app.trending import offer_trends
from xrviewer.case.model import Case
from xrviewer.case.surfaces import Surfaces
from xrviewer.document.arrangement import Arrangement
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import DocumentError
from xrviewer.frontends.frontend import Frontend, Wait
from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.aiming import Pick
from xrviewer.interaction.board import Board
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.step import Tools, answered, step
from xrviewer.interaction.world import World, world_of
from xrviewer.render.renderer import Renderer
from xrviewer.scene.build import Scene
from xrviewer.scene.cuts import first_left
from xrviewer.scene.draw import DrawData
from xrviewer.scene.marks import NO_MARKS, Marks
from xrviewer.scene.panels import ShownPanel
from xrviewer.scene.pick import Picker
from xrviewer.scene.probe import read_at
from xrviewer.scene.slices import table_colors
from xrviewer.scene.spreading import Spreading
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.views import View
from xrviewer.values import changed

if TYPE_CHECKING:
    from xrviewer.panels.host import Panels

YOUNG = 20_000
"""New objects before the garbage collector looks through them unasked; 700 where nobody says."""
Watch = Callable[[RenderTarget], None]
"""Is shown every finished frame before it is presented: a recorder, a bench."""


def _look_ahead(case: Case) -> None:
    """What scans are like is known before a slice is asked for, and what can be cut before a cut:
    no frame waits for disk, nor looks through all edges."""
    for timepoint in case.timepoints:
        for volume in timepoint.volumes:
            table_colors(scan_values(volume).colors)
        closed_parts(timepoint.surfaces)


@contextmanager
def short_pauses() -> Iterator[None]:
    """The garbage collector leaves what was loaded before alone: to look through all of it again
    takes longer than a frame may. What is new it looks through when `tidy` says."""
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def tidy() -> None:
    """After a frame is handed over, when nobody waits: what one frame leaves is looked through in
    no time; what many had left took a third of a frame, at any moment of it."""
    gc.collect(0)


def _meets_nothing(_: Ray) -> Hit | None:
    return None


class App:
    """One case, one document, one renderer; front-ends come and go."""

    def __init__(
        self,
        case: Case,
        document: Document,
        renderer: Renderer,
        tell: Callable[[str], None] = print,
        preferences: Preferences | None = None,
        panels: Panels | None = None,
    ) -> None:
        """tell: a line for the person, such as that the session cannot be saved just now.
        preferences: of who is there; without them nobody is, and no hands, letters or hints are
        drawn. panels: the caller's, for whoever works with this session."""
        self.case, self.document, self.renderer = case, document, renderer
        self._world = world_of(case, preferences)
        self._is_attended = preferences is not None
        self._lingering, self._overlay = Lingering(document.snapshot.model.scale), Overlay()
        self._scene, self._spreading = Scene(case), Spreading()
        self.panelling = Panelling(panels, self._world, document, renderer) if panels else None
        self._tools = Tools(board=Board() if panels else None)
        self.signs: tuple[ShownPanel, ...] = ()
        """Hang in the room in every drawn frame, besides what there is to press."""
        self.time_s = 0.0
        """Of the frame in hand, on the front-end's clock."""
        self.drawn: DrawData | None = None
        """By the frame in hand, for who watches from elsewhere; without the shutter's own."""
        self.record: Callable[[FrameInput], None] | None = None
        """Is given every input before it acts."""
        self.shutter = Shutter()
        self._inbox = Inbox()
        self._inbox.submit(lambda: _look_ahead(case), lambda _: None)
        beside = Beside(case, document, self._inbox, self._apply, tell)
        self.measurer, self.comparer = Measurer(beside), Comparer(beside)
        offer_straightening(self.panelling, beside)
        offer_trends(self.panelling, case, self._inbox)
        self._picker: Picker | None = None
        self._picked_surfaces: Surfaces | None = None
        self._places: Places | None = None
        self._placed: tuple[Surfaces, str] | None = None
        self._tell, self._told_problem = tell, ""

    def run(self, frontend: Frontend, watch: Watch | None = None) -> None:
        """Until the front-end says to quit."""
        with short_pauses():
            while (wanted := frontend.wait()) is not Wait.QUIT:
                if wanted is Wait.RUN:
                    self.frame(frontend, watch)

    def frame(self, frontend: Frontend, watch: Watch | None = None) -> FrameInput:
        """One turn after the front-end has asked for it, from input to presented."""
        inp = frontend.input()
        target = frontend.target() if inp.views else None
        draw = self.step(inp, target)
        for pulse in self._tools.pulses:
            frontend.pulse(pulse)
        if target is not None:
            marks, panels = self.shutter.own(self._tools, target)
            shown = self._handed_over(draw, self.signs + draw.panels + panels, frontend)
            others = shown.panels[: len(shown.panels) - len(panels)]
            self.drawn = changed(shown, panels=others) if panels else shown
            shown = shown if marks is NO_MARKS else changed(shown, marks=shown.marks + marks)
            self.renderer.draw(shown, self._tools.views, target)
            for note in self.renderer.notes():
                self._tell(note)
            if watch is not None:
                watch(target)
        frontend.present()
        tidy()
        return inp

    def step(self, inp: FrameInput, target: RenderTarget | None = None) -> DrawData:
        """Everything between input and drawing. target: how fine the panels are drawn."""
        self.time_s = inp.time_s
        self._inbox.drain()
        before = self.document.snapshot
        self._want_picker(before)
        can_point = self._can_point(inp)
        if self.record is not None:
            self.record(changed(inp, can_point=can_point))
        is_typing = self._tools.board is not None and self._tools.board.is_typing
        self.shutter.keys = frozenset() if is_typing else inp.keys
        visible, places = self._scene.visible_parts(before), self._scene.arrangement(before)
        pick = self._pick(before, visible, places) if can_point else _meets_nothing
        touch = self.measurer.touch(self._tools, visible, places)
        self._tools, intents = step(self._tools, inp, before, self._rules, pick, touch)
        for intent in intents:
            self._apply(intent)
        self.measurer.take(self._tools, target)
        snapshot, panels = self._at_panels(inp, target)
        if in_hand := self._tools.preview():
            snapshot = self.document.preview(in_hand)
        self._tell_problem()
        if snapshot.timepoint != before.timepoint:  # they were parts of another date
            self._tools = changed(self._tools, pointed=None, held=(None, None))
        return self._drawn(inp, snapshot, panels)

    def _drawn(
        self, inp: FrameInput, snapshot: Snapshot, panels: tuple[ShownPanel, ...]
    ) -> DrawData:
        """What the frame shows, with the tools as they are now."""
        tools = self._tools
        held = {held.part: held.place for held in tools.held if held}
        pointed = tools.pointed.part if tools.pointed else None
        snapshot = self.comparer.prepared(self._spreading.shown(snapshot, inp.dt_s))
        draw = self._scene.build(snapshot, tools.placement, pointed, held, tools.planes.held_id)
        size = text_size(self._world.preferences, tools, self.measurer.pixels_per_rad)
        draw = self.comparer.shown(draw, snapshot, inp.time_s, size)
        places = self._scene.arrangement(snapshot)
        measures, spot = self.measurer.marks(tools, self._world, draw, places)
        self.shutter.seen, self.shutter.camera = (draw, measures), tools.camera
        marks = self._marks(draw, inp.dt_s) if self._is_attended else draw.marks
        return changed(
            draw,
            is_in_real_room=inp.is_see_through,
            panels=panels,
            measures=measures,
            marks=marks if spot is NO_MARKS else marks + spot,
            vignette=float(self.shutter.is_closed) or self._is_attended * tools.footing.vignette,
        )

    def _at_panels(
        self, inp: FrameInput, target: RenderTarget | None
    ) -> tuple[Snapshot, tuple[ShownPanel, ...]]:
        """What is to be drawn: the document, with what a slider in the hand would make of it."""
        if self.panelling is None:
            return self.document.snapshot, ()
        stepped = self.panelling.step(self._tools, inp, target, self.measurer.write)
        self._tools, intents, previews, panels = stepped
        for intent in intents:
            self._apply(intent)
        return self.panelling.shown_snapshot(previews), panels

    def _handed_over(
        self, draw: DrawData, panels: tuple[ShownPanel, ...], frontend: Frontend
    ) -> DrawData:
        """With these, and who shows each: the front-end, else the scene."""
        if self.panelling is None and not panels:
            return draw
        textures = self.renderer.paint(panels)
        offered = offered_panels(panels, textures, self._tools.footing)
        shown = frontend.show_panels(offered)
        pairs = zip(panels, shown, strict=True)
        return changed(draw, panels=tuple(changed(panel, shown=by) for panel, by in pairs))

    def _marks(self, draw: DrawData, dt_s: float) -> Marks:
        """The marks of what is drawn, and those of the tools."""
        tools, snapshot = self._tools, self.document.snapshot
        self._lingering = self._lingering.after((tools.placement or snapshot.model).scale, dt_s)
        bounds = self.comparer.around_mm(self._scene.bounds_mm(snapshot), snapshot, draw)
        seen = self._map_seen(snapshot)
        if self.panelling:
            self.panelling.reading = seen.reading if seen else None
        about = bounds, self._lingering, seen, self.measurer.pixels_per_rad
        return self._overlay.marks(tools, self.document, self._rules, draw, *about)

    def _map_seen(self, snapshot: Snapshot) -> MapSeen | None:
        """What the shown map says; the names of its places come when they are found."""
        scale, hit = self._scene.scale, self._tools.pointed
        if scale is None:
            return self.comparer.map_seen
        surfaces = self._scene.timepoint(snapshot).surfaces
        visible = self._scene.visible_parts(snapshot)
        self._want_places(surfaces, scale.info.id, visible)
        spread = tally(surfaces, scale.info.id, visible.tobytes(), scale.low, scale.high)
        reading = None
        if hit is not None:
            lies = self._scene.arrangement(snapshot)
            reading = read_at(surfaces, scale, hit, lies, self._places)
        return MapSeen(scale, reading, spread)

    @property
    def views(self) -> tuple[View, ...]:
        """The eyes the last frame was drawn for, where they are in the room."""
        return self._tools.views

    @property
    def _rules(self) -> World:
        """Whose hands they are may change: a clinician leaves the patient's panel."""
        return self.panelling.world if self.panelling else self._world

    def close(self) -> None:
        self.measurer.close()
        self._inbox.close()

    def _apply(self, intent: Intent) -> None:
        """What is refused, such as a model carried a kilometre away, leaves all as it was."""
        self._tools = answered(self._tools, intent, self.document.can_undo, self._world)
        try:
            self.document.apply(intent)
        except DocumentError as refusal:
            self._tell(str(refusal))

    def _can_point(self, inp: FrameInput) -> bool:
        """Whether surfaces can be pointed at; a replay knows, and is waited for."""
        if inp.can_point is None:
            return self._picker is not None
        while inp.can_point and self._picker is None:
            self._inbox.wait()
        return inp.can_point

    def _tell_problem(self) -> None:
        """Once when the session can no longer be saved; its end is told by nothing."""
        problem = self.document.problem
        if problem and problem != self._told_problem:
            self._tell(problem)
        self._told_problem = problem or ""

    def _pick(self, snapshot: Snapshot, visible: NDArray[np.bool_], places: Arrangement) -> Pick:
        """What a ray meets first of what is there in this frame."""
        if self._picker is None:
            return _meets_nothing
        first = partial(self._picker.pick, is_visible=visible, places=places)
        if not snapshot.all_cuts:
            return first
        cuts, layers = snapshot.cuts, self._scene.timepoint(snapshot).surfaces.part_ids
        return lambda ray: first_left(first, ray, layers, cuts.values())

    def _want_places(self, surfaces: Surfaces, map: str, visible: NDArray[np.bool_]) -> None:
        """Once a date: the regions a place is named by; the map keeps where it is lowest."""
        if self._placed == (surfaces, map):
            return
        if self._placed is None or self._placed[0] is not surfaces:
            self._places = None
        self._placed = (surfaces, map)

        def find() -> Places:
            lowest_spot(surfaces, map, visible)
            return places_of(surfaces)

        def adopt(made: Places) -> None:
            if self._placed is not None and surfaces is self._placed[0]:
                self._places = made

        self._inbox.submit(find, adopt)

    def _want_picker(self, snapshot: Snapshot) -> None:
        """Another date has other surfaces; pointing pauses until their tree is built."""
        surfaces = self._scene.timepoint(snapshot).surfaces
        if surfaces is self._picked_surfaces:
            return
        self._picked_surfaces, self._picker = surfaces, None

        def adopt(made: Picker) -> None:
            if surfaces is self._picked_surfaces:
                self._picker = made

        self._inbox.submit(lambda: Picker(surfaces), adopt)
