"""The composition of the parts, and the only frame loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Case
from xrviewer.case.surfaces import Surfaces
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.errors import DocumentError
from xrviewer.frontends.frontend import Frontend, Wait
from xrviewer.gpu.target import RenderTarget
from xrviewer.inbox import Inbox
from xrviewer.interaction.feel import pulses
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.step import Tools, step
from xrviewer.render.renderer import Renderer
from xrviewer.scene.build import Scene
from xrviewer.scene.draw import DrawData
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Hit, Ray

Watch = Callable[[RenderTarget], None]
"""Is shown every finished frame before it is presented: a recorder, a bench."""


class App:
    """One case, one document, one renderer; front-ends come and go."""

    def __init__(
        self,
        case: Case,
        document: Document,
        renderer: Renderer,
        tell: Callable[[str], None] = print,
    ) -> None:
        """tell: a line for the person, such as that the session cannot be saved just now."""
        self.case = case
        self.document = document
        self.renderer = renderer
        self._scene = Scene(case)
        self._tools = Tools()
        self._inbox = Inbox()
        self._picker: Picker | None = None
        self._picked_surfaces: Surfaces | None = None
        self._tell = tell
        self._told_problem: str | None = None

    def run(self, frontend: Frontend, watch: Watch | None = None) -> None:
        """Until the front-end says to quit."""
        while (wanted := frontend.wait()) is not Wait.QUIT:
            if wanted is Wait.RUN:
                self.frame(frontend, watch)

    def frame(self, frontend: Frontend, watch: Watch | None = None) -> FrameInput:
        """One turn after the front-end has asked for it, from input to presented."""
        inp = frontend.input()
        was_held = self._tools.grab
        draw = self.step(inp)
        for pulse in pulses(was_held, self._tools.grab):
            frontend.pulse(pulse)
        if inp.views:
            target = frontend.target()
            self.renderer.draw(draw, inp.views, target)
            if watch is not None:
                watch(target)
        frontend.present()
        return inp

    def step(self, inp: FrameInput) -> DrawData:
        """Everything between input and drawing."""
        self._inbox.drain()
        before = self.document.snapshot
        self._want_picker()
        visible = self._scene.visible_parts(before)
        self._tools, intents = step(
            self._tools, inp, before, self.case, lambda ray: self._pick(ray, visible)
        )
        for intent in intents:
            self._apply(intent)
        self._tell_problem()
        snapshot = self.document.snapshot
        if snapshot.timepoint != before.timepoint:
            self._tools = replace(self._tools, pointed=None)  # it was a part of another date
        pointed = self._tools.pointed
        draw = self._scene.build(snapshot, self._tools.placement, pointed.part if pointed else None)
        return replace(draw, is_in_real_room=inp.is_see_through)

    def close(self) -> None:
        self._inbox.close()

    def _apply(self, intent: Intent) -> None:
        """What is refused, such as a model carried a kilometre away, leaves all as it was."""
        try:
            self.document.apply(intent)
        except DocumentError as refusal:
            self._tell(str(refusal))

    def _tell_problem(self) -> None:
        """Once when the session can no longer be saved; its end is told by nothing."""
        problem = self.document.problem
        if problem != self._told_problem:
            self._told_problem = problem
            if problem:
                self._tell(problem)

    def _pick(self, ray: Ray, is_visible: NDArray[np.bool_]) -> Hit | None:
        return self._picker.pick(ray, is_visible) if self._picker else None

    def _want_picker(self) -> None:
        """Another date has other surfaces; pointing pauses until their tree is built."""
        surfaces = self._scene.timepoint(self.document.snapshot).surfaces
        if surfaces is self._picked_surfaces:
            return
        self._picked_surfaces, self._picker = surfaces, None

        def adopt(made: Picker) -> None:
            if surfaces is self._picked_surfaces:
                self._picker = made

        self._inbox.submit(lambda: Picker(surfaces), adopt)
