"""The session's state diagram, walked in every way the specification allows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.frontends.openxr.life import Duty, Life, State

DIAGRAM = {
    State.UNKNOWN: [State.IDLE],
    State.IDLE: [State.READY, State.EXITING, State.LOSS_PENDING],
    State.READY: [State.SYNCHRONIZED],
    State.SYNCHRONIZED: [State.VISIBLE, State.STOPPING],
    State.VISIBLE: [State.FOCUSED, State.SYNCHRONIZED],
    State.FOCUSED: [State.VISIBLE],
    State.STOPPING: [State.IDLE],
    State.LOSS_PENDING: [],
    State.EXITING: [],
}


def walked(states: list[State]) -> tuple[Life, list[Duty]]:
    life, duties = Life(), []
    for state in states:
        life, duty = life.on(state)
        duties.append(duty)
    return life, duties


def test_put_on_taken_off_and_put_on_again() -> None:
    worn = [State.IDLE, State.READY, State.SYNCHRONIZED, State.VISIBLE, State.FOCUSED]
    off = [State.VISIBLE, State.SYNCHRONIZED, State.STOPPING, State.IDLE]
    life, duties = walked(worn)
    assert life.is_running and life.is_focused
    assert [d for d in duties if d is not Duty.NOTHING] == [Duty.BEGIN]
    life, duties = walked([*worn, *off])
    assert not life.is_running and not life.is_focused
    life, duties = walked([*worn, *off, State.READY])
    assert life.is_running
    assert [d for d in duties if d is not Duty.NOTHING] == [Duty.BEGIN, Duty.END, Duty.BEGIN]


def test_the_runtimes_menu_takes_the_focus() -> None:
    life, _ = walked([State.IDLE, State.READY, State.SYNCHRONIZED, State.VISIBLE])
    assert life.is_running and not life.is_focused


def test_ends() -> None:
    assert walked([State.IDLE, State.EXITING])[1][-1] is Duty.QUIT
    assert walked([State.IDLE, State.LOSS_PENDING])[1][-1] is Duty.RESTART


def test_a_state_told_twice_is_one_duty() -> None:
    assert walked([State.READY, State.READY])[1] == [Duty.BEGIN, Duty.NOTHING]
    assert walked([State.STOPPING])[1] == [Duty.NOTHING]


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.integers(0, 2), max_size=40))
def test_begin_and_end_alternate_on_every_walk(choices: list[int]) -> None:
    state, life, owed = State.UNKNOWN, Life(), []
    for choice in choices:
        following = DIAGRAM[state]
        if not following:
            break
        state = following[choice % len(following)]
        life, duty = life.on(state)
        owed.append(duty)
        assert not life.is_focused or state is State.FOCUSED
    pairs = [d for d in owed if d in (Duty.BEGIN, Duty.END)]
    assert pairs == [Duty.BEGIN, Duty.END] * (len(pairs) // 2) + [Duty.BEGIN] * (len(pairs) % 2)
    assert life.is_running == bool(len(pairs) % 2)
