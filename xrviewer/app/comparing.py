"""Seeing two dates in a frame: what must be found beside it, and the composition of the rest."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.change import detectable_mm
from xrviewer.analysis.dates import date_fits, surface_change
from xrviewer.analysis.registration import Fit
from xrviewer.analysis.terms import REPEATABILITY_MM
from xrviewer.app.adjusting import Adjusted
from xrviewer.app.beside import Beside
from xrviewer.app.overlay import MapSeen
from xrviewer.case.model import MapInfo, Timepoint
from xrviewer.document.comparison import DateFit, KeptFit, Together
from xrviewer.document.comparison_intents import CompareWith, KeepFits
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import MeasureError
from xrviewer.scene.build import shown_map
from xrviewer.scene.comparing import Bounds, Comparing
from xrviewer.scene.draw import DrawData, ShownMap
from xrviewer.scene.mapping import Scale
from xrviewer.spatial.transforms import Matrix

_SPAN_MM = 1.5
_METHOD = "nearest points of both dates' surfaces, each bone laid onto its first date's"


class Comparer:
    """Registers a date when it is first asked for; a fit that is bad is told, and not shown."""

    def __init__(self, beside: Beside) -> None:
        self._case, self._document, self._inbox = beside.case, beside.document, beside.inbox
        self._apply, self._tell = beside.apply, beside.tell
        self._scene = Comparing(beside.case)
        self._asked: set[str] = set()
        """Dates whose fits are being looked for."""
        self._difference: tuple[tuple[object, ...], ShownMap] | None = None
        self._is_colouring = False
        self._apart = Adjusted(beside)
        self.scale: Scale | None = None
        """What the colours of a difference stand for, while one is shown."""

    @property
    def is_waiting(self) -> bool:
        """For what the shown comparison still lacks."""
        snapshot = self._document.snapshot
        if snapshot.comparison.other is None:
            return False
        is_plain = snapshot.comparison.together is not Together.DIFFERENCE
        known = self._difference
        has_colours = known is not None and known[0] == _colours_of(snapshot)
        return self._scene.places(snapshot) is None or not (is_plain or has_colours)

    def wait(self, step: Callable[[], object]) -> None:
        """Until all of it can be shown, for a still; step: a frame."""
        step()
        while self.is_waiting:
            self._inbox.wait()
            step()

    @property
    def map_seen(self) -> MapSeen | None:
        """For the legend."""
        return None if self.scale is None else MapSeen(self.scale, None, None)

    def prepared(self, snapshot: Snapshot) -> Snapshot:
        """What the scene is to build; asks for fits that nobody knows yet."""
        if snapshot.comparison.other is None:
            return snapshot
        for date in (snapshot.timepoint, snapshot.comparison.other):
            self._want(date, snapshot)
            self._apart.want(date, snapshot)
        return self._scene.prepared(snapshot)

    def shown(
        self, draw: DrawData, snapshot: Snapshot, time_s: float, size: float = 1.0
    ) -> DrawData:
        """The second date with what was drawn of the first. size: of what is written."""
        self.scale = None
        if snapshot.comparison.other is None:
            return draw
        difference = None
        if snapshot.comparison.together is Together.DIFFERENCE and draw.map is None:
            difference = self._coloured(snapshot)
        note = self._apart.note(snapshot)
        return self._scene.shown(draw, snapshot, time_s, difference, note, size)

    def around_mm(self, bounds_mm: Bounds, snapshot: Snapshot, draw: DrawData) -> Bounds:
        """Of all that is drawn, where bounds_mm are the shown date's."""
        if snapshot.comparison.other is None:
            return bounds_mm
        m_per_mm = math.hypot(*draw.room_from_case[:3, 0].tolist())
        return self._scene.around_mm(bounds_mm, snapshot, m_per_mm)

    def _want(self, date: str, snapshot: Snapshot) -> None:
        first = self._case.timepoints[0]
        known = snapshot.dates.get(date)
        if date == first.id or date in self._asked or (known is not None and known.fits):
            return
        self._asked.add(date)
        later = next(t for t in self._case.timepoints if t.id == date)

        def find() -> tuple[KeptFit, ...] | MeasureError:
            try:
                return kept_fits(date_fits(self._case, first, later))
            except MeasureError as error:
                return error

        self._inbox.submit(find, lambda found: self._adopt(date, found))

    def _adopt(self, date: str, found: tuple[KeptFit, ...] | MeasureError) -> None:
        self._asked.discard(date)
        if isinstance(found, MeasureError):
            self._tell(f"the dates cannot be compared: {found}")
            self._apply(CompareWith(None))
        else:
            self._apply(KeepFits(date, found))

    def _coloured(self, snapshot: Snapshot) -> ShownMap | None:
        """None until it is found; while a date is in the hand, as it was a moment before."""
        places, other = self._scene.places(snapshot), snapshot.comparison.other
        if places is None:
            return None
        key, dates = _colours_of(snapshot), {t.id: t for t in self._case.timepoints}
        shown, later = dates[snapshot.timepoint], dates[str(other)]
        known = self._difference
        if (known is None or known[0] != key) and not self._is_colouring:
            self._find_difference(key, shown, later, places)
        self.scale = difference_scale(shown, later)
        return known[1] if known is not None and known[0][:2] == key[:2] else None

    def _find_difference(
        self,
        key: tuple[object, ...],
        shown: Timepoint,
        later: Timepoint,
        places: dict[str, Matrix],
    ) -> None:
        scale, case, self._is_colouring = difference_scale(shown, later), self._case, True

        def adopt(values: NDArray[np.float32]) -> None:
            self._difference, self._is_colouring = (key, shown_map(values, scale)), False

        self._inbox.submit(lambda: surface_change(case, shown, later, places), adopt)


def _colours_of(snapshot: Snapshot) -> tuple[object, ...]:
    """All that the colours of a difference depend on; the two dates first."""
    dates = snapshot.timepoint, snapshot.comparison.other
    lying = [snapshot.dates.get(str(date), DateFit()) for date in dates]
    return (*dates, *((one.fits, one.nudge) for one in lying))


def kept_fits(found: dict[str, Fit]) -> tuple[KeptFit, ...]:
    """As the document keeps them."""
    return tuple(
        KeptFit(
            bone,
            tuple(float(v) for v in fit.fixed_from_moving.ravel()),
            fit.residual_mm,
            fit.overlap,
        )
        for bone, fit in found.items()
    )


def difference_scale(shown: Timepoint, other: Timepoint) -> Scale:
    """Grey where it is within what two scans of an unchanged knee differ by."""
    error = round(detectable_mm(REPEATABILITY_MM), 2)
    name = f"Surface, {shown.name} to {other.name}"
    info = MapInfo("difference", name, "mm", "outwards is above 0", _METHOD, error)
    return Scale(info, -_SPAN_MM, _SPAN_MM, 0, "crameri:vik", False, within_error=error)
