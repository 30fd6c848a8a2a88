"""Surfaces with no more triangles than a headset draws, and what that cost."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh, Points
from xrviewer.ingest.alike import Numbers, where_in
from xrviewer.ingest.deviation import hausdorff_mm
from xrviewer.ingest.interfaces import Complex, is_closed
from xrviewer.ingest.maps import carried
from xrviewer.ingest.origins import are_away, origins
from xrviewer.ingest.part import Part

Tell = Callable[[float, str], None]
_TRIES = 3
_ENOUGH = 1.02
"""Of the triangles that are wanted."""

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
    """The large ones give up most, so that all stay equally near. Borders that parts share stay
    shared, to the bit, unless that leaves too many triangles."""
    before = sum(len(part.mesh.triangles) for part in parts)
    if before <= triangles:
        return Fitted(tuple(parts), ())
    meshes, tell = [part.mesh for part in parts], _onwards(tell)
    corners, is_shared = _reduced(meshes, triangles, tell)
    if not is_shared:
        corners = _alone(meshes, triangles, tell)
    how = "borders stay shared" if is_shared else "borders no longer shared"
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4)) as pool:
        ended = list(pool.map(_measured, meshes, corners))
    made = [one.mesh for one in ended]
    after = sum(len(mesh.triangles) for mesh in made)
    distance_mm = max(one.distance_mm for one in ended)
    volume = max(one.volume for one in ended)
    line = (
        f"Triangles reduced from {before} to {after}: the surfaces moved by at most "
        f"{distance_mm:.3f} mm (of sampled vertices) and their volumes by {volume:.2%}; {how}."
    )
    new = tuple(
        replace(part, mesh=mesh, maps=carried(part.maps, part.mesh, mesh))
        for part, mesh in zip(parts, made, strict=True)
    )
    return Fitted(new, (line,))


def _onwards(tell: Tell) -> Tell:
    """However often it is begun anew, what is told does not go back."""
    farthest = 0.0

    def told(done: float, text: str) -> None:
        nonlocal farthest
        farthest = max(farthest, done)
        tell(farthest, text)

    return told


def stated_cost(provenance: Sequence[str]) -> tuple[float, float] | None:
    """Largest distance in mm and share of the volume, as `fit` has put them down."""
    found = [match for line in provenance if (match := _STATED.search(line))]
    if not found:
        return None
    return max(float(m[1]) for m in found), max(float(m[2]) for m in found) / 100


def _targets(counts: Sequence[int], triangles: int) -> list[int]:
    """Of each, so that all are off by as much: by what a triangle is wide, squared, over what the
    surface is. Of n triangles that keep k it is n / k over the root of n; so k goes with the root,
    and small ones stay whole."""
    root = np.sqrt(counts)
    is_cut = np.ones(len(counts), np.bool_)
    while True:
        left = triangles - sum(np.asarray(counts)[~is_cut])
        kept = max(left, 0) / max(root[is_cut].sum(), 1.0)
        is_small = is_cut & (root <= kept)
        if not is_small.any():
            break
        is_cut &= ~is_small
    return [int(n) for n in np.where(is_cut, root * kept, counts)]


def _reduced(
    meshes: Sequence[Mesh], triangles: int, tell: Tell
) -> tuple[Sequence[_Corners | None], bool]:
    """Each piece of border once, its rim as it is; None for a mesh that stays as it is. And whether
    that is few enough and all is closed: not where too much is rim."""
    whole = first = Complex.of(meshes)
    for tried in range(_TRIES):
        counts = [own.drawn for own in whole.interfaces]
        if sum(counts) <= triangles * (_ENOUGH if tried else 1):
            break
        targets = _targets(counts, triangles)
        whole = whole.reduced(targets, lambda done: tell(done, "reducing triangles"))
    made = [whole.part(n) if whole.differs(first, n) else None for n in range(len(meshes))]
    count = sum(own.drawn for own in whole.interfaces)
    is_good = all(own is None or is_closed(own[1]) for own in made)
    return made, is_good and count <= triangles * _ENOUGH


def _alone(meshes: Sequence[Mesh], triangles: int, tell: Tell) -> Sequence[_Corners | None]:
    targets = _targets([len(mesh.triangles) for mesh in meshes], triangles)
    made: list[_Corners | None] = []
    for done, (mesh, target) in enumerate(zip(meshes, targets, strict=True), 1):
        (own,), _ = _reduced([mesh], target, lambda done, text: None)
        made.append(own)
        tell(done / len(meshes), "reducing triangles")
    return made


def _measured(before: Mesh, corners: _Corners | None) -> _Measured:
    """With the normals of the full surface's vertices: the shading stays as smooth."""
    if corners is None:
        return _Measured(before, 0.0, 0.0)
    at = where_in(corners[0], before.points_mm)
    after = Mesh(corners[0], _normals(before, *corners, at), corners[1])
    had_mm3 = before.volume_mm3
    volume = abs(after.volume_mm3 / had_mm3 - 1) if had_mm3 else 0.0
    return _Measured(after, hausdorff_mm(before, after, at), volume)


def _normals(before: Mesh, points_mm: Points, triangles: NDArray[np.uint32], at: Numbers) -> Points:
    """at: where each point is among those before, -1 for those that moved."""
    is_moved = at < 0
    a, b, c = is_moved.take(triangles.T)
    around = triangles.take(np.flatnonzero(a | b | c), axis=0)
    facing = Mesh.of(points_mm, around, are_unique=True).normals
    normals = before.normals.take(origins(before, points_mm, facing, at), axis=0)
    is_lone = is_moved & are_away(normals, facing)
    normals[is_lone] = facing[is_lone]
    return np.asarray(normals)
