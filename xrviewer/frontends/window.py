"""The desk: a window, one eye that orbits the model, hands played by the mouse."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import glfw

from xrviewer.frontends.frontend import PanelPicture, Wait
from xrviewer.frontends.mouse import Mouse, Orbit
from xrviewer.gpu.context import GlfwContext
from xrviewer.gpu.target import RenderTarget, window_target
from xrviewer.interaction.feel import Pulse
from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.pointer import Desk
from xrviewer.scene.panels import OnScreen, Shown

_ICONIFIED_WAIT_S = 0.1
_LONGEST_STEP_S = 0.1
"""A window that was dragged or a machine that slept must not show as a leap in time."""


_EDITS = {
    glfw.KEY_BACKSPACE: "backspace",
    glfw.KEY_DELETE: "delete",
    glfw.KEY_ENTER: "enter",
    glfw.KEY_LEFT: "left",
    glfw.KEY_RIGHT: "right",
    glfw.KEY_HOME: "home",
    glfw.KEY_END: "end",
}
_NAMED = {glfw.KEY_TAB: "tab", glfw.KEY_ENTER: "enter", glfw.KEY_KP_ENTER: "enter"}
_NAMED |= {glfw.KEY_DELETE: "delete", glfw.KEY_BACKSPACE: "delete"}
"""Keys that write nothing: the system has no name for them."""


class WindowFrontend:
    """Owns its window. Text, panels and headsets come elsewhere."""

    def __init__(
        self,
        context: GlfwContext,
        orbit: Orbit,
        seconds: float | None = None,
        copied: Callable[[], str] | None = None,
    ) -> None:
        """seconds: how long to stay open; None until it is closed. copied: what ctrl+c puts on the
        clipboard."""
        self._context = context
        self._window: Any = context.window
        self._mouse = Mouse(orbit)
        self._home = orbit
        self._copied = copied
        self._keys: set[str] = set()
        self._steps = 0.0
        self._edits: set[str] = set()
        self._typed = ""
        self._until = None if seconds is None else time.perf_counter() + seconds
        self._last_s = time.perf_counter()
        glfw.swap_interval(1)
        self._listen()

    def wait(self) -> Wait:
        if not self.poll():
            return Wait.QUIT
        if glfw.get_window_attrib(self._window, glfw.ICONIFIED):
            glfw.wait_events_timeout(_ICONIFIED_WAIT_S)
            return Wait.IDLE
        return Wait.RUN

    def input(self) -> FrameInput:
        now_s = time.perf_counter()
        dt_s, self._last_s = min(now_s - self._last_s, _LONGEST_STEP_S), now_s
        self._mouse.width, self._mouse.height = glfw.get_window_size(self._window)
        left, right = self._mouse.hands()
        keys, self._keys = self._keys | self._step(), set()
        desk = self._desk()
        return FrameInput(
            now_s, dt_s, (self._mouse.view(),), left, right, frozenset(keys), desk=desk
        )

    def target(self) -> RenderTarget:
        width, height = glfw.get_framebuffer_size(self._window)
        return window_target(width, height)

    def show_panels(self, panels: tuple[PanelPicture, ...]) -> tuple[Shown, ...]:
        """The scene draws them; the mouse over those that are worked at is theirs."""
        ends = [
            p.place.left_px + p.texture.width
            for p in panels
            if isinstance(p.place, OnScreen) and not p.is_sign
        ]
        self._mouse.dock = max(ends, default=0) / self._pixel_ratio()
        return (Shown.IN_SCENE,) * len(panels)

    def present(self) -> None:
        glfw.swap_buffers(self._window)

    def pulse(self, pulse: Pulse) -> None:
        """A mouse does not vibrate."""

    def poll(self) -> bool:
        """Takes what the window system tells, without waiting; false when it is to end."""
        glfw.poll_events()
        is_over = self._until is not None and time.perf_counter() >= self._until
        return not (is_over or glfw.window_should_close(self._window))

    def set_vsync(self, is_on: bool) -> None:
        """Off while something else sets the pace."""
        glfw.swap_interval(1 if is_on else 0)

    def close(self) -> None:
        self._context.close()

    def _pixel_ratio(self) -> float:
        return float(glfw.get_framebuffer_size(self._window)[0] / max(self._mouse.width, 1))

    def _desk(self) -> Desk:
        mouse, typed = self._mouse, self._typed
        edits, self._edits, self._typed = frozenset(self._edits), set(), ""
        is_pressed, scroll = mouse.take_dock()
        size, at = (mouse.width, mouse.height), mouse.pointer_px
        return Desk(*size, self._pixel_ratio(), at, is_pressed, scroll, typed, edits)

    def _listen(self) -> None:
        glfw.set_cursor_pos_callback(self._window, lambda _, x, y: self._mouse.move(x, y))
        glfw.set_mouse_button_callback(self._window, self._on_button)
        glfw.set_scroll_callback(self._window, self._on_scroll)
        glfw.set_char_callback(self._window, self._on_letter)
        glfw.set_key_callback(self._window, self._on_key)
        glfw.set_cursor_enter_callback(
            self._window, lambda _, entered: None if entered else self._mouse.leave()
        )

    def _on_button(self, _: Any, button: int, action: int, __: int) -> None:
        self._read_modifiers()
        if action == glfw.PRESS:
            self._mouse.press(button)
        else:
            self._mouse.release(button)

    def _on_scroll(self, _: Any, __: float, notches: float) -> None:
        """With shift, a notch steps the slice by one acquired slice, as its keys do."""
        self._read_modifiers()
        if self._mouse.is_shift and notches:
            self._steps += notches
        else:
            self._mouse.scroll(notches)

    def _step(self) -> set[str]:
        """One notch a frame: a quick wheel has several between two."""
        if abs(self._steps) < 1:  # a smooth wheel has parts of one
            return set()
        towards = math.copysign(1, self._steps)
        self._steps -= towards
        return {"." if towards > 0 else ","}

    def _on_letter(self, _: Any, code: int) -> None:
        self._typed += chr(code)

    def _on_key(self, _: Any, key: int, code: int, action: int, modifiers: int) -> None:
        self._read_modifiers()
        if action != glfw.RELEASE and key in _EDITS:
            self._edits.add(_EDITS[key])
        if action != glfw.PRESS:
            return
        if key == glfw.KEY_ESCAPE:
            glfw.set_window_should_close(self._window, True)
        elif key == glfw.KEY_F:
            self._mouse.orbit = self._home
        else:
            name = _NAMED.get(key) or glfw.get_key_name(key, code)
            if name == "c" and modifiers & glfw.MOD_CONTROL and self._copied is not None:
                glfw.set_clipboard_string(None, self._copied())  # type: ignore[arg-type]
            elif name:
                self._keys.add(_chord(name, modifiers))

    def _read_modifiers(self) -> None:
        """Of the keys themselves: X11 gives an event the modifiers from before it, so that a ctrl
        that is let go would be held for good."""
        self._mouse.is_shift = self._is_down(glfw.KEY_LEFT_SHIFT, glfw.KEY_RIGHT_SHIFT)
        self._mouse.is_ctrl = self._is_down(glfw.KEY_LEFT_CONTROL, glfw.KEY_RIGHT_CONTROL)

    def _is_down(self, *keys: int) -> bool:
        return any(glfw.get_key(self._window, key) == glfw.PRESS for key in keys)


def _chord(name: str, modifiers: int) -> str:
    """'ctrl+shift+z': modifiers in a fixed order."""
    held = [("ctrl", glfw.MOD_CONTROL), ("shift", glfw.MOD_SHIFT), ("alt", glfw.MOD_ALT)]
    return "+".join([word for word, bit in held if modifiers & bit] + [name.lower()])
