"""`xrviewer render`: stills and turntables without a window."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xrviewer.capture.furniture import ALL, dressed
from xrviewer.capture.furniture import Furniture as Furniture
from xrviewer.capture.image import STILL_SUFFIXES, write_still
from xrviewer.capture.loop import LOOP_FRAMES_PER_S, LOOP_SUFFIXES, LoopWriter
from xrviewer.capture.place import check_place
from xrviewer.capture.video import VIDEO_SUFFIXES, VideoWriter
from xrviewer.case.model import Case
from xrviewer.case.ranges import RangeName
from xrviewer.caseio.atomic import write_whole
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.commands.facing import facing_screen, with_screens, with_values
from xrviewer.commands.layers import ALL_LAYERS, WantedLayers, layer_intents
from xrviewer.commands.planes import NO_PLANES, WantedPlanes, plane_intents
from xrviewer.commands.printing import complain
from xrviewer.commands.shots import Shot, tour_length, tour_shots, turntable_shots
from xrviewer.commands.stage import Stage, open_stage, room_bounds_m
from xrviewer.commands.stills import said_line, still, told
from xrviewer.document.comparison import NO_COMPARISON, Comparison
from xrviewer.document.comparison_intents import CompareWith, SeeTogether, SetBlend
from xrviewer.document.intents import (
    Intent,
    SelectTool,
    SetLayersVisible,
    SetMapRange,
    SetMapSteps,
    ShowIsolines,
    ShowMap,
    ShowTimepoint,
)
from xrviewer.document.plane_intents import RemoveSlice
from xrviewer.errors import DocumentError, UsageError
from xrviewer.gpu.target import Canvas
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.keys import Asked, show_lowest
from xrviewer.interaction.world import world_of
from xrviewer.render.renderer import Quality
from xrviewer.scene.inside import find_spot
from xrviewer.scene.mapping import ready_ranges
from xrviewer.spatial.cameras import (
    FLAT_FOV_RAD,
    INSIDE,
    LOWEST,
    inside_view,
    named_view,
)
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Pose, apply
from xrviewer.spatial.views import View, symmetric_fov

TURNTABLE_S = 10
FRAMES_PER_S = 30
DICOM_SUFFIX = ".dcm"
Progress = Callable[[float, str], None]

Bound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the picture should show."""

    view: str = "corner"
    width: int = 1280
    height: int = 960
    timepoint: str | None = None
    hide: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    map: str | None = None
    map_range: tuple[float, float] | RangeName | None = None
    map_steps: int = 0
    has_isolines: bool = False
    planes: WantedPlanes = NO_PLANES
    is_turntable: bool = False
    seconds: float = TURNTABLE_S
    furniture: Furniture = ALL
    layers: WantedLayers = ALL_LAYERS
    tool: str | None = None
    """To be the active one; None leaves the session's."""
    dates: Comparison = NO_COMPARISON
    """Another date with the shown one."""
    is_on_white: bool = False
    """As on paper, and not in a room."""
    is_tour: bool = False
    """A film of the case's tour."""


def render(
    case: Case,
    out: Path,
    wanted: Wanted,
    progress: Progress,
    session: Path | None = None,
    is_kept: bool = False,
) -> None:
    """Writes a still or a turntable, by the suffix of the file; and what was wanted into the
    session, where it is kept."""
    is_film = _is_film(out, wanted)
    check_place(out)
    quality = Quality(waits_for_scans=True)
    with open_stage(case, session=session, quality=quality, is_kept=is_kept) as stage:
        if wanted.planes and session is None:  # instead of those that a scan opens with
            _ask(stage, [RemoveSlice(id) for id in stage.app.document.snapshot.slices])
        _show_wanted(stage, wanted)
        if is_film:
            with closing(Canvas(wanted.width, wanted.height)) as canvas:
                _film(stage, canvas, out, wanted, progress)
        else:
            _still(stage, out, wanted)


def _show_wanted(stage: Stage, wanted: Wanted) -> None:
    saved = tuple(stage.app.document.snapshot.presets)
    _ask(stage, layer_intents(stage.case, wanted.layers, saved))
    _ask(stage, _intents(stage.case, wanted))
    shown = stage.app.document.snapshot.timepoint
    timepoint = next(t for t in stage.case.timepoints if t.id == shown)
    if (dates := wanted.dates).other is not None:
        other = chosen_timepoint(stage.case, dates.other).id
        _ask(stage, [CompareWith(other), SeeTogether(dates.together), SetBlend(dates.blend)])
    _ask(stage, plane_intents(stage.case, timepoint, wanted.planes))
    stage.app.comparer.wait(lambda: stage.app.step(FrameInput(0.0, 0.0, ())))


def _ask(stage: Stage, intents: list[Intent]) -> None:
    for intent in intents:
        try:
            stage.app.document.apply(intent)
        except DocumentError as error:
            raise UsageError(f"{error} (xrviewer info names what it holds)") from error


def _is_film(out: Path, wanted: Wanted) -> bool:
    suffix = out.suffix.lower()
    films = (*VIDEO_SUFFIXES, *LOOP_SUFFIXES)
    if suffix in films:
        return True
    if suffix not in (*STILL_SUFFIXES, DICOM_SUFFIX):
        known = ", ".join((*STILL_SUFFIXES, DICOM_SUFFIX, *films))
        raise UsageError(f"{out}: name a file that ends in one of {known}")
    if wanted.is_turntable or wanted.is_tour:
        raise UsageError(f"{out}: a turntable or a tour is a film; name a {', '.join(films)}")
    return False


def _intents(case: Case, wanted: Wanted) -> list[Intent]:
    """Of the user's words; unknown names are refused by the document."""
    intents: list[Intent] = []
    if wanted.tool is not None:
        intents.append(SelectTool(wanted.tool))
    if wanted.timepoint is not None:
        intents.append(ShowTimepoint(chosen_timepoint(case, wanted.timepoint).id))
    if wanted.only:
        shown = set(wanted.only)
        rest = tuple(layer.id for layer in case.layers if layer.id not in shown)
        intents += [SetLayersVisible(rest, False), SetLayersVisible(wanted.only, True)]
    if wanted.hide:
        intents.append(SetLayersVisible(wanted.hide, False))
    if wanted.map is not None:
        intents.append(ShowMap(wanted.map))
        intents.append(SetMapSteps(wanted.map, wanted.map_steps))
        intents.append(ShowIsolines(wanted.map, wanted.has_isolines))
        if wanted.map_range is not None:
            intents.append(SetMapRange(wanted.map, *_range(case, wanted.map, wanted.map_range)))
    return intents


def _range(case: Case, map: str, wanted: tuple[float, float] | RangeName) -> tuple[float, float]:
    if not isinstance(wanted, RangeName):
        return wanted
    ready = ready_ranges(case, map)
    if wanted not in ready:
        raise UsageError(f"map {map!r} has no {wanted} range: it has {', '.join(ready) or 'none'}")
    return ready[wanted]


def _still(stage: Stage, out: Path, wanted: Wanted) -> None:
    view = _view(stage, wanted)
    stage.app.step(FrameInput(0.0, 0.0, (view,)))
    size = wanted.width, wanted.height
    picture = still(stage, view, *size, wanted.furniture, is_on_white=wanted.is_on_white)
    if out.suffix.lower() == DICOM_SUFFIX:
        from xrviewer.report.secondary import as_secondary_capture

        data = as_secondary_capture(stage.case, picture, datetime.now(), said_line(stage))
        write_whole(out, data)
    else:
        write_still(picture, out)


def _view(stage: Stage, wanted: Wanted) -> View:
    aspect = wanted.width / wanted.height
    straight_on = facing_screen(stage.app.document.snapshot, aspect)
    if wanted.planes.curved and wanted.view == "corner" and straight_on:
        return straight_on
    if wanted.view == LOWEST:
        return _at_lowest(stage, aspect)
    draw = stage.app.step(FrameInput(0.0, 0.0, ()))
    if wanted.view != INSIDE:
        low, high = _with_second(stage, *room_bounds_m(stage.case, stage.app.document.snapshot))
        bounds = with_screens(draw, low, high)
        view = named_view(wanted.view, *bounds, aspect)
        draw = stage.app.step(FrameInput(0.0, 0.0, (view,)))
        return named_view(wanted.view, *with_values(draw, view.eye, *bounds), aspect)
    spot = find_spot(draw.surfaces, draw.solid_and_see_through()[0])
    if spot is None:
        raise UsageError("there is no free place inside: hide a structure that fills it (--hide)")
    eye = apply(draw.room_from_case, spot.eye_mm)
    return inside_view(eye, apply(draw.room_from_case, spot.eye_mm + spot.direction), aspect)


def _with_second(stage: Stage, low: Bound, high: Bound) -> tuple[Bound, Bound]:
    """The box of both dates, where they stand side by side."""
    if stage.app.document.snapshot.comparison.other is None:
        return low, high
    room = stage.app.step(FrameInput(0.0, 0.0, ())).room
    step = 2 * (np.array(room.model_center_m) - (low + high) / 2)
    if np.linalg.norm(step) < 0.1 * np.linalg.norm(high - low):
        return low, high
    return np.minimum(low, low + step), np.maximum(high, high + step)


def _at_lowest(stage: Stage, aspect: float) -> View:
    """Before the place where the map is lowest, as a person is brought there."""
    eye = View(Pose((0.0, 0.0, 0.0), IDENTITY_ROTATION), symmetric_fov(FLAT_FOV_RAD, aspect))
    found = show_lowest(Asked(stage.app.document.snapshot, world_of(stage.case), None, (eye,)))
    if not found:
        raise UsageError(f"--view {LOWEST} is of a map that is seen: name it with --map")
    _ask(stage, found)
    return eye


def _film(stage: Stage, canvas: Canvas, out: Path, wanted: Wanted, progress: Progress) -> None:
    is_loop = out.suffix.lower() in LOOP_SUFFIXES
    frames_per_s = LOOP_FRAMES_PER_S if is_loop else FRAMES_PER_S
    aspect = wanted.width / wanted.height
    if wanted.is_tour:
        count, shots = tour_length(stage, frames_per_s), tour_shots(stage, aspect, frames_per_s)
    else:
        count = max(2, round(wanted.seconds * frames_per_s))
        shots = turntable_shots(stage, aspect, count)
    size = wanted.width, wanted.height
    with LoopWriter(out) if is_loop else VideoWriter(out, *size, frames_per_s) as writer:
        for i in range(count):
            stage.app.step(FrameInput(i / frames_per_s, 1 / frames_per_s, ()))
            writer.write(_pictured(stage, canvas, next(shots), wanted))
            progress((i + 1) / count, out.name)
    for note in stage.app.renderer.notes():
        complain(note)


def _pictured(stage: Stage, canvas: Canvas, shot: Shot, wanted: Wanted) -> NDArray[np.uint8]:
    draw = replace(shot.draw, is_on_white=wanted.is_on_white)
    stage.app.renderer.draw(draw, (shot.view,), canvas.target)
    said = replace(told(stage, draw, shot.view, wanted.height), sentence=shot.sentence)
    return dressed(canvas.picture(), said, wanted.furniture)
