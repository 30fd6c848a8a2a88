"""Gestures of a scripted wearer, controllers and bare hands, against the closed form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from bed import Bed
from numpy.typing import NDArray
from wearer import Wearer

from tests.interaction.gestures import case_of
from tests.no_renderer import NoRenderer
from xrviewer.app.loop import App
from xrviewer.document.document import Document
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.preferences import Preferences
from xrviewer.spatial.transforms import Placement, axis_rotation, rigid, rotation_matrix

SCALE_SHARE, ANGLE_DEG, POSITION_M = 1e-3, 0.1, 0.5e-3
Hands = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, ...]]
"""Where the left and right hand are, and how both are turned."""
SETTLED_S = 0.4
UPRIGHT = (0.0, 0.0, 0.0, 1.0)


class TwoHanded(Wearer):
    def __init__(self, bed: Bed, is_bare: bool) -> None:
        self.remote = bed.start_runtime()
        self.frontend = bed.start_frontend()
        self.is_bare = is_bare
        case = case_of()
        self.app = App(case, Document(case), NoRenderer(), preferences=Preferences())  # type: ignore[arg-type]

    @property
    def model(self) -> Placement:
        return self.app.document.snapshot.model

    def move(self, hands: Hands, is_holding: bool) -> None:
        """Both hands, and the frames until the loop has them there."""
        for name, at in zip(("left", "right"), hands[:2], strict=True):
            self.remote.hand(name, at, hands[2], is_active=not self.is_bare)
            if self.is_bare:
                self.remote.curl(name, fingers=float(is_holding), thumb=0.0)
            else:
                self.remote.press(name, squeeze=float(is_holding))
        self.remote.send()
        self.until(lambda f: self._is_there(f, hands, is_holding))
        came_s = self.app.time_s
        # A bare hand is smoothed, with half-lives of 20 and 30 ms.
        self.until(lambda f: f.time_s > came_s + (SETTLED_S if self.is_bare else 0.0))

    def grips(self, scripted: Hands) -> list[NDArray[Any]]:
        """The controllers' as the script has them; where a fist is, only the runtime can say."""
        if self.is_bare:
            return [hand.grip.matrix() for hand in self.app._tools.seen if hand.grip]
        return [rigid(at, scripted[2]) for at in scripted[:2]]

    def _is_there(self, frame: FrameInput, hands: Hands, is_holding: bool) -> bool:
        closed = [hand.squeeze > 0.5 for hand in self.app._tools.seen]
        for hand, at in zip((frame.left, frame.right), hands[:2], strict=True):
            if hand.grip is None or closed != [is_holding, is_holding]:
                return False
            if (hand.joints is not None) != self.is_bare:
                return False
            near_m = 0.2 if self.is_bare else 1e-3
            if np.linalg.norm(np.subtract(hand.grip.position_m, at)) > near_m:
                return False
        return True


@pytest.fixture(params=["controllers", "bare hands"])
def wearer(request: pytest.FixtureRequest, quick_bed: Bed) -> Iterator[TwoHanded]:
    made = TwoHanded(quick_bed, request.param == "bare hands")
    yield made
    made.app.close()


def frame_of(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """C as INTERACTION has it, of two grip matrices; the second method."""
    across = right[:3, 3] - left[:3, 3]
    x = across / np.linalg.norm(across)
    up = left[:3, 1] + right[:3, 1]
    z = np.cross(x, up / np.linalg.norm(up))
    z /= np.linalg.norm(z)
    made = np.eye(4)
    made[:3, :3] = np.stack([x, np.cross(z, x), z], axis=1) * np.linalg.norm(across)
    made[:3, 3] = (left[:3, 3] + right[:3, 3]) / 2
    return made


WAYS: list[tuple[Hands, Hands]] = [
    # Within the model, so that the scale is about the hands: pulled apart,
    (
        ((-0.05, 0.8, -0.6), (0.05, 0.8, -0.6), UPRIGHT),
        ((-0.12, 0.85, -0.55), (0.13, 0.85, -0.55), UPRIGHT),
    ),
    # turned and pushed together,
    (
        ((-0.06, 0.82, -0.6), (0.05, 0.79, -0.58), UPRIGHT),
        ((0.02, 0.9, -0.45), (0.05, 0.88, -0.50), axis_rotation((0, 1, 0), 0.9)),
    ),
    # rolled about all axes.
    (
        ((-0.05, 0.8, -0.6), (0.05, 0.8, -0.6), UPRIGHT),
        ((-0.10, 0.7, -0.5), (0.12, 0.95, -0.62), axis_rotation((1, 2, 3), 0.6)),
    ),
]


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_a_gesture_lands_where_the_closed_form_says(wearer: TwoHanded, way: int) -> None:
    start, end = WAYS[way]
    before = wearer.model
    wearer.move(start, is_holding=False)
    wearer.move(start, is_holding=True)
    begun = frame_of(*wearer.grips(start))
    wearer.move(end, is_holding=True)
    ended = frame_of(*wearer.grips(end))
    expected = ended @ np.linalg.inv(begun) @ before.matrix()
    wearer.move(end, is_holding=False)
    assert wearer.app._tools.placement is None
    _assert_near(wearer.model, expected)


def _assert_near(model: Placement, expected: NDArray[Any]) -> None:
    scale = float(np.cbrt(np.linalg.det(expected[:3, :3])))
    assert model.scale == pytest.approx(scale, rel=SCALE_SHARE)
    turn = rotation_matrix(model.rotation_xyzw).T @ expected[:3, :3] / scale
    angle = np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1)))
    assert angle < ANGLE_DEG
    assert np.linalg.norm(model.position_m - expected[:3, 3]) < POSITION_M
