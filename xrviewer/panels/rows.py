"""The layer tree as the rows of a list: which are shown, in what order, how deep. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.model import Case, Group, Layer

MAX_NAME = 80
"""Letters of a name that are shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A group or a layer."""

    id: str
    name: str
    depth: int
    is_group: bool
    layers: NDArray[np.intp]
    """The layers in it, by their rows in the snapshot; one for a layer."""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Of one case; made once."""

    roots: tuple[Row, ...]
    children: dict[str, tuple[Row, ...]]
    """Of each group, groups before layers."""

    def rows(self, closed: frozenset[str]) -> tuple[Row, ...]:
        """Closed groups without what is in them."""
        return tuple(self._all(self.roots, closed))

    def _all(self, rows: Iterable[Row], closed: frozenset[str]) -> Iterable[Row]:
        for row in rows:
            yield row
            if row.is_group and row.id not in closed:
                yield from self._all(self.children[row.id], closed)


def flat(row: Row) -> Row:
    return Row(row.id, row.name, 0, row.is_group, row.layers)


def tree_of(case: Case) -> Tree:
    """Groups without a layer are left out; a group whose parent is not there is a root."""
    known = {group.id for group in case.groups}
    groups: defaultdict[str | None, list[Group]] = defaultdict(list)
    layers: defaultdict[str | None, list[tuple[int, Layer]]] = defaultdict(list)
    for group in case.groups:
        groups[group.parent if group.parent in known else None].append(group)
    for number, layer in enumerate(case.layers):
        layers[layer.group if layer.group in known else None].append((number, layer))
    children: dict[str, tuple[Row, ...]] = {}

    def rows_in(parent: str | None, depth: int) -> tuple[Row, ...]:
        made = []
        for group in groups[parent]:
            inside = children[group.id] = rows_in(group.id, depth + 1)
            if inside:
                held = np.concatenate([row.layers for row in inside])
                made.append(Row(group.id, shown_name(group.name), depth, True, held))
        made += [_leaf(layer, number, depth) for number, layer in layers[parent]]
        return tuple(made)

    roots = rows_in(None, 0)
    return Tree(roots, children)


def shown_name(name: str) -> str:
    """Cut to what a line holds; it is translated and brought into its order when it is drawn."""
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"


def _leaf(layer: Layer, number: int, depth: int) -> Row:
    return Row(layer.id, shown_name(layer.name), depth, False, np.array([number], np.intp))
