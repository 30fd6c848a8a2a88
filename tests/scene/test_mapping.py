"""One table of colours for surfaces, legend and report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shapes import case_of, mapped, sphere
from xrviewer.case.model import MapInfo
from xrviewer.document.document import Document
from xrviewer.document.intents import SetMapRange, SetMapSteps, ShowMap
from xrviewer.scene.build import Scene
from xrviewer.scene.mapping import LOSS_SRGB, TABLE_LENGTH, Scale, color_table, shown_scale

INFO = MapInfo("thickness_mm", "Thickness", "mm", "between two spheres", "exact", 0.0)
CASE = mapped(case_of({"ball": sphere(rings=8)}), INFO, lambda points: points[:, 2])


def luminance(srgb: np.ndarray) -> np.ndarray:
    c = srgb / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def test_thickness_grows_lighter_all_the_way() -> None:
    """What is thin is dark even without colour sight or colour ink."""
    lightness = np.cbrt(luminance(color_table("viridis", 0)))
    assert (np.diff(lightness) > -1e-3).all()
    even = np.diff(lightness[:: TABLE_LENGTH // 8])
    assert even.max() < 2.5 * even.min()


SEEN_WITHOUT = {  # linear RGB, at full severity: Machado, Oliveira and Fernandes 2009
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip


@pytest.mark.parametrize("sight", SEEN_WITHOUT)
def test_order_holds_without_red_or_green_sight(sight: str) -> None:
    """Sequential maps grow lighter all the way, and a change darkens to either end."""
    for palette, is_split in (("viridis", False), ("crameri:vik", True)):
        srgb = color_table(palette, 0) / 255
        linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        seen = np.clip(linear @ np.array(SEEN_WITHOUT[sight]).T, 0, 1)
        rises = np.diff(np.cbrt(seen @ (0.2126, 0.7152, 0.0722))[::4])
        middle = len(rises) // 2
        assert (rises[: middle - 2] > 0).all(), palette
        assert ((rises[middle + 2 :] < 0) if is_split else (rises > 0)[middle:]).all(), palette


def test_full_loss_is_no_colour_of_the_palette() -> None:
    for stripe in LOSS_SRGB:
        off = np.abs(color_table("viridis", 0).astype(int) - stripe).sum(axis=1)
        assert off.min() > 60


@given(st.integers(2, 32))
@settings(derandomize=True, max_examples=12, deadline=None)
def test_steps_are_that_many_colours(steps: int) -> None:
    table = color_table("viridis", steps)
    assert len(np.unique(table, axis=0)) == steps
    edges = np.flatnonzero((np.diff(table.astype(int), axis=0) != 0).any(axis=1)) + 0.5
    np.testing.assert_allclose(edges, np.arange(1, steps) * (TABLE_LENGTH - 1) / steps, atol=1)


def test_presets_ranges_and_steps() -> None:
    document = Document(CASE)
    assert shown_scale(CASE, document.snapshot) is None
    document.apply(ShowMap("thickness_mm"))
    scale = shown_scale(CASE, document.snapshot)
    assert scale is not None and (scale.low, scale.high, scale.has_loss) == (0, 4, True)
    assert scale.ticks() == (0, 1, 2, 3, 4)
    document.apply(SetMapRange("thickness_mm", -1.0, 2.0))
    document.apply(SetMapSteps("thickness_mm", 3))
    scale = shown_scale(CASE, document.snapshot)
    assert scale is not None and (scale.low, scale.high, scale.steps) == (-1, 2, 3)
    assert scale.ticks() == pytest.approx((-1, 0, 1, 2))
    document.apply(ShowMap(None))
    assert shown_scale(CASE, document.snapshot) is None


def test_a_map_without_preset_spans_its_usual_values() -> None:
    info = replace(INFO, id="curvature")
    case = mapped(case_of({"ball": sphere(rings=8)}), info, lambda points: points[:, 2])
    document = Document(case)
    document.apply(ShowMap("curvature"))
    scale = shown_scale(case, document.snapshot)
    assert scale is not None and not scale.has_loss
    assert scale.low <= -29 and scale.high >= 29 and len(scale.ticks()) <= 8


def test_a_value_finds_its_row() -> None:
    scale = Scale(INFO, 0.0, 4.0, 0, "viridis", True)
    np.testing.assert_array_equal(scale.place(np.array([-1, 0, 2, 4, 9.0])), [0, 0, 128, 255, 255])


def test_a_shown_map_is_one_object_until_it_changes() -> None:
    document, scene = Document(CASE), Scene(CASE)
    assert scene.build(document.snapshot).map is None
    document.apply(ShowMap("thickness_mm"))
    first = scene.build(document.snapshot)
    again = scene.build(document.snapshot, None, 0)
    assert first.map is not None and again.map is first.map
    document.apply(SetMapRange("thickness_mm", 0.0, 3.0))
    changed = scene.build(document.snapshot).map
    assert changed is not None and changed is not first.map and changed.high == 3.0
