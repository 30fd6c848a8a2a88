"""The pictures of a report: each date, and each change as a map, on white paper."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from xrviewer.analysis.change import Change, Patch
from xrviewer.analysis.followup import Followup
from xrviewer.case.model import Case, Timepoint
from xrviewer.commands.compare import change_info, with_change
from xrviewer.commands.stage import Stage, open_stage, room_bounds_m
from xrviewer.document.intents import Intent, SetLayersVisible, ShowMap, ShowTimepoint
from xrviewer.document.opening import middle_mm
from xrviewer.document.plane_intents import AddSlice, RemoveSlice
from xrviewer.document.planes import Mode
from xrviewer.frontends.offscreen import OffscreenFrontend
from xrviewer.gpu.target import Canvas
from xrviewer.interaction.input import FrameInput
from xrviewer.render.renderer import Quality
from xrviewer.report.charts import legend
from xrviewer.report.content import Picture
from xrviewer.report.drawing import Drawing
from xrviewer.report.scale_bar import Crop, common_crop, on_white, with_scale_bar
from xrviewer.report.signs import layer_name
from xrviewer.scene.mapping import shown_scale
from xrviewer.spatial.cameras import view_from
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.transforms import apply_direction
from xrviewer.spatial.views import View
from xrviewer.words import tr

SIZE_PX = 1500
"""The longer side of what is drawn; it is then cut to what is on it."""
_WIDE, _TALL = (1.0, 0.8), (0.84, 1.0)
_FRONT = np.array((-0.30, 0.12, 1.0))
_FEET = np.array((0.0, -1.0, 1e-4))
_HALF_CLEAR = ("skin",)
_SLICE = "report"


def gallery(
    case: Case,
    followups: tuple[Followup, ...],
    repeatability_mm: float,
    size_px: int = SIZE_PX,
) -> tuple[Picture, ...]:
    """Raises GraphicsError on a machine that cannot draw."""
    shown = case
    infos = []
    for one in followups:
        name = tr("Thickness change to {date}", date=tr(one.after.name))
        infos.append(replace(change_info(one, repeatability_mm), name=name))
        shown = with_change(shown, replace(one, before=shown.timepoints[0]), infos[-1])
    with open_stage(shown, quality=Quality(waits_for_scans=True)) as stage:
        dates = [_date(stage, timepoint.id, size_px) for timepoint in shown.timepoints]
        changes = [
            shot
            for one, info in zip(followups, infos, strict=True)
            for shot in _changes(stage, one, info.id, size_px)
        ]
    together = common_crop([shot.drawn for shot in dates])  # dates are told apart at one scale
    found = [_picture(shot, together) for shot in dates]
    return (*found, *(_picture(shot, common_crop([shot.drawn])) for shot in changes))


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    """As it was drawn, before it is cut to what is on it."""

    drawn: NDArray[np.uint8]
    mm_per_px: float
    caption: str
    legend: Drawing | None


def _picture(shot: _Shot, crop: Crop) -> Picture:
    left, top, right, bottom = crop
    drawn, bar = with_scale_bar(shot.drawn[top:bottom, left:right], shot.mm_per_px)
    out = io.BytesIO()
    Image.fromarray(drawn).save(out, "PNG")
    size = right - left, bottom - top
    return Picture(out.getvalue(), *size, f"{shot.caption} {bar}", shot.legend)


def _date(stage: Stage, timepoint: str, size_px: int) -> _Shot:
    """All of it but the skin, from in front; where nothing is segmented, the scan's middle."""
    case = stage.case
    date = next(t for t in case.timepoints if t.id == timepoint)
    if not len(date.surfaces.triangles) and date.volumes:
        return _scan(stage, date, size_px)
    hidden = tuple(layer.id for layer in case.layers if layer.role in _HALF_CLEAR)
    _ask(stage, ShowMap(None), SetLayersVisible(tuple(layer.id for layer in case.layers), True))
    _ask(stage, SetLayersVisible(hidden, False), ShowTimepoint(timepoint))
    caption = tr("{date}, from in front: the patient's right is left.", date=tr(date.name))
    return _shot(stage, _FRONT, _sized(_TALL, size_px), caption)


def _scan(stage: Stage, date: Timepoint, size_px: int) -> _Shot:
    """An axial slice, seen from the feet as radiologists do."""
    _ask(stage, *(RemoveSlice(id) for id in stage.app.document.snapshot.slices))
    middle = anatomical("axial", middle_mm(date))
    _ask(stage, ShowTimepoint(date.id), AddSlice(_SLICE, date.volumes[0].id, middle, Mode.PAINTED))
    name = tr(date.name)
    says = tr("{date}, the scan's middle from below: the patient's right is left.", date=name)
    shot = _shot(stage, _FEET, _sized(_TALL, size_px), says)
    _ask(stage, RemoveSlice(_SLICE))
    return shot


def _changes(stage: Stage, one: Followup, map: str, size_px: int) -> Iterator[_Shot]:
    """Each place that changed, looked at from straight before it; else each layer that did not."""
    worst: dict[str, Patch] = {}
    for patch in one.patches:
        worst.setdefault(patch.layer, patch)
    _ask(stage, ShowTimepoint(one.before.id), ShowMap(map))
    for change in one.changes:
        layer = change.before.pair.outer
        if worst and layer not in worst:
            continue
        _ask(stage, *_only(stage.case, change))
        dates = {"before": tr(one.before.name), "after": tr(one.after.name)}
        name = layer_name(stage.case, layer)
        caption = tr("{layer}: change of thickness from {before} to {after}.", layer=name, **dates)
        if layer in worst:
            caption += " " + tr("The largest place is in the middle.")
        yield _shot(stage, _towards(change, worst.get(layer)), _sized(_WIDE, size_px), caption)


def _only(case: Case, change: Change) -> Iterable[Intent]:
    pair = change.before.pair
    yield SetLayersVisible(tuple(layer.id for layer in case.layers), False)
    yield SetLayersVisible((pair.inner, pair.outer), True)


def _towards(change: Change, patch: Patch | None) -> NDArray[np.float64]:
    """From the place, or from the layer's middle, outwards; in the room of a model at rest."""
    known = ~np.isnan(change.before.inner_mm)
    points, normals = change.before.inner.points_mm[known], change.before.normals[known]
    if patch is None:
        outwards = normals.mean(axis=0)
    else:
        outwards = normals[cKDTree(points).query(patch.center_mm)[1]]
    found = apply_direction(MODEL_FROM_CASE, outwards[None])[0]
    length = float(np.linalg.norm(found))
    return found / length if length > 1e-9 else _FRONT


def _ask(stage: Stage, *intents: Intent) -> None:
    for intent in intents:
        stage.app.document.apply(intent)


def _sized(shares: tuple[float, float], size_px: int) -> tuple[int, int]:
    return round(shares[0] * size_px), round(shares[1] * size_px)


def _shot(
    stage: Stage, direction: NDArray[np.float64], size: tuple[int, int], caption: str
) -> _Shot:
    low, high = _bounds(stage)
    view = view_from(direction, low, high, size[0] / size[1])
    canvas = Canvas(*size)
    try:
        inp = FrameInput(0.0, 0.0, (view,), is_see_through=True)
        stage.app.run(OffscreenFrontend(canvas, iter([inp])))
        drawn = on_white(canvas.picture())
    finally:
        canvas.close()
    scale = shown_scale(stage.case, stage.app.document.snapshot)
    drawing = None if scale is None else legend(scale)
    mm_per_px = _mm_per_px(view, (low + high) / 2, size[1], stage)
    return _Shot(drawn, mm_per_px, caption, drawing)


def _bounds(stage: Stage) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of what is seen; room, metres."""
    draw = stage.app.step(FrameInput(0.0, 0.0, ()))
    seen = (draw.parts["color"][:, 3] > 0) & (draw.surfaces.parts["triangle_count"] > 0)
    rows = draw.surfaces.parts[seen]
    if not len(rows):
        return room_bounds_m(stage.case, stage.app.document.snapshot)
    ends = np.array([rows["min_mm"].min(axis=0), rows["max_mm"].max(axis=0)], np.float64)
    corners = np.array(np.meshgrid(*ends.T)).reshape(3, -1).T
    placed = corners @ draw.room_from_case[:3, :3].T + draw.room_from_case[:3, 3]
    return placed.min(axis=0), placed.max(axis=0)


def _mm_per_px(view: View, middle_m: NDArray[np.float64], height: int, stage: Stage) -> float:
    """At the depth of the model's middle."""
    away = float(np.linalg.norm(middle_m - np.asarray(view.eye.position_m)))
    tall = np.tan(view.fov.up_rad) - np.tan(view.fov.down_rad)
    return float(1000 * away * tall / height / stage.app.document.snapshot.model.scale)
