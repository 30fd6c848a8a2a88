"""The one way a measured number is written down."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrviewer.case.quantity import Quantity, Unit


@pytest.mark.parametrize(
    ("value", "uncertainty", "unit", "text"),
    [
        (23.44, 0.5, Unit.MM, "23.4 ± 0.5 mm"),
        (23.44, 0.42, Unit.MM, "23.4 ± 0.5 mm"),
        (23.44, 0.12, Unit.MM, "23.4 ± 0.2 mm"),
        (23.44, 0.01, Unit.MM, "23.4 ± 0.1 mm"),
        (23.44, 1.21, Unit.MM, "23.4 ± 1.3 mm"),
        (23.44, 3.2, Unit.MM, "23 ± 4 mm"),
        (1234.0, 32.0, Unit.MM2, "1230 ± 40 mm²"),
        (12.34567, 0.00021, Unit.ML, "12.346 ± 0.001 ml"),
        (89.96, 2.0, Unit.DEGREE, "90 ± 2°"),
        (23.44, None, Unit.MM, "23.4 mm"),
        (-0.01, 0.3, Unit.MM, "0.0 ± 0.3 mm"),
        (5.0, 0.0, Unit.MM, "5.0 ± 0.0 mm"),
    ],
)
def test_written_to_the_place_its_uncertainty_leaves(
    value: float, uncertainty: float | None, unit: Unit, text: str
) -> None:
    assert Quantity(value, unit, uncertainty).text == text


@given(st.floats(0, 1e5), st.floats(1e-6, 1e4), st.sampled_from(Unit))
def test_what_is_written_still_holds_what_is_meant(
    value: float, uncertainty: float, unit: Unit
) -> None:
    quantity = Quantity(value, unit, uncertainty)
    written, spread = quantity.rounded
    assert spread is not None and spread >= uncertainty * (1 - 1e-9)
    assert abs(written - value) <= 0.5 * 10.0**-quantity.decimals * (1 + 1e-6)
