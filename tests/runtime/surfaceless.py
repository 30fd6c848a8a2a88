"""The headset loop on an EGL context without a window, for a test; XR_MNDX_egl_enable."""

from __future__ import annotations

import time

from OpenGL import GL

from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.openxr.frontend import OpenXrFrontend
from xrviewer.gpu.egl import EglContext

FRAMES = 10
PATIENCE_S = 20.0


def main() -> None:
    context = EglContext()
    frontend = OpenXrFrontend()
    frames, until_s = 0, time.monotonic() + PATIENCE_S
    while frames < FRAMES and time.monotonic() < until_s:
        if frontend.wait() is Wait.RUN:
            if frontend.input().views:
                for framebuffer in frontend.target().framebuffers:
                    GL.glBindFramebuffer(GL.GL_DRAW_FRAMEBUFFER, framebuffer)
                    GL.glClear(GL.GL_COLOR_BUFFER_BIT)
                frames += 1
            frontend.present()
    print(f"{context.description}: {frames} frames; error {GL.glGetError()}")
    frontend.close()
    context.close()


if __name__ == "__main__":
    main()
