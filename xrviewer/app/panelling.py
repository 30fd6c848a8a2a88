"""The panels in a frame: the composition of interaction's board, panels' widgets and scene's
places."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.document.snapshot import Snapshot
from xrviewer.frontends.frontend import PanelPicture
from xrviewer.gpu.target import RenderTarget
from xrviewer.gpu.texture import PlainTexture
from xrviewer.interaction.board import Board, dock_width
from xrviewer.interaction.board_place import BOARD_HEIGHT_M, BOARD_WIDTH_M, REST_DISTANCE_M
from xrviewer.interaction.film_camera import FilmCamera
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.pointer import Desk
from xrviewer.interaction.step import Tools
from xrviewer.interaction.walk import Footing, in_tracking
from xrviewer.interaction.world import World
from xrviewer.panels.state import Capturing, Seen, Surface
from xrviewer.panels.trends import Trend
from xrviewer.render.renderer import Renderer
from xrviewer.scene.panels import InRoom, OnScreen, Risen, ShownPanel, Still, risen_from
from xrviewer.scene.probe import Reading
from xrviewer.spatial.film import Camera
from xrviewer.spatial.frames import MM_PER_M
from xrviewer.spatial.rays import Hit
from xrviewer.values import changed

if TYPE_CHECKING:  # ImGui takes half a second to load: only who shows panels waits for it
    from xrviewer.panels.host import Panels, Shown

DESK_SCALE = 0.86
"""Units of the mouse to a millimetre of the board: a desk is looked at from nearer."""
RISE_M = 0.010
"""How far a button that is pointed at stands before the board; pressed, half as far."""
_FINER = 1.4
"""Pixels of a panel to one of the eye that reads it at rest distance."""
_LEAST_DENSITY, _MOST_DENSITY, _DENSITY_STEP = 1.0, 3.0, 0.25


class Panelling:
    """Feeds the panels what a frame brought, and keeps what came of it."""

    def __init__(
        self, panels: Panels, world: World, document: Document, renderer: Renderer
    ) -> None:
        """The panels stay the caller's to close. renderer: says what it cannot show whole."""
        self.panels = panels
        self._world, self._document, self._renderer = world, document, renderer
        guest = changed(world.preferences, visitor_lock=True)
        self._guests = changed(world, preferences=guest)
        self._told = ""
        """What came of what was asked beside the frame."""
        self._hit: Hit | None = None
        self.reading: Reading | None = None
        """Off the shown map, in the frame before."""
        self.straighten: Callable[[str, Callable[[str], None]], None] | None = None
        """Along a structure, beside the frame; says later why it could not be."""
        self.trends: Callable[[Snapshot], tuple[Trend, ...]] | None = None
        """Of thickness over the dates, as far as they are found beside the frame."""
        self.capturing = Capturing()
        """Set by who makes stills and films."""
        self._previewed: tuple[tuple[Intent, ...], int, Snapshot] | None = None

    def step(
        self,
        tools: Tools,
        inp: FrameInput,
        target: RenderTarget | None,
        write: Callable[[Callable[[str], None]], None] | None = None,
    ) -> tuple[Tools, tuple[Intent, ...], tuple[Intent, ...], tuple[ShownPanel, ...]]:
        """The tools with what the panels say of the board; intents, previews, and what is seen.
        write: puts what was measured into files, and says later what came of it."""
        board = tools.board
        self._hit = tools.pointed or self._hit
        if board is None or not inp.views or not (board.is_shown or inp.desk):
            return tools, (), (), ()
        text_size = self._world.preferences.text_size
        surface = surface_of(board, inp, target, text_size)
        seen = Seen(
            self._world,
            self._document.snapshot,
            self._document.can_undo,
            self._document.can_redo,
            tools.views,
            self._hit,
            inp.desk is not None,
            tools,
            self.reading,
            self._told,
            self.capturing,
            self._trends(),
            self._renderer.coarse,
        )
        shown = self.panels.step(seen, board.pointer, surface, inp.dt_s)
        if shown.wants_saved and write is not None:
            write(self._hear)
        if shown.straightened is not None and self.straighten is not None:
            self.straighten(shown.straightened, self._hear)
        is_shown = board.is_shown != shown.wants_toggled
        board = changed(board, walk=shown.walk, is_typing=shown.is_typing, is_shown=is_shown)
        place = OnScreen(0, 0) if inp.desk else _in_room(board)
        tools = changed(tools, board=board, camera=self._camera(tools.camera))
        return tools, shown.intents, shown.previews, _placed(shown, place)

    def _camera(self, camera: FilmCamera) -> FilmCamera:
        """As the Capture panel wants it."""
        state = self.panels.state
        wanted = state.camera is not Camera.EYE, state.camera_calls
        if wanted == (camera.is_out, camera.calls):
            return camera
        return changed(camera, is_out=wanted[0], calls=wanted[1])

    def _trends(self) -> tuple[Trend, ...]:
        """Who does not look at the dates lets nobody look for them."""
        if self.trends is None or self.panels.state.open != "dates":
            return ()
        return self.trends(self._document.snapshot)

    def _hear(self, line: str) -> None:
        self._told = line

    @property
    def world(self) -> World:
        """With a patient's panel in front, hands only grab and point."""
        return self._guests if self.panels.state.is_patient else self._world

    def shown_snapshot(self, previews: tuple[Intent, ...]) -> Snapshot:
        """With what a slider in the hand would ask; the same object while nothing changes."""
        snapshot = self._document.snapshot
        if not previews:
            self._previewed = None
            return snapshot
        known = self._previewed
        if known is None or known[:2] != (previews, snapshot.version):
            made = self._document.preview(previews)
            self._previewed = known = (previews, snapshot.version, made)
        return known[2]


def _placed(shown: Shown, place: InRoom | OnScreen | None) -> tuple[ShownPanel, ...]:
    """With the button under a hand before it."""
    if shown.drawing is None or place is None:
        return ()
    if shown.risen is None or isinstance(place, OnScreen):
        return (ShownPanel(shown.drawing, place),)
    share, height = shown.risen
    return (ShownPanel(shown.drawing, place, risen=risen_from(place, share, height * RISE_M)),)


def offered_panels(
    panels: tuple[ShownPanel, ...], textures: tuple[PlainTexture, ...], footing: Footing
) -> tuple[PanelPicture, ...]:
    """For the front-end, which knows nothing of how far the viewer has walked."""
    return tuple(
        PanelPicture(
            texture,
            panel.drawing.revision,
            _tracked(panel.place, footing),
            _risen_in_tracking(panel.risen, footing),
            is_sign=isinstance(panel.drawing, Still),
        )
        for texture, panel in zip(textures, panels, strict=True)
    )


def _tracked(place: InRoom | OnScreen, footing: Footing) -> InRoom | OnScreen:
    if isinstance(place, OnScreen):
        return place
    return changed(place, pose=in_tracking(footing, place.pose))


def _risen_in_tracking(risen: Risen | None, footing: Footing) -> Risen | None:
    if risen is None:
        return None
    return changed(risen, place=changed(risen.place, pose=in_tracking(footing, risen.place.pose)))


def surface_of(
    board: Board, inp: FrameInput, target: RenderTarget | None, text_size: float
) -> Surface:
    """As many pixels as the eye can use; the layout is in millimetres and does not know them."""
    if inp.desk is not None:
        return _docked(board, inp.desk, target, text_size)
    width, height = BOARD_WIDTH_M * MM_PER_M, BOARD_HEIGHT_M * MM_PER_M
    density = _density(inp, target) * text_size
    return Surface(width / text_size, height / text_size, density)


def _docked(board: Board, desk: Desk, target: RenderTarget | None, text_size: float) -> Surface:
    """As high as the picture, which a replay may have made of another size than the window's."""
    scale = DESK_SCALE * text_size
    size = (dock_width(board, desk) / scale, desk.height / scale)
    finer = target.height / max(desk.height, 1) if target else desk.pixel_ratio
    density = scale * finer
    return Surface(*size, density, is_desk=True, is_hidden=not board.is_shown)


def _density(inp: FrameInput, target: RenderTarget | None) -> float:
    if target is None:
        return _LEAST_DENSITY
    fov = inp.views[0].fov
    px_per_rad = target.height / (math.tan(fov.up_rad) - math.tan(fov.down_rad))
    wanted = px_per_rad / (REST_DISTANCE_M * MM_PER_M) * _FINER
    steps = math.ceil(min(max(wanted, _LEAST_DENSITY), _MOST_DENSITY) / _DENSITY_STEP)
    return steps * _DENSITY_STEP


def _in_room(board: Board) -> InRoom | None:
    return None if board.pose is None else InRoom(board.pose, BOARD_WIDTH_M, BOARD_HEIGHT_M)
