"""The headset, through OpenXR; split by life time: instance, session, swapchain, actions...

pyopenxr replaces PyOpenGL's platform by GLX when it is imported, and what PyOpenGL binds after
that fails in a context made by EGL. So it is imported here, whoever of us comes first, and the
platform put back.
"""

from xrviewer.gpu.platform import kept_platform

with kept_platform():
    import xr  # noqa: F401
