"""Whether a headset can be had now, without showing anything in it."""

from __future__ import annotations

import xr

from xrviewer.frontends.openxr import problems
from xrviewer.frontends.openxr.bindings import OPENGL
from xrviewer.frontends.openxr.instance import Instance


def headset_runtime() -> str:
    """The runtime's name; raises RuntimeUnavailable, with what to do, when there is no headset."""
    instance = Instance((OPENGL,))
    try:
        instance.require_headset()
        return instance.runtime
    except xr.ErrorResult as error:
        raise problems.no_runtime() from error
    finally:
        instance.close()
