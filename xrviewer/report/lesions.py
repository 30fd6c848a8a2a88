"""Lesions for the response criteria, from the session's measurements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xrviewer.analysis.criteria import Criteria
from xrviewer.analysis.targets import LesionAt, State, Visit
from xrviewer.case.measured import Kind, Lesion
from xrviewer.case.model import Case, Timepoint
from xrviewer.document.measurements import Measurement
from xrviewer.words import tr

_KINDS = {
    "diameter": (Kind.DISTANCE, Kind.DIAMETER),
    "volume": (Kind.VOLUME,),
}
_STATES = {"gone": State.GONE, "present": State.PRESENT, "progressed": State.PROGRESSED}
"""How a note of a lesion starts where nothing of it is measured."""


def visits(case: Case, criteria: Criteria, found: Iterable[Measurement]) -> tuple[Visit, ...]:
    """Of each date, the baseline first. A lesion is the same where its name is."""
    marked = [m for m in found if m.is_there and m.lesion is not Lesion.NONE]
    return tuple(Visit(t.name, tuple(_at(case, t, criteria, marked))) for t in case.timepoints)


def _at(
    case: Case, timepoint: Timepoint, criteria: Criteria, marked: Sequence[Measurement]
) -> list[LesionAt]:
    """A lesion that is measured twice at a date counts as it was measured last."""
    known: dict[str, LesionAt] = {}
    for one in marked:
        measured = one.measured
        if measured is None or measured.timepoint != timepoint.id:
            continue
        quantity = measured.quantity
        if measured.kind in _KINDS.get(criteria.measure, ()) and quantity is not None:
            size = quantity.value, quantity.uncertainty
            found = LesionAt(one.name, one.lesion, State.MEASURED, *size)
            known[one.name] = replace(found, organ=organ_of(one, case))
        elif (state := _stated(measured.kind, one.note)) is not None:
            known.setdefault(one.name, LesionAt(one.name, one.lesion, state))
    return list(known.values())


def organ_of(one: Measurement, case: Case) -> str:
    """As its name begins, "liver: segment 4"; else the structure all of it lies on."""
    organ, colon, _ = one.name.partition(":")
    if colon and organ.strip():
        return organ.strip().lower()
    layers = set(one.measured.layers) if one.measured else set()
    names = [layer.name for layer in case.layers if layer.id in layers]
    return tr(names[0]).lower() if len(layers) == len(names) == 1 else ""


def _stated(kind: Kind, note: str) -> State | None:
    words = note.lower().split()
    if kind is not Kind.NOTE:
        return None
    return _STATES.get(words[0].strip(".,;:"), State.PRESENT) if words else State.PRESENT
