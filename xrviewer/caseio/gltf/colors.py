"""Linear light, as glTF stores colour, and sRGB, as the case does."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xrviewer.case.model import Color
from xrviewer.caseio.gltf.schema import Material

_CHUNK = 1 << 16
"""Vertices encoded at a time: the float64 steps of all would need ten times their memory."""


def srgb_from_linear(linear: ArrayLike) -> NDArray[np.float64]:
    """IEC 61966-2-1, clamped to 0..1; what is not a number becomes 0."""
    light = np.clip(np.nan_to_num(np.asarray(linear, np.float64), posinf=1.0), 0.0, 1.0)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def linear_from_srgb(encoded: ArrayLike) -> NDArray[np.float64]:
    value = np.asarray(encoded, np.float64)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def srgb_bytes(linear: NDArray[Any]) -> NDArray[np.uint8]:
    """(N, 3 or 4) linear floats to (N, 4); opaque where there is no alpha."""
    out = np.full((len(linear), 4), 255, np.uint8)
    for start in range(0, len(linear), _CHUNK):
        rows = slice(start, start + _CHUNK)
        out[rows, :3] = np.rint(srgb_from_linear(linear[rows, :3]) * 255)
        if linear.shape[1] == 4:
            out[rows, 3] = np.rint(np.clip(np.nan_to_num(linear[rows, 3]), 0, 1) * 255)
    return out


def linear_u16(encoded: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """(N, 4) sRGB to linear; 16 bits bring every sRGB byte back unchanged."""
    out = encoded.astype(np.uint16) * np.uint16(257)
    out[:, :3] = np.rint(linear_from_srgb(np.arange(256) / 255) * 65535)[encoded[:, :3]]
    return out


def material_look(material: Material | None) -> tuple[Color | None, float]:
    """Base colour, where the file states one, and opacity."""
    rough = None if material is None else material.pbr_metallic_roughness
    factor = None if rough is None else rough.base_color_factor
    if material is None or factor is None:
        return None, 1.0
    opacity = min(max(factor[3], 0.0), 1.0) if material.alpha_mode == "BLEND" else 1.0
    return Color(_encoded(factor[0]), _encoded(factor[1]), _encoded(factor[2])), opacity


def _encoded(linear: float) -> float:
    """srgb_from_linear of one number: a thousand materials cost 50 ms through numpy."""
    light = min(max(linear, 0.0), 1.0)
    return float(light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)
