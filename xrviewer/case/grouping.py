"""A tree for structures that come without one: kind, region of the body, side; by their names.

What a source groups itself stays as it groups it, but a group of hundreds is divided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from xrviewer.case.anatomy import (
    LEFT,
    REGION_NAMES,
    RIGHT,
    name_words,
    region_of,
    side_of,
    tissue_of,
)
from xrviewer.case.catalogue import color_for, known_group, opacity_for
from xrviewer.case.catalogue import groups as known_groups
from xrviewer.case.model import Group, Layer
from xrviewer.words import mark

MANY = 12
"""A group of more structures than this is divided: so many are seen on the panel at once."""
_FEWEST = 2
"""A branch with fewer leaves is none: what would be in it hangs one higher."""
_SAYS_NOTHING = frozenset({"other", "others", "misc", "unsorted", "default", "unknown", "various"})
_BRANCH_NAMES = {**REGION_NAMES, LEFT: mark("Left"), RIGHT: mark("Right")}
_ORDER = {id: i for i, id in enumerate(_BRANCH_NAMES)}
_KINDS = {group.id: i for i, group in enumerate(known_groups())}
_MAX_KIND = 40
"""Letters of a source's group id that its branches' ids begin with: an id has at most 64."""

_Path = tuple[str, ...]
"""Kind, region, side; as many of them as there are branches."""


def told(layer: Layer) -> Layer:
    """With the tissue that its name tells and that tissue's colour; as it was where it has a
    tissue, or the name tells none."""
    tissue = tissue_of(name_words(layer.name)) if layer.role == "other" else None
    if tissue is None or tissue[0] == "other":
        return layer
    role = tissue[0]
    return replace(layer, role=role, color=color_for(layer.id, role), opacity=opacity_for(role))


def grouped(
    layers: Sequence[Layer], groups: Sequence[Group]
) -> tuple[tuple[Layer, ...], tuple[Group, ...]]:
    """Each layer with its branch, and the branches. The source's own come first, as they were."""
    stated = {group.id: group for group in groups}
    whole = [_whole_path(layer, stated) for layer in layers]
    sizes = Counter(path[:depth] for path in whole for depth in range(1, len(path) + 1))
    paths = [_shortened(path, sizes) for path in whole]
    placed = [replace(layer, group=_id(path)) for layer, path in zip(layers, paths, strict=True)]
    used = {path[:depth] for path in paths for depth in range(1, len(path) + 1)}
    # A group of the source that holds groups alone has no path here.
    held = [group for group in groups if _holds(group, stated, {path[0] for path in used})]
    own = {group.id for group in held}
    added = [_branch(path) for path in sorted(used, key=_rank) if _id(path) not in own]
    return tuple(placed), (*held, *added)


def _whole_path(layer: Layer, stated: dict[str, Group]) -> _Path:
    """As far as its name tells."""
    words = name_words(layer.name)
    kind, tissue = layer.group, tissue_of(words)
    if tissue and (kind is None or (kind in stated and _says_nothing(stated[kind]))):
        kind = tissue[1]
    if kind is None:
        return ()
    region, side = region_of(words), side_of(words)
    if region is None:
        return (kind,)
    return (kind, region) if side is None else (kind, region, side)


def _shortened(path: _Path, sizes: Counter[_Path]) -> _Path:
    """Only as deep as there is much to divide."""
    for depth in range(1, len(path)):
        if sizes[path[:depth]] <= MANY or sizes[path[: depth + 1]] < _FEWEST:
            return path[:depth]
    return path


def _says_nothing(group: Group) -> bool:
    return group.name.casefold() in _SAYS_NOTHING


def _holds(group: Group, stated: dict[str, Group], used: set[str]) -> bool:
    """Whether a layer hangs on it, or on a group below it; a cycle of groups is gone round once."""
    for id in used & stated.keys():
        seen: set[str] = set()
        at: str | None = id
        while at in stated and at not in seen:
            if at == group.id:
                return True
            seen.add(at)
            at = stated[at].parent
    return False


def _branch(path: _Path) -> Group:
    id = _id(path)
    assert id is not None
    if len(path) == 1:
        return known_group(id) or Group(id, id.replace("_", " ").capitalize())
    name = _BRANCH_NAMES[path[-1]]
    return Group(id, name, name, parent=_id(path[:-1]))


def _id(path: _Path) -> str | None:
    if len(path) < 2:
        return path[0] if path else None
    return "-".join((path[0][:_MAX_KIND], *path[1:]))


def _rank(path: _Path) -> tuple[object, ...]:
    """Kinds in the order of the catalogue, regions from the top down, left before right."""
    return (
        len(path) > 1,
        _KINDS.get(path[0], len(_KINDS)),
        path[0],
        *(_ORDER[step] for step in path[1:]),
    )
