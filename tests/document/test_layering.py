"""Many layers at once: alone, ghosts, peeled, saved; each is one step to undo and comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.document.sessions import resumed, state
from tests.shapes import Look, case_of, nothing, sphere
from xrviewer.case.model import Case
from xrviewer.document import intents as it
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.layering import GHOST_OPACITY
from xrviewer.document.show import read_session, show_session
from xrviewer.errors import DocumentError

ROLES = {"skin": "skin", "vastus": "muscle", "tendon": "tendon", "aorta": "artery", "femur": "bone"}


def leg() -> Case:
    meshes = {name: sphere(radius_mm=60 - 10 * i, rings=6) for i, name in enumerate(ROLES)}
    looks = {name: Look("#c08060", 0.15 if name == "skin" else 1.0, r) for name, r in ROLES.items()}
    return case_of({**meshes, "lost": nothing()}, {**looks, "lost": Look(role="nerve")})


def seen(document: Document) -> set[str]:
    layers = show_session(document.snapshot)["layers"]
    return {layer for layer, row in layers.items() if row["visible"]}


def opacities(document: Document) -> dict[str, float]:
    layers = show_session(document.snapshot)["layers"]
    return {layer: row["opacity"] for layer, row in layers.items()}


@pytest.fixture
def document() -> Document:
    return Document(leg())


EVERYTHING = {*ROLES, "lost"}


def test_isolating_and_back_to_what_was_seen(document: Document) -> None:
    document.apply(it.SetLayerVisible("aorta", False))
    document.apply(it.Isolate(("femur", "vastus")))
    assert seen(document) == {"femur", "vastus"}
    document.apply(it.Isolate(("aorta",)))
    assert seen(document) == {"aorta"}
    document.apply(it.EndIsolation())
    assert seen(document) == EVERYTHING - {"aorta"}
    assert document.snapshot.isolated is None
    assert not document.apply(it.EndIsolation()).writes


def test_ghosts_round_one_and_solid_again(document: Document) -> None:
    before = opacities(document)
    document.apply(it.SetLayerOpacity("tendon", 0.05))
    document.apply(it.GhostRest(("femur",)))
    ghosts = dict.fromkeys(EVERYTHING - {"femur", "tendon"}, GHOST_OPACITY)
    assert opacities(document) == {**before, **ghosts, "tendon": 0.05}
    document.apply(it.GhostRest(("vastus",)))
    assert opacities(document)["vastus"] == 1.0
    assert opacities(document)["femur"] == GHOST_OPACITY
    document.apply(it.EndGhosts())
    assert opacities(document) == {**before, "tendon": 0.05}
    assert document.snapshot.ghosted is None


def test_peeling_goes_from_the_skin_to_the_bone_and_back(document: Document) -> None:
    after_each = []
    for _ in range(6):
        document.apply(it.Peel())
        after_each.append(seen(document))
    without_skin = EVERYTHING - {"skin"}
    inner = {"femur", "aorta", "lost"}
    assert after_each == [without_skin, inner, {"femur"}, {"femur"}, {"femur"}, {"femur"}]
    assert document.snapshot.peeled == (("skin",), ("vastus", "tendon"), ("aorta", "lost"))
    for expected in (inner, without_skin, EVERYTHING, EVERYTHING):
        document.apply(it.Unpeel())
        assert seen(document) == expected
    assert document.snapshot.peeled == ()


def test_peeling_passes_what_is_hidden_and_puts_back_only_what_it_took(document: Document) -> None:
    document.apply(it.SetLayersVisible(("skin", "vastus"), False))
    document.apply(it.Peel())
    assert document.snapshot.peeled == (("tendon",),)
    document.apply(it.Peel())
    document.apply(it.SetLayersVisible(("aorta", "lost"), True))  # shown again by hand
    document.apply(it.Unpeel())
    assert seen(document) == EVERYTHING - {"skin", "vastus"}


def test_a_clear_layer_is_not_the_outermost(document: Document) -> None:
    document.apply(it.SetLayerOpacity("skin", 0.0))
    document.apply(it.Peel())
    assert document.snapshot.peeled == (("vastus", "tendon"),)


def test_ready_choices(document: Document) -> None:
    document.apply(it.GhostRest(("femur",)))
    document.apply(it.ShowPreset("muscles"))
    assert seen(document) == {"vastus", "tendon"} and opacities(document)["vastus"] == 1.0
    document.apply(it.ShowPreset("everything"))
    assert seen(document) == EVERYTHING
    with pytest.raises(DocumentError, match="no preset 'bone'; did you mean 'bones'"):
        document.apply(it.ShowPreset("bone"))


def test_a_look_is_saved_shown_again_and_removed(document: Document) -> None:
    document.apply(it.SetLayerVisible("skin", False))
    document.apply(it.SetLayerOpacity("vastus", 0.3))
    document.apply(it.SetLayerColor("femur", "#010203"))
    document.apply(it.SavePreset(" Plan für Dienstag "))
    saved = show_session(document.snapshot)["layers"]
    document.apply(it.ResetLayers())
    assert seen(document) == EVERYTHING and opacities(document)["vastus"] == 1.0
    document.apply(it.ShowPreset("Plan für Dienstag"))
    assert show_session(document.snapshot)["layers"] == saved
    assert list(show_session(document.snapshot)["presets"]) == ["Plan für Dienstag"]
    document.apply(it.RemovePreset("Plan für Dienstag"))
    assert show_session(document.snapshot)["presets"] == {}
    document.apply(it.Undo())
    document.apply(it.ShowPreset("Plan für Dienstag"))
    with pytest.raises(DocumentError, match="no saved preset 'bones'"):
        document.apply(it.RemovePreset("bones"))


@pytest.mark.parametrize("name", ["", "  ", "bones", "x" * 201, "\ud800"])
def test_names_that_a_look_cannot_have(document: Document, name: str) -> None:
    with pytest.raises(DocumentError, match="a look is saved under a name of its own"):
        document.apply(it.SavePreset(name))


ACTIONS: tuple[it.Intent, ...] = (
    it.Isolate(("femur",)),
    it.EndIsolation(),
    it.GhostRest(("femur",)),
    it.EndGhosts(),
    it.Peel(),
    it.Peel(),
    it.Unpeel(),
    it.SavePreset("mine"),
    it.ShowPreset("bones"),
    it.ShowPreset("mine"),
    it.SetLayersOpacity(("skin", "femur"), 0.5),
    it.ShowAll(),
    it.ResetLayers(),
    it.RemovePreset("mine"),
)


def test_each_action_is_one_step_of_undo_and_lives_in_the_journal(tmp_path: Path) -> None:
    case, path = leg(), tmp_path / "s.jsonl"
    with Journal(path) as journal:
        document = Document(case, journal=journal)
        states = [_all(document)]
        for intent in ACTIONS:
            if document.apply(intent).writes:
                states.append(_all(document))
        assert len(states) > 10
        for expected in reversed(states[:-1]):
            document.apply(it.Undo())
            assert _all(document) == expected
        for expected in states[1:]:
            document.apply(it.Redo())
            assert _all(document) == expected
        last = document.snapshot
    assert state(resumed(path, case)) == state(last)
    shown, notes = read_session(path)
    assert not notes and json.dumps(show_session(shown)) == json.dumps(show_session(last))


def _all(document: Document) -> str:
    return json.dumps(show_session(document.snapshot))


@pytest.mark.parametrize("intent", [it.Isolate(("hip",)), it.GhostRest(("hip",)), it.Isolate(())])
def test_layers_must_be_there(document: Document, intent: it.Intent) -> None:
    before = _all(document)
    with pytest.raises(DocumentError, match=r"no layer 'hip'|name a layer"):
        document.apply(intent)
    assert _all(document) == before


def test_opacity_of_many_is_within_bounds(document: Document) -> None:
    with pytest.raises(DocumentError, match="from 0"):
        document.apply(it.SetLayersOpacity(("skin",), 1.5))
