"""Running runtimes, handed from one test to the next: to start one takes longer than most tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from xr_sandbox.services import Service, start_monado


@dataclass(frozen=True, slots=True)
class Running:
    """A service, and the XDG_RUNTIME_DIR that its clients share."""

    service: Service
    folder: Path


class Runtimes:
    """One of each kind is kept. Who has killed his, or left it otherwise than he found it, gives
    none back."""

    def __init__(self, new_folder: Callable[[], Path]) -> None:
        self._new_folder = new_folder
        self._kept: dict[str, Running] = {}

    def take(self, compositor: str) -> Running:
        kept = self._kept.pop(compositor, None)
        if kept is not None and kept.service.process.poll() is None:
            return kept
        folder = self._new_folder()
        folder.chmod(0o700)
        return Running(start_monado(compositor, folder, os.environ["DISPLAY"]), folder)

    def give_back(self, compositor: str, running: Running) -> None:
        if compositor in self._kept:  # a bed within a bed
            running.service.stop()
        else:
            self._kept[compositor] = running

    def close(self) -> None:
        for running in self._kept.values():
            running.service.stop()
        self._kept.clear()
