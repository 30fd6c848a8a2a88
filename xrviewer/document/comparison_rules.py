"""What the intents on two dates write, and when they are refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from xrviewer.case.model import Case
from xrviewer.document import comparison_intents as it
from xrviewer.document.comparison import (
    SESSION_BLEND,
    SESSION_COMPARED,
    SESSION_SWIPE,
    SESSION_TOGETHER,
    Together,
    date_register,
    fits_value,
    plane_value,
)
from xrviewer.document.known import Assignments, Known, must_be_known
from xrviewer.document.opening import middle_mm
from xrviewer.document.snapshot import Snapshot, place_value
from xrviewer.errors import DocumentError
from xrviewer.spatial.transforms import PartPlace, apply

MAX_NUDGE_MM = 50.0
"""Farther off it is no nudge but another fit."""
_UNIT_TOLERANCE = 1e-3


def _compare(intent: it.CompareWith, known: Known, snapshot: Snapshot) -> Assignments:
    if intent.timepoint is not None:
        must_be_known("timepoint", intent.timepoint, known.timepoints)
        if len(known.timepoints) < 2:
            raise DocumentError("this case has one date: there is nothing to compare it with")
        if intent.timepoint == snapshot.timepoint:
            raise DocumentError(f"{intent.timepoint!r} is shown already: compare with another date")
    return {SESSION_COMPARED: intent.timepoint}


def _together(intent: it.SeeTogether, known: Known, snapshot: Snapshot) -> Assignments:
    return {SESSION_TOGETHER: str(Together(intent.together))}


def _blend(intent: it.SetBlend, known: Known, snapshot: Snapshot) -> Assignments:
    if not 0.0 <= intent.blend <= 1.0:
        raise DocumentError(f"a blend is from 0 to 1, not {intent.blend}")
    return {SESSION_BLEND: float(intent.blend)}


def _swipe(intent: it.PlaceSwipe, known: Known, snapshot: Snapshot) -> Assignments:
    plane = intent.plane
    numbers = (*plane.point_mm, *plane.normal, *plane.across)
    if not all(map(math.isfinite, numbers)):
        raise DocumentError(f"a plane has finite numbers, not {numbers}")
    if abs(math.hypot(*plane.normal) - 1.0) > _UNIT_TOLERANCE:
        raise DocumentError(f"a plane's normal has length 1, not {plane.normal}")
    return {SESSION_SWIPE: plane_value(plane)}


def _nudge(intent: it.NudgeDate, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("timepoint", intent.timepoint, known.timepoints)
    off_mm = _off_mm(intent.nudge, known.case)
    if not off_mm <= MAX_NUDGE_MM:
        raise DocumentError(f"a date is nudged by {MAX_NUDGE_MM:g} mm at most, not {off_mm:g}")
    if not abs(math.hypot(*intent.nudge.rotation_xyzw) - 1.0) <= _UNIT_TOLERANCE:
        raise DocumentError(f"a rotation is a unit quaternion, not {intent.nudge.rotation_xyzw}")
    return {date_register(intent.timepoint, "nudge"): place_value(intent.nudge)}


def is_near(nudge: PartPlace, case: Case) -> bool:
    """No farther off than a nudge may be."""
    return _off_mm(nudge, case) <= MAX_NUDGE_MM


def _off_mm(nudge: PartPlace, case: Case) -> float:
    """How far it carries the middle of the first date: a turn about it moves it nowhere."""
    middle = middle_mm(case.timepoints[0])
    return math.dist(apply(nudge.matrix(), middle).tolist(), middle)


def _adjusted(intent: it.KeepAdjusted, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("timepoint", intent.timepoint, known.timepoints)
    if not (math.isfinite(intent.residual_mm) and intent.residual_mm >= 0):
        raise DocumentError(f"a residual is 0 mm or more, not {intent.residual_mm}")
    value = (place_value(intent.nudge), float(intent.residual_mm))
    return {date_register(intent.timepoint, "adjusted"): value}


def _keep(intent: it.KeepFits, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("timepoint", intent.timepoint, known.timepoints)
    for fit in intent.fits:
        if len(fit.first_from_date) != 16 or not all(map(math.isfinite, fit.first_from_date)):
            raise DocumentError(f"a fit is 16 finite numbers, not {fit.first_from_date}")
    return {date_register(intent.timepoint, "fits"): fits_value(intent.fits)}


COMPARING: dict[type, Callable[[Any, Known, Snapshot], Assignments]] = {
    it.CompareWith: _compare,
    it.SeeTogether: _together,
    it.SetBlend: _blend,
    it.PlaceSwipe: _swipe,
    it.NudgeDate: _nudge,
    it.KeepFits: _keep,
    it.KeepAdjusted: _adjusted,
}
