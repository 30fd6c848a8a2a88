"""`xrviewer doctor`: what works on this machine, what does not, and how to mend it."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import av
import msgspec
import platformdirs

from xrviewer import __version__
from xrviewer.errors import GraphicsError, RuntimeUnavailable
from xrviewer.frontends.openxr.probe import headset_runtime
from xrviewer.gpu.context import Capabilities, Context, GlfwContext, capabilities
from xrviewer.gpu.egl import EglContext
from xrviewer.render.renderer import Renderer


class Finding(msgspec.Struct):
    """One thing looked at. `fix` is empty when it works."""

    name: str
    is_ok: bool
    detail: str
    fix: str = ""


class Diagnosis(msgspec.Struct):
    version: str
    findings: list[Finding]


def diagnose() -> Diagnosis:
    return Diagnosis(__version__, [look() for look in _LOOKS])


def _python() -> Finding:
    detail = f"{platform.python_version()} on {platform.platform(terse=True)}"
    is_ok = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("python", is_ok, detail, "" if is_ok else "use Python 3.11, 3.12 or 3.13")


def _offscreen() -> Finding:
    fix = "install EGL and a driver: libegl1 libgl1-mesa-dri on Debian"
    return _context("off screen", EglContext, fix)


def _window() -> Finding:
    fix = "start from a desktop session, or under Xvfb"
    return _context("window", lambda: GlfwContext("xrviewer", 64, 64, is_visible=False), fix)


def _context(name: str, make: Callable[[], Context], fix: str) -> Finding:
    try:
        context = make()
    except GraphicsError as error:
        return Finding(name, False, str(error), fix)
    try:
        found = capabilities()
        Renderer(found).close()
        return Finding(name, True, f"{found.renderer}, OpenGL {found.version}", _slow(found))
    finally:
        context.close()


def _slow(found: Capabilities) -> str:
    if found.is_software:
        return "drawn by the processor, slowly: install the graphics card's own driver"
    return ""


def _headset() -> Finding:
    try:
        return Finding("headset", True, f"on {headset_runtime()}")
    except RuntimeUnavailable as problem:
        return Finding("headset", False, *_problem_and_fix(str(problem)))


def _problem_and_fix(line: str) -> tuple[str, str]:
    problem, _, fix = line.partition("; ")
    return problem, fix


def _encoder() -> Finding:
    is_ok = "libx264" in av.codecs_available
    detail = "H.264 by libx264" if is_ok else "the av package has no libx264"
    return Finding("video", is_ok, detail, "" if is_ok else "reinstall it: pip install av")


def _folder() -> Finding:
    folder = Path(platformdirs.user_data_dir("xrviewer", appauthor=False))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        detail = f"{folder} cannot be written: {error.strerror or error}"
        return Finding("data folder", False, detail, "name folders with --out; set HOME")
    return Finding("data folder", True, str(folder))


_LOOKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _offscreen,
    _window,
    _headset,
    _encoder,
    _folder,
)
