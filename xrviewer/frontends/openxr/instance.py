"""The connection to a runtime, with only the extensions it has."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import xr

from xrviewer import __version__
from xrviewer.frontends.openxr import debug, problems
from xrviewer.frontends.openxr.profiles import PROFILES

WANTED = (
    "XR_KHR_composition_layer_depth",
    "XR_KHR_visibility_mask",
    "XR_KHR_locate_spaces",
    "XR_EXT_local_floor",
    "XR_EXT_hand_tracking",
    "XR_EXT_hand_interaction",
    "XR_FB_display_refresh_rate",
    "XR_FB_passthrough",
    *(profile.extension for profile in PROFILES if profile.extension),
)
"""Used when the runtime has them; each has a fallback, or a feature less."""


def available_extensions() -> frozenset[str]:
    """Raises RuntimeUnavailable, with what to do, when there is no runtime to ask."""
    os.environ.setdefault("XR_LOADER_DEBUG", "none")  # its lines would repeat ours, at length
    try:
        found = xr.enumerate_instance_extension_properties()
    except xr.XrException as error:
        raise problems.no_runtime() from error
    return frozenset(item.extension_name.decode() for item in found)


def chosen_extensions(available: frozenset[str], needed: Iterable[str]) -> tuple[str, ...]:
    """All that are needed and those of the wanted that are there, in a fixed order."""
    missing = [name for name in needed if name not in available]
    if missing:
        runtime = problems.active_runtime()
        raise problems.unavailable(problems.Problem.NO_OPENGL, runtime, f"{missing[0]} is missing")
    return (*needed, *(name for name in dict.fromkeys(WANTED) if name in available))


class Instance:
    """One xr.Instance."""

    def __init__(self, needed: Iterable[str], hear: Callable[[str], None] | None = None) -> None:
        available = available_extensions()
        self.extensions = chosen_extensions(available, tuple(needed))
        is_heard = hear is not None and debug.EXTENSION in available
        if is_heard:
            self.extensions += (debug.EXTENSION,)
        application = xr.ApplicationInfo(
            application_name="xrviewer",
            application_version=_version_number(__version__),
            engine_name="xrviewer",
            api_version=xr.Version(1, 0, 0),  # all that is used is 1.0 and extensions
        )
        self.handle: Any = _created(
            xr.InstanceCreateInfo(
                application_info=application, enabled_extension_names=list(self.extensions)
            )
        )
        self._messenger = debug.Messenger(self.handle, hear) if hear and is_heard else None
        properties = xr.get_instance_properties(self.handle)
        self.runtime: str = properties.runtime_name.decode()

    def has(self, extension: str) -> bool:
        return extension in self.extensions

    def require_headset(self) -> int:
        """The system's id; raises RuntimeUnavailable while no headset is plugged in."""
        try:
            return int(xr.get_system(self.handle, xr.SystemGetInfo()).value)
        except (xr.FormFactorUnavailableError, xr.FormFactorUnsupportedError) as error:
            runtime = problems.named_runtime(self.runtime)
            raise problems.unavailable(problems.Problem.NO_HEADSET, runtime) from error

    def path(self, text: str) -> int:
        return int(xr.string_to_path(self.handle, text).value)

    def close(self) -> None:
        if self.handle is not None:
            handle, self.handle = self.handle, None
            try:
                xr.destroy_instance(handle)
            except xr.XrException:
                pass  # lost with its service: there is nothing left to destroy


def _created(info: Any) -> Any:
    try:
        return xr.create_instance(info)
    except xr.ApiVersionUnsupportedError as error:
        runtime = problems.active_runtime()
        raise problems.unavailable(problems.Problem.TOO_OLD, runtime) from error
    except xr.XrException as error:
        raise problems.no_runtime() from error


def _version_number(version: str) -> int:
    major, minor = (int(part) for part in version.split(".")[:2])
    return major * 1000 + minor
