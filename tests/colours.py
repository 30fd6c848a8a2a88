"""Colours as people see them, in closed form: contrast, and what is left of it to the colour-blind.

Contrast: WCAG 2.2, relative luminance. Colour blindness: Machado, Oliveira and Fernandes (2009), at
full severity, in linear light. Difference: CIE 1976 in CIELAB under D65; 2.3 is just noticeable.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Colors = NDArray[np.float64]
SIGHTS: dict[str, Colors] = {
    "common": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
_XYZ_FROM_RGB = np.array(
    [
        [0.4123908, 0.3575843, 0.1804808],
        [0.2126390, 0.7151687, 0.0721923],
        [0.0193308, 0.1191948, 0.9505322],
    ]
)
_WHITE = _XYZ_FROM_RGB.sum(axis=1)


def rgb(hex: str) -> Colors:
    return np.array([int(hex[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def light(srgb: ArrayLike) -> Colors:
    """IEC 61966-2-1."""
    c = np.asarray(srgb, np.float64)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(srgb: ArrayLike) -> Colors:
    return np.asarray(light(srgb) @ (0.2126, 0.7152, 0.0722))


def contrast(one: ArrayLike, other: ArrayLike) -> float:
    low, high = sorted((float(luminance(one)), float(luminance(other))))
    return (high + 0.05) / (low + 0.05)


def over(front: Sequence[float], back: Sequence[float]) -> Colors:
    """A colour with alpha on an opaque one, blended in linear light as the renderer does."""
    alpha = front[3] if len(front) > 3 else 1.0
    blended = light(front[:3]) * alpha + light(back[:3]) * (1 - alpha)
    low = blended <= 0.0031308
    return np.asarray(np.where(low, 12.92 * blended, 1.055 * blended ** (1 / 2.4) - 0.055))


def lab(srgb: ArrayLike, sight: str = "common") -> Colors:
    """(..., 3) CIELAB of what somebody of that sight sees."""
    seen = np.clip(light(srgb) @ SIGHTS[sight].T, 0, 1)
    t = seen @ _XYZ_FROM_RGB.T / _WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)


def apart(one: ArrayLike, other: ArrayLike, sight: str = "common") -> float:
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))
