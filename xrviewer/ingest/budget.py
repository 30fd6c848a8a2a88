"""Surfaces with no more triangles than a headset draws, and what that cost."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import fast_simplification
import numpy as np

from xrviewer.case.mesh import Mesh
from xrviewer.ingest.deviation import hausdorff_mm, quick_tree
from xrviewer.ingest.maps import carried
from xrviewer.ingest.part import Part

Tell = Callable[[float, str], None]
FEWEST = 500
"""Triangles a part keeps however small its share is."""
_AGGRESSION = 7
"""fast-simplification's own default; at 3 it stops far above the target, and does not say so."""
_TRIES = 3
_WORTH_IT = 0.98
"""Of its triangles: a part that may keep more is left as it is."""

_Corners = tuple[np.ndarray, np.ndarray]
_STATED = re.compile(r"moved by at most ([0-9.]+) mm .* and their volumes by ([0-9.]+)%")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Parts within the budget, and the line that says how far they moved."""

    parts: tuple[Part, ...]
    provenance: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Measured:
    """A part's new surface, and what it cost."""

    mesh: Mesh
    distance_mm: float
    volume: float
    """Share that was won or lost."""


def fit(parts: Sequence[Part], triangles: int, tell: Tell) -> Fitted:
    """Every part keeps some, and gives up the same share of the rest."""
    before = sum(len(part.mesh.triangles) for part in parts)
    if before <= triangles:
        return Fitted(tuple(parts), ())
    targets = _targets([len(part.mesh.triangles) for part in parts], triangles)
    waiting = []
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        # One by one: fast-simplification keeps its mesh in globals, and mixes up two at a time.
        # What was done to one is measured while the next is reduced.
        for done, (part, target) in enumerate(zip(parts, targets, strict=True), 1):
            corners = _reduced(part.mesh, target)
            waiting.append(pool.submit(_measured, part.mesh, corners))
            tell(done / len(parts), "reducing triangles")
        ended = [future.result() for future in waiting]
    made = [one.mesh for one in ended]
    after = sum(len(mesh.triangles) for mesh in made)
    distance_mm = max(one.distance_mm for one in ended)
    volume = max(one.volume for one in ended)
    line = (
        f"Triangles reduced from {before} to {after}: the surfaces moved by at most "
        f"{distance_mm:.3f} mm (of sampled vertices) and their volumes by {volume:.2%}."
    )
    new = tuple(
        replace(part, mesh=mesh, maps=carried(part.maps, part.mesh, mesh))
        for part, mesh in zip(parts, made, strict=True)
    )
    return Fitted(new, (line,))


def stated_cost(provenance: Sequence[str]) -> tuple[float, float] | None:
    """Largest distance in mm and share of the volume, as `fit` has put them down."""
    found = [match for line in provenance if (match := _STATED.search(line))]
    if not found:
        return None
    return max(float(m[1]) for m in found), max(float(m[2]) for m in found) / 100


def _targets(counts: Sequence[int], triangles: int) -> list[int]:
    kept = [min(count, FEWEST, triangles // len(counts)) for count in counts]
    share = (triangles - sum(kept)) / (sum(counts) - sum(kept))
    return [own + int((count - own) * share) for count, own in zip(counts, kept, strict=True)]


def _reduced(mesh: Mesh, wanted: int) -> _Corners | None:
    """Points and triangles; None where it stays as it is."""
    if wanted >= len(mesh.triangles) * _WORTH_IT:
        return None
    center = mesh.points_mm.mean(axis=0)
    points = (mesh.points_mm - center).astype(np.float32)
    triangles = mesh.triangles.astype(np.int32)
    for _ in range(_TRIES):
        points, triangles = fast_simplification.simplify(
            points, triangles, target_count=wanted, agg=_AGGRESSION
        )
        if len(triangles) <= wanted * 1.02:
            break
    moved = np.asarray(points, np.float64) + center
    return moved, np.ascontiguousarray(triangles, np.uint32)


def _measured(before: Mesh, corners: _Corners | None) -> _Measured:
    """With the normals of the full surface's nearest vertices: the shading stays as smooth."""
    if corners is None:
        return _Measured(before, 0.0, 0.0)
    tree = quick_tree(before.points_mm)
    _, nearest = tree.query(corners[0])
    after = Mesh(corners[0], np.asarray(before.normals[nearest]), corners[1])
    had_mm3 = before.volume_mm3
    volume = abs(after.volume_mm3 / had_mm3 - 1) if had_mm3 else 0.0
    return _Measured(after, hausdorff_mm(before, after, tree), volume)
