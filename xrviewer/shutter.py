"""What a session holds ready for who takes pictures of it, and what it shows of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xrviewer.scene.draw import DrawData
from xrviewer.scene.light import RecordingLight
from xrviewer.scene.marks import Marks


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

    @property
    def plain(self) -> DrawData | None:
        """The last frame without what only its viewer needs: hands, hints, panels, pointing."""
        if self.seen is None:
            return None
        draw, measures = self.seen
        return replace(draw, measures=measures, is_anything_pointed=False)
