"""The headset's cameras behind the case: what a runtime that has XR_FB_passthrough would be handed.

No runtime here has it. Its functions stand here as C functions of the extension's own types, which
read what lies in memory, byte for byte, as the specification draws it.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import xr

from xrviewer.frontends.openxr.blend import Blend
from xrviewer.frontends.openxr.ending import FrameEnd
from xrviewer.frontends.openxr.passthrough import EXTENSION, FbPassthrough, is_supported

SESSION, FEATURE, PICTURE, SYSTEM = 0x5E55, 0xFEA7, 0x1A7E, 42
IS_RUNNING, BLENDS_ALPHA = 1, 2
PROPERTIES_TYPE, CREATE_TYPE, LAYER_TYPE, SHOWN_TYPE = (1000118000 + i for i in range(4))
"""XR_TYPE_SYSTEM_PASSTHROUGH_PROPERTIES_FB, _PASSTHROUGH_CREATE_INFO_FB,
_PASSTHROUGH_LAYER_CREATE_INFO_FB, _COMPOSITION_LAYER_PASSTHROUGH_FB."""
HEADER = struct.Struct("=IxxxxQ")
CREATE = struct.Struct("=IxxxxQQ")
"""type, next, flags."""
LAYER = struct.Struct("=IxxxxQQQixxxx")
"""type, next, passthrough, flags, purpose."""
SHOWN = struct.Struct("=IxxxxQQQQ")
"""type, next, flags, space, layerHandle."""
FRAME_END = struct.Struct("=IxxxxQqiIQ")
"""type, next, displayTime, environmentBlendMode, layerCount, layers."""


def handle(number: int) -> Any:
    return ctypes.cast(number, xr.Session)


@dataclass
class Runtime:
    """Answers as C does: through pointers."""

    has_cameras: bool = True
    called: list[tuple[Any, ...]] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)

    def address(self, _instance: Any, name: str) -> Any:
        """As xrGetInstanceProcAddr answers."""
        return self._made(getattr(self, name), getattr(xr, f"PFN_{name}"))

    def _made(self, answer: Callable[..., int], prototype: Any) -> Any:
        raw = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * len(prototype._argtypes_))
        self.kept.append(raw(answer))
        return self.kept[-1]

    def xrGetSystemProperties(self, _instance: int, system: int, properties: int) -> int:  # noqa: N802
        _, chained = HEADER.unpack(ctypes.string_at(properties, HEADER.size))
        kind, last = HEADER.unpack(ctypes.string_at(chained, HEADER.size))
        self.called.append((system, kind, last))
        ctypes.c_uint32.from_address(chained + HEADER.size).value = self.has_cameras
        return 0

    def xrCreatePassthroughFB(self, session: int, info: int, made: int) -> int:  # noqa: N802
        self.called.append((session, *CREATE.unpack(ctypes.string_at(info, CREATE.size))))
        ctypes.c_uint64.from_address(made).value = FEATURE
        return 0

    def xrCreatePassthroughLayerFB(self, session: int, info: int, made: int) -> int:  # noqa: N802
        self.called.append((session, *LAYER.unpack(ctypes.string_at(info, LAYER.size))))
        ctypes.c_uint64.from_address(made).value = PICTURE
        return 0

    def xrDestroyPassthroughLayerFB(self, picture: int) -> int:  # noqa: N802
        self.called.append(("layer gone", picture))
        return 0

    def xrDestroyPassthroughFB(self, feature: int) -> int:  # noqa: N802
        self.called.append(("feature gone", feature))
        return 0


class Connection:
    """An instance as far as passthrough looks at it."""

    handle = ctypes.cast(1, xr.Instance)

    def __init__(self, *extensions: str) -> None:
        self._extensions = extensions

    def has(self, extension: str) -> bool:
        return extension in self._extensions


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    made = Runtime()
    ask = made._made(made.xrGetSystemProperties, xr.PFN_xrGetSystemProperties)
    monkeypatch.setattr(
        xr.raw_functions,
        "xrGetSystemProperties",
        ctypes.cast(ask, xr.PFN_xrGetSystemProperties),
    )
    monkeypatch.setattr(xr, "get_instance_proc_addr", made.address)
    return made


def test_a_headset_with_cameras_says_so_at_the_end_of_a_chain(runtime: Runtime) -> None:
    assert is_supported(Connection(EXTENSION), SYSTEM)
    assert runtime.called == [(SYSTEM, PROPERTIES_TYPE, 0)]


def test_a_runtime_may_have_what_the_headset_has_not(runtime: Runtime) -> None:
    runtime.has_cameras = False
    assert not is_supported(Connection(EXTENSION), SYSTEM)


def test_a_runtime_without_it_is_not_asked(runtime: Runtime) -> None:
    assert not is_supported(Connection(), SYSTEM)
    assert runtime.called == []


def test_it_runs_from_birth_and_ends_in_reverse(runtime: Runtime) -> None:
    made = FbPassthrough(Connection(EXTENSION), handle(SESSION))
    assert runtime.called == [
        (SESSION, CREATE_TYPE, 0, IS_RUNNING),
        (SESSION, LAYER_TYPE, 0, FEATURE, IS_RUNNING, 0),
    ]
    made.close()
    assert runtime.called[2:] == [("layer gone", PICTURE), ("feature gone", FEATURE)]


def test_the_cameras_lie_behind_every_other_layer(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[tuple[tuple[Any, ...], list[bytes]]] = []

    def end(session: int, info: int) -> int:
        told = FRAME_END.unpack(ctypes.string_at(info, FRAME_END.size))
        addresses = (ctypes.c_uint64 * told[4]).from_address(told[5])
        ended.append(((session, *told[2:5]), [ctypes.string_at(a, SHOWN.size) for a in addresses]))
        return 0

    raw = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(end)
    monkeypatch.setattr(xr.raw_functions, "xrEndFrame", raw)
    cameras = FbPassthrough(Connection(EXTENSION), handle(SESSION))
    picture = xr.CompositionLayerProjection()
    FrameEnd(handle(SESSION), Blend.OPAQUE, 4).submit(99, [cameras.layer, picture])
    ((told, layers),) = ended
    assert told == (SESSION, 99, Blend.OPAQUE, 2)
    assert SHOWN.unpack(layers[0]) == (SHOWN_TYPE, 0, BLENDS_ALPHA, 0, PICTURE)
    projection = xr.StructureType.COMPOSITION_LAYER_PROJECTION.value
    assert HEADER.unpack(layers[1][: HEADER.size])[0] == projection
