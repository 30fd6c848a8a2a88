"""Slices that were not scanned but put between their neighbours: said, and marked."""

from __future__ import annotations

import numpy as np
from imgui_bundle import imgui

from xrviewer.case.volume import Volume
from xrviewer.interaction.slicing import coordinate, slice_number
from xrviewer.panels import theme
from xrviewer.panels.page import Page
from xrviewer.panels.theme import Icon, packed
from xrviewer.spatial.planes import Plane
from xrviewer.words import tr

_MOST_NAMED = 6
_ALONG = 1 - 1e-3
"""Cosine of the angle up to which a plane lies along the slices."""
_HIGH, _WIDE = 5.0, 3.0


def mark_filled(page: Page, plane: Plane, volume: Volume, low: float, high: float) -> None:
    """On the slider that was drawn last, whose ends are low and high as `coordinate` says it."""
    shares = shares_along(plane, volume, low, high)
    first, end = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    for share in shares:
        x = first.x + share * (end.x - first.x)
        low_corner, high_corner = (x - _WIDE / 2, end.y - _HIGH), (x + _WIDE / 2, end.y)
        color = packed(theme.WARNING)
        imgui.get_window_draw_list().add_rect_filled(low_corner, high_corner, color)
    if shares:
        page.place("filled slices")


def shares_along(plane: Plane, volume: Volume, low: float, high: float) -> list[float]:
    """How far along each filled slice lies; none for a plane that crosses the slices."""
    if not _is_along(plane, volume):
        return []
    sign, place = coordinate(plane, volume)
    middles = (_middle_mm(volume, k) for k in volume.filled_slices)
    found = ((place + plane.distance_mm(m) * sign - low) / (high - low) for m in middles)
    return [min(max(share, 0.0), 1.0) for share in found]


def draw_filled(page: Page, plane: Plane, volume: Volume) -> None:
    """A line that names them, and one where the plane lies in such a slice."""
    if not volume.filled_slices:
        return
    here = slice_number(plane, volume) if _is_along(plane, volume) else None
    if here is not None and here[0] - 1 in volume.filled_slices:
        page.notice(Icon.WARNING, tr("Not scanned here: filled in between the neighbours."))
        page.place("filled here")
    named = ", ".join(str(k + 1) for k in volume.filled_slices[:_MOST_NAMED])
    more = len(volume.filled_slices) - _MOST_NAMED
    if more > 0:
        named = tr("{named} and {count} more", named=named, count=more)
    page.quiet(tr("Filled in, not scanned: slice {named}", named=named))


def _is_along(plane: Plane, volume: Volume) -> bool:
    across = np.linalg.inv(volume.case_from_voxel)[2, :3]
    return abs(float(across @ plane.normal)) >= _ALONG * float(np.linalg.norm(across))


def _middle_mm(volume: Volume, k: int) -> tuple[float, float, float]:
    i, j = ((n - 1) / 2 for n in volume.voxels.shape[:2])
    x, y, z, _ = (float(v) for v in volume.case_from_voxel @ (i, j, k, 1.0))
    return x, y, z
