"""What is written on a panel can be read, and its states can be told apart by everybody."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.colours import SIGHTS, apart, contrast, over, rgb
from xrviewer.panels import theme
from xrviewer.panels.measure_panel import COLORS as MEASUREMENT_COLORS
from xrviewer.report.drawing import ACCENT, INK, QUIET, WARNING
from xrviewer.scene.marks import QUIET_COLOR, TEXT_COLOR
from xrviewer.scene.measures import LINE_COLOR, PLATE_COLOR

READABLE, SEEN = 4.5, 3.0
"""WCAG 2.2 AA: of words (1.4.3), and of what must be seen to use a control (1.4.11)."""
TOLD_APART = 10.0
"""Four just noticeable differences, at the worst of four kinds of sight."""
WELLS = {
    "glass": theme.GLASS,
    "well": theme.WELL,
    "lit": theme.WELL_HOVERED,
    "pressed": theme.WELL_PRESSED,
    "chosen on glass": (*over(theme.ACCENT_SOFT, theme.GLASS), 1.0),
    "chosen on a well": (*over(theme.ACCENT_SOFT, theme.WELL), 1.0),
}
WRITTEN = [
    *(("TEXT", well) for well in WELLS),
    *(("QUIET_TEXT", well) for well in ("glass", "well", "lit")),
    *(("FAINT_TEXT", well) for well in ("glass", "well")),
]
"""Which letters stand on what; lit and chosen rows write with the brightest."""


@pytest.mark.parametrize(("text", "well"), WRITTEN)
def test_letters_can_be_read(text: str, well: str) -> None:
    assert contrast(getattr(theme, text)[:3], WELLS[well][:3]) >= READABLE


@pytest.mark.parametrize("icon", ["ACCENT", "WARNING", "DANGER", "SUCCESS"])
def test_signs_are_seen(icon: str) -> None:
    assert contrast(getattr(theme, icon)[:3], theme.GLASS[:3]) >= SEEN


def test_what_is_written_in_the_room_can_be_read() -> None:
    """In linear light there: on a plate, and before the room's own dark."""
    room = (0.018, 0.020, 0.024)
    for letters, back in ((TEXT_COLOR, PLATE_COLOR), (LINE_COLOR, PLATE_COLOR),
                          (TEXT_COLOR, room), (QUIET_COLOR, room)):  # fmt: skip
        front, behind = (float(np.dot(c, (0.2126, 0.7152, 0.0722))) for c in (letters, back))
        assert (front + 0.05) / (behind + 0.05) >= READABLE


@pytest.mark.parametrize("ink", [INK, QUIET, ACCENT, WARNING])
def test_a_report_can_be_read_on_paper(ink: str) -> None:
    assert contrast(rgb(ink), rgb("#ffffff")) >= READABLE


@pytest.mark.parametrize("sight", SIGHTS)
def test_states_are_told_apart(sight: str) -> None:
    names = ("ACCENT", "WARNING", "DANGER", "SUCCESS", "TEXT")
    for one, other in combinations(names, 2):
        far = apart(getattr(theme, one)[:3], getattr(theme, other)[:3], sight)
        assert far >= TOLD_APART, (one, other, far)
    for well in ("glass", "well", "lit"):
        assert apart(WELLS["chosen on glass"][:3], WELLS[well][:3], sight) >= TOLD_APART


@pytest.mark.parametrize("sight", SIGHTS)
def test_measurements_are_told_apart(sight: str) -> None:
    for one, other in combinations(MEASUREMENT_COLORS, 2):
        assert apart(rgb(one), rgb(other), sight) >= TOLD_APART, (one, other)


def test_the_formulas_are_the_published_ones() -> None:
    """Black on white is 21; a red and a green of one brightness are one colour to a deuteranope,
    and nothing changes what is grey."""
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21.0)
    assert contrast(rgb("#777777"), rgb("#ffffff")) == pytest.approx(4.48, abs=0.01)
    for sight in SIGHTS:
        assert apart((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), sight) == 0.0
        assert apart((0.2, 0.2, 0.2), (0.7, 0.7, 0.7), sight) == pytest.approx(
            apart((0.2, 0.2, 0.2), (0.7, 0.7, 0.7)), abs=0.1
        )
    red, green = rgb("#b06a40"), rgb("#808a3c")
    assert apart(red, green, "deuteranopia") < 0.4 * apart(red, green)
