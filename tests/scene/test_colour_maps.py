"""Every colour map says more by more, whoever looks at it; tissues are told apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.colours import SIGHTS, apart, lab, rgb
from xrviewer.case.catalogue import TISSUE_COLORS
from xrviewer.panels.slice_looks import COLORS as SLICE_COLORS
from xrviewer.scene.mapping import (
    LOSS_SRGB,
    PRESETS,
    TABLE_LENGTH,
    WITHIN_ERROR_SRGB,
    color_table,
)

SEQUENTIAL = sorted({p.palette for p in PRESETS if not p.has_error_greyed} | set(SLICE_COLORS))
DIVERGING = sorted({p.palette for p in PRESETS if p.has_error_greyed})
AN_EIGHTH = TABLE_LENGTH // 8
TOLD_APART = 7.0
"""Between two colours an eighth of the map apart: three just noticeable differences."""


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("palette", SEQUENTIAL)
def test_a_sequential_map_only_gets_lighter(palette: str, sight: str) -> None:
    seen = lab(color_table(palette, 0) / 255, sight)
    assert (np.diff(seen[::8, 0]) > 0).all()
    steps = np.linalg.norm(seen[AN_EIGHTH:] - seen[:-AN_EIGHTH], axis=1)
    assert steps.min() > TOLD_APART


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("palette", DIVERGING)
def test_a_diverging_map_is_lightest_in_the_middle_and_its_sides_differ(
    palette: str, sight: str
) -> None:
    seen = lab(color_table(palette, 0) / 255, sight)
    middle = TABLE_LENGTH // 2
    assert (np.diff(seen[:middle:8, 0]) > 0).all() and (np.diff(seen[middle::8, 0]) < 0).all()
    both = np.linalg.norm(seen[: middle - AN_EIGHTH] - seen[::-1][: middle - AN_EIGHTH], axis=1)
    assert both.min() > 18.0, "loss is never taken for gain"


@pytest.mark.parametrize("sight", SIGHTS)
def test_full_loss_and_what_is_within_error_are_on_no_map(sight: str) -> None:
    """Full loss is hatched besides."""
    for preset in PRESETS:
        seen = lab(color_table(preset.palette, 0) / 255, sight)
        for said, color in ((preset.has_loss, LOSS_SRGB[0]), (preset.has_error_greyed, None)):
            own = lab(np.array(color or WITHIN_ERROR_SRGB) / 255, sight)
            if said:
                assert np.linalg.norm(seen - own, axis=1).min() > 5.0, (preset.word, color)


@pytest.mark.parametrize("sight", SIGHTS)
def test_tissues_are_told_apart(sight: str) -> None:
    """But for two: a tendon is coloured as a ligament, and fat, half clear, is of their yellow."""
    tissues = [tissue for tissue in TISSUE_COLORS if tissue not in ("tendon", "fat")]
    for one, other in combinations(tissues, 2):
        far = apart(rgb(TISSUE_COLORS[one].hex()), rgb(TISSUE_COLORS[other].hex()), sight)
        assert far >= 8.0, (one, other, far)
