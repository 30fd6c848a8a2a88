"""What the runtime's refusals mean, and what the person beside the wearer does about them. Pure
but for reading which runtime is the active one."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from enum import Enum
from pathlib import Path

from xrviewer.errors import RuntimeUnavailable


class Runtime(Enum):
    """Whose advice fits."""

    STEAMVR = "SteamVR"
    MONADO = "Monado"
    WIVRN = "WiVRn"
    META = "Meta (Oculus)"
    WMR = "Windows Mixed Reality"
    UNKNOWN = "the OpenXR runtime"


class Problem(Enum):
    """What stands between the program and the headset."""

    NO_RUNTIME = "no OpenXR runtime is set up on this machine"
    BAD_MANIFEST = "the OpenXR runtime's manifest cannot be used"
    SERVICE_DOWN = "the OpenXR runtime does not answer"
    NO_OPENGL = "the OpenXR runtime has no OpenGL"
    NO_HEADSET = "no headset is connected"
    TOO_OLD = "the OpenXR runtime is too old"
    GRAPHICS = "the OpenXR runtime does not take this OpenGL"


SYSTEM_FOLDERS = (Path("/usr/local/etc"), Path("/etc"))
"""Where the loader looks after the user's own folders."""

_MARKS = {
    Runtime.STEAMVR: ("steamxr", "steamvr"),
    Runtime.WIVRN: ("wivrn",),
    Runtime.MONADO: ("monado",),
    Runtime.META: ("oculus", "meta"),
    Runtime.WMR: ("mixedreality", "mixed reality"),
}

_INSTALL = (
    "install one (SteamVR; Meta Quest Link; Monado or WiVRn on Linux; Windows Mixed Reality) and "
    "make it the active OpenXR runtime in its settings"
)
_REFIT = {
    Runtime.STEAMVR: "SteamVR > Settings > OpenXR > Set SteamVR as OpenXR Runtime",
    Runtime.MONADO: "point XR_RUNTIME_JSON at openxr_monado.json, or reinstall libopenxr1-monado",
    Runtime.WIVRN: "start the WiVRn dashboard once: it sets itself as the active runtime",
    Runtime.META: "Meta Quest Link > Settings > General > Set Meta Quest Link as active",
    Runtime.WMR: "install OpenXR Tools for Windows Mixed Reality and choose Set as active runtime",
    Runtime.UNKNOWN: "reinstall the runtime, or correct the path in XR_RUNTIME_JSON",
}
_START = {
    Runtime.STEAMVR: "start SteamVR and wait until its window says that the headset is ready",
    Runtime.MONADO: "start it: systemctl --user start monado, or run monado-service",
    Runtime.WIVRN: "start the WiVRn dashboard and connect the headset",
    Runtime.META: "start Meta Quest Link on this computer and in the headset",
    Runtime.WMR: "start the Mixed Reality Portal",
    Runtime.UNKNOWN: "start its service or application",
}
_PLUG = {
    Runtime.STEAMVR: "connect it, or start Steam Link in it; SteamVR shows it when it is ready",
    Runtime.MONADO: "connect it and start monado-service again: it looks for headsets at start",
    Runtime.WIVRN: "open WiVRn in the headset and choose this computer",
    Runtime.META: "connect the cable or Air Link and accept Quest Link in the headset",
    Runtime.WMR: "connect both plugs and start the Mixed Reality Portal",
    Runtime.UNKNOWN: "connect it and switch it on",
}
_UPDATE = {
    Runtime.STEAMVR: "update SteamVR in Steam's library",
    Runtime.MONADO: "install Monado 25 or later",
    Runtime.WIVRN: "update WiVRn on both the computer and the headset",
    Runtime.META: "update Meta Quest Link",
    Runtime.WMR: "update OpenXR for Windows Mixed Reality in the Microsoft Store",
    Runtime.UNKNOWN: "update it",
}
_OPENGL = {
    **_UPDATE,
    Runtime.WMR: "it takes Direct3D only: set SteamVR with SteamVR for WMR as the active runtime",
    Runtime.MONADO: "install Monado 25 and a driver with GL_EXT_memory_object_fd (Mesa 25)",
    Runtime.WIVRN: "update WiVRn, and the driver to one with GL_EXT_memory_object_fd",
}
_DRIVER = dict.fromkeys(
    Runtime, "update the graphics driver, and let headset and window use the same graphics card"
)
FIXES: dict[Problem, dict[Runtime, str]] = {
    Problem.NO_RUNTIME: dict.fromkeys(Runtime, _INSTALL),
    Problem.BAD_MANIFEST: _REFIT,
    Problem.SERVICE_DOWN: _START,
    Problem.NO_OPENGL: _OPENGL,
    Problem.NO_HEADSET: _PLUG,
    Problem.TOO_OLD: _UPDATE,
    Problem.GRAPHICS: _DRIVER,
}


def unavailable(problem: Problem, runtime: Runtime, detail: str = "") -> RuntimeUnavailable:
    """One line: what is wrong, with which runtime, and what to do."""
    named = f" ({runtime.value})" if runtime is not Runtime.UNKNOWN else ""
    more = f": {detail}" if detail else ""
    return RuntimeUnavailable(f"{problem.value}{named}{more}; {FIXES[problem][runtime]}")


def named_runtime(text: str) -> Runtime:
    """From a runtime's own name, or from its manifest's path and contents."""
    lower = text.lower()
    for runtime, marks in _MARKS.items():
        if any(mark in lower for mark in marks):
            return runtime
    return Runtime.UNKNOWN


def manifest_fault(manifest: Path) -> str:
    """Why a loader cannot use it; empty when it can."""
    try:
        library = json.loads(manifest.read_text(encoding="utf-8"))["runtime"]["library_path"]
    except OSError as error:
        return f"{manifest} cannot be read ({error.strerror})"
    except (ValueError, KeyError, TypeError):
        return f"{manifest} is not a runtime manifest"
    if not isinstance(library, str) or not library:
        return f"{manifest} names no library"
    is_file = os.sep in library or "/" in library  # a bare name is looked up by the system
    if is_file and not (manifest.parent / library).is_file():
        return f"{manifest} points at {library}, which is not there"
    return ""


def active_manifest() -> Path | None:
    """What the loader would take, in its order."""
    named = os.environ.get("XR_RUNTIME_JSON")
    if named:
        return Path(named)
    registered = _registered_manifest()
    if registered is not None:
        return registered
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    folders = [home, *map(Path, (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"))]
    places = [*folders, *SYSTEM_FOLDERS]
    candidates = [folder / "openxr/1/active_runtime.json" for folder in places]
    return next((file for file in candidates if file.exists() or file.is_symlink()), None)


def _registered_manifest() -> Path | None:
    """Windows keeps it in the registry."""
    if sys.platform == "win32":
        import winreg  # Windows only

        with (
            suppress(OSError),
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Khronos\OpenXR\1") as key,
        ):
            return Path(winreg.QueryValueEx(key, "ActiveRuntime")[0])
    return None


def no_runtime() -> RuntimeUnavailable:
    """The loader found nothing it can load, or the library it loaded does not answer."""
    manifest = active_manifest()
    if manifest is None:
        return unavailable(Problem.NO_RUNTIME, Runtime.UNKNOWN)
    runtime = active_runtime()
    fault = manifest_fault(manifest)
    if fault:
        return unavailable(Problem.BAD_MANIFEST, runtime, fault)
    return unavailable(Problem.SERVICE_DOWN, runtime)


def active_runtime() -> Runtime:
    """By the manifest's real path, then by what it says of itself."""
    manifest = active_manifest()
    if manifest is None:
        return Runtime.UNKNOWN
    by_path = named_runtime(str(manifest.resolve()))
    if by_path is not Runtime.UNKNOWN or not manifest.is_file():
        return by_path
    return named_runtime(manifest.read_text(encoding="utf-8", errors="replace"))
