"""What an intent may name, and how it is told when it names something else."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xrviewer.case.model import Case
from xrviewer.case.presets import Preset, presets
from xrviewer.case.strata import Strata, strata
from xrviewer.document.registers import Register, Sweep, Value
from xrviewer.document.snapshot import LAYER, layer_register
from xrviewer.errors import DocumentError

Assignments = dict[Register, Value]
Asked = Assignments | Sweep


@dataclass(frozen=True)
class Known:
    """The case, as far as rules ask."""

    layers: frozenset[str]
    timepoints: Collection[str]
    maps: Collection[str]
    case: Case

    @cached_property
    def _columns(self) -> dict[str, dict[str, Register]]:
        return {}

    def column(self, field: str) -> dict[str, Register]:
        """That register of each layer: the same objects each time, for one that is there already
        is found faster than its equal."""
        found = self._columns.get(field)
        if found is None:
            found = self._columns[field] = {id: (LAYER, id, field) for id in self.layers}
        return found

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Of the layers, in the order of the case."""
        return tuple(layer.id for layer in self.case.layers)

    @cached_property
    def _registers(self) -> dict[str, list[Register]]:
        return {}

    def swept(self, field: str, asked: list[Any], is_asked: list[bool] | None = None) -> Sweep:
        """That register of every layer, in the order of the case."""
        found = self._registers.get(field)
        if found is None:
            column = self.column(field)
            found = self._registers[field] = [column[id] for id in self.ids]
        return Sweep(found, asked, is_asked)

    def chosen(self, field: str, layers: Sequence[str], value: Value) -> Sweep:
        """The same into that register of some layers, which may be a thousand."""
        if tuple(layers) == self.ids:
            return self.swept(field, [value] * len(self.ids))
        chosen = set(layers)
        if not chosen <= self.layers:
            known_layers(layers, field, self)
        return self.swept(field, [value] * len(self.ids), list(map(chosen.__contains__, self.ids)))

    @cached_property
    def volumes(self) -> frozenset[str]:
        """Of any date."""
        return frozenset(v.id for t in self.case.timepoints for v in t.volumes)

    @cached_property
    def strata(self) -> Strata:
        """Looked for when a first layer is taken off."""
        return strata(self.case)

    @cached_property
    def presets(self) -> dict[str, Preset]:
        return {preset.id: preset for preset in presets(self.case)}


def known_layer(layer: str, field: str, known: Known) -> Register:
    must_be_known("layer", layer, known.layers)
    return layer_register(layer, field)


def known_layers(layers: Sequence[str], field: str, known: Known) -> list[Register]:
    """A register each, in one look: the layers may be a thousand."""
    column = known.column(field)
    for layer in layers:
        if layer not in column:
            must_be_known("layer", layer, known.layers)
    return list(map(column.__getitem__, layers))


def must_be_known(kind: str, name: str, names: Collection[str], where: str = "case") -> None:
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise DocumentError(f"this {where} has no {kind} {name!r}{hint}")
