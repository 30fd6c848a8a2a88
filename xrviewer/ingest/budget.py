"""Surfaces with no more triangles than a headset draws, and what that cost."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.mesh import Mesh, Points
from xrviewer.ingest.alike import Numbers, where_in
from xrviewer.ingest.deviation import hausdorff_mm
from xrviewer.ingest.interfaces import Complex
from xrviewer.ingest.maps import carried
from xrviewer.ingest.origins import are_away, facing, origins
from xrviewer.ingest.part import Part

Tell = Callable[[float, str], None]
_STAGE = "reducing triangles"
_TRIES = 4
"""Off by half of what triangles are wide at first, by four times that in the last."""
_AIM = 0.96
"""Of the triangles that are wanted, after the first try: what cannot be so small leaves more."""
_ENOUGH = 1.02
"""Of those that are wanted."""
_SAMPLE = 200
"""Triangles of each piece."""

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
    """The large ones give up most, so that all stay equally near; none is spoilt for it, and more
    triangles are left then. Borders that parts share stay shared, to the bit, unless only without
    them there are so few."""
    before = sum(len(part.mesh.triangles) for part in parts)
    if before <= triangles:
        return Fitted(tuple(parts), ())
    meshes, tell = [part.mesh for part in parts], _onwards(tell)
    corners, is_shared = _few(meshes, triangles, tell)
    tell(1.0, _STAGE)
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
    """However often it is begun anew, what is told does not go back, nor stand still."""
    farthest = 0.0

    def told(done: float, text: str) -> None:
        nonlocal farthest
        if done > farthest:
            farthest = done
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


def _few(
    meshes: Sequence[Mesh], triangles: int, tell: Tell
) -> tuple[Sequence[_Corners | None], bool]:
    """Points and triangles, None for a mesh that stays as it is; and whether borders are shared:
    not where only each mesh by itself can be so small."""
    whole = Complex.of(meshes)
    (few,) = _reduced([whole], triangles, tell)
    changed = few.changed(whole)
    made = [few.part(n) if n in changed else None for n in range(len(meshes))]
    if few.drawn <= triangles * _ENOUGH:
        return made, True
    every = [Complex.of([mesh]) for mesh in meshes]
    apart = _reduced(every, triangles, tell)
    if sum(own.drawn for own in apart) > triangles * _ENOUGH:
        return made, True
    pairs = zip(apart, every, strict=True)
    return [own.part(0) if own.changed(before) else None for own, before in pairs], False


def _reduced(complexes: Sequence[Complex], triangles: int, tell: Tell) -> Sequence[Complex]:
    """Each piece of border once, its rim as it is; with more triangles where too much is rim.

    Surfaces may be off by a little at first, and by more only where that leaves too many: what
    bends most keeps most.
    """
    limit_mm = _width_mm(complexes) / 2
    for tried in range(_TRIES):
        if sum(whole.drawn for whole in complexes) <= triangles:
            break
        counts = [own.drawn for whole in complexes for own in whole.interfaces]
        targets = iter(_targets(counts, int(triangles * (_AIM if tried else 1))))
        told = _part_of(tell, tried, len(complexes))
        complexes = [
            whole.reduced(list(islice(targets, len(whole.interfaces))), limit_mm, partial(told, n))
            for n, whole in enumerate(complexes)
        ]
        limit_mm *= 2
    return complexes


def _part_of(tell: Tell, tried: int, count: int) -> Callable[[int, float], None]:
    """Nobody knows how many tries there will be: each takes half of what is left."""

    def told(number: int, done: float) -> None:
        tell(1 - (1 - (number + done) / count / 2) / 2**tried, _STAGE)

    return told


def _width_mm(complexes: Sequence[Complex]) -> float:
    """How wide triangles are, by a sample."""
    corners = [
        whole.points_mm[own.triangles[:: len(own.triangles) // _SAMPLE + 1]]
        for whole in complexes
        for own in whole.interfaces
    ]
    a, b, c = np.concatenate(corners).transpose(1, 0, 2)
    return max(float(np.sqrt(np.linalg.norm(np.cross(b - a, c - a), axis=1).mean())), 1e-6)


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
    moved = np.flatnonzero(at < 0)
    directions = facing(points_mm, triangles, moved)
    normals = before.normals.take(origins(before, points_mm, directions, at), axis=0)
    is_lone = are_away(normals.take(moved, axis=0), directions)
    normals[moved[is_lone]] = directions[is_lone]
    return np.asarray(normals)
