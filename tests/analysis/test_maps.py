"""T2, curvature and distance, against closed forms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.phantoms import Grid, grid, shell_mesh
from xrviewer.analysis.curvature import mean_curvature
from xrviewer.analysis.maps import curvature_map, distance_map, map_rows, t2_map
from xrviewer.analysis.relaxation import echoes_among, fitted_t2_ms, t2_volume
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Timepoint
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.case.volume import Volume
from xrviewer.errors import MeasureError
from xrviewer.ingest.pipeline import Wanted, make_case

ECHOES_MS = (6.312, 12.624, 18.936)


def packed(**meshes: Mesh) -> Surfaces:
    return pack_parts(
        [
            (id, m.points_mm.astype(np.float32), m.normals.astype(np.float32), m.triangles)
            for id, m in meshes.items()
        ]
    )


def echo_of(where: Grid, t2_ms: np.ndarray, echo_ms: float) -> Volume:
    """Stored as scanners do: whole numbers with a slope."""
    voxels = np.round(4000 * np.exp(-echo_ms / t2_ms)).astype(np.int16)
    id = f"mr-{echo_ms:.0f}"
    return Volume(id, id, "MR", voxels, where.case_from_voxel, 0.5, 0.0, echo_ms=echo_ms)


def knee_with(t2_ms: float, echoes: tuple[float, ...] = ECHOES_MS) -> Timepoint:
    """A ball of bone without signal, 2.5 mm of cartilage, fluid around."""
    where = grid(15.0)
    radius = np.linalg.norm(where.points_mm, axis=-1)
    tissue = np.where(radius < 10, 0.5, np.where(radius < 12.5, t2_ms, 900.0))
    inner, outer = shell_mesh(10.0, 2.5, detail=4)
    volumes = tuple(echo_of(where, tissue, echo_ms) for echo_ms in echoes)
    surfaces = packed(femur=inner, femoral_cartilage=outer)
    return Timepoint("t0", "Baseline", 0, surfaces, volumes)


@given(t2_ms=st.floats(5, 200), times=st.integers(2, 8), signal=st.floats(100, 30000))
@settings(derandomize=True, max_examples=40, deadline=None)
def test_one_exponential_is_found_again(t2_ms: float, times: int, signal: float) -> None:
    echoes = [6.312 * (i + 1) for i in range(times)]
    signals = np.array([[signal * np.exp(-t / t2_ms)] for t in echoes])
    assert fitted_t2_ms(signals, echoes)[0] == pytest.approx(t2_ms, rel=1e-4)


def test_noise_of_a_tenth_leaves_the_mean() -> None:
    rng = np.random.default_rng(5)
    echoes = [6.312 * (i + 1) for i in range(8)]
    clean = np.array([1000 * np.exp(-t / 40) for t in echoes])[:, None]
    noisy = np.abs(clean + rng.normal(scale=20, size=(8, 4000)))
    assert np.nanmedian(fitted_t2_ms(noisy, echoes)) == pytest.approx(40, rel=0.01)


def test_what_does_not_die_away_has_no_t2() -> None:
    signals = np.array([[0.0, 100.0, 100.0, 100.0, -3.0], [0.0, 100.0, 130.0, 99.9, 5.0]])
    assert np.isnan(fitted_t2_ms(signals, (10.0, 20.0))).all()
    for echoes in ((10.0,), (20.0, 10.0), (10.0, 10.0)):
        with pytest.raises(MeasureError, match="echo times grow"):
            fitted_t2_ms(np.ones((len(echoes), 3)), echoes)


@pytest.mark.parametrize("t2_ms", [25.0, 40.0, 70.0])
@pytest.mark.parametrize("count", [2, 3])
def test_t2_lies_on_both_sides_of_the_cartilage(t2_ms: float, count: int) -> None:
    """Half voxels of bone and fluid at either side must not be in it."""
    timepoint = knee_with(t2_ms, ECHOES_MS[:count])
    values = t2_map(timepoint)
    assert not np.isnan(values).any()
    assert np.abs(values - t2_ms).mean() <= 0.03 * t2_ms
    rows = {row.layer: row for row in map_rows(timepoint.surfaces, values)}
    assert rows["femur"].mean == pytest.approx(t2_ms, rel=0.03)
    assert rows["femoral_cartilage"].p95 == pytest.approx(t2_ms, rel=0.1)


def test_of_four_echoes_the_first_is_left_out() -> None:
    """It is a tenth too weak, as in a real train."""
    timepoint = knee_with(40.0, (6.0, 12.0, 18.0, 24.0))
    weak = replace(timepoint.volumes[0], slope=0.45)
    values = t2_map(replace(timepoint, volumes=(weak, *timepoint.volumes[1:])))
    assert np.nanmean(values) == pytest.approx(40.0, rel=0.03)


def test_echoes_are_those_of_one_scan() -> None:
    timepoint = knee_with(40.0)
    other = replace(timepoint.volumes[0], case_from_voxel=np.eye(4), echo_ms=80.0)
    plain = replace(timepoint.volumes[0], echo_ms=None)
    mixed = (timepoint.volumes[2], other, plain, *timepoint.volumes[:2])
    assert [v.echo_ms for v in echoes_among(mixed)] == list(ECHOES_MS)
    with pytest.raises(MeasureError, match="has 2 with an echo time"):
        t2_map(replace(timepoint, volumes=(other, timepoint.volumes[0])))
    far = tuple(
        replace(v, case_from_voxel=v.case_from_voxel + 900 * np.eye(4, k=3))
        for v in timepoint.volumes
    )
    with pytest.raises(MeasureError, match="do not reach"):
        t2_map(replace(timepoint, volumes=far))


@pytest.mark.parametrize("radius_mm", [5.0, 12.0, 40.0])
def test_a_ball_bends_by_one_over_its_radius(radius_mm: float) -> None:
    ball, shell = shell_mesh(radius_mm, 2.0, detail=4)
    np.testing.assert_allclose(mean_curvature(ball), 1 / radius_mm, rtol=0.02)
    count = len(ball.points_mm)
    np.testing.assert_allclose(mean_curvature(shell)[count:], -1 / radius_mm, rtol=0.02)


def test_a_tube_bends_by_half_and_a_plate_not_at_all() -> None:
    around, along = np.meshgrid(np.linspace(0, 2 * np.pi, 60, False), np.arange(-20, 20.5, 0.5))
    points = np.stack([8 * np.cos(around), 8 * np.sin(around), along], axis=-1).reshape(-1, 3)
    i, j = (v.ravel() for v in np.meshgrid(range(80), range(60), indexing="ij"))
    a, b, c, d = i * 60 + j, i * 60 + (j + 1) % 60, (i + 1) * 60 + (j + 1) % 60, (i + 1) * 60 + j
    tube = Mesh.of(points, np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]))
    inside = np.abs(points[:, 2]) < 15
    np.testing.assert_allclose(mean_curvature(tube)[inside], 1 / 16, rtol=0.01)


def test_distance_is_exact_and_named() -> None:
    ball, _ = shell_mesh(10.0, 1.0, detail=5)
    far, _ = shell_mesh(5.0, 1.0, detail=4)
    far = Mesh(far.points_mm + np.array([40.0, 0, 0]), far.normals, far.triangles)
    surfaces = packed(femur=ball, tibia=far)
    values = distance_map(surfaces, ("tibia",), "femur")
    truth = np.linalg.norm(far.points_mm, axis=1) - 10
    assert np.isnan(values[: len(ball.points_mm)]).all()
    np.testing.assert_allclose(values[len(ball.points_mm) :], truth, atol=0.01)
    with pytest.raises(MeasureError, match="no surface 'patella'"):
        distance_map(surfaces, ("tibia",), "patella")
    with pytest.raises(MeasureError, match="no surface 'patella'"):
        curvature_map(surfaces, ("patella",))


def test_two_echoes_of_a_real_scan_give_the_t2_of_a_knee(test_data: Path) -> None:
    """Both echoes of the one series are kept, with their times. They are the first two of a train,
    between which the signal of most tissue grows: what has no T2 by them is given none."""
    wanted = Wanted((test_data / "knee_t2_mese_dicom",))
    case = make_case(wanted, lambda *_: None).case
    echoes = echoes_among(case.timepoints[0].volumes)
    assert [v.echo_ms for v in echoes] == pytest.approx([6.312, 12.624])
    assert all(v.voxels.shape == (256, 256, 24) for v in echoes)
    bright = echoes[0].voxels > np.percentile(echoes[0].voxels, 80)
    first, second = (v.voxels[bright].astype(np.float64) for v in echoes)
    t2 = t2_volume(echoes)[bright]
    told = np.isfinite(t2)
    assert 0.1 < told.mean() < 0.4
    assert (second[told] < first[told]).all()
    np.testing.assert_allclose(t2[told], 6.312 / np.log(first / second)[told], rtol=1e-4)
