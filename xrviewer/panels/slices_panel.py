"""The slices: which planes are on; of one of them where it lies, its look, and cuts along it."""

from __future__ import annotations

import math
from collections.abc import Callable

from imgui_bundle import imgui

from xrviewer.case.volume import Volume
from xrviewer.document.plane_intents import (
    AddSlice,
    PlaceSlice,
    RemoveSlice,
    SetSliceMode,
    SetSliceOutlines,
    SetSliceSlab,
    TurnSlice,
    free_id,
)
from xrviewer.document.planes import Mode, Outlines, Projection, Slice
from xrviewer.interaction import slicing
from xrviewer.interaction.plane_tool import SLICE_TOOL
from xrviewer.panels import theme
from xrviewer.panels.cuts_page import draw_cuts
from xrviewer.panels.filled_slices import draw_filled, mark_filled
from xrviewer.panels.page import Page
from xrviewer.panels.patient_panel import pointed_layer
from xrviewer.panels.slice_looks import draw_brightness, draw_scans, hand_button
from xrviewer.panels.theme import Icon, packed
from xrviewer.spatial.planes import ANATOMICAL_NAMES, Plane, anatomical, name_of, oblique
from xrviewer.words import mark, number, tr

OBLIQUE = "oblique"
ORIENTATIONS = (*ANATOMICAL_NAMES, OBLIQUE)
_WORDS = {
    "axial": mark("Axial"),
    "coronal": mark("Coronal"),
    "sagittal": mark("Sagittal"),
    OBLIQUE: mark("Oblique"),
}
_TILTED = (0.0, -0.7071067811865476, -0.7071067811865476)
"""Half way between an axial and a coronal plane."""
_PAGES = (mark("Place"), mark("Window"), mark("Scans"), mark("Cuts"))
_MODES = (mark("In place"), mark("On a screen"), mark("Both"))
_OUTLINES = (mark("No outlines"), mark("Outlines"), mark("Hidden too"))
_PROJECTIONS = (mark("Mean"), mark("Highest"), mark("Lowest"))
_ARROW, _WIDE = 40.0, 340.0
_MOST_SLAB_MM = 50.0


def draw_slices(page: Page) -> None:
    snapshot, volumes = page.seen.snapshot, page.seen.timepoint.volumes
    if not volumes:
        page.quiet(tr("This date has no scan."))
        return
    chosen = page.state.slice
    if chosen not in snapshot.slices:
        chosen = slicing.active_slice(snapshot)
    _draw_planes(page, chosen, volumes[0])
    pages = [tr(word) for word in _PAGES]
    picked = page.choice("slice page", pages, page.state.slice_page)
    if picked != page.state.slice_page:
        page.change(slice_page=picked)
    slice = snapshot.slices.get(chosen or "")
    volume = next((v for v in volumes if slice is not None and v.id == slice.volume), None)
    if page.state.slice_page == len(_PAGES) - 1:
        draw_cuts(page, chosen)
        return
    if chosen is None or slice is None:
        page.quiet(tr("Choose a plane above: it appears within the anatomy."))
    elif volume is None:
        page.quiet(tr("This date has no scan for that slice."))
    else:
        _DETAILS[page.state.slice_page](page, chosen, slice, volume)
    if page.state.slice_page == 0:
        _draw_straighten(page, is_first=slice is None)


def _draw_straighten(page: Page, is_first: bool) -> None:
    """Along the structure that is chosen, else the one last pointed at; why not is said here."""
    seen, chosen = page.seen, page.state.selected
    layer = chosen if chosen in seen.timepoint.surfaces.part_ids else pointed_layer(seen)
    name = next((known.name for known in seen.case.layers if known.id == layer), "")
    word = tr("Straighten: {name}", name=tr(name)) if name else tr("Straighten a structure")
    if page.button(Icon.LINES, word, is_enabled=bool(name)):
        page.straightened = layer
    if not name and is_first:
        page.quiet(tr("Point at a long structure, or choose it under Layers."))
    elif name and page.seen.told:
        page.quiet(page.seen.told)


def _draw_planes(page: Page, chosen: str | None, volume: Volume) -> None:
    """One of each orientation: pressed it appears, then it is the chosen one, then it goes."""
    room = imgui.get_content_region_avail().x
    columns = len(ORIENTATIONS) if room > _WIDE else 2
    width = (room - theme.GAP * (columns - 1)) / columns
    for i, name in enumerate(ORIENTATIONS):
        if i % columns:
            imgui.same_line()
        found = _of_orientation(page, name)
        is_chosen = chosen is not None and chosen in found
        if _draw_plane(page, tr(_WORDS[name]), width, bool(found), is_chosen):
            _press(page, name, found, chosen, volume)


def _draw_plane(page: Page, word: str, width: float, is_there: bool, is_chosen: bool) -> bool:
    imgui.push_style_color(
        imgui.Col_.button, packed(theme.ACCENT_SOFT if is_chosen else theme.WELL)
    )
    is_pressed = imgui.button(f"{Icon.CHECK} {word}" if is_there else word, (width, theme.ROW))
    page.rise()
    imgui.pop_style_color()
    page.place(word)
    return bool(is_pressed)


def _of_orientation(page: Page, name: str) -> list[str]:
    slices = page.seen.snapshot.slices.items()
    flat = [(id, slice) for id, slice in slices if slice.is_visible and not slice.curve_mm]
    return [id for id, slice in flat if name_of(slice.plane) == name]


def _press(page: Page, name: str, found: list[str], chosen: str | None, volume: Volume) -> None:
    if chosen is not None and chosen in found:
        page.ask(RemoveSlice(chosen))
        page.change(slice=None)
    elif found:
        page.change(slice=found[-1])
    else:
        id = free_id("slice", page.seen.snapshot.slices)
        page.ask(AddSlice(id, volume.id, _through(name, volume)))
        page.change(slice=id)


def _through(name: str, volume: Volume) -> Plane:
    if name == OBLIQUE:
        return oblique(volume.center_mm, _TILTED)
    return anatomical(name, volume.center_mm)


def _draw_curved(page: Page, id: str, slice: Slice) -> None:
    """It has no position, but can be turned about its line."""
    degrees = math.degrees(slice.turn_rad)
    shown, done = page.slider("turn", tr("Turn"), degrees, -180.0, 180.0, "%.0f\u00b0")
    if shown is not None:
        page.previews.append(TurnSlice(id, math.radians(shown)))
    if done is not None:
        page.ask(TurnSlice(id, math.radians(round(done))))
    _draw_slab(page, id, slice)
    hand_button(page, SLICE_TOOL, tr("Move it by hand"))
    if page.button(Icon.REMOVE, tr("Remove")):
        page.ask(RemoveSlice(id))
        page.change(slice=None)


def _draw_place(page: Page, id: str, slice: Slice, volume: Volume) -> None:
    if slice.curve_mm:
        _draw_curved(page, id, slice)
        return
    _draw_position(page, id, slice, volume)
    modes, outlines = list(Mode), list(Outlines)
    picked = page.choice("slice mode", [tr(w) for w in _MODES], modes.index(slice.mode))
    if modes[picked] is not slice.mode:
        page.ask(SetSliceMode(id, modes[picked]))
    words = [tr(w) for w in _OUTLINES]
    picked = page.choice("outlines", words, outlines.index(slice.outlines))
    if outlines[picked] is not slice.outlines:
        page.ask(SetSliceOutlines(id, outlines[picked]))
    _draw_slab(page, id, slice)
    hand_button(page, SLICE_TOOL, tr("Move it by hand"))


def _draw_position(page: Page, id: str, slice: Slice, volume: Volume) -> None:
    """A step of one acquired slice at either side of the slider."""
    world, snapshot = page.seen.world, page.seen.snapshot
    plane = slice.plane
    sign, here = slicing.coordinate(plane, volume)
    low, high = slicing.reach_mm(plane, volume)

    def at(value: float) -> Plane:
        return plane.shifted((value - here) * sign)

    def said(value: float) -> str:
        found = slicing.slice_number(at(value), volume)
        place = f"{number(value, 1)} mm"
        return place if found is None else f"{place} \u00b7 {found[0]}/{found[1]}"

    if page.button(Icon.BACK, "##back", _ARROW):
        page.ask(*slicing.stepped(snapshot, world, -1, id))
    page.place("slice back")
    imgui.same_line()
    width = imgui.get_content_region_avail().x - _ARROW - theme.GAP
    imgui.begin_group()
    shown, done = page.slider("slice place", tr("Position"), here, low, high, said, width)
    imgui.end_group()
    mark_filled(page, plane, volume, low, high)
    imgui.same_line()
    if page.button(Icon.NEXT, "##on", _ARROW):
        page.ask(*slicing.stepped(snapshot, world, 1, id))
    page.place("slice on")
    if shown is not None:
        page.previews.append(PlaceSlice(id, at(shown)))
    if done is not None:
        page.ask(PlaceSlice(id, at(done)))
    draw_filled(page, plane, volume)
    _draw_coarse(page, volume)


def _draw_coarse(page: Page, volume: Volume) -> None:
    """That the graphics card has no room for it as it is."""
    for coarse in page.seen.coarse:
        if coarse.volume is volume:
            i, j, k = coarse.factors
            text = tr(
                "Too large for the graphics card: {i} × {j} × {k} voxels are one.",
                i=i,
                j=j,
                k=k,
            )
            page.notice(Icon.WARNING, text)
            page.place("coarse")


def _draw_slab(page: Page, id: str, slice: Slice) -> None:
    def said(value: float) -> str:
        return tr("one plane") if value < 0.25 else f"{number(value, 1)} mm"

    def asked(value: float) -> SetSliceSlab:
        thickness_mm = 0.0 if value < 0.25 else round(value * 2) / 2
        return SetSliceSlab(id, thickness_mm, slice.projection)

    most = max(_MOST_SLAB_MM, slice.slab_mm)
    shown, done = page.slider("slab", tr("Thickness"), slice.slab_mm, 0.0, most, said)
    if shown is not None:
        page.previews.append(asked(shown))
    if done is not None:
        page.ask(asked(done))
    if slice.slab_mm <= 0:
        return
    kinds = list(Projection)
    words = [tr(w) for w in _PROJECTIONS]
    picked = page.choice("projection", words, kinds.index(slice.projection))
    if kinds[picked] is not slice.projection:
        page.ask(SetSliceSlab(id, slice.slab_mm, kinds[picked]))


_DETAILS: tuple[Callable[[Page, str, Slice, Volume], None], ...] = (
    _draw_place,
    draw_brightness,
    draw_scans,
)
