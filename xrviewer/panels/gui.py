"""One ImGui context: pointer in, triangles out. No pixel is drawn here."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from imgui_bundle import imgui, implot
from numpy.typing import NDArray

from xrviewer.interaction.pointer import NO_POINTER, PanelPointer
from xrviewer.panels import theme
from xrviewer.scene.panels import PANEL_RUN_DTYPE, PANEL_VERTEX_DTYPE, Glyphs, PanelDrawing

_NOWHERE = -1e9
_EDITS = {
    "backspace": imgui.Key.backspace,
    "delete": imgui.Key.delete,
    "enter": imgui.Key.enter,
    "escape": imgui.Key.escape,
    "left": imgui.Key.left_arrow,
    "right": imgui.Key.right_arrow,
    "home": imgui.Key.home,
    "end": imgui.Key.end,
}


class Gui:
    """Owns the context, the fonts and their image; close() frees them."""

    def __init__(self) -> None:
        self._context = imgui.create_context()
        imgui.set_current_context(self._context)
        self._plots = implot.create_context()
        io = imgui.get_io()
        io.set_ini_filename("")
        io.set_log_filename("")
        flags = imgui.BackendFlags_
        io.backend_flags |= flags.renderer_has_textures | flags.renderer_has_vtx_offset
        io.config_flags |= imgui.ConfigFlags_.no_mouse_cursor_change
        io.config_input_text_cursor_blink = False
        io.fonts.tex_desired_format = imgui.ImTextureFormat.alpha8
        self.text = _font(io.fonts, theme.TEXT_FONT)
        self.strong = _font(io.fonts, theme.STRONG_FONT)
        theme.apply_style()
        self._glyphs = Glyphs(np.zeros((1, 1), np.uint8), 0)
        self._last = NO_POINTER
        self._revision = 0

    def take(self, pointer: PanelPointer, width: float, height: float) -> bool:
        """Queues what happened; true when anything did. Sizes in millimetres of the board."""
        if pointer == self._last and not (pointer.scroll or pointer.typed or pointer.edits):
            return False
        imgui.set_current_context(self._context)
        io, before = imgui.get_io(), self._last
        # A button that is let go outside is let go where it was last seen.
        at = pointer.at or (before.at if before.is_pressed else None)
        x, y = (at[0] * width, at[1] * height) if at else (_NOWHERE, _NOWHERE)
        io.add_mouse_pos_event(x, y)
        if pointer.is_pressed != before.is_pressed:
            io.add_mouse_button_event(0, pointer.is_pressed)
            if pointer.at is None and not pointer.is_pressed:
                io.add_mouse_pos_event(_NOWHERE, _NOWHERE)
        if pointer.scroll:
            io.add_mouse_wheel_event(0.0, pointer.scroll)
        if pointer.typed:
            io.add_input_characters_utf8(pointer.typed)
        for edit in sorted(pointer.edits & _EDITS.keys()):
            io.add_key_event(_EDITS[edit], True)
            io.add_key_event(_EDITS[edit], False)
        self._last = pointer
        return True

    @property
    def is_typing(self) -> bool:
        imgui.set_current_context(self._context)
        return bool(imgui.get_io().want_text_input)

    def frame(
        self,
        width: float,
        height: float,
        density: float,
        dt_s: float,
        draw: Callable[[], None],
    ) -> PanelDrawing:
        """density: pixels to a millimetre of the board."""
        imgui.set_current_context(self._context)
        io = imgui.get_io()
        io.display_size = imgui.ImVec2(width, height)
        io.display_framebuffer_scale = imgui.ImVec2(density, density)
        io.delta_time = max(dt_s, 1e-4)
        imgui.new_frame()
        flags = imgui.WindowFlags_.no_decoration | imgui.WindowFlags_.no_saved_settings
        imgui.set_next_window_pos((0, 0))
        imgui.set_next_window_size(imgui.ImVec2(width, height))
        imgui.push_font(self.text, theme.BODY)
        imgui.begin("board", None, flags | imgui.WindowFlags_.no_move)
        draw()
        imgui.end()
        imgui.pop_font()
        imgui.render()
        return self._taken(density)

    def close(self) -> None:
        implot.destroy_context(self._plots)
        imgui.destroy_context(self._context)

    def _taken(self, density: float) -> PanelDrawing:
        """A copy: ImGui's own lists live until its next frame."""
        data = imgui.get_draw_data()
        self._take_glyphs()
        self._revision += 1
        vertices, indices, runs, first, base = [], [], [], 0, 0
        for commands in data.cmd_lists:
            vertices.append(_array(commands.vtx_buffer, PANEL_VERTEX_DTYPE))
            indices.append(_array(commands.idx_buffer, np.dtype(np.uint32)))
            for run in commands.cmd_buffer:
                clip = tuple(float(v) * density for v in run.clip_rect)
                start = base + run.vtx_offset
                runs.append((clip, first + run.idx_offset, run.elem_count, start))
            first, base = first + len(indices[-1]), base + len(vertices[-1])
        made = np.concatenate(vertices) if vertices else np.zeros(0, PANEL_VERTEX_DTYPE)
        made["at"] *= density
        return PanelDrawing(
            round(data.display_size.x * density),
            round(data.display_size.y * density),
            made,
            np.concatenate(indices) if indices else np.zeros(0, np.uint32),
            np.array(runs, PANEL_RUN_DTYPE),
            self._glyphs,
            self._revision,
        )

    def _take_glyphs(self) -> None:
        """ImGui adds letters to its image as they are first used, and may make a larger one."""
        for texture in imgui.get_platform_io().textures:
            if texture.status == imgui.ImTextureStatus.want_destroy:
                texture.set_tex_id(0)
                texture.status = imgui.ImTextureStatus.destroyed
            elif texture.status != imgui.ImTextureStatus.ok:
                shape = (texture.height, texture.width)
                pixels = texture.get_pixels_array().reshape(shape).copy()
                texture.set_tex_id(1)
                texture.status = imgui.ImTextureStatus.ok
                self._glyphs = Glyphs(pixels, self._glyphs.revision + 1)


def _font(fonts: Any, path: Any) -> Any:
    """With the letters it lacks from the system's fonts, and the icons."""
    font = fonts.add_font_from_file_ttf(str(path), theme.BODY)
    icons = imgui.ImFontConfig()
    icons.merge_mode = True
    icons.glyph_min_advance_x = theme.BODY
    fonts.add_font_from_file_ttf(str(theme.ICON_FONT), theme.BODY * 0.86, icons)
    # After the icons: such fonts have signs of their own where those are.
    for other in theme.other_fonts():
        merged = imgui.ImFontConfig()
        merged.merge_mode = True
        fonts.add_font_from_file_ttf(str(other), theme.BODY, merged)
    return font


def _array(buffer: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    count = buffer.size()
    if not count:
        return np.zeros(0, dtype)
    memory = (ctypes.c_char * (count * dtype.itemsize)).from_address(buffer.data_address())
    return np.frombuffer(memory, dtype).copy()
