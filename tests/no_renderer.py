"""A renderer for what happens before drawing."""

from __future__ import annotations


class NoRenderer:
    """Draws nothing, and has nothing to say of it."""

    def draw(self, *_: object) -> None: ...

    coarse = ()

    def notes(self) -> list[str]:
        return []
