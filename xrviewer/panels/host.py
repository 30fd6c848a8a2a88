"""All panels of one case: drawn when something changed, at most thirty times a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from imgui_bundle import imgui

from xrviewer.case.model import Case
from xrviewer.document.intents import Intent
from xrviewer.interaction.pointer import PanelPointer
from xrviewer.panels import theme
from xrviewer.panels.capture_panel import draw_capture
from xrviewer.panels.case_panel import draw_case
from xrviewer.panels.gui import Gui
from xrviewer.panels.help_panel import draw_help
from xrviewer.panels.keyboard import HEIGHT as KEYBOARD_HEIGHT
from xrviewer.panels.keyboard import draw_keyboard
from xrviewer.panels.layers_panel import LayersPanel
from xrviewer.panels.map_panel import draw_map
from xrviewer.panels.measure_panel import draw_measure
from xrviewer.panels.page import Page
from xrviewer.panels.patient_panel import draw_patient
from xrviewer.panels.rail import WIDTH as RAIL_WIDTH
from xrviewer.panels.rail import draw_rail, draw_strip
from xrviewer.panels.rising import Rise, aimed, stepped
from xrviewer.panels.slices_panel import draw_slices
from xrviewer.panels.state import PanelState, Seen, Surface
from xrviewer.panels.theme import Icon, packed
from xrviewer.panels.timeline_panel import TimelinePanel
from xrviewer.scene.panels import PanelDrawing, Share
from xrviewer.words import mark

SHORTEST_S = 1 / 30
"""Between two drawings."""
_SETTLING = 3
"""Drawings after a change: ImGui lays out what it measured in the one before."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the panels; others add theirs to the list."""

    id: str
    icon: Icon
    word: str
    draw: Callable[[Page], None]


def panels_of(case: Case) -> tuple[Panel, ...]:
    """Those that this case has something for, in the order of the rail."""
    panels = [
        Panel("case", Icon.CASE, mark("Case"), draw_case),
        Panel("layers", Icon.LAYERS, mark("Layers"), LayersPanel(case).draw),
        Panel("measure", Icon.RULER, mark("Measure"), draw_measure),
        Panel("capture", Icon.CAMERA, mark("Capture"), draw_capture),
        Panel("help", Icon.HELP, mark("Help"), draw_help),
    ]
    if case.maps:
        panels.insert(2, Panel("map", Icon.MAP, mark("Map"), draw_map))
    if any(t.volumes for t in case.timepoints):
        panels.insert(-1, Panel("slices", Icon.SLICES, mark("Slices"), draw_slices))
    if len(case.timepoints) > 1:
        panels.insert(-1, Panel("dates", Icon.DATES, mark("Dates"), TimelinePanel(case).draw))
    return tuple(panels)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What came of one frame."""

    drawing: PanelDrawing | None = None
    intents: tuple[Intent, ...] = ()
    previews: tuple[Intent, ...] = ()
    """What a slider in the hand would ask."""
    walk: tuple[float, float] = (0.0, 0.0)
    """What the arrows that are held ask, as a stick."""
    is_typing: bool = False
    wants_saved: bool = False
    """The measurements are to be written into files."""
    straightened: str | None = None
    """The structure along which the scan is to be straightened."""
    wants_toggled: bool = False
    """Hidden, or shown again."""
    risen: tuple[Share, float] | None = None
    """The button under a hand, and how far it has risen: to 1, pressed to half."""


class Panels:
    """Owns the ImGui context and the panels' state."""

    def __init__(self, case: Case, is_patient: bool = False, is_locked: bool = False) -> None:
        """is_patient: the few large choices; is_locked: they cannot be left by the corner."""
        self.state = PanelState(is_patient=is_patient, is_locked=is_locked)
        self._panels = panels_of(case)
        self._gui = Gui()
        self._dragged: dict[str, float] = {}
        self._shown = Shown()
        self._rise = Rise()
        self._key: object = None
        self._owed, self._drawn_s, self._time_s = _SETTLING, -1.0, 0.0
        self.between_drawings_s = SHORTEST_S
        """At least; 0 draws what is owed in every frame."""
        self.places: dict[str, tuple[float, float, float, float]] = {}
        """Where each control is, by its name, in millimetres of the board."""
        self.beyond_foot = 0.0
        """How much of the page lies below the board's foot and must be scrolled to, millimetres."""
        self.draws = 0
        """How often they were drawn; a frame in which nothing changed draws nothing."""

    def step(self, seen: Seen, pointer: PanelPointer, surface: Surface, dt_s: float) -> Shown:
        """The intents of this frame; the drawing is the same object until it changes."""
        self._time_s += dt_s
        self._rise = stepped(self._rise, dt_s)
        has_news = self._gui.take(pointer, surface.width, surface.height)
        part = seen.hit.part if seen.hit else None
        # What is read off a map is on its panel; NaN differs from itself.
        said = seen.reading.said if seen.reading and self.state.open == "map" else ""
        can = seen.can_undo, seen.can_redo
        key = (
            seen.snapshot.version,
            surface,
            can,
            part,
            said,
            seen.told,
            seen.capturing,
            seen.trends,
            seen.coarse,
        )
        # A corner that is held for two seconds must be seen to be.
        if has_news or key != self._key or pointer.is_pressed:
            self._owed, self._key = _SETTLING, key
        is_due = self._drawn_s < 0 or self._time_s - self._drawn_s >= self.between_drawings_s - 1e-6
        if self._owed == 0 or not is_due:
            return self._raised(self._quiet())
        self._owed -= 1
        self._shown = self._draw(seen, pointer, surface)
        return self._raised(self._shown)

    def _raised(self, shown: Shown) -> Shown:
        """A button rises between two drawings too: its piece of the picture moves, not the
        picture."""
        if self._rise.share is None:
            return shown
        return replace(shown, risen=(self._rise.share, self._rise.height))

    def close(self) -> None:
        self._gui.close()

    def _quiet(self) -> Shown:
        """As it was; what was asked then is not asked again."""
        shown = self._shown
        if shown.intents or shown.wants_toggled or shown.wants_saved or shown.straightened:
            asked = replace(shown, intents=(), wants_saved=False, wants_toggled=False)
            self._shown = replace(asked, straightened=None)
        return self._shown

    def _draw(self, seen: Seen, pointer: PanelPointer, surface: Surface) -> Shown:
        dt_s = self._time_s - self._drawn_s if self._drawn_s >= 0 else SHORTEST_S
        self._drawn_s, before = self._time_s, self.state
        page = Page(self._gui, self.state, seen, self._dragged)
        hides = False

        def draw() -> None:
            nonlocal hides
            hides = self._draw_board(page, surface, pointer)

        drawing = self._gui.frame(surface.width, surface.height, surface.density, dt_s, draw)
        self.draws += 1
        self.state, self.places = page.state, page.places
        pointed = None if surface.is_desk else page.pointed
        self._rise = aimed(self._rise, pointed, page.is_pointed_pressed, surface)
        if page.intents or self.state != before:
            self._owed = _SETTLING
        intents, previews = tuple(page.intents), tuple(page.previews)
        asked = page.wants_saved, page.straightened, hides
        return Shown(drawing, intents, previews, page.walk, self._gui.is_typing, *asked)

    def _draw_inside(
        self, page: Page, id: str, draw: Callable[[Page], None], surface: Surface
    ) -> None:
        padding = (theme.PADDING, theme.PADDING)
        imgui.push_style_var(imgui.StyleVar_.window_padding, padding)
        height = surface.height - (KEYBOARD_HEIGHT if page.state.keyboard else 0.0)
        imgui.begin_child(id, (0, height), imgui.ChildFlags_.always_use_window_padding)
        draw(page)
        self.beyond_foot = imgui.get_scroll_max_y()
        imgui.end_child()
        imgui.pop_style_var()

    def _draw_board(self, page: Page, surface: Surface, pointer: PanelPointer) -> bool:
        """True when it is to be hidden, or shown again."""
        low, high = (0, 0), (surface.width, surface.height)
        corner = 0.0 if surface.is_desk else theme.CORNER
        # In a room the picture is opaque anyway; what is not, no compositor can be let through to.
        glass = theme.GLASS if surface.is_desk else (*theme.GLASS[:3], 1.0)
        imgui.get_window_draw_list().add_rect_filled(low, high, packed(glass), corner)
        if surface.is_hidden:
            return draw_strip(page)
        hides = False
        if page.state.is_patient:
            self._draw_inside(page, "patient", draw_patient, surface)
        else:
            hides = draw_rail(page, self._panels, surface)
            panel = next((p for p in self._panels if p.id == page.state.open), self._panels[0])
            imgui.same_line(0, 0)
            self._draw_inside(page, panel.id, panel.draw, surface)
        if page.state.keyboard:
            draw_keyboard(page, RAIL_WIDTH, surface.width - RAIL_WIDTH, surface.height)
        if not surface.is_desk and pointer.at is not None:
            _draw_spot(pointer, surface)
        return hides


def _draw_spot(pointer: PanelPointer, surface: Surface) -> None:
    """Where the hand points; smaller and filled while it presses."""
    assert pointer.at is not None
    at = (pointer.at[0] * surface.width, pointer.at[1] * surface.height)
    draw = imgui.get_foreground_draw_list()
    draw.add_circle_filled(at, 4.5 if pointer.is_pressed else 6.0, packed(theme.GLASS))
    color = theme.ACCENT if pointer.is_pressed else theme.TEXT
    draw.add_circle_filled(at, 3.0 if pointer.is_pressed else 4.0, packed(color))
