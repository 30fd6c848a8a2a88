import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrviewer.interaction.scaling import begin_scaling, readout, scale_bar, scaled

starts = st.floats(0.01, 100)
ratios = st.floats(1e-4, 1e4)


@pytest.mark.parametrize(
    ("ratio", "scale"),
    [
        (1, 1),
        (1.0599, 1),
        (1 / 1.0599, 1),
        (1.1237, 1.1237),
        (0.5, 0.5),
        (2, 2),
        (1e6, 100),
        (0, 0.01),
    ],
)
def test_life_size_holds_until_the_ratio_leaves_six_percent(ratio: float, scale: float) -> None:
    assert scaled(begin_scaling(1.0), ratio)[1] == pytest.approx(scale, rel=1e-12)


@given(starts, ratios)
def test_outside_the_rest_the_scale_is_the_hands(start: float, ratio: float) -> None:
    wanted = min(max(start * ratio, 0.01), 100.0)
    _, scale = scaled(begin_scaling(start), ratio)
    if abs(math.log(wanted)) >= 2 * math.log(1.06):
        assert scale == pytest.approx(wanted, rel=1e-12)


@given(st.floats(0.5, 2), st.floats(1e-6, 1e-3))
def test_a_little_more_is_a_little_more(ratio: float, little: float) -> None:
    before, after = (scaled(begin_scaling(1.0), r)[1] for r in (ratio, ratio * (1 + little)))
    assert before <= after <= before * (1 + 2.1 * little)


@given(starts)
def test_taking_hold_moves_nothing(start: float) -> None:
    assert scaled(begin_scaling(start), 1.0)[1] == pytest.approx(start, rel=1e-12)


def test_the_rest_catches_what_comes_from_outside() -> None:
    scaling = begin_scaling(1.03)
    scaling, out = scaled(scaling, 1.5)
    scaling, back = scaled(scaling, 1.0)
    assert out == pytest.approx(1.545) and back == 1.0


@pytest.mark.parametrize(
    ("scale", "text"),
    [
        (1.0, "1.00x life size"),
        (2.5, "2.5x"),
        (1.08, "1.08x"),
        (0.04, "0.04x"),
        (12.4, "12x"),
        (2.0, "2x"),
    ],
)
def test_readout(scale: float, text: str) -> None:
    assert readout(scale) == text


@given(starts)
def test_the_bar_is_as_long_as_it_says(scale: float) -> None:
    length_m, text = scale_bar(scale)
    unit = {"m": 1.0, "cm": 0.01, "mm": 0.001}[text.split()[1]]
    assert length_m == pytest.approx(float(text.split()[0]) * unit * scale)
    assert 0.0099 <= length_m <= 0.2 + 1e-12


@pytest.mark.parametrize(
    ("scale", "text"), [(1.0, "10 cm"), (2.5, "1 cm"), (0.3, "10 cm"), (10, "1 cm")]
)
def test_the_bar_is_ten_or_one_centimetre_in_common_use(scale: float, text: str) -> None:
    assert scale_bar(scale)[1] == text
