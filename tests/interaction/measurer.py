"""A person who measures: points at places of the case and presses, at any scale of the model."""

from __future__ import annotations

import numpy as np

from tests.interaction.gestures import EYE
from xrviewer.case.measured import Kind, Measured
from xrviewer.case.model import Case
from xrviewer.document.arrangement import arrangement
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent, PlaceModel, SelectTool
from xrviewer.interaction.aiming import room_from_case
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.preferences import Preferences
from xrviewer.interaction.step import Tools, step
from xrviewer.interaction.world import world_of
from xrviewer.scene.cuts import first_left
from xrviewer.scene.nearest import NearestSurface
from xrviewer.scene.pick import Picker
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.rays import Hit, Ray
from xrviewer.spatial.transforms import (
    IDENTITY_ROTATION,
    Placement,
    Pose,
    Vec3,
    apply,
    apply_direction,
)
from xrviewer.spatial.views import looking_at

DT_S = 1 / 90
AWAY_M = 0.4
_ASIDE = Pose((0.0, 50.0, 0.0), IDENTITY_ROTATION)
OUT_OF_SIGHT = Hand(_ASIDE, _ASIDE)
"""It points at nothing."""


class Surveyor:
    def __init__(
        self,
        case: Case,
        tool: Kind,
        scale: float = 1.0,
        is_mouse: bool = False,
        preferences: Preferences | None = None,
    ) -> None:
        self.case, self.is_mouse = case, is_mouse
        self.document, self.world = Document(case), world_of(case, preferences)
        model = Placement((0.1, 1.1, -0.5), (0.1, 0.2, 0.3, 0.9273618495495703), scale)
        self.document.apply(PlaceModel(model))
        self.document.apply(SelectTool(tool))
        self.tools = Tools()
        self.asked: list[Intent] = []
        self.touched = False
        self._pickers = {t.id: Picker(t.surfaces) for t in case.timepoints}
        self._nearest: dict[str, NearestSurface] = {}

    def see(self, left: Hand, right: Hand, *keys: str) -> list[Intent]:
        """One frame; what was asked is done."""
        snapshot = self.document.snapshot
        date = next(t for t in self.case.timepoints if t.id == snapshot.timepoint)
        picker = self._pickers[date.id]
        numbers = [snapshot.layer_rows[id] for id in date.surfaces.part_ids]
        layers = snapshot.layers[numbers]
        visible = layers["is_visible"] & (layers["opacity"] > 0)
        places = arrangement(snapshot, date.surfaces, np.array(numbers))

        def pick(ray: Ray) -> Hit | None:
            def whole(ray: Ray) -> Hit | None:
                return picker.pick(ray, visible, places)

            return first_left(whole, ray, date.surfaces.part_ids, snapshot.cuts.values())

        def touch(point_mm: Vec3) -> Hit | None:
            if date.id not in self._nearest:
                self._nearest[date.id] = NearestSurface(date.surfaces)
            return self._nearest[date.id].nearest(point_mm, visible, places)

        inp = FrameInput(0.0, DT_S, (EYE,), left, right, frozenset(keys))
        touching = touch if self.touched else None
        self.tools, intents = step(self.tools, inp, snapshot, self.world, pick, touching)
        for intent in intents:
            self.document.apply(intent)
        self.asked += intents
        return intents

    def at(self, point_mm: Vec3, normal: Vec3, trigger: float = 0.0) -> Hand:
        """A hand that points at a place of the case, from outside along its normal."""
        room_from = self.document.snapshot.model.matrix() @ MODEL_FROM_CASE
        x, y, z = apply(room_from, point_mm).tolist()
        out = apply_direction(room_from, normal)
        away = AWAY_M * max(self.document.snapshot.model.scale, 0.1)
        sx, sy, sz = (np.array((x, y, z)) + away * out / np.linalg.norm(out)).tolist()
        aim = looking_at((sx, sy, sz), (x, y, z), (0.13, 0.95, 0.28))
        return Hand(
            Pose((sx, sy, sz), IDENTITY_ROTATION), aim, 0.0, trigger, is_drawn=not self.is_mouse
        )

    def hover(self, point_mm: Vec3, normal: Vec3) -> None:
        self.see(OUT_OF_SIGHT, self.at(point_mm, normal))

    def wait(self, seconds: float = 0.5) -> None:
        for _ in range(round(seconds / DT_S)):
            self.see(OUT_OF_SIGHT, OUT_OF_SIGHT)

    def click(self, point_mm: Vec3, normal: Vec3, has_time: bool = True) -> list[Intent]:
        """Pressed and let go in the next frame, as a mouse does it; then half a second's rest."""
        before = len(self.asked)
        self.hover(point_mm, normal)
        self.see(OUT_OF_SIGHT, self.at(point_mm, normal, 1.0))
        self.see(OUT_OF_SIGHT, self.at(point_mm, normal))
        if has_time:
            self.wait()
        return self.asked[before:]

    @property
    def found(self) -> list[Measured]:
        there = self.document.snapshot.measurements.values()
        return [m.measured for m in there if m.measured is not None]

    @property
    def mm_per_m(self) -> float:
        return 1 / room_from_case(self.document.snapshot.model)[1]
