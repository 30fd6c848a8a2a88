"""A person at the panels: looks for a control by its name, points at it and presses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

from xrviewer.case.model import Case
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.interaction.pointer import NO_POINTER, PanelPointer
from xrviewer.interaction.world import World, world_of
from xrviewer.panels.host import Panels, Shown
from xrviewer.panels.state import Seen, Surface

BOARD = Surface(480.0, 380.0, 1.0)
DESK = Surface(384.0, 700.0, 0.86, is_desk=True)
FRAME_S = 1 / 90


@dataclass
class Person:
    """Drives the panels frame by frame; what they ask for is done to the document."""

    document: Document
    panels: Panels
    world: World
    surface: Surface = BOARD
    asked: list[Intent] = field(default_factory=list)
    at: PanelPointer = NO_POINTER
    seen: Seen | None = None
    shown: Shown = field(default_factory=Shown)

    def wait(self, frames: int = 12) -> Shown:
        for _ in range(frames):
            self.frame()
            self.at = replace(self.at, scroll=0.0, typed="", edits=frozenset())
        return self.shown

    def frame(self, dt_s: float = FRAME_S) -> Shown:
        document = self.document
        is_desk = self.surface.is_desk
        base = self.seen or Seen(self.world, document.snapshot, is_desk=is_desk)
        seen = replace(
            base,
            snapshot=document.snapshot,
            can_undo=document.can_undo,
            can_redo=document.can_redo,
        )
        self.shown = self.panels.step(seen, self.at, self.surface, dt_s)
        for intent in self.shown.intents:
            self.asked.append(intent)
            document.apply(intent)
        return self.shown

    def point(self, name: str, share: float = 0.5) -> None:
        """share: how far across the control, from its left."""
        left, top, right, bottom = self.panels.places[name]
        x, y = left + (right - left) * share, (top + bottom) / 2
        self.at = PanelPointer((x / self.surface.width, y / self.surface.height))
        self.wait()

    def press(self, name: str) -> list[Intent]:
        """What was asked because of it."""
        before = len(self.asked)
        self.point(name)
        self.at = replace(self.at, is_pressed=True)
        self.wait()
        self.at = replace(self.at, is_pressed=False)
        self.wait()
        return self.asked[before:]

    def drag(self, name: str, start: float, end: float) -> list[Intent]:
        """Taken at one share of the control, let go at another."""
        before = len(self.asked)
        self.point(name, start)
        taken = self.at.at
        self.point(name, end)
        left = self.at.at
        for at, is_pressed in ((taken, False), (taken, True), (left, True), (left, False)):
            self.at = PanelPointer(at, is_pressed)
            self.wait()
        return self.asked[before:]

    def type(self, text: str) -> None:
        """On the keyboard of the board, else on the desk's."""
        for letter in text:
            if self.surface.is_desk:
                self.at = replace(self.at, typed=letter)
                self.wait(6)
            else:
                self.press("key space" if letter == " " else f"key {letter}")


@contextmanager
def person(case: Case, surface: Surface = BOARD) -> Iterator[Person]:
    with closing(Panels(case)) as panels:
        made = Person(Document(case), panels, world_of(case), surface)
        made.wait()
        yield made
