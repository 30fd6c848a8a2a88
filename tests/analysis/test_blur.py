"""The blur against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from xrviewer.analysis.blur import TRUNCATE, blurred, reach

SIGMA = (0.6, 1.3, 2.9)


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 49, 97), (48, 3, 60)])
def test_as_scipy_does_it(shape: tuple[int, int, int]) -> None:
    inner = np.random.default_rng(3).random(shape).astype(np.float32)
    values = np.pad(inner, [(reach(s), reach(s)) for s in SIGMA])
    wanted = ndimage.gaussian_filter(values, SIGMA, mode="constant", truncate=TRUNCATE)
    assert np.abs(blurred(values, SIGMA) - wanted).max() < 1e-6


def test_reaches_no_further_than_it_says() -> None:
    values = np.zeros((1, 1, 101), np.float32)
    values[0, 0, 50] = 1
    touched = np.flatnonzero(blurred(values, (0.1, 0.1, 2.0)))
    assert (touched[0], touched[-1]) == (50 - reach(2.0), 50 + reach(2.0))
