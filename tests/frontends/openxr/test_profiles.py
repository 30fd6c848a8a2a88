"""The tables of buttons."""

from __future__ import annotations

import re
from dataclasses import fields

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
        assert {"squeeze", "trigger"} <= set(inputs), "the model cannot be held"
        single = {action: path for action, path in inputs.items() if path != "select/click"}
        assert len(set(single.values())) == len(single), "one button does two things"


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


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.path)
@pytest.mark.parametrize("hand", [0, 1])
def test_every_button_that_is_bound_has_a_name(profile: Profile, hand: int) -> None:
    names, inputs = profile.names(hand), (profile.left, profile.right)[hand]
    for field in fields(names):
        assert bool(getattr(names, field.name)) == (field.name in inputs)


def test_names_are_those_on_the_controller() -> None:
    touch = next(p for p in PROFILES if p.path.endswith("oculus/touch_controller"))
    assert (touch.names(0).a, touch.names(1).a) == ("X", "A")
    vive = next(p for p in PROFILES if p.path.endswith("vive_controller"))
    assert (vive.names(0).stick, vive.names(0).a) == ("trackpad", None)


def either(*names: str) -> dict[str, tuple[str, ...]]:
    return {"left": names, "right": names}


_FACE = {"left": ("x/click", "y/click", "menu/click"), "right": ("a/click", "b/click")}
_POSES = ("grip/pose", "aim/pose")
_STICK = ("thumbstick", "thumbstick/click")
_TOUCH = (*_POSES, *_STICK, "squeeze/value", "trigger/value")
_PICO = (*_TOUCH, "squeeze/click", "trigger/click")
_FOCUS = (*_POSES, *_STICK, "squeeze/click", "trigger/click", "trigger/value")
_INDEX = (*_TOUCH, "a/click", "b/click", "trigger/click", "trackpad")
_PAD = ("trackpad", "trackpad/click", "squeeze/click", "trigger/value", "menu/click")
SPECIFIED: dict[str, dict[str, tuple[str, ...]]] = {
    "khr/simple_controller": either(*_POSES, "select/click", "menu/click"),
    "oculus/touch_controller": {h: (*_TOUCH, *_FACE[h]) for h in _FACE},
    "facebook/touch_controller_pro": {h: (*_TOUCH, *_FACE[h]) for h in _FACE},
    "meta/touch_controller_plus": {h: (*_TOUCH, *_FACE[h]) for h in _FACE},
    "valve/index_controller": either(*_INDEX),
    "htc/vive_controller": either(*_POSES, *_PAD, "trigger/click"),
    "htc/vive_focus3_controller": {h: (*_FOCUS, *_FACE[h]) for h in _FACE},
    "microsoft/motion_controller": either(*_POSES, *_STICK, *_PAD),
    "hp/mixed_reality_controller": {h: (*_TOUCH, *_FACE[h]) for h in _FACE},
    "bytedance/pico_neo3_controller": {h: (*_PICO, *_FACE[h]) for h in _FACE},
    "bytedance/pico4_controller": {h: (*_PICO, *_FACE[h]) for h in _FACE},
    "ext/hand_interaction_ext": either(*_POSES, "pinch_ext/value", "grasp_ext/value"),
}
"""What each profile has, by the specification (1.1, chapter 6.4, and the extensions'), as far as an
action of ours could be bound to it. Outputs are haptic for all but hands."""


@each_profile
def test_every_path_is_one_that_the_specification_gives_the_profile(profile: Profile) -> None:
    prefix, _, name = profile.path.removeprefix("/").partition("/")
    assert prefix == "interaction_profiles"
    for hand, inputs in (("left", profile.left), ("right", profile.right)):
        assert set(inputs.values()) <= set(SPECIFIED[name][hand]), (name, hand)
    assert profile.has_haptics is (name != "ext/hand_interaction_ext")


def test_every_profile_of_the_specification_that_is_here_is_looked_up() -> None:
    assert {f"/interaction_profiles/{name}" for name in SPECIFIED} == {p.path for p in PROFILES}
