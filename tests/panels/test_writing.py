"""Names in the order in which they are read."""

from __future__ import annotations

import pytest

from xrviewer.panels.writing import as_drawn, lines_as_drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Femur", "Femur"),
        ("Fémur", "Fémur"),
        ("", ""),
        ("אבג", "גבא"),
        ("אב 12 ג", "ג 12 בא"),
        ("Femur (אב)", "Femur (בא)"),
        ("אב (Femur) 12", "12 (Femur) בא"),
        ("אב (ג)", "(ג) בא"),
        ("אב 3.5 mm", "mm 3.5 בא"),
        ("left אב גד right", "left דג בא right"),
    ],
)
def test_order_of_sight(text: str, drawn: str) -> None:
    """By the bidirectional algorithm, worked out by hand."""
    assert as_drawn(text) == drawn


def test_arabic_letters_are_joined() -> None:
    """The word for bone: ain begins, zah stands between, meem ends; lam and alef are one."""
    assert as_drawn("عظم") == "ﻢﻈﻋ"
    assert as_drawn("لا") == "ﻻ"
    assert as_drawn("دار") == "ﺭﺍﺩ"


def test_a_long_line_is_broken_before_it_is_turned_round() -> None:
    assert lines_as_drawn("אב גד הו", lambda line: len(line) <= 5) == "דג בא\nוה"
    plain = "one two three"
    assert lines_as_drawn(plain, lambda line: False) is plain
