"""Which button of which controller does what, as data. Paths are the specification's."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum

from xrviewer.interaction.input import ButtonNames
from xrviewer.words import mark


class Kind(Enum):
    """XrActionType."""

    BOOLEAN = 1
    FLOAT = 2
    VECTOR2 = 3
    POSE = 4
    HAPTIC = 100


ACTIONS: dict[str, tuple[str, Kind]] = {
    "grip": ("Hold", Kind.POSE),
    "aim": ("Point", Kind.POSE),
    "squeeze": ("Grab", Kind.FLOAT),
    "trigger": ("Use tool", Kind.FLOAT),
    "stick": ("Step, spin or walk", Kind.VECTOR2),
    "stick_click": ("Put the model back", Kind.BOOLEAN),
    "a": ("Undo", Kind.BOOLEAN),
    "b": ("Panel", Kind.BOOLEAN),
    "haptic": ("Feel", Kind.HAPTIC),
}
"""id -> (name the wearer reads in the runtime's binding editor, kind)."""

_POSES = {"grip": "grip/pose", "aim": "aim/pose"}
_STICK = {"stick": "thumbstick", "stick_click": "thumbstick/click"}
_ANALOG = {"squeeze": "squeeze/value", "trigger": "trigger/value"}
_TOUCH_LEFT = {**_POSES, **_STICK, **_ANALOG, "a": "x/click", "b": "y/click"}
_TOUCH_RIGHT = {**_POSES, **_STICK, **_ANALOG, "a": "a/click", "b": "b/click"}


NAMES = {
    "squeeze/value": mark("grip"),
    "squeeze/click": mark("grip"),
    "trigger/value": mark("trigger"),
    "select/click": mark("trigger"),
    "thumbstick": mark("stick"),
    "thumbstick/click": mark("stick"),
    "trackpad": mark("trackpad"),
    "trackpad/click": mark("trackpad"),
    "menu/click": mark("menu button"),
    "a/click": "A",
    "b/click": "B",
    "x/click": "X",
    "y/click": "Y",
    "grasp_ext/value": mark("fist"),
    "pinch_ext/value": mark("pinch"),
}
"""What people call the input at a path."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of controller: action -> input path under the hand, for each hand."""

    path: str
    left: dict[str, str]
    right: dict[str, str]
    extension: str | None = None
    """The instance extension that must be on before it may be suggested."""
    has_haptics: bool = True

    def names(self, hand: int) -> ButtonNames:
        """As they are bound now, 0 for the left hand: what is not bound is not there."""
        inputs = (self.left, self.right)[hand]
        shown = {field.name: inputs.get(field.name) for field in fields(ButtonNames)}
        return ButtonNames(**{action: path and NAMES[path] for action, path in shown.items()})

    def bindings(self) -> list[tuple[str, str]]:
        """(action, full path) of both hands."""
        listed = []
        for hand, inputs in (("left", self.left), ("right", self.right)):
            user = f"/user/hand/{hand}"
            listed += [(action, f"{user}/input/{path}") for action, path in inputs.items()]
            listed += [("haptic", f"{user}/output/haptic")] if self.has_haptics else []
        return listed


def _both(
    path: str, inputs: dict[str, str], extension: str | None = None, has_haptics: bool = True
) -> Profile:
    return Profile(path, inputs, inputs, extension, has_haptics)


_TRACKPAD = {"stick": "trackpad", "stick_click": "trackpad/click"}

PROFILES: tuple[Profile, ...] = (
    # Two buttons: the one that everybody finds grabs the model, and presses what is on a panel.
    _both(
        "/interaction_profiles/khr/simple_controller",
        {**_POSES, "squeeze": "select/click", "trigger": "select/click", "b": "menu/click"},
    ),
    Profile("/interaction_profiles/oculus/touch_controller", _TOUCH_LEFT, _TOUCH_RIGHT),
    Profile(
        "/interaction_profiles/facebook/touch_controller_pro",
        _TOUCH_LEFT,
        _TOUCH_RIGHT,
        "XR_FB_touch_controller_pro",
    ),
    Profile(
        "/interaction_profiles/meta/touch_controller_plus",
        _TOUCH_LEFT,
        _TOUCH_RIGHT,
        "XR_META_touch_controller_plus",
    ),
    _both(
        "/interaction_profiles/valve/index_controller",
        {**_POSES, **_STICK, **_ANALOG, "a": "a/click", "b": "b/click"},
    ),
    _both(
        "/interaction_profiles/htc/vive_controller",
        {
            **_POSES,
            **_TRACKPAD,
            "squeeze": "squeeze/click",
            "trigger": "trigger/value",
            "b": "menu/click",
        },
    ),
    Profile(
        "/interaction_profiles/htc/vive_focus3_controller",
        {**_TOUCH_LEFT, "squeeze": "squeeze/click"},
        {**_TOUCH_RIGHT, "squeeze": "squeeze/click"},
        "XR_HTC_vive_focus3_controller_interaction",
    ),
    _both(
        "/interaction_profiles/microsoft/motion_controller",
        {
            **_POSES,
            **_STICK,
            "squeeze": "squeeze/click",
            "trigger": "trigger/value",
            "a": "trackpad/click",
            "b": "menu/click",
        },
    ),
    Profile(
        "/interaction_profiles/hp/mixed_reality_controller",
        _TOUCH_LEFT,
        _TOUCH_RIGHT,
        "XR_EXT_hp_mixed_reality_controller",
    ),
    Profile(
        "/interaction_profiles/bytedance/pico_neo3_controller",
        _TOUCH_LEFT,
        _TOUCH_RIGHT,
        "XR_BD_controller_interaction",
    ),
    Profile(
        "/interaction_profiles/bytedance/pico4_controller",
        _TOUCH_LEFT,
        _TOUCH_RIGHT,
        "XR_BD_controller_interaction",
    ),
    _both(
        "/interaction_profiles/ext/hand_interaction_ext",
        {**_POSES, "squeeze": "grasp_ext/value", "trigger": "pinch_ext/value"},
        "XR_EXT_hand_interaction",
        has_haptics=False,
    ),
)


def offered(extensions: tuple[str, ...]) -> list[Profile]:
    """Those that may be suggested with these extensions on."""
    return [p for p in PROFILES if p.extension is None or p.extension in extensions]
