"""Thickness over the dates, for the plot: found beside the frame when it is first looked at."""

from __future__ import annotations

from xrviewer.analysis.followup import Followup, followed
from xrviewer.app.inbox import Inbox
from xrviewer.app.panelling import Panelling
from xrviewer.case.model import Case
from xrviewer.document.comparison import HOME
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import MeasureError
from xrviewer.panels.trends import Trend, thickness_trends
from xrviewer.spatial.transforms import PartPlace


class Trending:
    """Again when a date was moved by hand; one look at a time."""

    def __init__(self, case: Case, inbox: Inbox) -> None:
        self._case, self._inbox = case, inbox
        self._found: tuple[Trend, ...] = ()
        self._found_of: tuple[PartPlace, ...] | None = None
        self._is_busy = False

    def trends(self, snapshot: Snapshot) -> tuple[Trend, ...]:
        """As they were found last; none as long as nobody has looked."""
        lying = (snapshot.dates.get(timepoint.id) for timepoint in self._case.timepoints)
        places = tuple(HOME if date is None else date.nudge for date in lying)
        if places != self._found_of and not self._is_busy:
            self._look(places)
        return self._found

    def _look(self, places: tuple[PartPlace, ...]) -> None:
        self._is_busy, case = True, self._case

        def adopt(found: tuple[Trend, ...]) -> None:
            self._found, self._found_of, self._is_busy = found, places, False

        self._inbox.submit(lambda: thickness_trends(case, _followups(case, places)), adopt)


def _followups(case: Case, places: tuple[PartPlace, ...]) -> list[Followup]:
    """Of each later date that can be compared with the first one."""
    first, found = case.timepoints[0], list[Followup]()
    for later, place in zip(case.timepoints[1:], places[1:], strict=True):
        nudge = None if place == HOME else place.matrix()
        try:
            found.append(followed(first, later, nudge=nudge))
        except MeasureError:
            continue  # who compares the two dates is told why not
    return found


def offer_trends(panelling: Panelling | None, case: Case, inbox: Inbox) -> None:
    """To whoever looks at the dates."""
    if panelling is not None and len(case.timepoints) > 1:
        panelling.trends = Trending(case, inbox).trends
