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
    SelectTool,
    SetLayerOpacity,
    SetLayerVisible,
    ShowAll,
    ShowIsolines,
    ShowMap,
    ShowPreset,
    ShowTimepoint,
    Undo,
    Unpeel,
)
from xrviewer.interaction.keys import GHOST_OPACITY, KEYS, Asked, intents_of_keys
from xrviewer.interaction.world import world_of
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.rays import Hit
from xrviewer.spatial.transforms import IDENTITY_ROTATION, Placement, apply, apply_direction
from xrviewer.spatial.views import View, looking_at, symmetric_fov

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


def test_measuring_is_taken_up_gone_through_and_put_down() -> None:
    document = Document(CASE)
    assert asked("d", document=document) == [SelectTool("distance")]
    document.apply(SelectTool("distance"))
    assert asked("shift+d", document=document) == [SelectTool("polyline")]
    assert asked("d", document=document) == [SelectTool("grab")]


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


INFO = MapInfo("depth_mm", "Depth", "mm", "defined", "exact", 0.0)
EYE = View(looking_at((0.3, 1.4, 0.5), (0.0, 0.9, -0.6)), symmetric_fov(0.9, 1.5))


def test_lines_of_a_map_come_and_go() -> None:
    case = mapped(CASE, INFO, lambda p: p[:, 0])
    document = Document(case)
    key = frozenset({"shift+m"})
    assert intents_of_keys(key, Asked(document.snapshot, world_of(case), None)) == []
    document.apply(ShowMap("depth_mm"))
    for is_shown in (True, False):
        wanted = intents_of_keys(key, Asked(document.snapshot, world_of(case), None))
        assert wanted == [ShowIsolines("depth_mm", is_shown)]
        document.apply(wanted[0])


@pytest.mark.parametrize("toward", [(1.0, 0.0, 0.0), (0.3, -0.8, 0.5), (0.0, 0.6, 0.8)])
def test_the_lowest_value_comes_before_the_eyes(toward: tuple[float, float, float]) -> None:
    """A dip in a ball, which is turned until it faces the eye."""
    unit = np.array(toward) / np.linalg.norm(toward)
    case = mapped(
        case_of({"ball": sphere(radius_mm=30)}),
        INFO,
        lambda p: 2 - np.exp(-((np.linalg.norm(p - 30 * unit, axis=1) / 6) ** 2)),
    )
    document = Document(case)
    document.apply(ShowMap("depth_mm"))
    looked = Asked(document.snapshot, world_of(case), None, (EYE,))
    (wanted,) = intents_of_keys(frozenset({"n"}), looked)
    assert isinstance(wanted, PlaceModel)
    room_from_case = wanted.placement.matrix() @ MODEL_FROM_CASE
    spot = apply(room_from_case, 30 * unit)
    ahead = -EYE.eye.matrix()[:3, 2]
    np.testing.assert_allclose(spot, EYE.eye.position_m + 0.45 * ahead, atol=0.006)
    outside = apply_direction(room_from_case, unit)
    outside /= np.linalg.norm(outside)
    assert outside @ -ahead > 0.85  # the eye looks a little down, the spot is turned level
    assert wanted.placement.scale == 2.0
    document.apply(wanted)
    document.apply(Undo())
    assert document.snapshot.model == looked.snapshot.model


def test_no_map_or_no_eye_brings_nothing() -> None:
    case = mapped(CASE, INFO, lambda p: np.full(len(p), np.nan))
    document = Document(case)
    for _ in range(2):
        looked = Asked(document.snapshot, world_of(case), None, (EYE,))
        assert intents_of_keys(frozenset({"n"}), looked) == []
        document.apply(ShowMap("depth_mm"))
