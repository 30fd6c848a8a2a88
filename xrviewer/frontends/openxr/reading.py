"""One frame's input: where the eyes and hands will be when the frame is seen."""

from __future__ import annotations

from dataclasses import replace

from xrviewer.frontends.openxr.hands import bare_hand
from xrviewer.frontends.openxr.session import Session
from xrviewer.interaction.input import FrameInput, Hand

NO_HANDS = (Hand(), Hand())


class Reader:
    """Reads a session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, time_s: float, dt_s: float, is_recentred: bool = False) -> FrameInput:
        session = self._session
        views = session.eyes.locate(session.room.handle, session.display_ns)
        has_hands = session.life.is_focused and session.actions.sync()
        left, right = self._hands() if has_hands else NO_HANDS
        return FrameInput(
            time_s,
            dt_s,
            views,
            left,
            right,
            is_recentred=is_recentred,
            is_see_through=session.is_see_through,
        )

    def _hands(self) -> tuple[Hand, Hand]:
        session = self._session
        left, right = session.actions.hands(session.room.handle, session.display_ns)
        return self._hand(0, left), self._hand(1, right)

    def _hand(self, index: int, held: Hand) -> Hand:
        """The controller's; the bare hand's when it is seen and no controller is held."""
        session = self._session
        if session.trackers is None or (held.grip is not None and not session.are_bare[index]):
            return held
        joints = session.trackers.joints(index, session.room.handle, session.display_ns)
        if joints is None:
            return held
        if held.grip is not None:
            return replace(held, joints=joints)  # the hand interaction profile has the poses
        return bare_hand(joints, index == 0)
