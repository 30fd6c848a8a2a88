"""Where a case is shown: a headset, a window or off screen, and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xrviewer.app.loop import App
from xrviewer.case.model import Case
from xrviewer.commands.memory import give_large_blocks_back
from xrviewer.commands.printing import complain
from xrviewer.commands.saving import save_measured
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.lines import Record
from xrviewer.document.opening import bounds_mm
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import GraphicsError
from xrviewer.frontends.mouse import Orbit
from xrviewer.gpu.context import Capabilities, Context, GlfwContext, capabilities, offscreen_context
from xrviewer.interaction.preferences import Preferences
from xrviewer.render.renderer import Quality, Renderer
from xrviewer.report.rows import rows
from xrviewer.report.table import as_cells
from xrviewer.scene.legend import NOT_DIAGNOSTIC
from xrviewer.spatial.cameras import FLAT_FOV_RAD
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import apply
from xrviewer.words import tr

if TYPE_CHECKING:
    from xrviewer.panels.host import Panels

WINDOW_SIZE = (1280, 800)


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """An open case on a machine that can draw it."""

    case: Case
    app: App
    context: Context
    found: Capabilities
    is_attended: bool = False
    """Somebody is there: what they see has letters, legend and hands in it."""


@dataclass(frozen=True, slots=True)
class PanelChoice:
    """Whose panels."""

    is_patient: bool = False
    """A few large choices in plain words."""
    is_locked: bool = False
    """And nothing else: the corner does not lead out."""


@contextmanager
def open_stage(
    case: Case,
    make_context: Callable[[], Context] = offscreen_context,
    session: Path | None = None,
    quality: Quality | None = None,
    preferences: Preferences | None = None,
    panels: PanelChoice | None = None,
    is_kept: bool = True,
) -> Iterator[Stage]:
    """Everything that must be closed again, in reverse. preferences: of who is there to see it;
    is_kept: what is done goes into the session, which else is read only."""
    give_large_blocks_back()
    with ExitStack() as stack:
        journal: Journal | Record | None = None
        if session and is_kept:
            journal = stack.enter_context(_kept(session))
        elif session:
            journal = stack.enter_context(_read(session))
        document = Document(case, journal=journal)
        context = make_context()
        stack.callback(context.close)
        found = capabilities()
        renderer = Renderer(found, quality)
        stack.callback(renderer.close)
        shown = stack.enter_context(_panels(case, panels)) if panels else None
        app = App(case, document, renderer, complain, preferences, shown)
        stack.callback(app.close)
        app.measurer.save = partial(save_measured, case, session)
        yield Stage(case, app, context, found, preferences is not None)


@contextmanager
def _kept(session: Path) -> Iterator[Journal]:
    """Says what an earlier end has cost, and whether this one is saved to the last change."""
    with Journal(session) as journal:
        for note in journal.contents.notes:
            complain(note)
        yield journal
    if journal.problem:
        complain(journal.problem)


@contextmanager
def _read(session: Path) -> Iterator[Record]:
    """Somebody else may be in it: it is neither locked nor written."""
    record = Record.read(session)
    for note in record.contents.notes:
        complain(note)
    yield record


@contextmanager
def _panels(case: Case, choice: PanelChoice) -> Iterator[Panels]:
    from xrviewer.panels.host import Panels  # half a second; a still picture has none

    with closing(Panels(case, choice.is_patient, choice.is_locked)) as made:
        yield made


def window_context(title: str) -> GlfwContext:
    return GlfwContext(f"{tr(title)} · {tr(NOT_DIAGNOSTIC)}", *WINDOW_SIZE)


def can_open_window() -> str | None:
    """None when it can, else why not."""
    try:
        GlfwContext("xrviewer", 64, 64, is_visible=False).close()
    except GraphicsError as error:
        return str(error)
    return None


def room_bounds_m(
    case: Case, snapshot: Snapshot
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the shown date as it stands in the room, spread or not; axis-aligned."""
    timepoint = next(t for t in case.timepoints if t.id == snapshot.timepoint)
    low_mm, high_mm = bounds_mm(timepoint)
    spread_mm = (high_mm - low_mm) / 2 * snapshot.explode
    low_mm, high_mm = low_mm - spread_mm, high_mm + spread_mm
    corners = np.array(np.meshgrid(*zip(low_mm, high_mm, strict=True))).reshape(3, -1).T
    in_room = apply(snapshot.model.matrix() @ MODEL_FROM_CASE, corners)
    return in_room.min(axis=0), in_room.max(axis=0)


def home_orbit(case: Case, snapshot: Snapshot) -> Orbit:
    """A step back and a little to the side, the whole model in view."""
    low, high = room_bounds_m(case, snapshot)
    center = (low + high) / 2
    radius = max(float(np.linalg.norm(high - low)) / 2, 0.01)
    x, y, z = (float(v) for v in center)
    return Orbit((x, y, z), -0.5, 0.2, radius / math.sin(FLAT_FOV_RAD / 2) * 0.85)


def measured_table(stage: Stage) -> str:
    """All measurements as a spreadsheet takes them from the clipboard."""
    return as_cells(rows(stage.case, stage.app.document.snapshot.measurements.values()))
