"""A date in the hand: how far apart it lies there, found beside the frame and told."""

from __future__ import annotations

from xrviewer.analysis.by_hand import WHOLE_DATE, DateApart
from xrviewer.analysis.registration import MAX_RESIDUAL_MM
from xrviewer.app.beside import Beside
from xrviewer.document.comparison import DateFit
from xrviewer.document.comparison_intents import KeepAdjusted
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.marks import TEXT_COLOR, WARNING_COLOR
from xrviewer.spatial.transforms import PartPlace, Vec3
from xrviewer.words import number, tr

Note = tuple[str, Vec3]
"""What is written by the model, and its colour."""


class Adjusted:
    """Looks again whenever a date lies elsewhere; one look at a time, the latest place next."""

    def __init__(self, beside: Beside) -> None:
        self._dates = {t.id: t for t in beside.case.timepoints}
        self._first = beside.case.timepoints[0]
        self._document, self._inbox, self._apply = beside.document, beside.inbox, beside.apply
        self._apart: dict[str, DateApart] = {}
        self._seen: dict[str, tuple[PartPlace, float]] = {}
        self._looking: set[str] = set()

    def want(self, date: str, snapshot: Snapshot) -> None:
        """Of a date that was moved by hand, or is being moved."""
        lies = snapshot.dates.get(date)
        if lies is None or not lies.is_by_hand or not lies.fits or lies.residual_mm is not None:
            return
        known = self._seen.get(date)
        if known is None or known[0] != lies.nudge:
            self._look(date, lies)
        elif self._is_kept(date, lies.nudge):
            self._apply(KeepAdjusted(date, *known))

    def note(self, snapshot: Snapshot) -> Note | None:
        """While one of both dates lies otherwise than it was fitted."""
        pair = (snapshot.timepoint, str(snapshot.comparison.other))
        moved = [d for d in pair if (fit := snapshot.dates.get(d)) is not None and fit.is_by_hand]
        if not moved:
            return None
        sizes = [self._residual_mm(date, snapshot.dates[date]) for date in moved]
        known = [size for size in sizes if size is not None]
        if not known:
            return (tr("Adjusted by hand"), TEXT_COLOR)
        worst = max(known)
        text = tr("Adjusted by hand: {size} mm apart", size=number(worst, 2))
        return (text, WARNING_COLOR if worst > MAX_RESIDUAL_MM else TEXT_COLOR)

    def _residual_mm(self, date: str, lies: DateFit) -> float | None:
        """As it was found last, while the hand goes on."""
        known = self._seen.get(date)
        return lies.residual_mm if lies.residual_mm is not None else known and known[1]

    def _look(self, date: str, lies: DateFit) -> None:
        if date in self._looking:
            return
        self._looking.add(date)

        def find() -> float:
            apart = self._apart.get(date)
            if apart is None:
                layers = [fit.layer for fit in lies.fits]
                apart = self._apart[date] = DateApart(self._first, self._dates[date], layers)
            if lies.fits[0].layer == WHOLE_DATE:
                return apart.scan_mm(lies.fits[0].residual_mm, lies.nudge.matrix())
            return apart.worst_mm(lies.by_layer())

        def adopt(residual_mm: float) -> None:
            self._looking.discard(date)
            self._seen[date] = (lies.nudge, residual_mm)
            if self._is_kept(date, lies.nudge):
                self._apply(KeepAdjusted(date, lies.nudge, residual_mm))

        self._inbox.submit(find, adopt)

    def _is_kept(self, date: str, nudge: PartPlace) -> bool:
        """It is where the hand has left it, and not where it still holds it."""
        there = self._document.snapshot.dates.get(date)
        return there is not None and there.nudge == nudge
