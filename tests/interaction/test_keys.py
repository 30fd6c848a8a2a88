"""What each key asks, and that every key is said."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shapes import Look, case_of, mapped, sphere, square
from xrviewer.case.model import MapInfo
from xrviewer.document.document import Document
from xrviewer.document.intents import (
    EndGhosts,
    EndIsolation,
    GhostRest,
    Intent,
    Isolate,
    Peel,
    PlaceModel,
    Redo,
    SavePreset,
    SetLayerOpacity,
    SetLayerVisible,
    ShowAll,
    ShowMap,
    ShowPreset,
    ShowTimepoint,
    Undo,
    Unpeel,
)
from xrviewer.interaction.keys import GHOST_OPACITY, KEYS, Asked, intents_of_keys
from xrviewer.interaction.world import world_of
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement

CASE = case_of({"bone": sphere(), "plate": square(), "rod": square((0, 9, 0))}, dates=2)
WORLD = world_of(CASE)


def asked(
    key: str, pointed: str | None = "plate", document: Document | None = None
) -> list[Intent]:
    return intents_of_keys(frozenset({key}), look(pointed, document or Document(CASE)))


def look(pointed: str | None, document: Document) -> Asked:
    parts = CASE.timepoints[0].surfaces.part_ids
    hit = Hit(parts.index(pointed), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 1.0) if pointed else None
    return Asked(document.snapshot, WORLD, hit)


def test_what_each_key_asks() -> None:
    assert asked("h") == [SetLayerVisible("plate", False)]
    assert asked("a") == [ShowAll()]
    assert asked("i") == [Isolate(("plate",))]
    assert asked("shift+g") == [GhostRest(("plate",))]
    assert asked("p") == [Peel()] and asked("shift+p") == [Unpeel()]
    assert asked("g") == [SetLayerOpacity("plate", GHOST_OPACITY)]
    assert asked("t") == [ShowTimepoint("t1")]
    assert asked("ctrl+z") == [Undo()]
    assert asked("ctrl+y") == asked("ctrl+shift+z") == [Redo()]


@pytest.mark.parametrize("key", ["h", "i", "g", "shift+g"])
def test_keys_for_the_pointed_structure_do_nothing_beside_it(key: str) -> None:
    assert asked(key, pointed=None) == []


def test_a_ghost_becomes_solid_again() -> None:
    document = Document(CASE)
    for intent in asked("g", document=document):
        document.apply(intent)
    assert asked("g", document=document) == [SetLayerOpacity("plate", 1.0)]


def test_alone_and_among_ghosts_and_back() -> None:
    document = Document(CASE)
    for key, back in (("i", EndIsolation()), ("shift+g", EndGhosts())):
        for intent in asked(key, document=document):
            document.apply(intent)
        assert asked(key, None, document) == asked(key, "plate", document) == [back]


def test_choices_go_round_and_saved_ones_come_last() -> None:
    looks = {"bone": Look(role="bone"), "plate": Look(role="skin"), "rod": Look(role="cartilage")}
    meshes = {"bone": sphere(), "plate": square(), "rod": square((0, 9, 0))}
    case = case_of(meshes, looks)
    document = Document(case)
    document.apply(SetLayerVisible("plate", False))
    document.apply(SetLayerVisible("bone", False))
    document.apply(SetLayerVisible("rod", False))
    document.apply(SavePreset("nothing at all"))
    shown = []
    for _ in range(6):
        looked = Asked(document.snapshot, world_of(case), None)
        (intent,) = intents_of_keys(frozenset({"l"}), looked)
        assert isinstance(intent, ShowPreset)
        shown.append(intent.preset)
        document.apply(intent)
    ring = ["bones", "cartilage", "joint", "everything", "nothing at all"]
    assert shown == [*ring, "bones"]


def test_dates_go_round() -> None:
    document = Document(CASE)
    document.apply(ShowTimepoint("t1"))
    assert asked("t", document=document) == [ShowTimepoint("t0")]


def test_reset_puts_the_model_where_it_began() -> None:
    document = Document(CASE)
    began = document.snapshot.model
    document.apply(PlaceModel(Placement((1.0, 2.0, 3.0), IDENTITY_ROTATION, 4.0)))
    (intent,) = asked("r", document=document)
    document.apply(intent)
    np.testing.assert_allclose(document.snapshot.model.matrix(), began.matrix(), atol=1e-12)


def test_other_keys_ask_nothing() -> None:
    assert asked("q") == asked("shift+h") == asked("") == []


def test_several_keys_of_one_frame_come_in_one_order() -> None:
    keys = frozenset({"h", "a", "ctrl+z"})
    intents = intents_of_keys(keys, look("plate", Document(CASE)))
    assert [type(i) for i in intents] == [ShowAll, Undo, SetLayerVisible]


def test_every_key_is_said_and_accepted_by_the_document() -> None:
    for entry in KEYS.values():
        assert entry.says
        document = Document(CASE)
        for intent in entry.act(look("bone", document)):
            document.apply(intent)


def test_maps_go_round_and_end_with_plain() -> None:
    assert asked("m") == []
    info = MapInfo("depth_mm", "Depth", "mm", "below the skin", "made up", 0.0)
    case = mapped(case_of({"ball": sphere(rings=6)}), info, lambda p: p[:, 1])
    document = Document(case)
    for expected in ("depth_mm", None, "depth_mm"):
        looked = Asked(document.snapshot, world_of(case), None)
        (intent,) = intents_of_keys(frozenset({"m"}), looked)
        assert intent == ShowMap(expected)
        document.apply(intent)
