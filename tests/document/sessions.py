"""A small real case, and what tests ask of sessions on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from xrviewer.case.model import Case, Color, Layer, MapInfo, Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.show import show_session
from xrviewer.document.snapshot import Snapshot

LAYERS = ("femur", "tibia", "Außenmeniskus", "前十字靭帯")
TIMEPOINTS = ("t0", "t1")


def case_of(
    layers: tuple[str, ...] = LAYERS,
    low_mm: tuple[float, float, float] = (-60.0, -70.0, -80.0),
    high_mm: tuple[float, float, float] = (60.0, 70.0, 80.0),
    case_id: str = "knee",
) -> Case:
    """One triangle in the first layer spans the bounds."""
    points = np.array([low_mm, high_mm, low_mm], np.float32)
    mesh = (layers[0], points, np.zeros_like(points), np.array([[0, 1, 2]], np.uint32))
    surfaces = pack_parts([mesh])
    return Case(
        id=case_id,
        title="A knee",
        layers=tuple(Layer(id, id.title(), Color.from_hex("#e8dcc0")) for id in layers),
        maps=(MapInfo("depth_mm", "Depth", "mm", "below the skin", "made up", 0.0),),
        timepoints=tuple(Timepoint(id, id, 365 * n, surfaces) for n, id in enumerate(TIMEPOINTS)),
    )


def state(snapshot: Snapshot) -> tuple[object, ...]:
    """All of a snapshot but its version, comparable."""
    layers = [tuple(row["color"]) for row in snapshot.layers]
    return (show_session(snapshot), snapshot.timepoint, snapshot.model, layers)


def resumed(path: Path, case: Case) -> Snapshot:
    with Journal(path) as journal:
        return Document(case, journal=journal).snapshot
