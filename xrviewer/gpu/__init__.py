"""Thin owners of OpenGL names: made in __init__, freed in close(). Nothing medical here.

PyOpenGL binds to GLX or EGL once a process, before its first import. On Linux we take EGL always:
its function pointers go through the vendor-neutral dispatch, so they serve a GLX window as well.
"""

from __future__ import annotations

import os
import sys

if sys.platform.startswith("linux"):
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
