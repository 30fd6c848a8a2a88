"""No page of the board is cut off at its foot, in any language: a headset has no wheel at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from make_panels import BOARD, SLICE, asked, pages

from tests.shapes import Look, case_of, mapped, sphere
from xrviewer.case.model import Case, MapInfo
from xrviewer.case.tour import TourStep
from xrviewer.case.volume import Volume
from xrviewer.document.comparison import Together
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.document.plane_intents import SetSliceSlab
from xrviewer.document.planes import Projection
from xrviewer.interaction.dates import see
from xrviewer.interaction.pointer import NO_POINTER
from xrviewer.interaction.world import world_of
from xrviewer.panels.host import Panels
from xrviewer.panels.state import Capturing, PanelState, Seen, Surface
from xrviewer.spatial.film import Camera
from xrviewer.spatial.rays import Hit
from xrviewer.words import languages, speak

INFO = MapInfo(
    "thickness_mm",
    "True thickness (along the normal)",
    "mm",
    "along the bone's normal, from the bone to the cartilage's surface",
    "nearest surface, from the segmentation of the scan",
    0.05,
)
WORDS = "The end of the shin bone, flat on its top, where it carries the thigh bone's weight."


def full_case() -> Case:
    """With all that brings a page or a choice: dates, a scan, a map, tissues, a tour."""
    roles = ("bone", "cartilage", "ligament", "muscle", "artery")
    looks = {role: Look(role=role) for role in roles}
    case = case_of(
        {role: sphere((0, 0, 20.0 * i), 8, rings=6) for i, role in enumerate(roles)}, looks, dates=2
    )
    case = mapped(case, INFO, lambda p: 2 + p[:, 0] / 8)
    voxels = np.asfortranarray(np.arange(1000, dtype=np.int16).reshape(10, 10, 10))
    scan = Volume("mr", "MR", "MR", voxels, np.diag([4.0, 4.0, 4.0, 1.0]))
    first, later = case.timepoints
    layers = tuple(replace(layer, plain="The lower end", sentence=WORDS) for layer in case.layers)
    dates = (replace(first, volumes=(scan,)), later)
    return replace(case, layers=layers, timepoints=dates, tour=(TourStep(WORDS),))


CASE = full_case()
FILMING = Capturing(can_film=True, said="captures/film-001.mp4")
PAGES = pages(CASE)
LONGEST = PAGES | {
    f"capture-{camera.value}": PanelState(open="capture", camera=camera) for camera in Camera
}


@pytest.fixture(params=sorted(languages()))
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    speak(request.param)
    yield request.param
    speak("en")


def extras(name: str, document: Document) -> Iterator[Intent]:
    """What makes a page as long as it gets."""
    if name == "slices-place":
        yield SetSliceSlab(SLICE, 5.0, Projection.MEAN)
    if name == "dates":
        yield from see(CASE, document.snapshot, Together.OVERLAY)


def beyond_foot(name: str, state: PanelState, capturing: Capturing = FILMING) -> float:
    document = Document(CASE)
    for intent in asked(CASE):
        document.apply(intent)
    for intent in extras(name, document):
        document.apply(intent)
    hit = Hit(0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 0.0)
    world, snapshot = world_of(CASE), document.snapshot
    seen = Seen(world, snapshot, can_undo=True, can_redo=True, hit=hit, capturing=capturing)
    with closing(Panels(CASE, state.is_patient)) as panels:
        panels.state = state
        for _ in range(6):
            panels.step(seen, NO_POINTER, Surface(*BOARD, 1.0), 1 / 30)
        assert max(bottom for *_, bottom in panels.places.values()) <= BOARD[1]
        return panels.beyond_foot


@pytest.mark.parametrize("name", LONGEST)
def test_nothing_must_be_scrolled_to(language: str, name: str) -> None:
    assert beyond_foot(name, LONGEST[name]) == 0.0


def test_what_is_too_long_is_seen_to_be() -> None:
    """A patient's structure with a page of words."""
    layers = tuple(replace(layer, sentence=WORDS * 9) for layer in CASE.layers)
    long = replace(CASE, layers=layers)
    hit = Hit(0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 0.0)
    with closing(Panels(long, is_patient=True)) as panels:
        for _ in range(6):
            seen = Seen(world_of(long), Document(long).snapshot, hit=hit)
            panels.step(seen, NO_POINTER, Surface(*BOARD, 1.0), 1 / 30)
        assert panels.beyond_foot > 50
