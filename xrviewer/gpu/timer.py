"""How long the GPU took, asked without waiting for it."""

from __future__ import annotations

from collections import deque
from ctypes import c_uint64

import numpy as np
from OpenGL import GL

_IN_FLIGHT = 4


class GpuTimer:
    """Time elapsed between begin() and end(); results come a few frames later."""

    def __init__(self) -> None:
        names = np.zeros(_IN_FLIGHT, np.uint32)
        GL.glCreateQueries(GL.GL_TIME_ELAPSED, _IN_FLIGHT, names)
        self._free_names = [int(n) for n in names]
        self._pending: deque[int] = deque()
        self._is_open = False

    def begin(self) -> None:
        """Skips the frame when the GPU is too far behind to have a query free."""
        if self._free_names:
            self._pending.append(self._free_names.pop())
            GL.glBeginQuery(GL.GL_TIME_ELAPSED, self._pending[-1])
            self._is_open = True

    def end(self) -> None:
        if self._is_open:
            GL.glEndQuery(GL.GL_TIME_ELAPSED)
            self._is_open = False

    def poll_ms(self) -> list[float]:
        """The results that have come in, oldest first."""
        results = []
        while self._pending and self._is_ready(self._pending[0]):
            name = self._pending.popleft()
            elapsed_ns = c_uint64()
            GL.glGetQueryObjectui64v(name, GL.GL_QUERY_RESULT, elapsed_ns)
            results.append(elapsed_ns.value / 1e6)
            self._free_names.append(name)
        return results

    def close(self) -> None:
        names = [*self._free_names, *self._pending]
        if names:
            GL.glDeleteQueries(len(names), names)
        self._free_names, self._pending = [], deque()

    def _is_ready(self, name: int) -> bool:
        return bool(GL.glGetQueryObjectuiv(name, GL.GL_QUERY_RESULT_AVAILABLE))
