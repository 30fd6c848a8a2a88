"""Thickness between exact meshes, and between broken ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.phantoms import height_field, shell_mesh
from xrviewer.analysis.sheet import Sheet
from xrviewer.analysis.terms import Definition
from xrviewer.case.mesh import Mesh

FROM_SURFACES = (Definition.NORMAL, Definition.NEAREST)


@pytest.mark.parametrize("is_inner_flipped", [False, True])
@pytest.mark.parametrize("is_outer_flipped", [False, True])
def test_shell_either_way_out(is_inner_flipped: bool, is_outer_flipped: bool) -> None:
    inner, outer = shell_mesh(10, 2, detail=4)
    sheet = Sheet(
        inner.flipped() if is_inner_flipped else inner,
        outer.flipped() if is_outer_flipped else outer,
    )
    for definition in FROM_SURFACES:
        np.testing.assert_allclose(sheet.at_inner(definition), 2, atol=0.01)
        np.testing.assert_allclose(sheet.at_outer(definition), 2, atol=0.01)


@given(
    radius_mm=st.floats(8, 40),
    thickness_mm=st.floats(0.2, 7),
    shift_mm=st.tuples(*[st.floats(-300, 300)] * 3),
)
@settings(derandomize=True, max_examples=12, deadline=None)
def test_any_shell_anywhere(
    radius_mm: float, thickness_mm: float, shift_mm: tuple[float, float, float]
) -> None:
    inner, outer = (
        Mesh.of(m.points_mm + shift_mm, m.triangles)
        for m in shell_mesh(radius_mm, thickness_mm, detail=4)
    )
    found = Sheet(inner, outer).at_inner(Definition.NORMAL)
    np.testing.assert_allclose(found, thickness_mm, atol=0.01)


def test_outer_side_alone_as_of_a_cortex() -> None:
    inner, outer = shell_mesh(20, 3)
    half = len(outer.triangles) // 2
    sheet = Sheet(inner, Mesh.of(outer.points_mm[: len(inner.points_mm)], outer.triangles[:half]))
    np.testing.assert_allclose(sheet.at_inner(Definition.NORMAL), 3, atol=0.01)


def test_a_triangle_soup_is_as_good_as_a_mesh() -> None:
    """STL repeats every vertex."""
    inner, outer = (
        Mesh.of(m.points_mm[m.triangles].reshape(-1, 3), np.arange(m.triangles.size).reshape(-1, 3))
        for m in shell_mesh(20, 2, detail=4)
    )
    sheet = Sheet(inner, outer)
    for definition in FROM_SURFACES:
        np.testing.assert_allclose(sheet.at_inner(definition), 2, atol=0.01)


def test_wedge_tells_the_definitions_apart() -> None:
    x = (np.arange(41) - 20) * 0.5
    flat, tilted = np.zeros((41, 41)), np.repeat(2 + 0.2 * x[:, None] / 2, 41, axis=1)
    sheet = Sheet(height_field(flat, 0.5), height_field(tilted, 0.5))
    at = sheet.inner.points_mm
    is_in = (np.abs(at[:, :2]) < 6).all(axis=1)
    truth = 2 + 0.1 * at[is_in, 0]
    np.testing.assert_allclose(sheet.at_inner(Definition.NORMAL)[is_in], truth, atol=1e-4)
    nearest = sheet.at_inner(Definition.NEAREST)[is_in]
    np.testing.assert_allclose(nearest, truth * np.cos(np.arctan(0.1)), atol=1e-4)


def test_surfaces_that_were_smoothed_apart_still_touch() -> None:
    inner, outer = shell_mesh(20, 2, detail=4)
    for gap_mm in (-0.2, 0.4):
        smaller = Mesh.of(inner.points_mm * (1 - gap_mm / 20), inner.triangles)
        found = Sheet(smaller, outer).at_inner(Definition.NORMAL)
        np.testing.assert_allclose(found, 2 + gap_mm, atol=0.02)


def test_what_floats_above_does_not_lie_on_it() -> None:
    inner, outer = shell_mesh(20, 2, detail=4)
    smaller = Mesh.of(inner.points_mm * 0.85, inner.triangles)
    assert np.isnan(Sheet(smaller, outer).at_inner(Definition.NORMAL)).all()
