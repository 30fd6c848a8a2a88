"""The tree of structures: seen or not, how clear, and found by a name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.panels.acting import BOARD, DESK, Person, person
from tests.shapes import case_of, sphere
from xrviewer.case.model import Case, Group
from xrviewer.case.presets import presets
from xrviewer.document.intents import (
    EndGhosts,
    EndIsolation,
    GhostRest,
    Isolate,
    Peel,
    RemovePreset,
    ResetLayers,
    SavePreset,
    SetLayerColor,
    SetLayerOpacity,
    SetLayersVisible,
    SetLayerVisible,
    ShowAll,
    ShowPreset,
    Unpeel,
)
from xrviewer.panels.state import Surface


def grouped() -> Case:
    meshes = {name: sphere(rings=6) for name in ("femur", "tibia", "acl")}
    case = case_of(meshes)
    femur, tibia, acl = case.layers
    layers = (
        replace(femur, name="Femur", plain="Thigh bone", group="bones", role="bone"),
        replace(tibia, name="Tibia", plain="Shin bone", group="bones", role="bone"),
        replace(acl, name="Anterior cruciate ligament", plain="Kreuzbänder", role="ligament"),
    )
    return replace(case, layers=layers, groups=(Group("bones", "Bones"),))


CASE = grouped()


def opened(user: Person) -> Person:
    user.press("rail layers")
    return user


def test_an_eye_hides_and_shows_its_structure() -> None:
    with person(CASE) as user:
        opened(user)
        assert user.press("eye femur") == [SetLayerVisible("femur", False)]
        assert user.press("eye femur") == [SetLayerVisible("femur", True)]


def test_the_eye_of_a_group_is_all_of_it() -> None:
    with person(CASE) as user:
        opened(user)
        assert user.press("eye bones") == [SetLayersVisible(("femur", "tibia"), False)]
        user.press("eye tibia")
        # Half of it is seen: the eye takes that away first, and then brings all.
        assert user.press("eye bones") == [SetLayersVisible(("femur", "tibia"), False)]
        assert user.press("eye bones") == [SetLayersVisible(("femur", "tibia"), True)]


def test_a_group_folds() -> None:
    with person(CASE) as user:
        opened(user)
        user.press("name bones")
        assert "eye femur" not in user.panels.places
        user.press("name bones")
        assert "eye femur" in user.panels.places


def test_a_chosen_structure_can_be_made_clear_in_one_step() -> None:
    with person(CASE) as user:
        opened(user).press("name femur")
        (asked,) = user.drag("Opacity", 0.95, 0.4)
        assert isinstance(asked, SetLayerOpacity)
        assert asked.layer == "femur" and 0.35 < asked.opacity < 0.45


def test_only_this_and_back() -> None:
    with person(CASE) as user:
        opened(user).press("eye acl")
        user.press("name femur")
        assert user.press("Only this") == [Isolate(("femur",))]
        assert user.document.snapshot.layers["is_visible"].tolist() == [True, False, False]
        assert user.press("Only this") == [EndIsolation()]
        assert user.document.snapshot.layers["is_visible"].tolist() == [True, True, False]


def test_among_ghosts_and_back() -> None:
    with person(CASE) as user:
        opened(user).press("name femur")
        assert user.press("Ghost the rest") == [GhostRest(("femur",))]
        assert user.press("Ghost the rest") == [EndGhosts()]
        assert (user.document.snapshot.layers["opacity"] == 1.0).all()


def test_a_colour() -> None:
    with person(CASE) as user:
        opened(user).press("name femur")
        assert user.press("color #3f6fb5") == [SetLayerColor("femur", "#3f6fb5")]


def test_all_and_peeling() -> None:
    with person(CASE) as user:
        opened(user).press("eye acl")
        assert user.press("Show all") == [ShowAll()]
        assert user.press("Show all") == []  # they are
        assert user.press("Peel") == [Peel()]
        if user.document.snapshot.peeled:
            assert user.press("Put on") == [Unpeel()]


def test_looks_are_shown_saved_and_removed() -> None:
    with person(CASE) as user:
        opened(user).press("eye acl")
        user.press("Looks")
        assert user.press("Save this look") == [SavePreset("Look 1")]
        assert user.press("As at first") == [ResetLayers()]
        assert user.press("Look 1") == [ShowPreset("Look 1")]
        assert user.document.snapshot.layers["is_visible"].tolist() == [True, True, False]
        assert user.press("Remove") == [RemovePreset("Look 1")]
        for ready in presets(CASE):
            assert user.press(ready.name) == [ShowPreset(ready.id)]


@pytest.mark.parametrize("surface", [BOARD, DESK], ids=["board", "desk"])
def test_search_by_clinical_or_plain_name_without_accents(surface: Surface) -> None:
    with person(CASE, surface) as user:
        opened(user).press("Search")
        assert user.shown.is_typing is surface.is_desk
        user.type("kreuzband")
        assert user.panels.state.search == "kreuzband"
        assert "eye acl" in user.panels.places and "eye femur" not in user.panels.places
        for _ in range(9):
            if surface.is_desk:
                user.at = replace(user.at, edits=frozenset({"backspace"}))
                user.wait(6)
            else:
                user.press("key erase")
        assert user.panels.state.search == ""
        user.type("shin")
        assert "eye tibia" in user.panels.places and "eye acl" not in user.panels.places


def test_the_keyboard_of_the_board_goes_when_it_is_done() -> None:
    with person(CASE) as user:
        opened(user).press("Search")
        user.type("a")
        user.press("key space")
        user.press("key done")
        assert user.panels.state.search == "a " and "key a" not in user.panels.places


def test_only_rows_in_sight_cost_anything() -> None:
    case = case_of({f"part{i}": sphere(rings=3) for i in range(990)})
    with person(case) as user:
        opened(user)
        rows = [name for name in user.panels.places if name.startswith("eye ")]
        assert 5 <= len(rows) <= 12
        assert user.shown.drawing is not None and len(user.shown.drawing.vertices) < 3000
