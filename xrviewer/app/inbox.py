"""Slow work done beside the frame, and adopted at its border."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any


class Inbox:
    """A job captures what it needs and changes nothing; its answer is adopted by drain()."""

    def __init__(self) -> None:
        self._answers: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def submit(self, job: Callable[[], Any], adopt: Callable[[Any], None]) -> None:
        """adopt runs on the frame thread. An error in the job is raised there too."""

        def work() -> None:
            try:
                answer = job()
            except Exception as error:  # it belongs to the frame thread, whatever it is
                self._answers.put(lambda error=error: _raise(error))  # type: ignore[misc]
            else:
                self._answers.put(lambda: adopt(answer))

        self._threads = [t for t in self._threads if t.is_alive()]
        thread = threading.Thread(target=work, name="xrviewer job", daemon=True)
        self._threads.append(thread)
        thread.start()

    def drain(self, budget_s: float = 0.001) -> None:
        """At least one answer when there is one, then as many as the budget allows."""
        if self._answers.empty():  # nobody else takes from it
            return
        until = time.perf_counter() + budget_s
        while not self._answers.empty():
            self._answers.get_nowait()()
            if time.perf_counter() >= until:
                return

    def wait(self) -> None:
        """For the next answer, and adopts it. Only for who must not go on without: a replay."""
        self._answers.get()()

    def close(self) -> None:
        """Waits for what is under way; its answers are dropped."""
        for thread in self._threads:
            thread.join()


def _raise(error: Exception) -> None:
    raise error
