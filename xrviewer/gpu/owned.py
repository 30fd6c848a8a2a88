"""The life of an OpenGL name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from xrviewer.errors import GraphicsError


class Owned(ABC):
    """Owns one OpenGL name until close(); using it afterwards fails loudly."""

    def __init__(self, name: int) -> None:
        self._name = int(name)

    @property
    def name(self) -> int:
        if self._name < 0:
            raise GraphicsError(f"{type(self).__name__} is used after close()")
        return self._name

    def close(self) -> None:
        """Frees the name; a second call does nothing."""
        if self._name >= 0:
            self._free(self._name)
            self._name = -1

    @abstractmethod
    def _free(self, name: int) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
