"""What the runtime and its validation layers have to say, for those who ask to hear it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import xr

from xrviewer.frontends.openxr.calls import call, extension_function

EXTENSION = "XR_EXT_debug_utils"
_LOUD = (
    xr.DebugUtilsMessageSeverityFlagsEXT.INFO_BIT
    | xr.DebugUtilsMessageSeverityFlagsEXT.WARNING_BIT
    | xr.DebugUtilsMessageSeverityFlagsEXT.ERROR_BIT
)


class Messenger:
    """Passes on every message above debug level; ends with the instance, which must not outlive it.

    To end it by hand makes the core validation layer complain: it does not know its own handle.
    """

    def __init__(self, instance: Any, hear: Callable[[str], None]) -> None:
        def received(_severity: int, _kinds: int, data: Any, _user: Any) -> int:
            said = data.contents
            hear(f"{said._function_name.decode()}: {said._message.decode()}")
            return 0

        # The runtime calls it for as long as the messenger lives.
        self._callback = xr.PFN_xrDebugUtilsMessengerCallbackEXT(received)
        info = xr.DebugUtilsMessengerCreateInfoEXT(message_severities=_LOUD)
        info._user_callback = self._callback
        self._handle = xr.DebugUtilsMessengerEXT()
        create = extension_function(instance, "xrCreateDebugUtilsMessengerEXT")
        call(create, instance, ctypes.byref(info), self._handle)
