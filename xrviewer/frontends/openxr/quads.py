"""Which panels the compositor draws, and which are left to the scene."""

from __future__ import annotations

import math
from typing import Any

import xr

from xrviewer.frontends.frontend import PanelPicture
from xrviewer.frontends.openxr.blend import Way
from xrviewer.frontends.openxr.instance import Instance
from xrviewer.frontends.openxr.problems import Runtime
from xrviewer.frontends.openxr.quad import QuadLayer
from xrviewer.scene.panels import InRoom, Shown
from xrviewer.spatial.transforms import Vec3

MIN_LAYERS = 16
"""Every runtime takes this many."""
MAX_LAYERS = 64
"""More is never asked for, whatever a runtime boasts of: each costs the compositor a draw."""
_BLENDS_IN_ORDER = frozenset({Runtime.MONADO, Runtime.WIVRN, Runtime.META})
"""SteamVR draws quads over everything, so over the hands too; of others nobody has told."""


def layers_allowed(instance: Instance, system: int) -> int:
    """In one frame, of all kinds. Some runtimes have said 0."""
    found = xr.get_system_properties(instance.handle, system).graphics_properties.max_layer_count
    return min(max(int(found), MIN_LAYERS), MAX_LAYERS)


def quads_allowed(runtime: Runtime, way: Way, layers: int) -> int:
    """How many panels can lie behind the eyes' picture. None where the real room does: the
    picture's alpha tells of that, and cannot tell of panels besides."""
    is_possible = runtime in _BLENDS_IN_ORDER and way is Way.NONE
    return max(0, layers - 1) if is_possible else 0


class Quads:
    """The panels of a session that the compositor draws, by their place in the list.

    They lie behind the eyes' picture, which is open where they are the nearest: so a hand before
    the board hides it, which it could not if the layer lay on top.
    """

    def __init__(self, session: Any, allowed: int) -> None:
        """allowed: as quads_allowed gave it."""
        self._session, self._allowed = session, allowed
        self._made: dict[int, QuadLayer] = {}
        self._shown: list[QuadLayer] = []

    @property
    def is_anything_behind(self) -> bool:
        return bool(self._shown)

    def show(self, panels: tuple[PanelPicture, ...], head_m: Vec3) -> tuple[Shown, ...]:
        """Until the next call. The first panels are served first; the scene draws the rest."""
        self._shown = []
        return tuple(self._show(i, panel, head_m) for i, panel in enumerate(panels))

    def layers(self, room: Any) -> list[Any]:
        """The farthest first, for the nearer one covers it."""
        if not self._shown:
            return []
        ordered = sorted(self._shown, key=lambda quad: -quad.distance_m)
        return [layer for quad in ordered for layer in quad.layers(room)]

    def close(self) -> None:
        for made in self._made.values():
            made.close()
        self._made.clear()
        self._shown = []

    def _show(self, index: int, panel: PanelPicture, head_m: Vec3) -> Shown:
        taken = sum(quad.count for quad in self._shown) + (panel.risen is not None)
        if not isinstance(panel.place, InRoom) or taken >= self._allowed:
            return Shown.IN_SCENE
        quad = self._fitting(index, (panel.texture.width, panel.texture.height))
        if quad is None:
            return Shown.IN_SCENE
        quad.show(panel, panel.place, math.dist(head_m, panel.place.pose.position_m))
        self._shown.append(quad)
        return Shown.BEHIND

    def _fitting(self, index: int, size_px: tuple[int, int]) -> QuadLayer | None:
        """None where the runtime refuses: it has no room, or no such pictures, and is not asked
        again."""
        held = self._made.get(index)
        if held is not None and held.size_px == size_px:
            return held
        if held is not None:
            self._made.pop(index).close()
        try:
            made = self._made[index] = QuadLayer(self._session, *size_px)
        except xr.ErrorResult:
            self._allowed = len(self._shown)
            return None
        return made
