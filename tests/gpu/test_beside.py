"""A second context for a thread, of a window's: what it makes, the first one has."""

from __future__ import annotations

import threading
from contextlib import closing

import numpy as np
import pytest
from OpenGL import GL

from xrviewer.gpu.buffer import Buffer
from xrviewer.gpu.context import GlfwBeside, GlfwContext, context_beside

pytestmark = pytest.mark.gl


def test_a_windows_context_has_one_beside_it(display: str) -> None:
    made = list[Buffer]()
    with closing(GlfwContext("test", 32, 32, is_visible=False)) as first:
        beside = context_beside()
        assert isinstance(beside, GlfwBeside)

        def work() -> None:
            with beside:
                made.append(Buffer.holding(np.arange(4, dtype=np.int32)))
                GL.glFinish()

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(10.0)
        first.make_current()
        back = np.zeros(4, np.int32)
        GL.glGetNamedBufferSubData(made[0].name, 0, 16, back)
        assert back.tolist() == [0, 1, 2, 3]
        made[0].close()
        beside.close()
