"""xrviewer: stand inside a scan. Education, communication and planning; not for diagnosis."""

import os
import sys

__version__ = "0.1.0"

# PyOpenGL binds to GLX or EGL once a process, when whoever comes first imports it. On Linux we
# take EGL always: its function pointers go through the vendor-neutral dispatch, so they serve a
# GLX window as well. It has to be said here, before any module of ours can import a library that
# imports OpenGL.
if sys.platform.startswith("linux"):
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
