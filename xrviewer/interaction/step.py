"""One frame of interaction: what the hands and keys mean. Pure: others change the document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xrviewer.case.model import Case
from xrviewer.document.intents import Intent, PlaceModel
from xrviewer.document.snapshot import Snapshot
from xrviewer.interaction.grab import Grab, step_grab
from xrviewer.interaction.input import FrameInput, Hand
from xrviewer.interaction.keys import intents_of_keys
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.rays import Hit, Ray, aim_ray, transform_ray
from xrviewer.spatial.transforms import Placement, invert_similarity

Pick = Callable[[Ray], Hit | None]
"""The first visible part along a ray in the case frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """What is going on between the hands and the model; forgotten at exit."""

    grab: Grab | None = None
    pointed: Hit | None = None

    @property
    def placement(self) -> Placement | None:
        """Where the model is held; None when it rests."""
        return self.grab.model if self.grab else None


def step(
    tools: Tools, inp: FrameInput, snapshot: Snapshot, case: Case, pick: Pick
) -> tuple[Tools, list[Intent]]:
    """The tools after this frame, and what the user asks of the document."""
    intents = intents_of_keys(inp.keys, snapshot, case, _pointed_layer(tools, snapshot, case))
    grab = step_grab(tools.grab, inp.left, inp.right, snapshot.model)
    if tools.grab is not None and grab is None:
        intents.append(PlaceModel(tools.grab.model))
    pointed = None if grab else _pointed(inp, snapshot, pick)
    return Tools(grab, pointed), intents


def _pointed(inp: FrameInput, snapshot: Snapshot, pick: Pick) -> Hit | None:
    """By the right hand, else by the left."""
    for hand in (inp.right, inp.left):
        ray = _case_ray(hand, snapshot.model)
        hit = pick(ray) if ray else None
        if hit:
            return hit
    return None


def _case_ray(hand: Hand, model: Placement) -> Ray | None:
    if hand.aim is None or not hand.aim.is_known:
        return None
    case_from_room = invert_similarity(model.matrix() @ MODEL_FROM_CASE)
    return transform_ray(case_from_room, aim_ray(hand.aim))


def _pointed_layer(tools: Tools, snapshot: Snapshot, case: Case) -> str | None:
    if tools.pointed is None:
        return None
    surfaces = next(t.surfaces for t in case.timepoints if t.id == snapshot.timepoint)
    return surfaces.part_ids[tools.pointed.part]
