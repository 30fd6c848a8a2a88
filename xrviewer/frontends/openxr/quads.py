"""Which flat pictures the compositor draws, and which are left to the scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xr

from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.quad import QuadLayer, Sign

MIN_LAYERS = 16
"""Every runtime takes this many."""
MAX_LAYERS = 64
"""More is never asked for, whatever a runtime boasts of: each costs the compositor a draw."""


def layers_allowed(instance: Instance, system: int) -> int:
    """In one frame, of all kinds. Some runtimes have said 0."""
    found = xr.get_system_properties(instance.handle, system).graphics_properties.max_layer_count
    return min(max(int(found), MIN_LAYERS), MAX_LAYERS)


def for_compositor(wanted: int, allowed: int, others: int) -> int:
    """How many of the pictures, the first ones, become layers: what the eyes' picture and the real
    room leave. The rest are drawn in the scene, where there is no limit."""
    return max(0, min(wanted, allowed - others))


class Quads:
    """The signs of a session that the compositor draws, the first one farthest back."""

    def __init__(self, session: Any, signs: Sequence[Sign], count: int) -> None:
        """count: as for_compositor gave it. Where the runtime refuses one, the rest are left out
        with it: it has no room, or no such pictures."""
        self._made: list[QuadLayer] = []
        for sign in signs[:count]:
            try:
                self._made.append(QuadLayer(session, sign))
            except xr.ErrorResult:
                break
        self.left_out = tuple(signs[len(self._made) :])
        """To be drawn in the scene."""

    def layers(self, room: Any) -> list[Any]:
        return [made.layer(room) for made in self._made]

    def close(self) -> None:
        for made in reversed(self._made):
            made.close()
        self._made.clear()
