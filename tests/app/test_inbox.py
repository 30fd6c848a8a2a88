"""Slow work is adopted on the frame thread, a little at a time."""

from __future__ import annotations

import threading
import time

import pytest

from xrviewer.app.inbox import Inbox

LONGEST_S = 10


def drained_until(inbox: Inbox, done: list[object], count: int) -> None:
    until = time.perf_counter() + LONGEST_S
    while len(done) < count and time.perf_counter() < until:
        inbox.drain()


def test_work_is_done_elsewhere_and_adopted_here() -> None:
    inbox, adopted = Inbox(), []
    inbox.submit(threading.get_ident, lambda made: adopted.append((made, threading.get_ident())))
    drained_until(inbox, adopted, 1)
    ((made_by, adopted_by),) = adopted
    assert made_by != adopted_by == threading.get_ident()
    inbox.close()


def test_an_error_comes_out_on_the_frame_thread() -> None:
    inbox = Inbox()
    inbox.submit(lambda: 1 / 0, lambda _: None)
    inbox.close()
    with pytest.raises(ZeroDivisionError):
        inbox.drain()


def test_a_frame_adopts_no_more_than_its_budget_allows() -> None:
    inbox, adopted = Inbox(), []
    for _ in range(5):
        inbox.submit(lambda: 0, lambda made: (adopted.append(made), time.sleep(0.01)))
    inbox.close()  # waits: all five answers are there
    inbox.drain(budget_s=0.001)
    assert len(adopted) == 1
    inbox.drain(budget_s=LONGEST_S)
    assert len(adopted) == 5


def test_nothing_to_adopt_takes_no_time() -> None:
    inbox = Inbox()
    inbox.drain()
    inbox.close()
