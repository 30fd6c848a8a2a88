"""The machine's loudspeaker and microphone, through miniaudio; either may be missing.

miniaudio's wheels hold all they need and find ALSA, PulseAudio, Core Audio or WASAPI when they are
asked: nothing has to be installed. Where no device is, it falls back to a null one that plays into
nothing and hears silence: that counts as none here.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Generator
from typing import Any, Protocol

from xrviewer.capture.sounds import RATE_HZ
from xrviewer.errors import DeviceError

_NULL = "Null"
_PERIOD_MS = 20
NO_MICROPHONE = "no microphone was found: connect one, or film without --narrate"


class Device(Protocol):
    """What miniaudio's devices offer."""

    backend: str

    def start(self, generator: Generator[Any, Any, None]) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


def open_speaker() -> Device | None:
    """The system's own; None where there is none. Takes up to some tenths of a second."""
    return _opened("PlaybackDevice", "output_format")


def open_microphone() -> Device:
    """The system's own. Raises DeviceError."""
    device = _opened("CaptureDevice", "input_format")
    if device is None:
        raise DeviceError(NO_MICROPHONE)
    return device


def _opened(kind: str, format: str) -> Device | None:
    try:
        import miniaudio  # a quarter of a second: only who hears or speaks waits for it
    except ImportError:
        return None
    _quiet_alsa()
    as_asked: dict[str, Any] = {format: miniaudio.SampleFormat.SIGNED16}
    try:
        device: Device = getattr(miniaudio, kind)(
            **as_asked,
            nchannels=1,
            sample_rate=RATE_HZ,
            buffersize_msec=_PERIOD_MS,
            app_name="xrviewer",
        )
    except miniaudio.MiniaudioError:
        return None
    if device.backend == _NULL:
        device.close()
        return None
    return device


@functools.cache
def _quiet_alsa() -> object:
    """It writes a page to the terminal where there is no card, whatever its caller makes of it."""
    told = (ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)
    ignore = ctypes.CFUNCTYPE(None, *told)(lambda *_: None)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(ignore)
    return ignore  # alive as long as the library may call it
