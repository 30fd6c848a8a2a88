"""Every panel against its picture: that words fit, nothing overlaps, and the look is as it was.

`pytest tests/images --regenerate-images` renews the references; look at them before a commit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from make_panels import BOARD, drawn, pages, picture

from tests.shapes import Look, case_of, mapped, sphere
from xrviewer.case.model import Case, Group, MapInfo
from xrviewer.case.tour import TourStep
from xrviewer.case.volume import Volume
from xrviewer.gpu.context import Capabilities
from xrviewer.panels.rail import WIDTH as RAIL_WIDTH
from xrviewer.panels.state import Surface
from xrviewer.render.renderer import Renderer

pytestmark = [pytest.mark.gl, pytest.mark.image]

REFERENCES = Path(__file__).with_name("references")
DENSITY = 0.75
MEAN_LEVELS, LEVELS, SHARE = 0.8, 24, 0.004
"""As of whole pictures, with room for another FreeType's rounding at the letters' edges."""


def joint() -> Case:
    looks = {
        "femur": Look("#e8dcc4", role="bone"),
        "tibia": Look("#e8dcc4", role="bone"),
        "femoral_cartilage": Look("#9cc4d9", role="cartilage"),
        "acl": Look("#d9c07a", role="ligament"),
    }
    info = MapInfo("thickness_mm", "Thickness", "mm", "nearest surface", "from a formula", 0.05)
    meshes = {name: sphere((0, 0, 20.0 * i), 8, rings=8) for i, name in enumerate(looks)}
    case = mapped(case_of(meshes, looks, dates=2), info, lambda p: 2 + p[:, 0] / 8)
    kinds = ("bones", "bones", "cartilage", "ligaments")
    layers = tuple(replace(x, group=kind) for x, kind in zip(case.layers, kinds, strict=True))
    groups = tuple(Group(kind, kind.capitalize()) for kind in dict.fromkeys(kinds))
    tour = (TourStep("Here the thigh bone meets the shin bone.", layers=("femur", "tibia")),)
    return replace(case, layers=layers, groups=groups, tour=tour, title="A joint")


def scanned(case: Case) -> Case:
    """With two scans, of whose values there is a histogram to show."""
    i, j, k = np.indices((24, 20, 16)).astype(np.float64)
    wave = np.asfortranarray((100 * np.sin(i / 5) * np.cos(j / 4) + 8 * k).astype(np.int16))
    affine = np.diag([2.0, 2.0, 3.0, 1.0])
    affine[:3, 3] = -24.0
    mr, pet = Volume("mr", "MR", "MR", wave, affine), Volume("pet", "PET", "PT", wave, affine)
    dates = tuple(replace(date, volumes=(mr, pet)) for date in case.timepoints)
    return replace(case, timepoints=dates)


CASE, SCANNED = joint(), scanned(joint())
PAGES = pages(CASE)
SLICES = {name: page for name, page in pages(SCANNED).items() if name.startswith("slices")}


@pytest.fixture
def painter(gl: Capabilities) -> Iterator[Renderer]:
    if "llvmpipe" not in gl.renderer:
        pytest.skip(f"references are llvmpipe's; here draws {gl.renderer}")
    made = Renderer(gl)
    yield made
    made.close()


@pytest.mark.parametrize("name", [*PAGES, *SLICES])
def test_panel(painter: Renderer, name: str, request: pytest.FixtureRequest) -> None:
    case, page = (SCANNED, SLICES[name]) if name in SLICES else (CASE, PAGES[name])
    got = picture(painter, drawn(case, page, Surface(*BOARD, DENSITY)))
    if not page.is_patient:  # the list of panels at the left changes with every new one
        got = got[:, math.ceil(RAIL_WIDTH * DENSITY) + 1 :]
    reference = REFERENCES / f"panel-{name}.png"
    if request.config.getoption("--regenerate-images"):
        iio.imwrite(reference, got)
        return
    assert reference.exists(), "a new panel: make its picture, look at it, and keep it"
    off = np.abs(got.astype(int) - iio.imread(reference)[..., :3]).max(axis=-1)
    share = float((off > LEVELS).mean())
    said = f"off by {off.mean():.2f} of 255 on average, {share:.2%} of the pixels by over {LEVELS}"
    assert off.mean() <= MEAN_LEVELS and share <= SHARE, said


def test_another_panel_is_not_taken_for_it(painter: Renderer) -> None:
    """One word more is more than is allowed."""
    surface = Surface(*BOARD, DENSITY)
    plain, chosen = (
        picture(painter, replace(drawn(CASE, PAGES[name], surface), revision=i))
        for i, name in enumerate(("layers", "layers-chosen"), 1)
    )
    off = np.abs(plain.astype(int) - chosen).max(axis=-1)
    assert float((off > LEVELS).mean()) > 2 * SHARE
