"""Spots to a measurement: its value at once, or what the app has to find it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xrviewer.analysis.figures import FIGURES, Precision, measured, precision_of
from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.quantity import Quantity
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.measurement_rules import new_id
from xrviewer.document.measurements import layer_of_point
from xrviewer.errors import MeasureError
from xrviewer.interaction.measure_aim import Sight, Spot
from xrviewer.interaction.measure_ends import End
from xrviewer.interaction.measure_kinds import WANTED

_MOST_LIVE_POINTS = 12
"""So many points have their uncertainty carried through in every frame; of more it is found at the
end: the work grows with the square of their number."""


@dataclass(frozen=True, slots=True)
class Slow:
    """A measurement whose value takes longer than a frame. All that is needed is captured."""

    measured: Measured
    """Without its value."""
    precision: Precision
    lesion: Lesion = Lesion.NONE
    """Not NONE: it is pressed in one place, and its ends are to be found."""
    id: str | None = None
    """One that is there, whose end was moved; None for a new one."""


def is_on_right_parts(kind: Kind, spots: tuple[Spot, ...]) -> bool:
    """As far as these go: one part, or two that differ."""
    parts = WANTED[kind].parts
    found = len({spot.layer for spot in spots})
    return parts is None or found == min(parts, len(spots))


def committed(
    kind: Kind, spots: tuple[Spot, ...], brush_mm: float, sight: Sight
) -> Measure | Slow | None:
    """None where the points make no such figure."""
    if not WANTED[kind].can_end(len(spots)):
        return None
    points, layers = tuple(s.point_mm for s in spots), _layers(spots)
    precision = _precision(sight, spots)
    radius = brush_mm if kind is Kind.AREA else None
    made = Measured(kind, sight.snapshot.timepoint, points, layers, radius_mm=radius)
    return _valued(made, precision, None, sight)


def axis_of(spot: Spot, lesion: Lesion, sight: Sight) -> Slow:
    """Of the structure that was pressed; no hand places its ends."""
    made = Measured(Kind.DISTANCE, sight.snapshot.timepoint, (spot.point_mm,), (spot.layer,))
    return Slow(made, _precision(sight, ()), lesion)


def dragged(end: End, spot: Spot, sight: Sight, is_preview: bool = False) -> Measure | Slow | None:
    """The measurement with one of its points moved. It is never surer of itself than it was: what
    placed its other points is not known any more."""
    before = sight.snapshot.all_measurements[end.id].measured
    if before is None:
        return None
    points = list(before.points_mm)
    points[end.index] = spot.point_mm
    names = [layer_of_point(before, i) for i in range(len(points))]
    names[end.index] = spot.layer or None
    layers = _compact(tuple(name or "" for name in names))
    made = replace(before, points_mm=tuple(points), layers=layers, line_mm=())
    if before.kind is Kind.SURFACE and len(layers) != 1:
        return None
    if is_preview and WANTED[before.kind].is_slow:
        return Measure(end.id, replace(made, quantity=None))
    done = _valued(made, _precision(sight, (spot,)), end.id, sight)
    if isinstance(done, Measure) and before.quantity is not None:
        return replace(done, measured=_no_surer(done.measured, before.quantity))
    return done


def figure_of(
    kind: Kind, spots: tuple[Spot, ...], more: tuple[Spot, ...], brush_mm: float, sight: Sight
) -> Measured:
    """What is seen while it is being made: with the reticle as its next point."""
    every = (*spots, *more)
    points = tuple(s.point_mm for s in every)
    radius = brush_mm if kind is Kind.AREA else None
    made = Measured(kind, sight.snapshot.timepoint, points, _layers(every), radius_mm=radius)
    if kind not in FIGURES:
        return made
    counted = every if WANTED[kind].can_end(len(every)) else spots
    if not WANTED[kind].can_end(len(counted)):
        return made
    is_many = len(counted) > _MOST_LIVE_POINTS
    precision = Precision() if is_many else _precision(sight, counted)
    return replace(made, quantity=_value(kind, counted, precision))


def _value(kind: Kind, spots: tuple[Spot, ...], precision: Precision) -> Quantity | None:
    try:
        return measured(kind, np.array([s.point_mm for s in spots]), precision)
    except MeasureError:
        return None


def _valued(
    made: Measured, precision: Precision, id: str | None, sight: Sight
) -> Measure | Slow | None:
    if made.kind is not Kind.NOTE and WANTED[made.kind].is_slow:
        return Slow(made, precision, id=id)
    name = new_id(sight.snapshot) if id is None else id
    if made.kind is Kind.NOTE:
        return Measure(name, made)
    try:
        found = measured(made.kind, np.array(made.points_mm), precision)
    except MeasureError:
        return None
    return Measure(name, replace(made, quantity=found))


def _no_surer(made: Measured, before: Quantity) -> Measured:
    found = made.quantity
    if found is None or found.uncertainty is None or before.uncertainty is None:
        return made
    worst = max(found.uncertainty, before.uncertainty)
    return replace(made, quantity=replace(found, uncertainty=worst))


def _precision(sight: Sight, spots: tuple[Spot, ...]) -> Precision:
    """Of the least sure of them. A slice may show a coarser scan than the first."""
    snapshot = sight.snapshot
    timepoint = next(t for t in sight.world.case.timepoints if t.id == snapshot.timepoint)
    found = precision_of(timepoint, max((s.input_mm for s in spots), default=0.0))
    voxel_mm = max((s.voxel_mm for s in spots), default=0.0)
    return replace(found, voxel_mm=max(found.voxel_mm or 0.0, voxel_mm)) if voxel_mm else found


def _layers(spots: tuple[Spot, ...]) -> tuple[str, ...]:
    return _compact(tuple(spot.layer for spot in spots))


def _compact(layers: tuple[str, ...]) -> tuple[str, ...]:
    """One when it is the same for all, else one each; none where a point lies on no part."""
    if "" in layers:
        return ()
    return layers[:1] if len(set(layers)) == 1 else layers
