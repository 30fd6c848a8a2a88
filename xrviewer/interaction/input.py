"""What a front-end knows at one instant, for the predicted display time. Room frame, metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.interaction.pointer import Desk
from xrviewer.spatial.transforms import Pose
from xrviewer.spatial.views import View


@dataclass(frozen=True, slots=True)
class ButtonNames:
    """What the controller in the hand calls its buttons, in English; None for one it lacks."""

    squeeze: str | None = None
    trigger: str | None = None
    stick: str | None = None
    stick_click: str | None = None
    a: str | None = None
    b: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """One hand: a controller, a bare hand or a mouse that plays one."""

    grip: Pose | None = None
    """Where the palm holds; None when it is not tracked."""
    aim: Pose | None = None
    """Where it points, along -z."""
    squeeze: float = 0.0
    trigger: float = 0.0
    stick: tuple[float, float] = (0.0, 0.0)
    is_stick_pressed: bool = False
    is_a_pressed: bool = False
    """A or X."""
    is_b_pressed: bool = False
    """B or Y."""
    joints: NDArray[np.float32] | None = None
    """(26, 8) of XR_EXT_hand_tracking: position, rotation xyzw, radius. None for a controller."""
    is_drawn: bool = True
    """False for a hand that a mouse plays: the cursor shows where it is."""
    epoch: int = 0
    """Counts how often it was lost and found: what a found hand holds, it takes hold of afresh.
    Front-ends leave it at 0; `steady` counts."""
    names: ButtonNames | None = None
    """Of a controller that is known; None where nothing is known of it."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameInput:
    """All that interaction may see of the world outside."""

    time_s: float
    """Of display, on the front-end's own clock; never goes back."""
    dt_s: float
    views: tuple[View, ...]
    """One a layer of the target; empty when nothing is to be drawn."""
    left: Hand = Hand()
    right: Hand = Hand()
    keys: frozenset[str] = frozenset()
    """Names of the keys that went down since the last frame: 'h', 'ctrl+z', 'escape'."""
    shown: tuple[View, ...] = ()
    """The eyes to draw for, where they are not those that the tools know: somebody watches a
    replay."""
    can_point: bool | None = None
    """Whether the surfaces could be pointed at in this frame. None leaves it to the app; a replay
    says how it was."""
    is_recentred: bool = False
    """The origin of the room has just been moved to where the viewer is."""
    is_see_through: bool = False
    """The real room is seen behind the model: no floor and no background of ours."""
    desk: Desk | None = None
    """The window it is for; None in a headset and off screen."""
