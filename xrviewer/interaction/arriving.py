"""Where the model comes when somebody does: the first eyes, or a room that is recentred."""

from __future__ import annotations

from xrviewer.document.intents import Intent, PlaceModel
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction import home
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.world import World


def seated_start(inp: FrameInput, snapshot: Snapshot, world: World) -> list[Intent]:
    """For the first eyes: once a headset sits on a head in a session in which nothing was done."""
    if not (world.preferences.seated and len(inp.views) == 2 and snapshot.version == 0):
        return []
    return [PlaceModel(home.before_viewer(world.extent(snapshot), home.head_of(inp.views), True))]


def recentred(inp: FrameInput, snapshot: Snapshot, world: World) -> list[Intent]:
    """The room has come to the viewer, with the model as it stood in it. One that is not at hand
    there comes before them: that is what people recentre for."""
    head, extent = home.head_of(inp.views), world.extent(snapshot)
    if head is None or home.is_before(extent, snapshot.model, head):
        return []
    return [PlaceModel(home.before_viewer(extent, head, world.preferences.seated))]
