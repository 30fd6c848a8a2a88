"""The life of a session, as the specification's state diagram has it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto


class State(IntEnum):
    """XrSessionState."""

    UNKNOWN = 0
    IDLE = 1
    READY = 2
    SYNCHRONIZED = 3
    VISIBLE = 4
    FOCUSED = 5
    STOPPING = 6
    LOSS_PENDING = 7
    EXITING = 8


class Duty(Enum):
    """What the program owes the runtime after a change of state."""

    NOTHING = auto()
    BEGIN = auto()
    """xrBeginSession, before any frame."""
    END = auto()
    """xrEndSession, and no frames until it is ready again: the headset was taken off."""
    RESTART = auto()
    """The session is going away; make another."""
    QUIT = auto()
    """The user ended the program from the runtime's menu."""


DUTIES = {
    State.READY: Duty.BEGIN,
    State.STOPPING: Duty.END,
    State.LOSS_PENDING: Duty.RESTART,
    State.EXITING: Duty.QUIT,
}


@dataclass(frozen=True, slots=True)
class Life:
    """Where a session is between its birth and its loss."""

    state: State = State.UNKNOWN
    is_running: bool = False
    """Between xrBeginSession and xrEndSession: frames must be waited for and ended."""

    @property
    def is_focused(self) -> bool:
        """Only then do hands and buttons belong to this program."""
        return self.is_running and self.state is State.FOCUSED

    def on(self, state: State) -> tuple[Life, Duty]:
        """After the runtime's event. A BEGIN while running, or an END while not, is no duty."""
        duty = DUTIES.get(state, Duty.NOTHING)
        if (duty is Duty.BEGIN and self.is_running) or (duty is Duty.END and not self.is_running):
            duty = Duty.NOTHING
        is_running = {Duty.BEGIN: True, Duty.END: False}.get(duty, self.is_running)
        return Life(state, is_running), duty
