"""Where compiled loops are kept: as numba does it, but nothing fails for want of it.

A disk that is full, or a file that was cut in half, costs some seconds of compiling and no more.
"""

from __future__ import annotations

from contextlib import suppress
from pickle import UnpicklingError
from typing import Any

from numba.core.caching import FunctionCache


class LoopCache(FunctionCache):  # type: ignore[misc]
    """Of one loop. Raises RuntimeError where no folder can be written to."""

    def load_overload(self, *what: Any) -> Any:
        with suppress(OSError, EOFError, UnpicklingError, ValueError):
            return super().load_overload(*what)
        return None

    def save_overload(self, *what: Any) -> None:
        try:
            super().save_overload(*what)
        except (OSError, EOFError, UnpicklingError, ValueError):
            with suppress(OSError):
                self.flush()
