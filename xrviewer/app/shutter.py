"""What a session holds ready for who takes pictures of it, and what it shows of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xrviewer.gpu.target import RenderTarget
from xrviewer.interaction.board_place import BOARD_HEIGHT_M, BOARD_WIDTH_M
from xrviewer.interaction.film_camera import FilmCamera
from xrviewer.interaction.home import head_of
from xrviewer.interaction.step import NO_CAMERA, Tools
from xrviewer.scene.draw import DrawData
from xrviewer.scene.film_camera import camera_marks, preview_in_room, preview_on_screen
from xrviewer.scene.light import RecordingLight, recording_light
from xrviewer.scene.marks import NO_MARKS, Marks
from xrviewer.scene.panels import InRoom, OnScreen, ShownPanel, Still


@dataclass(slots=True)
class Shutter:
    """The frame loop fills in what it saw; a capturer says what the wearer sees of its work."""

    keys: frozenset[str] = frozenset()
    """That went down in the frame in hand, but for what was typed."""
    light: RecordingLight | None = None
    """Shown while a film is being made."""
    is_closed: bool = False
    """For a moment: the edge of sight is dark."""
    seen: tuple[DrawData, Marks] | None = None
    """The frame in hand and its measurements."""
    camera: FilmCamera = NO_CAMERA
    """In the room, in the frame in hand."""
    preview: Still | None = None
    """What the camera in the room sees."""

    @property
    def plain(self) -> DrawData | None:
        """The last frame without what only its viewer needs: hands, hints, panels, pointing."""
        if self.seen is None:
            return None
        draw, measures = self.seen
        return replace(draw, measures=measures, is_anything_pointed=False)

    def own(self, tools: Tools, target: RenderTarget) -> tuple[Marks, tuple[ShownPanel, ...]]:
        """What the wearer sees and no film does: the light, the camera, its picture."""
        marks, views, camera = NO_MARKS, tools.views, tools.camera
        if self.light is None and not camera.is_out:
            return marks, ()
        if self.light is not None:
            marks += recording_light(self.light, views)
        if not camera.is_out or camera.pose is None or not views:
            return marks, ()
        if len(views) > 1:
            marks += camera_marks(camera.pose, any(camera.is_reached), self.light is not None)
        if self.preview is None:
            return marks, ()
        shape = self.preview.pixels.shape[:2]
        place: InRoom | OnScreen = preview_on_screen((target.width, target.height), shape)
        head = head_of(views)
        if len(views) > 1 and head is not None:
            is_held = camera.hold is not None
            place = preview_in_room(camera.pose, is_held, _board(tools), head, shape)
        return marks, (ShownPanel(self.preview, place),)


def _board(tools: Tools) -> InRoom | None:
    board = tools.board
    if board is None or not board.is_shown or board.pose is None:
        return None
    return InRoom(board.pose, BOARD_WIDTH_M, BOARD_HEIGHT_M)
