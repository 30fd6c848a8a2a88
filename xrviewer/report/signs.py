"""Numbers and names as people read them on a page, in their language."""

from __future__ import annotations

from xrviewer.case.model import Case
from xrviewer.words import ENGLISH, decimal, number, spoken, tr

_MINUS, _HELD = "\u2212", "\0"


def signed(value: float, places: int) -> str:
    """With its sign, unless it is written as 0; thousands told apart."""
    text = grouped(abs(value), places)
    if not text.strip("0.,"):
        return text
    return f"{'+' if value > 0 else _MINUS}{text}"


def grouped(value: float, places: int = 0) -> str:
    """Thousands told apart: 12,345.6."""
    whole = f"{value:,.{places}f}".replace(",", _HELD)
    return decimal(whole).replace(_HELD, tr(",", "thousands sign"))


def apart(length_mm: float) -> str:
    """Of what was laid onto each other."""
    if length_mm < 0.01:
        return tr("under {size} mm", size=number(0.01, 2))
    return f"{number(length_mm, 2)} mm"


def layer_name(case: Case, layer: str) -> str:
    return tr(next((one.name for one in case.layers if one.id == layer), layer))


def in_sentence(name: str) -> str:
    """English writes a structure small, German does not."""
    return name.lower() if spoken() == ENGLISH else name
