"""Whether a headset can be had now, without showing anything in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import xr

from xrviewer.frontends.openxr import problems
from xrviewer.frontends.openxr.bindings import OPENGL
from xrviewer.frontends.openxr.instance import Instance

_STDERR = 2


def headset_runtime() -> str:
    """The runtime's name; raises RuntimeUnavailable, with what to do, when there is no headset."""
    with _hushed():
        instance = Instance((OPENGL,))
        try:
            instance.require_headset()
            return instance.runtime
        except xr.ErrorResult as error:
            raise problems.no_runtime() from error
        finally:
            instance.close()


@contextmanager
def _hushed() -> Iterator[None]:
    """Without what the libraries write: what is wrong is said by who asks, in one line."""
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        kept = os.dup(_STDERR)
    except OSError:  # there is none
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), _STDERR)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
