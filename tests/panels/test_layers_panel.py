"""The tree of structures: seen or not, how clear, and found by a name."""

from __future__ import annotations

from dataclasses import replace

from tests.panels.acting import Person, person
from tests.shapes import case_of, sphere
from xrviewer.case.model import Case, Group
from xrviewer.document.intents import (
    SetLayerOpacity,
    SetLayersVisible,
    SetLayerVisible,
)


def grouped() -> Case:
    meshes = {name: sphere(rings=6) for name in ("femur", "tibia", "acl")}
    case = case_of(meshes)
    femur, tibia, acl = case.layers
    layers = (
        replace(femur, name="Femur", plain="Thigh bone", group="bones"),
        replace(tibia, name="Tibia", plain="Shin bone", group="bones"),
        replace(acl, name="Anterior cruciate ligament", plain="Kreuzbänder"),
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


def test_only_this() -> None:
    with person(CASE) as user:
        opened(user).press("eye femur")
        user.press("name femur")
        user.press("Only this")
        visible = user.document.snapshot.layers["is_visible"].tolist()
        assert visible == [True, False, False]


def test_all_and_none() -> None:
    with person(CASE) as user:
        opened(user).press("Hide all")
        assert not user.document.snapshot.layers["is_visible"].any()
        user.press("Show all")
        assert user.document.snapshot.layers["is_visible"].all()
        assert user.press("Show all") == []


def test_search_by_clinical_or_plain_name_without_accents() -> None:
    with person(CASE) as user:
        opened(user).press("Search")
        assert user.shown.is_typing
        user.type("KREUZBAND")
        assert user.panels.state.search == "KREUZBAND"
        assert "eye acl" in user.panels.places and "eye femur" not in user.panels.places
        for _ in range(9):
            user.at = replace(user.at, edits=frozenset({"backspace"}))
            user.wait(6)
        assert user.panels.state.search == ""
        user.type("shin")
        assert "eye tibia" in user.panels.places and "eye acl" not in user.panels.places


def test_only_rows_in_sight_cost_anything() -> None:
    case = case_of({f"part{i}": sphere(rings=3) for i in range(990)})
    with person(case) as user:
        opened(user)
        rows = [name for name in user.panels.places if name.startswith("eye ")]
        assert 5 <= len(rows) <= 12
        assert user.shown.drawing is not None and len(user.shown.drawing.vertices) < 3000
