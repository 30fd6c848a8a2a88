"""A still of what a stage shows: of any size, whole or in pieces, with what belongs on it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.capture.dressing import Dressing
from xrviewer.capture.furniture import ALL, Furniture, Told, dressed
from xrviewer.case.model import Case
from xrviewer.commands.planes import said_window
from xrviewer.commands.stage import Stage
from xrviewer.document.snapshot import Snapshot
from xrviewer.gpu.target import Canvas, largest_target
from xrviewer.render.renderer import Quality, Renderer
from xrviewer.scene.bearings import edge_letters, mm_per_pixel
from xrviewer.scene.draw import DrawData
from xrviewer.scene.mapping import shown_scale
from xrviewer.spatial.tiles import tile_view, tiles
from xrviewer.spatial.views import View
from xrviewer.words import tr

Pixels = NDArray[np.uint8]


def still(
    stage: Stage,
    view: View,
    width: int,
    height: int,
    furniture: Furniture = ALL,
    limit: int | None = None,
    is_on_white: bool = False,
) -> Pixels:
    """(height, width, 3): what the stage's last frame showed, from an eye of its own.

    limit: pixels along a side that are drawn at once; None for what the graphics card takes.
    """
    draw = stage.app.shutter.plain
    assert draw is not None, "a frame comes before its picture"
    draw = replace(draw, is_on_white=is_on_white)
    picture = drawn(stage.app.renderer, draw, view, (width, height), limit)
    return dressed(picture, told(stage, draw, view, height), furniture)


def drawn(
    renderer: Renderer, draw: DrawData, view: View, size: tuple[int, int], limit: int | None = None
) -> Pixels:
    """(height, width, 4), top row first; as well as the renderer can, however long it takes."""
    width, height = size
    piece, found = tiles(width, height, limit or largest_target())
    whole = np.empty((height, width, 4), np.uint8)
    before = renderer.quality
    renderer.quality = Quality(before.samples, waits_for_scans=True)
    try:
        with closing(Canvas(*piece)) as canvas:
            for tile in found:
                renderer.draw(draw, (tile_view(view, tile, piece, size),), canvas.target)
                left, bottom, right, top = tile.keep
                rows = canvas.picture()[::-1][bottom - tile.bottom : top - tile.bottom]
                kept = rows[:, left - tile.left : right - tile.left]
                whole[height - top : height - bottom, left:right] = kept[::-1]
    finally:
        renderer.quality = before
    return whole


def told(stage: Stage, draw: DrawData, view: View, height: int) -> Told:
    """What a picture of this moment says of itself."""
    snapshot = stage.app.document.snapshot
    return Told(
        said_line(stage),
        shown_scale(stage.case, snapshot) or stage.app.comparer.scale,
        mm_per_pixel(draw, view, height),
        edge_letters(draw.room_from_case, view),
        is_on_white=draw.is_on_white,
    )


class Plates:
    """What a film's pictures say: as long as it is the same, drawn once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._snapshot: Snapshot | None = None
        self._said: tuple[object, ...] = ()
        self._dressing = Dressing(Told(""))

    def now(self, has_legend: bool = False) -> Dressing:
        """For the picture of this moment, finished later, on another thread. Where somebody is,
        the legend is in what they see, and where has_legend it comes onto the picture all the
        same. has_legend: the same for all of a film."""
        snapshot = self._stage.app.document.snapshot
        if snapshot is self._snapshot:
            return self._dressing
        self._snapshot, scale = snapshot, None
        if has_legend or not self._stage.is_attended:
            scale = shown_scale(self._stage.case, snapshot)
        said = said_line(self._stage), scale
        if said != self._said:
            self._said, self._dressing = said, Dressing(Told(*said))
        return self._dressing


def said_line(stage: Stage) -> str:
    snapshot = stage.app.document.snapshot
    return " · ".join(
        dict.fromkeys([title(stage.case, snapshot), *_said_slices(stage.case, snapshot)])
    )


def title(case: Case, snapshot: Snapshot) -> str:
    """The case, and the date or both that are shown when there are several."""
    if len(case.timepoints) == 1:
        return tr(case.title)
    names = {date.id: tr(date.name) for date in case.timepoints}
    shown = filter(None, (snapshot.timepoint, snapshot.comparison.other))
    return f"{tr(case.title)} · {' | '.join(names[id] for id in shown)}"


def _said_slices(case: Case, snapshot: Snapshot) -> list[str]:
    timepoint = next(t for t in case.timepoints if t.id == snapshot.timepoint)
    volumes = {volume.id: volume for volume in timepoint.volumes}
    return [
        said_window(slice, volumes[slice.volume])
        for slice in snapshot.slices.values()
        if slice.is_visible and slice.volume in volumes
    ]
