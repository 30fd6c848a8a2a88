"""Whole pictures against references drawn by llvmpipe: what no closed form says, looks as it did.

`pytest tests/images --regenerate-images` renews the references; look at them before a commit.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.render.pictures import canvas, draw_data, renderer
from tests.shapes import Look, Mesh, case_of, sphere, square
from xrviewer.case.model import Case
from xrviewer.document.intents import SetLayerOpacity
from xrviewer.gpu.context import Capabilities
from xrviewer.render.renderer import Quality
from xrviewer.scene.draw import DrawData
from xrviewer.spatial.cameras import named_view
from xrviewer.spatial.transforms import apply

pytestmark = [pytest.mark.gl, pytest.mark.image]

REFERENCES = Path(__file__).with_name("references")
FAILED = Path(__file__).parents[2] / "build" / "images"
SIZE = 256
MEAN_LEVELS = 0.6
"""How far a picture may be off on average, of 255: rounding of another Mesa."""
LEVELS, SHARE = 16, 0.001
"""How many pixels may be off by more: one in a thousand, at edges."""


def knuckle() -> dict[str, Mesh]:
    """Two balls, a disc of a third between them, and a wall behind."""
    return {
        "upper": sphere((0, 0, 32), 30),
        "lower": sphere((0, 0, -32), 30),
        "pad": sphere((12, -6, 0), 14),
        "wall": square((0, 34, 0), 44),
    }


LOOKS = {
    "upper": Look("#e8dcc4", role="bone"),
    "lower": Look("#e8dcc4", role="bone"),
    "pad": Look("#6fb3c8", role="cartilage"),
    "wall": Look("#b07a6a"),
}
CASE: Case = case_of(knuckle(), LOOKS)

PICTURES: dict[str, Callable[[], tuple[DrawData, str]]] = {
    "solids": lambda: (draw_data(CASE), "corner"),
    "ghost": lambda: (draw_data(CASE, (SetLayerOpacity("upper", 0.3),)), "front"),
    "pointed": lambda: (draw_data(CASE, pointed=2), "corner"),
    "above": lambda: (draw_data(CASE), "top"),
}


def drawn(draw: DrawData, view_name: str) -> NDArray[np.uint8]:
    points = apply(draw.room_from_case, draw.surfaces.positions_mm)
    view = named_view(view_name, points.min(axis=0), points.max(axis=0), 1.0)
    quality = Quality(4, has_occlusion=True)
    with renderer(quality) as made, canvas(SIZE, SIZE) as target:
        made.draw(draw, (view,), target.target)
        return target.picture()[..., :3]


@pytest.mark.parametrize("name", PICTURES)
def test_picture(gl: Capabilities, name: str, request: pytest.FixtureRequest) -> None:
    if "llvmpipe" not in gl.renderer:
        pytest.skip(f"references are llvmpipe's; here draws {gl.renderer}")
    got = drawn(*PICTURES[name]())
    reference = REFERENCES / f"{name}.png"
    if request.config.getoption("--regenerate-images"):
        REFERENCES.mkdir(exist_ok=True)
        iio.imwrite(reference, got)
        return
    off = np.abs(got.astype(int) - iio.imread(reference)[..., :3]).max(axis=-1)
    share = float((off > LEVELS).mean())
    is_alike = off.mean() <= MEAN_LEVELS and share <= SHARE
    said = f"off by {off.mean():.2f} of 255 on average, {share:.2%} of the pixels by over {LEVELS}"
    assert is_alike, f"{said}; see {_left_behind(name, got, off)}"


def test_another_picture_is_not_taken_for_it(gl: Capabilities) -> None:
    """The tolerance is smaller than a small part's outline."""
    plain, pointed = (drawn(*PICTURES[name]()) for name in ("solids", "pointed"))
    off = np.abs(plain.astype(int) - pointed).max(axis=-1)
    assert float((off > LEVELS).mean()) > SHARE


def _left_behind(name: str, got: NDArray[np.uint8], off: NDArray[np.int_]) -> Path:
    """Writes what was drawn, and where it differs, eight times as strong."""
    FAILED.mkdir(parents=True, exist_ok=True)
    iio.imwrite(FAILED / f"{name}.png", got)
    difference = FAILED / f"{name}-difference.png"
    iio.imwrite(difference, np.minimum(off * 8, 255).astype(np.uint8))
    return difference
