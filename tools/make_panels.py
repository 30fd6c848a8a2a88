"""Pictures of every panel, as board and at a window's edge, to be looked at after a change of look.

python tools/make_panels.py CASE --out FOLDER [--density 2.0]     pixels to a millimetre; 0.45 is
                                                                   what a headset of 576 x 648 has
With --window FILE, where there is a display, only the whole window, a structure chosen at its edge.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import glfw
import imageio.v3 as iio
import numpy as np
from numpy.typing import NDArray

from xrviewer.case.measured import Kind, Measured
from xrviewer.case.model import Case
from xrviewer.case.quantity import Quantity, Unit
from xrviewer.caseio.loose import open_path
from xrviewer.commands.stage import PanelChoice, Stage, home_orbit, open_stage
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent, SavePreset, SelectTool, ShowMap
from xrviewer.document.measurement_intents import Measure
from xrviewer.document.plane_intents import AddSlice
from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.window import WindowFrontend
from xrviewer.gpu.context import GlfwContext, capabilities, offscreen_context
from xrviewer.gpu.readback import read_pixels
from xrviewer.gpu.target import Framebuffer, RenderTarget
from xrviewer.interaction.pointer import NO_POINTER
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.world import world_of
from xrviewer.panels.host import Panels, panels_of
from xrviewer.panels.state import Capturing, PanelState, Seen, Surface
from xrviewer.render.renderer import Renderer
from xrviewer.scene.panels import OnScreen, PanelDrawing, ShownPanel
from xrviewer.spatial.planes import anatomical
from xrviewer.spatial.rays import Hit
from xrviewer.words import speak

ROOM = np.array((36, 39, 43), np.float64)
"""Behind the glass, sRGB."""
FRAMES = 8
ON_SHEET = ("case", "layers-chosen", "layers-looks", "map", "help", "patient")
SLICE, MEASUREMENT = "slice1", "distance1"
WINDOW, WINDOW_FRAMES = (1280, 800), 12
BOARD, DESK = (480.0, 380.0), (384.0, 760.0)


def pages(case: Case) -> dict[str, PanelState]:
    """Every panel, and the faces of those that have several."""
    first = case.layers[0].id
    found = {panel.id: PanelState(open=panel.id) for panel in panels_of(case)}
    layers = found["layers"]
    if "slices" in found:
        found |= {
            f"slices-{name}": PanelState(open="slices", slice=SLICE, slice_page=i)
            for i, name in enumerate(("place", "window", "scans", "cuts"))
        }
        del found["slices"]
    found["measure"] = replace(found["measure"], measurement=MEASUREMENT)
    found["help-bare"] = PanelState(open="help", help_page=2)
    found |= {
        "layers-chosen": replace(layers, selected=first),
        "layers-looks": replace(layers, shows_looks=True),
        "layers-search": replace(layers, search="cart", keyboard="search"),
        "patient": PanelState(is_patient=True),
    }
    if case.tour:
        found["patient-tour"] = PanelState(is_patient=True, tour_step=0)
    return found


def asked(case: Case) -> Iterator[Intent]:
    """A session in which every page has something to show."""
    first = case.timepoints[0]
    yield SavePreset("Look 1")
    yield SelectTool("distance")
    if case.maps:
        yield ShowMap(case.maps[0].id)
    if first.volumes:
        volume = first.volumes[0]
        yield AddSlice(SLICE, volume.id, anatomical("sagittal", volume.center_mm))
    ends = first.surfaces.part(0)[0][[0, -1]].astype(float)
    long = Quantity(float(np.linalg.norm(ends[1] - ends[0])), Unit.MM, 0.4)
    points = tuple((x, y, z) for x, y, z in ends.tolist())
    of = (first.surfaces.part_ids[0],)
    yield Measure(MEASUREMENT, Measured(Kind.DISTANCE, first.id, points, of, long), "Distance 1")


def drawn(case: Case, state: PanelState, surface: Surface) -> PanelDrawing:
    document = Document(case)
    for intent in asked(case):
        document.apply(intent)
    pointed = Hit(0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 0.0)
    seen = Seen(
        world_of(case),
        document.snapshot,
        can_undo=True,
        hit=pointed if state.is_patient else None,
        is_desk=surface.is_desk,
        capturing=Capturing(can_film=True),
    )
    with closing(Panels(case, state.is_patient)) as panels:
        panels.state = state
        for _ in range(FRAMES):
            shown = panels.step(seen, NO_POINTER, surface, 1 / 30)
    assert shown.drawing is not None
    return shown.drawing


def window_picture(case: Case) -> NDArray[np.uint8]:
    """Of a window on a desk, as soon as all in it has come to rest."""
    kept: list[NDArray[np.uint8]] = []

    def keep(target: RenderTarget) -> None:
        kept[:] = [read_pixels(target.framebuffers[0], target.width, target.height)[..., :3]]

    def opened() -> GlfwContext:
        return GlfwContext("panels", *WINDOW)

    with open_stage(case, opened, preferences=Preferences(), panels=PanelChoice()) as stage:
        assert stage.app.panelling is not None
        stage.app.panelling.panels.state = pages(case)["layers-chosen"]
        frontend = WindowFrontend(window_of(stage), home_orbit(case, stage.app.document.snapshot))
        # Nobody points: the screen's pointer lies wherever it was left.
        glfw.set_cursor_pos_callback(window_of(stage).window, lambda *_: None)
        for _ in range(WINDOW_FRAMES):
            while frontend.wait() is not Wait.RUN:
                pass
            stage.app.frame(frontend, keep)
    return kept[0]


def window_of(stage: Stage) -> GlfwContext:
    assert isinstance(stage.context, GlfwContext)
    return stage.context


def picture(renderer: Renderer, drawing: PanelDrawing) -> NDArray[np.uint8]:
    """On the room's dark, top row first."""
    (texture,) = renderer.paint((ShownPanel(drawing, OnScreen(0, 0)),))
    with closing(Framebuffer({0: texture})) as framebuffer:
        pixels = read_pixels(framebuffer.name, texture.width, texture.height).astype(np.float64)
    share = pixels[..., 3:] / 255
    return np.asarray(np.clip(pixels[..., :3] + ROOM * (1 - share), 0, 255), np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--density", type=float, default=2.0)
    parser.add_argument("--sheet", type=Path, help="and those of the board on one sheet")
    parser.add_argument("--language", default="en")
    parser.add_argument("--window", type=Path, help="the whole window into this file")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    speak(options.language)
    case = open_path(options.case)
    if options.window:
        iio.imwrite(options.window, window_picture(case))
        return
    boards = []
    with closing(offscreen_context()):
        for name, state in pages(case).items():
            for kind, size in (("board", BOARD), ("desk", DESK)):
                surface = Surface(*size, options.density, is_desk=kind == "desk")
                with closing(Renderer(capabilities())) as renderer:
                    pixels = picture(renderer, drawn(case, state, surface))
                iio.imwrite(options.out / f"{name}-{kind}.png", pixels)
                boards += [pixels] if kind == "board" and name in ON_SHEET else []
    if options.sheet:
        rows = [np.hstack(boards[i : i + 3]) for i in range(0, len(boards), 3)]
        iio.imwrite(options.sheet, np.vstack(rows))


if __name__ == "__main__":
    main()
