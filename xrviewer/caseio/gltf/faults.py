"""What goes wrong inside a file, and the memory a file may ask for."""

from __future__ import annotations

MAX_BYTES = 600_000_000
"""All arrays made for one file: ten million vertices. Making normals needs as much again, so
that a process stays under 2 GB."""


class UnreadableError(Exception):
    """One mesh cannot be used; the rest of the file can. Never leaves this package."""


class TooLargeError(Exception):
    """The file asks for more memory than any file may. Never leaves this package."""


class Budget:
    """Counts bytes before they are allocated, so that a claimed size cannot hurt."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._claimed = 0

    def claim(self, nbytes: int) -> None:
        self._claimed += nbytes
        if self._claimed > self._limit:
            raise TooLargeError(
                f"its arrays would need over {self._limit // 1_000_000} MB; split the file"
            )
