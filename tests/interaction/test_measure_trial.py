"""Does the stated uncertainty hold the truth? Voxels of a ball, made a surface by the import, and
points that a hand misses by as much as its device is said to."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.ingest.test_surfaces import made, sphere
from xrviewer.analysis.extents import gap, volume
from xrviewer.analysis.figures import measured, precision_of
from xrviewer.analysis.geodesic import SurfaceWays
from xrviewer.analysis.slow import along, valued
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.case.volume import Volume
from xrviewer.interaction.measure_kinds import BARE_M, CONTROLLER_M, MOUSE_M
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Ray

RADIUS_MM = 25.0
TRIALS = 400
_OF_SIGMA = math.sqrt(-2 * math.log(0.05))
"""The radius that holds 95 of 100 of a plane's normal errors, in their standard deviations."""
ON_SURFACE = np.ones(1, np.bool_)


def date_of(spacing_mm: tuple[float, float, float], radius_mm: float = RADIUS_MM) -> Timepoint:
    label_map = sphere(radius_mm, spacing_mm)
    (mesh,) = made(label_map)
    part = ("ball", mesh.points_mm.astype(np.float32), mesh.normals.astype(np.float32))
    scan = Volume("scan", "Scan", "MR", label_map.labels, label_map.case_from_voxel)
    return Timepoint("t0", "t0", 0, pack_parts([(*part, mesh.triangles)]), (scan,))


def directions(rng: np.random.Generator, count: int) -> np.ndarray:
    made = rng.normal(size=(count, 3))
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def placed(
    picker: Picker, meant: np.ndarray, input_mm: float, rng: np.random.Generator
) -> np.ndarray:
    """Aimed at from outside, missed by the hand, met on the surface."""
    aside = np.cross(meant, rng.normal(size=3))
    aside /= np.linalg.norm(aside)
    sigma = input_mm / _OF_SIGMA
    miss = sigma * (rng.normal() * aside + rng.normal() * np.cross(meant, aside))
    ox, oy, oz = (meant * (RADIUS_MM + 100) + miss).tolist()
    dx, dy, dz = (-meant).tolist()
    hit = picker.pick(Ray((ox, oy, oz), (dx, dy, dz)), ON_SURFACE)
    assert hit is not None
    return np.array(hit.point_mm)


@pytest.mark.parametrize("scale", [1.0, 4.0, 20.0])
@pytest.mark.parametrize("input_m", [MOUSE_M, CONTROLLER_M, BARE_M])
def test_distances_hold_the_truth_in_95_of_100(input_m: float, scale: float) -> None:
    date, rng = date_of((0.5, 0.5, 1.0)), np.random.default_rng(7)
    picker, input_mm = Picker(date.surfaces), 1000 * input_m / scale
    held = 0
    for one, other in zip(directions(rng, TRIALS), directions(rng, TRIALS), strict=True):
        ends = np.array([placed(picker, d, input_mm, rng) for d in (one, other)])
        found = measured(Kind.DISTANCE, ends, precision_of(date, input_mm))
        assert found.uncertainty is not None
        truth = RADIUS_MM * float(np.linalg.norm(one - other))
        held += abs(found.value - truth) <= found.uncertainty
    assert held / TRIALS >= 0.95


def test_angles_and_circles_hold_it_too() -> None:
    date, rng = date_of((0.5, 0.5, 1.0)), np.random.default_rng(8)
    picker, input_mm = Picker(date.surfaces), 1000 * CONTROLLER_M / 4
    held = dict.fromkeys((Kind.ANGLE, Kind.DIAMETER), 0)
    for _ in range(TRIALS):
        meant = directions(rng, 3)
        points = np.array([placed(picker, d, input_mm, rng) for d in meant])
        for kind in held:
            truth = measured(kind, RADIUS_MM * meant, precision_of(date)).value
            found = measured(kind, points, precision_of(date, input_mm))
            assert found.uncertainty is not None
            held[kind] += abs(found.value - truth) <= found.uncertainty
    assert min(held.values()) / TRIALS >= 0.95


FEW = 40
"""Balls made of voxels, each of its own size: at most two of them may be missed."""


@pytest.fixture(scope="module")
def balls() -> list[tuple[float, Timepoint, Mesh]]:
    """Of any radius, so that voxels fall otherwise each time."""
    made = []
    for radius in np.random.default_rng(9).uniform(7.0, 11.0, FEW).tolist():
        date = date_of((0.6, 0.6, 1.2), radius)
        made.append((radius, date, Mesh.of(*date.surfaces.part(0))))
    return made


def test_volumes_and_gaps_hold_it(balls: list[tuple[float, Timepoint, Mesh]]) -> None:
    rng = np.random.default_rng(9)
    held = dict.fromkeys((Kind.VOLUME, Kind.GAP), 0)
    for radius, date, mesh in balls:
        precision = precision_of(date)
        found = volume(mesh, precision)
        assert found.uncertainty is not None
        truth = 4 / 3 * math.pi * radius**3 / 1000
        held[Kind.VOLUME] += abs(found.value - truth) <= found.uncertainty
        (way,), apart = directions(rng, 1), rng.uniform(0.5, 6.0)
        other = Mesh.of((mesh.points_mm + way * (2 * radius + apart)), mesh.triangles)
        between = gap(mesh, other, precision).quantity
        assert between.uncertainty is not None
        held[Kind.GAP] += abs(between.value - apart) <= between.uncertainty
    assert min(held.values()) / FEW >= 0.95, held


def test_ways_and_painted_areas_hold_it(balls: list[tuple[float, Timepoint, Mesh]]) -> None:
    rng = np.random.default_rng(10)
    held = dict.fromkeys((Kind.SURFACE, Kind.AREA), 0)
    input_mm, brush_mm = 1000 * CONTROLLER_M / 4, 4.0
    for radius, date, mesh in balls:
        picker, precision = Picker(date.surfaces), precision_of(date, input_mm)
        one, other = directions(rng, 2)
        ends = [placed(picker, d, input_mm, rng) for d in (one, other)]
        points = tuple(tuple(end.tolist()) for end in ends)
        asked = Measured(Kind.SURFACE, "t0", points, ("ball",), radius_mm=brush_mm)
        truths = {
            Kind.SURFACE: radius * math.acos(float(one @ other)),
            Kind.AREA: math.pi * brush_mm**2,  # of a cap, whatever the ball
        }
        for kind, truth in truths.items():
            one_end = points[: 1 if kind is Kind.AREA else 2]
            wanted = replace(asked, kind=kind, points_mm=one_end)
            if kind is Kind.SURFACE:
                way = SurfaceWays(mesh).between(*np.array(points))
                found = along(wanted, way, precision).quantity
            else:
                found = valued(wanted, (mesh,), precision).quantity
            assert found is not None and found.uncertainty is not None
            held[kind] += abs(found.value - truth) <= found.uncertainty
    assert min(held.values()) / FEW >= 0.95, held
