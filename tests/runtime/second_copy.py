"""Another copy of the viewer's headset loop, for a test that runs two at once."""

from __future__ import annotations

import time

from xrviewer.frontends.frontend import Wait
from xrviewer.frontends.openxr.frontend import OpenXrFrontend
from xrviewer.gpu.context import GlfwContext

FRAMES = 20
PATIENCE_S = 20.0


def main() -> None:
    context = GlfwContext("second copy", 64, 64, is_visible=False)
    frontend = OpenXrFrontend()
    frames, until_s = 0, time.monotonic() + PATIENCE_S
    while frames < FRAMES and time.monotonic() < until_s:
        if frontend.wait() is Wait.RUN:
            frontend.input()
            frontend.present()
            frames += 1
    print("frames:", frames)
    frontend.close()
    context.close()


if __name__ == "__main__":
    main()
