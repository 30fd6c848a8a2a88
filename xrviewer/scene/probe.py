"""What a map says at the point that is pointed at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xrviewer.analysis.places import Places
from xrviewer.case.surfaces import Surfaces
from xrviewer.document.arrangement import Arrangement
from xrviewer.scene.mapping import LOST_BELOW, Scale
from xrviewer.spatial.rays import Hit
from xrviewer.words import decimal, tr


@dataclass(frozen=True, slots=True)
class Reading:
    """A number with all that must never be apart from it."""

    value: float
    """NaN where the map is undefined."""
    said: str
    """1.93 ± 0.05 mm, or what stands for a number."""
    map_name: str
    """Which names the definition: Thickness (along the normal)."""
    region: str
    """Empty where it has no name."""


def read_at(
    surfaces: Surfaces, scale: Scale, hit: Hit, places: Arrangement, regions: Places | None
) -> Reading | None:
    """None where a hit does not know its triangle."""
    if hit.triangle < 0:
        return None
    row = surfaces.parts[hit.part]
    _, triangles = surfaces.part(hit.part)
    corners = triangles[hit.triangle].astype(np.int64) + int(row["vertex_first"])
    # A ray is carried into the part's own frame: so is the point, home from where the part lies.
    at = (np.array(hit.point_mm) - places.shifts_mm[hit.part]) @ places.turns[hit.part]
    weights = _weights(surfaces.positions_mm[corners].astype(np.float64), at)
    value = float(weights @ surfaces.maps[scale.info.id].values[corners])
    nearest = int(corners[weights.argmax()])
    region = tr(regions.name(nearest)) if regions else ""
    return Reading(value, _said(value, scale), tr(scale.info.name), region)


def _weights(corners: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Barycentric; a point a hair outside counts as on the edge."""
    a, b, c = corners
    solved, *_ = np.linalg.lstsq(np.stack([b - a, c - a], axis=1), at - a, rcond=None)
    v, w = solved
    weights = np.clip([1 - v - w, v, w], 0.0, 1.0)
    return np.asarray(weights / weights.sum())


def _said(value: float, scale: Scale) -> str:
    if np.isnan(value):
        return tr("not measured")
    if scale.has_loss and abs(value) < LOST_BELOW:
        return tr("full-thickness loss")
    unit, error = scale.info.unit, scale.info.error
    off = f" ± {error:.2g}" if error else ""
    return f"{decimal(f'{value:.3g}{off}')} {unit}".rstrip()
