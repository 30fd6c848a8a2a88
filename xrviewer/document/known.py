"""What an intent may name, and what is said when it names something else."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xrviewer.document.planes import Cut, Slice
from xrviewer.document.registers import Register, Value
from xrviewer.errors import DocumentError

Assignments = dict[Register, Value]


@dataclass(frozen=True, slots=True)
class Known:
    """Of the case, and of the session at this moment."""

    layers: Collection[str]
    timepoints: Collection[str]
    maps: Collection[str] = ()
    volumes: Collection[str] = ()
    slices: Mapping[str, Slice] = field(default_factory=lambda: MappingProxyType({}))
    """Removed ones too."""
    cuts: Mapping[str, Cut] = field(default_factory=lambda: MappingProxyType({}))


def must_be_known(kind: str, name: str, names: Collection[str], where: str = "case") -> None:
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise DocumentError(f"this {where} has no {kind} {name!r}{hint}")
