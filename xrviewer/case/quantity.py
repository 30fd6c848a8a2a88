"""A measured number with its unit and its uncertainty, and the one way to write it down.

The uncertainty is half the width of a range that holds the truth in at least 95 of 100 cases. It
is rounded up to one digit (two when that digit is a 1), and the value is written to the same
place: the panel, the report, the table and the structured report all say the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """Named as UCUM does; the text is for people."""

    MM = "mm"
    DEGREE = "deg"
    MM2 = "mm2"
    ML = "ml"

    @property
    def symbol(self) -> str:
        return _SYMBOLS[self]


_SYMBOLS = {Unit.MM: " mm", Unit.DEGREE: "°", Unit.MM2: " mm²", Unit.ML: " ml"}
_FINEST = {Unit.MM: 1, Unit.DEGREE: 1, Unit.MM2: 1, Unit.ML: 3}
"""Most decimals ever written: more would promise what no scan holds."""
_WITHOUT_UNCERTAINTY = 1
"""Decimals of a value whose uncertainty is not known."""


@dataclass(frozen=True, slots=True)
class Quantity:
    value: float
    unit: Unit
    uncertainty: float | None = None
    """In the same unit; None when it is not known."""

    @property
    def decimals(self) -> int:
        """As many as the uncertainty leaves a meaning; below 0, so many zeros before the point."""
        if self.uncertainty is None or not self.uncertainty > 0:
            return min(_WITHOUT_UNCERTAINTY, _FINEST[self.unit])
        exponent = math.floor(math.log10(self.uncertainty))
        leading = self.uncertainty / 10.0**exponent
        return min((1 if leading < 2 else 0) - exponent, _FINEST[self.unit])

    @property
    def rounded(self) -> tuple[float, float | None]:
        """Value and uncertainty as they are written; the uncertainty never gets smaller."""
        places = self.decimals
        if self.uncertainty is None:
            return round(self.value, places), None
        step = 10.0**-places
        up = math.ceil(self.uncertainty / step - 1e-9) * step
        return round(self.value, places), round(up, max(places, 0))

    @property
    def text(self) -> str:
        """As people read it: 23.4 ± 0.5 mm."""
        value, uncertainty = self.rounded
        places = max(self.decimals, 0)
        number = f"{value + 0.0:.{places}f}"
        if uncertainty is not None:
            number += f" ± {uncertainty:.{places}f}"
        return number + self.unit.symbol


def difference(now: Quantity, then: Quantity) -> Quantity:
    """Two scans, two placings: their errors are independent."""
    both = (now.uncertainty, then.uncertainty)
    known = [u for u in both if u is not None]
    uncertainty = math.hypot(*known) if len(known) == len(both) else None
    return Quantity(now.value - then.value, now.unit, uncertainty)
