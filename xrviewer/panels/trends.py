"""What can be plotted over the dates: measurements of one name, thickness, volumes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from xrviewer.analysis.extents import volume
from xrviewer.analysis.figures import precision_of
from xrviewer.analysis.followup import Followup
from xrviewer.analysis.regions import spoken
from xrviewer.analysis.terms import WHOLE
from xrviewer.analysis.thickness import part_mesh
from xrviewer.case.model import Case
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.document.measurements import Measurement
from xrviewer.errors import MeasureError
from xrviewer.words import tr


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over the dates that have it, the first date first."""

    name: str
    unit: str
    points: tuple[tuple[str, Quantity], ...]
    """Date and value."""
    region: str = ""
    """Of the structure; nothing for all of it."""

    @property
    def title(self) -> str:
        """In the reader's language."""
        place = f", {tr(self.region)}" if self.region else ""
        return f"{tr(self.name)}{place}, {self.unit}"


def measured_trends(case: Case, found: Iterable[Measurement]) -> tuple[Trend, ...]:
    """Of each name that two dates have."""
    order = {timepoint.id: n for n, timepoint in enumerate(case.timepoints)}
    by_name: dict[tuple[str, str], dict[str, Quantity]] = {}
    for one in found:
        measured = one.measured
        if one.is_there and measured is not None and measured.quantity and one.name:
            if measured.timepoint in order:
                dates = by_name.setdefault((one.name, str(measured.kind)), {})
                dates[measured.timepoint] = measured.quantity
    return tuple(
        _trend(name, dates, order) for (name, _), dates in by_name.items() if len(dates) > 1
    )


def _trend(name: str, dates: dict[str, Quantity], order: dict[str, int]) -> Trend:
    points = tuple(sorted(dates.items(), key=lambda pair: order[pair[0]]))
    return Trend(name, points[0][1].unit.symbol.strip(), points)


def thickness_trends(case: Case, followups: Iterable[Followup]) -> tuple[Trend, ...]:
    """The mean of each layer and region, read at the same place of the bone at every date."""
    points: dict[tuple[str, str], list[tuple[str, Quantity]]] = {}
    for one in followups:
        for row in one.rows:
            off, dates = row.detectable_mm / 2**0.5, points.setdefault((row.layer, row.region), [])
            if not dates:
                dates.append((one.before.id, Quantity(row.before_mm, Unit.MM, off)))
            dates.append((one.after.id, Quantity(row.after_mm, Unit.MM, off)))
    names = {layer.id: layer.name for layer in case.layers}
    return tuple(
        Trend(names[layer], "mm", tuple(found), "" if region == WHOLE else spoken(region))
        for (layer, region), found in points.items()
    )


class Volumes:
    """Of structures, found when one is first chosen: a hundredth of a second each."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._found: dict[str, Trend] = {}

    def trend(self, layer: str) -> Trend:
        """Dates at which the structure is open or absent are left out."""
        if layer not in self._found:
            points = []
            for timepoint in self._case.timepoints:
                try:
                    mesh = part_mesh(timepoint.surfaces, layer)
                    points.append((timepoint.id, volume(mesh, precision_of(timepoint))))
                except MeasureError:
                    continue
            name = next(one.name for one in self._case.layers if one.id == layer)
            self._found[layer] = Trend(name, "ml", tuple(points))
        return self._found[layer]
