"""The slices and cuts of a frame, remade only when one of them changed."""

from __future__ import annotations

from collections.abc import Mapping

from xrviewer.case.model import Timepoint
from xrviewer.document.cut_faces import visible_cuts
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.cuts import Bounds, ShownCuts, shown_cuts
from xrviewer.scene.slices import ShownSlices, shown_slices


class Planes:
    """Holds what was made last. Snapshots share what they did not change, so that who they are
    tells it; walking and carrying the model change neither slices nor cuts."""

    def __init__(self, bounds_mm: Mapping[str, Bounds]) -> None:
        """Of each timepoint: all that can be cut."""
        self._bounds_mm = bounds_mm
        self._made_of: tuple[object, ...] = ()
        self._shown: tuple[ShownSlices, ShownCuts] | None = None

    def shown(self, snapshot: Snapshot, timepoint: Timepoint) -> tuple[ShownSlices, ShownCuts]:
        made_of = (timepoint, snapshot.all_slices, snapshot.all_cuts, snapshot.crosshair_mm)
        is_same = all(a is b for a, b in zip(made_of, self._made_of, strict=False))
        if self._shown is None or not is_same:
            self._made_of, self._shown = made_of, self._made(snapshot, timepoint)
        return self._shown

    def _made(self, snapshot: Snapshot, timepoint: Timepoint) -> tuple[ShownSlices, ShownCuts]:
        cut = visible_cuts(snapshot.cuts.values())
        cuts = shown_cuts(cut, self._bounds_mm[timepoint.id])
        caps = [(face, cut[face.cut]) for face in cuts.faces]
        at_mm = snapshot.crosshair_mm
        return shown_slices(snapshot.slices, timepoint.volumes, at_mm, caps), cuts
