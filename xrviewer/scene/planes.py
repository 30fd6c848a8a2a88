"""The slices and cuts of a frame, remade only when one of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_

from xrviewer.case.model import Timepoint
from xrviewer.document.cut_faces import visible_cuts
from xrviewer.document.planes import Slice
from xrviewer.document.snapshot import Snapshot
from xrviewer.scene.cuts import Bounds, ShownCuts, shown_cuts
from xrviewer.scene.slices import ShownSlices, moved, shown_slices


class Planes:
    """Holds what was made last. Snapshots share what they did not change, so that who they are
    tells it; walking and carrying the model change neither slices nor cuts."""

    def __init__(self, bounds_mm: Mapping[str, Bounds]) -> None:
        """Of each timepoint: all that can be cut."""
        self._bounds_mm = bounds_mm
        self._made_of: tuple[object, ...] = ()
        self._slices: Mapping[str, Slice] = {}
        self._shown: tuple[ShownSlices, ShownCuts] | None = None

    def shown(
        self, snapshot: Snapshot, timepoint: Timepoint, held: str | None = None
    ) -> tuple[ShownSlices, ShownCuts]:
        """held: the slice that is in a hand."""
        made_of = (timepoint, snapshot.all_cuts, snapshot.crosshair_mm, held)
        is_same = all(map(is_, made_of, self._made_of))
        if self._shown is not None and is_same:
            self._shown = self._with_slices(self._shown, snapshot.all_slices)
        if self._shown is None or not is_same:
            self._shown = self._made(snapshot, timepoint, held)
        self._made_of, self._slices = made_of, snapshot.all_slices
        return self._shown

    def _with_slices(
        self, shown: tuple[ShownSlices, ShownCuts], slices: Mapping[str, Slice]
    ) -> tuple[ShownSlices, ShownCuts] | None:
        """None where more than one plane is another."""
        before = self._slices
        if slices is before:
            return shown
        others = [id for id, slice in slices.items() if before.get(id) is not slice]
        if len(others) != 1 or len(slices) != len(before):
            return None
        made = moved(shown[0], others[0], slices[others[0]])
        return None if made is None else (made, shown[1])

    def _made(
        self, snapshot: Snapshot, timepoint: Timepoint, held: str | None
    ) -> tuple[ShownSlices, ShownCuts]:
        cut = visible_cuts(snapshot.cuts.values())
        cuts = shown_cuts(cut, self._bounds_mm[timepoint.id])
        caps = [(face, cut[face.cut]) for face in cuts.faces]
        slices, at_mm = snapshot.slices, snapshot.crosshair_mm
        return shown_slices(slices, timepoint.volumes, at_mm, caps, held), cuts
