"""A panel while it is drawn: its widgets, and what the user asks through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from imgui_bundle import imgui

from xrviewer.document.intents import Intent
from xrviewer.panels import theme
from xrviewer.panels.fitting import fitting, wrapped
from xrviewer.panels.gui import Gui
from xrviewer.panels.state import PanelState, Seen
from xrviewer.panels.theme import Icon, packed
from xrviewer.panels.writing import as_drawn
from xrviewer.words import decimal

Format = str | Callable[[float], str]
"""How a slider's number is written."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in millimetres of the board."""
ERASE = "\b"
"""The key that takes the last letter away."""


class Page:
    """Made anew for each drawing; only what a slider is being dragged to outlives it."""

    def __init__(self, gui: Gui, state: PanelState, seen: Seen, dragged: dict[str, float]) -> None:
        self.gui, self.state, self.seen = gui, state, seen
        self._dragged = dragged
        self.intents: list[Intent] = []
        self.walk = (0.0, 0.0)
        """What the arrows that are held ask, as a stick."""
        self.wants_saved = False
        """The measurements are to be written into files."""
        self.straightened: str | None = None
        """The structure along which the scan is to be straightened."""
        self.previews: list[Intent] = []
        """What a slider in the hand would ask: shown, and not done until it is let go."""
        self.places: dict[str, Box] = {}
        """Left, top, right, bottom of each control, by its name."""
        self.pointed: Box | None = None
        """The button under the pointer, or held."""
        self.is_pointed_pressed = False

    def ask(self, *intents: Intent) -> None:
        self.intents += intents

    def change(self, **fields: Any) -> None:
        """The panels' own state."""
        self.state = replace(self.state, **fields)

    def place(self, name: str) -> None:
        """Of the control that was just made: for whoever has to find it."""
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        self.places[name] = (low.x, low.y, high.x, high.y)

    def rise(self) -> None:
        """Of the button that was just made: it comes towards a hand that points at it."""
        if imgui.is_item_hovered() or imgui.is_item_active():
            low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
            self.pointed = (low.x, low.y, high.x, high.y)
            self.is_pointed_pressed = imgui.is_item_active()

    # -- writing ---------------------------------------------------------------

    def title(self, text: str) -> None:
        imgui.push_font(self.gui.strong, theme.TITLE)
        imgui.text_wrapped(wrapped(text))
        imgui.pop_font()

    def heading(self, text: str) -> None:
        imgui.dummy((0, 2))
        self.quiet(text)

    def quiet(self, text: str) -> None:
        """Secondary: smaller and dimmer, wrapped."""
        imgui.push_font(self.gui.text, theme.SMALL)
        imgui.push_style_color(imgui.Col_.text, packed(theme.QUIET_TEXT))
        imgui.text_wrapped(wrapped(text))
        imgui.pop_style_color()
        imgui.pop_font()

    def notice(self, icon: Icon, text: str, color: theme.Color = theme.WARNING) -> None:
        """An icon in a colour that says how grave it is, and words that say it again."""
        imgui.push_font(self.gui.text, theme.SMALL)
        imgui.push_style_color(imgui.Col_.text, packed(color))
        imgui.text(icon)
        imgui.pop_style_color()
        imgui.same_line()
        imgui.text_wrapped(wrapped(text))
        imgui.pop_font()

    # -- controls --------------------------------------------------------------

    def button(
        self,
        icon: Icon,
        word: str,
        width: float = -1.0,
        *,
        is_on: bool = False,
        is_enabled: bool = True,
        height: float = theme.ROW,
    ) -> bool:
        """An icon and its word. is_on: a bar at its left says so, besides the colour."""
        if not is_enabled:
            imgui.begin_disabled()
        if is_on:
            imgui.push_style_color(imgui.Col_.button, packed(theme.ACCENT_SOFT))
        imgui.push_style_var(imgui.StyleVar_.button_text_align, (0.0, 0.5))
        drawn = as_drawn(word)
        is_pressed = self.fitted_button((f"{icon}  {drawn}", drawn), width, height)
        imgui.pop_style_var()
        self.place(word)
        if is_on:
            imgui.pop_style_color()
            self._mark_on()
        if not is_enabled:
            imgui.end_disabled()
        return bool(is_pressed)

    def fitted_button(self, labels: Sequence[str], width: float, height: float = theme.ROW) -> bool:
        """With the first label that there is room for: nearer to the edge, then smaller. No word
        is cut off as long as its last label fits."""
        width = width if width > 0 else imgui.get_content_region_avail().x
        label, size, padding = fitting(labels, width)
        imgui.push_font(self.gui.text, size)
        # Not by the letters' own size: buttons of one row would be shifted to share a baseline.
        above = (height - theme.BODY) / 2
        imgui.push_style_var(imgui.StyleVar_.frame_padding, (padding, above))
        is_pressed = imgui.button(label, (width, height))
        self.rise()
        imgui.pop_style_var()
        imgui.pop_font()
        return bool(is_pressed)

    def buttons(self, columns: int, *asked: tuple[Icon, str, bool, Callable[[], None]]) -> None:
        """A grid of buttons, each with what it does: icon, word, whether it can, and act."""
        width = (imgui.get_content_region_avail().x - theme.GAP * (columns - 1)) / columns
        for i, (icon, word, is_enabled, act) in enumerate(asked):
            if i % columns:
                imgui.same_line()
            if self.button(icon, word, width, is_enabled=is_enabled):
                act()

    def held(self, icon: Icon, word: str, width: float) -> bool:
        """A button that does something for as long as it is pressed."""
        self.button(icon, word, width)
        return bool(imgui.is_item_active())

    def choice(self, name: str, words: Sequence[str], chosen: int) -> int:
        """One of a few, side by side; the chosen one has a bar, and a tick where there is room.
        Answers which is chosen now."""
        width = (imgui.get_content_region_avail().x - theme.GAP * (len(words) - 1)) / len(words)
        answer = chosen
        for i, word in enumerate(words):
            if i:
                imgui.same_line()
            imgui.push_style_color(
                imgui.Col_.button, packed(theme.ACCENT_SOFT if i == chosen else theme.WELL)
            )
            ticked = f"{Icon.CHECK} {as_drawn(word)}" if i == chosen else as_drawn(word)
            imgui.push_id(f"{name}{i}")
            if self.fitted_button((ticked, as_drawn(word)), width):
                answer = i
            imgui.pop_id()
            self.place(word)
            if i == chosen:
                self._mark_on()
            imgui.pop_style_color()
        return answer

    def column(self, name: str, words: Sequence[str], chosen: int) -> int:
        """One of several with long names, one under the other."""
        answer = chosen
        for i, word in enumerate(words):
            imgui.push_id(f"{name}{i}")
            if self.button(Icon.CHECK if i == chosen else Icon.BLANK, word, is_on=i == chosen):
                answer = i
            imgui.pop_id()
        return answer

    def slider(
        self,
        name: str,
        word: str,
        value: float,
        low: float,
        high: float,
        format: Format,
        width: float = 0.0,
    ) -> tuple[float | None, float | None]:
        """What it is dragged to now, and what it was let go at: each None unless that is so."""
        imgui.push_id(name)
        shown = self._dragged.get(name, value)
        width = width or imgui.get_content_region_avail().x
        at = imgui.get_cursor_screen_pos()
        imgui.push_style_color(imgui.Col_.slider_grab, packed(theme.CLEAR))
        imgui.push_style_color(imgui.Col_.slider_grab_active, packed(theme.CLEAR))
        imgui.set_next_item_width(width)
        _, after = imgui.slider_float(
            "##slider", shown, low, high, "", imgui.SliderFlags_.always_clamp
        )
        imgui.pop_style_color(2)
        self.place(word)
        is_held, is_done = imgui.is_item_active(), imgui.is_item_deactivated_after_edit()
        self._draw_slider(at, width, (after - low) / (high - low), word, format, after)
        imgui.pop_id()
        if is_done:
            self._dragged.pop(name, None)
            return None, after
        if is_held and after != value:
            self._dragged[name] = after
            return after, None
        if not is_held:
            self._dragged.pop(name, None)
        return None, None

    def text_field(self, name: str, hint: str, text: str, icon: Icon, width: float = 0.0) -> str:
        """Where there is a keyboard, ImGui's own; on the board one that its keys write into."""
        width = width or imgui.get_content_region_avail().x
        if self.seen.is_desk:
            imgui.set_next_item_width(width)
            _, after = imgui.input_text_with_hint(f"##{name}", f"{icon}  {hint}", text)
            self.place(hint)
            return str(after)
        is_open = self.state.keyboard == name
        typed = f"{as_drawn(text)}{'|' if is_open else ''}"
        shown = f"{icon}  {typed if text or is_open else hint}"
        color = theme.TEXT if text or is_open else theme.FAINT_TEXT
        imgui.push_style_var(imgui.StyleVar_.button_text_align, (0.0, 0.5))
        imgui.push_style_color(imgui.Col_.text, packed(color))
        if imgui.button(f"{shown}###{name}", (width, theme.ROW)):
            self.change(keyboard="" if is_open else name)
        self.rise()
        imgui.pop_style_color()
        imgui.pop_style_var()
        self.place(hint)
        if not is_open or not self.state.keys:
            return text
        for key in self.state.keys:
            text = text[:-1] if key == ERASE else text + key
        self.change(keys=())
        return text

    # -- drawing ---------------------------------------------------------------

    def _mark_on(self) -> None:
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        imgui.get_window_draw_list().add_rect_filled(
            (low.x, low.y + 6),
            (low.x + 3, high.y - 6),
            packed(theme.ACCENT),
            1.5,
        )

    def _draw_slider(
        self, at: Any, width: float, share: float, word: str, format: Format, value: float
    ) -> None:
        """The filled part, the knob, the word at the left and the number at the right."""
        draw, share = imgui.get_window_draw_list(), min(max(share, 0.0), 1.0)
        left, top, right, bottom = at.x, at.y, at.x + width, at.y + theme.ROW
        knob = left + 6 + share * (width - 12)
        filled = (max(knob, left + 12), bottom)
        draw.add_rect_filled((left, top), filled, packed(theme.ACCENT_SOFT), theme.SMALL_CORNER)
        knob_ends = ((knob - 2, top + 4), (knob + 2, bottom - 4))
        draw.add_rect_filled(*knob_ends, packed(theme.ACCENT), 2.0)
        number = decimal(format % value) if isinstance(format, str) else format(value)
        size = imgui.calc_text_size(number)
        y = top + (theme.ROW - size.y) / 2
        draw.add_text((left + 16, y), packed(theme.TEXT), word)
        draw.add_text((right - 12 - size.x, y), packed(theme.TEXT), number)
