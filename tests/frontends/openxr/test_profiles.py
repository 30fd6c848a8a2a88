"""The tables of buttons."""

from __future__ import annotations

import re

import pytest

from xrviewer.frontends.openxr.profiles import ACTIONS, PROFILES, Kind, Profile, offered

each_profile = pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.path)
BOOLEAN_PATH = re.compile(r"/(click|touch)$")


@each_profile
def test_every_binding_is_an_action_and_a_path_of_its_kind(profile: Profile) -> None:
    for action, path in profile.bindings():
        kind = ACTIONS[action][1]
        assert re.fullmatch(r"/user/hand/(left|right)/(input|output)/[a-z0-9_/]+", path)
        if kind is Kind.POSE:
            assert path.endswith("/pose")
        elif kind is Kind.BOOLEAN:
            assert BOOLEAN_PATH.search(path)
        elif kind is Kind.VECTOR2:
            assert path.endswith(("thumbstick", "trackpad"))


@each_profile
def test_both_hands_can_hold_point_and_use_the_tool(profile: Profile) -> None:
    for inputs in (profile.left, profile.right):
        assert {"grip", "aim", "trigger"} <= set(inputs)
        assert len(set(inputs.values())) == len(inputs), "one button does two things"


def test_paths_are_unique() -> None:
    assert len({p.path for p in PROFILES}) == len(PROFILES)


def test_profiles_of_extensions_wait_for_them() -> None:
    core = {p.path for p in offered(())}
    assert "/interaction_profiles/khr/simple_controller" in core
    assert not any("pico" in path for path in core)
    with_pico = {p.path for p in offered(("XR_BD_controller_interaction",))}
    assert {p.rpartition("/")[2] for p in with_pico - core} == {
        "pico_neo3_controller",
        "pico4_controller",
    }
