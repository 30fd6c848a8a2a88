"""The headset, through OpenXR; split by life time: instance, session, swapchain, actions...

pyopenxr replaces PyOpenGL's platform when it is imported; what PyOpenGL has already bound keeps
working, what it binds afterwards does not. So OpenGL comes first, here, whoever is imported.
"""

import xrviewer.gpu.context  # noqa: F401
