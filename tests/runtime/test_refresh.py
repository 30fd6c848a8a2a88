"""How often the headset shows a frame: the best rate it has up to the wanted one."""

from __future__ import annotations

import ctypes

import pytest
from bed import Bed

from xrviewer.frontends.openxr.calls import call, extension_function
from xrviewer.frontends.openxr.refresh import offered_hz
from xrviewer.frontends.openxr.session import Options


@pytest.mark.parametrize("wanted_hz", [1.0, 500.0])
def test_the_runtime_takes_the_rate_that_is_chosen(null_bed: Bed, wanted_hz: float) -> None:
    null_bed.start_runtime()
    frontend = null_bed.start_frontend(Options(refresh_hz=wanted_hz))
    null_bed.run_until(lambda f: bool(f.views))
    session = frontend.headset.session
    assert session is not None
    offered, now_hz = offered_hz(session.instance, session.handle), ctypes.c_float()
    ask = extension_function(session.instance.handle, "xrGetDisplayRefreshRateFB")
    call(ask, session.handle, now_hz)
    assert offered and session.refresh_hz == (max(offered) if wanted_hz > 1 else min(offered))
    assert now_hz.value == pytest.approx(session.refresh_hz)
    assert null_bed.lines[-1].endswith(f" at {session.refresh_hz:.0f} Hz")
