"""The scan straightened along a structure that was asked for: its line is found beside the
frame."""

from __future__ import annotations

from collections.abc import Callable

from xrviewer.analysis.centre_line import centre_line
from xrviewer.app.beside import Beside
from xrviewer.app.panelling import Panelling
from xrviewer.document.plane_intents import AddCurvedSlice, free_id
from xrviewer.errors import MeasureError
from xrviewer.interaction.slicing import Curve, as_curve, screen_beside


class Straightener:
    """One line at a time: who asks again while one is sought has the first."""

    def __init__(self, beside: Beside) -> None:
        self._dates = {timepoint.id: timepoint for timepoint in beside.case.timepoints}
        self._names = {layer.id: layer.name for layer in beside.case.layers}
        self._document, self._inbox = beside.document, beside.inbox
        self._apply, self._tell = beside.apply, beside.tell
        self._is_busy = False

    def straighten(self, layer: str, hear: Callable[[str], None]) -> None:
        """Of the shown date, in its first scan. hear: is told why not, as everybody is."""
        date, name = self._dates[self._document.snapshot.timepoint], self._names[layer]
        if self._is_busy or layer not in date.surfaces.part_ids or not date.volumes:
            return
        self._is_busy = True
        part = date.surfaces.part(date.surfaces.part_ids.index(layer))

        def job() -> Curve | MeasureError:
            try:
                return as_curve(centre_line(*part))
            except MeasureError as error:
                return error

        def adopt(found: Curve | MeasureError) -> None:
            self._is_busy = False
            if isinstance(found, MeasureError):
                said = f"{name} {found}"
                self._tell(said)
                hear(said)
                return
            hear("")
            volume = date.volumes[0]
            id = free_id("curved", self._document.snapshot.slices)
            self._apply(AddCurvedSlice(id, volume.id, screen_beside(found, volume), found))

        self._inbox.submit(job, adopt)


def offer_straightening(panelling: Panelling | None, beside: Beside) -> None:
    """To who has panels to ask for it."""
    if panelling is not None:
        made = Straightener(beside)
        panelling.straighten = made.straighten
