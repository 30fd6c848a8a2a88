"""How often the headset shows a frame."""

from __future__ import annotations

import ctypes
from typing import Any

from xrviewer.frontends.openxr import convert
from xrviewer.frontends.openxr.calls import call, extension_function
from xrviewer.frontends.openxr.instance import Instance


def choose_refresh_rate(instance: Instance, session: Any, wanted_hz: float) -> float | None:
    """Asks for the best rate there is; None when the headset has no choice."""
    rate = convert.refresh_rate(offered_hz(instance, session), wanted_hz)
    if rate is not None:
        ask = extension_function(instance.handle, "xrRequestDisplayRefreshRateFB")
        call(ask, session, rate)
    return rate


def offered_hz(instance: Instance, session: Any) -> tuple[float, ...]:
    ask = extension_function(instance.handle, "xrEnumerateDisplayRefreshRatesFB")
    count = ctypes.c_uint32()
    call(ask, session, 0, count, None)
    rates = (ctypes.c_float * count.value)()
    call(ask, session, count.value, count, rates)
    return tuple(rates)
