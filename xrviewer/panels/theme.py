"""How panels look: dark glass, one accent, three sizes, icons that always have a word."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import imgui_bundle
from imgui_bundle import imgui

SMALL, BODY, TITLE = 14.0, 17.0, 24.0
"""Line heights, in millimetres of the board at rest distance."""
ROW = 32.0
"""Height of what can be pressed; more than the 24 mm that a finger needs."""
GAP = 8.0
"""Between two of them."""
PADDING = 14.0
CORNER, SMALL_CORNER = 12.0, 7.0


class Icon(StrEnum):
    """Of Font Awesome 6 Free, by their code points."""

    BLANK = "\u2003"
    CASE = "\uf5da"
    LAYERS = "\uf5fd"
    MAP = "\uf53f"
    HELP = "\uf059"
    HIDE = "\uf00d"
    SHOW = "\uf0c9"
    EYE = "\uf06e"
    EYE_OFF = "\uf070"
    EYE_PART = "\uf042"
    UNDO = "\uf2ea"
    REDO = "\uf2f9"
    LIFE_SIZE = "\uf545"
    ROOM = "\uf0b2"
    STAND = "\uf183"
    HOME = "\uf015"
    TOGETHER = "\uf78c"
    SEARCH = "\uf002"
    WARNING = "\uf071"
    EDIT = "\uf304"
    OPENED = "\uf078"
    CLOSED = "\uf054"
    ISOLATE = "\uf05b"
    GHOST = "\uf6e2"
    RULER = "\uf546"
    CHECK = "\uf00c"
    BACK = "\uf060"
    NEXT = "\uf061"
    AHEAD = "\uf062"
    ASTERN = "\uf063"
    LOCK = "\uf023"
    ERASE = "\uf55a"
    PALETTE = "\uf5c3"
    PEEL = "\uf102"
    UNPEEL = "\uf103"
    NOTE = "\uf249"
    SAVE = "\uf0c7"
    HAND = "\uf256"
    DATES = "\uf017"
    SIDE = "\uf0db"
    SWIPE = "\uf337"
    TURNS = "\uf362"
    MOUSE = "\uf8cc"
    KEYBOARD = "\uf11c"
    SLICES = "\uf497"
    CUT = "\uf0c4"
    REMOVE = "\uf2ed"
    CAMERA = "\uf030"
    FILM = "\uf03d"
    MICROPHONE = "\uf130"
    STOP = "\uf04d"
    TOUR = "\uf4d7"
    LINES = "\uf83e"
    SPOT = "\uf3c5"


Color = tuple[float, float, float, float]


def _rgb(hex: str, alpha: float = 1.0) -> Color:
    red, green, blue = (int(hex[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (red, green, blue, alpha)


GLASS = _rgb("#14181d", 0.92)
TEXT, QUIET_TEXT = _rgb("#e9edf1"), _rgb("#9aa6b2")
FAINT_TEXT = _rgb("#88939e")
ACCENT, ACCENT_SOFT = _rgb("#5ab0c8"), _rgb("#5ab0c8", 0.22)
WARNING, DANGER, SUCCESS = _rgb("#e0a33a"), _rgb("#d5565b"), _rgb("#6bb187")
HAIRLINE = _rgb("#2a323a")
WELL, WELL_HOVERED, WELL_PRESSED = _rgb("#222931"), _rgb("#303a45"), _rgb("#35525e")
CLEAR: Color = (0.0, 0.0, 0.0, 0.0)

_FONTS = Path(imgui_bundle.__file__).parent / "assets" / "fonts"
TEXT_FONT, STRONG_FONT = _FONTS / "Roboto/Roboto-Regular.ttf", _FONTS / "Roboto/Roboto-Bold.ttf"
ICON_FONT = _FONTS / "Font_Awesome_6_Free-Solid-900.otf"

_OTHER_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansHebrew-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/segoeui.ttf",
    "C:/Windows/Fonts/arial.ttf",
)
"""Of the usual systems, with letters that Roboto has not."""


def other_fonts() -> list[Path]:
    """Those that are here; without any a foreign letter is drawn as a box."""
    return [font for font in map(Path, _OTHER_FONTS) if font.is_file()]


def packed(color: Color) -> int:
    return int(imgui.color_convert_float4_to_u32(imgui.ImVec4(*color)))


def apply_style() -> None:
    """To the current context. Nothing of ImGui's own look is left: no borders, titles or arrows."""
    style, col = imgui.get_style(), imgui.Col_
    style.window_padding, style.frame_padding = (
        imgui.ImVec2(0, 0),
        imgui.ImVec2(12, (ROW - BODY) / 2),
    )
    style.item_spacing = style.item_inner_spacing = imgui.ImVec2(GAP, GAP)
    style.window_border_size = style.child_border_size = style.frame_border_size = 0.0
    style.frame_rounding = style.grab_rounding = style.scrollbar_rounding = SMALL_CORNER
    style.scrollbar_size, style.grab_min_size = 10.0, 22.0
    style.disabled_alpha = 0.35
    colors = {
        col.text: TEXT,
        col.text_disabled: QUIET_TEXT,  # a hint in a field, which may be hovered
        col.window_bg: CLEAR,
        col.child_bg: CLEAR,
        col.frame_bg: WELL,
        col.frame_bg_hovered: WELL_HOVERED,
        col.frame_bg_active: WELL_PRESSED,
        col.button: WELL,
        col.button_hovered: WELL_HOVERED,
        col.button_active: WELL_PRESSED,
        col.scrollbar_bg: CLEAR,
        col.scrollbar_grab: WELL_HOVERED,
        col.scrollbar_grab_hovered: HAIRLINE,
        col.scrollbar_grab_active: ACCENT,
        col.slider_grab: ACCENT,
        col.slider_grab_active: TEXT,
        col.separator: HAIRLINE,
        col.text_selected_bg: ACCENT_SOFT,
        col.input_text_cursor: ACCENT,
        col.nav_cursor: CLEAR,
    }
    for slot, color in colors.items():
        style.set_color_(slot, imgui.ImVec4(*color))
