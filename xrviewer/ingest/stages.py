"""What a stopped import had done: slow stages, kept until an import of the same data succeeds.

In the user's own cache folder, never in a case. A name is a hash of all that went into the
stage, byte by byte; a file holds voxels, labels or surfaces and no text of any source.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from xrviewer import __version__
from xrviewer.caseio.cache import CACHE_VARIABLE

SLOW_S = 1.0
"""A stage that takes less is made again."""
LIMIT_BYTES = 2 << 30
LIMIT_S = 7 * 86400.0

Arrays = Mapping[str, NDArray[Any]]


@dataclass(slots=True)
class Stages:
    """folder None: nothing is kept."""

    folder: Path | None = None
    slow_s: float = SLOW_S
    used: list[Path] = field(default_factory=list)
    resumed: list[str] = field(default_factory=list)
    """Stages that were not made again."""

    def kept(
        self, name: str, inputs: Callable[[], tuple[object, ...]], make: Callable[[], Arrays]
    ) -> Arrays:
        """Of an earlier import of the same inputs, else made, and kept if that was slow."""
        if self.folder is None:
            return make()
        path = self.folder / f"{_hashed(name, inputs())}.npz" if any_in(self.folder) else None
        found = _load(path) if path is not None else None
        if path is not None and found is not None:
            self.used.append(path)
            self.resumed.append(name)
            return found
        start_s = time.monotonic()
        made = make()
        if time.monotonic() - start_s >= self.slow_s:
            path = path or self.folder / f"{_hashed(name, inputs())}.npz"
            with contextlib.suppress(OSError):
                _store(path, made)
                self.used.append(path)
        return made

    def clear(self) -> None:
        """When the case is written."""
        for path in self.used:
            path.unlink(missing_ok=True)


def open_stages() -> Stages:
    """In the cache folder; none where that is turned off or cannot be written."""
    named = os.environ.get(CACHE_VARIABLE)
    if named == "":
        return Stages()
    folder = Path(named) if named else platformdirs.user_cache_path("xrviewer")
    folder = folder / "stages"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _drop_old(folder)
    except OSError:
        return Stages()
    return Stages(folder)


def any_in(folder: Path) -> bool:
    return any(True for _ in folder.glob("*.npz"))


def _hashed(name: str, inputs: tuple[object, ...]) -> str:
    digest = hashlib.blake2b(f"{name} {__version__}".encode(), digest_size=20)
    for value in inputs:
        if isinstance(value, np.ndarray):
            digest.update(f"{value.shape} {value.dtype.str}".encode())
            digest.update(np.ascontiguousarray(value.T).data)  # Fortran order is not copied
        else:
            digest.update(repr(value).encode())
    return digest.hexdigest()


def _load(path: Path) -> Arrays | None:
    try:
        with path.open("rb") as block, np.load(block, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _store(path: Path, made: Arrays) -> None:
    handle, temporary = tempfile.mkstemp(suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **dict(made))  # type: ignore[arg-type]
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _drop_old(folder: Path) -> None:
    """By age, and the oldest first where there is too much; halves of a kill too."""
    files = sorted(((p.stat(), p) for p in folder.iterdir()), key=lambda f: -f[0].st_mtime)
    total = 0
    for stat, path in files:
        total += stat.st_size
        if total > LIMIT_BYTES or time.time() - stat.st_mtime > LIMIT_S:
            path.unlink(missing_ok=True)
