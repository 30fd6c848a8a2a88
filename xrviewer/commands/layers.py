"""What `render` is told of layers, as intents: a choice, what is peeled, what stands alone."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from xrviewer.case.model import Case
from xrviewer.case.presets import presets
from xrviewer.case.search import folded
from xrviewer.document.intents import Explode, GhostRest, Intent, Isolate, Peel, ShowPreset
from xrviewer.errors import UsageError


@dataclass(frozen=True, slots=True)
class WantedLayers:
    """In the user's words."""

    preset: str | None = None
    peel: int = 0
    isolate: tuple[str, ...] = ()
    ghosts_rest: bool = False
    explode: float = 0.0


ALL_LAYERS = WantedLayers()


def wanted_layers(
    preset: str | None,
    peel: int,
    isolate: Sequence[str] | None,
    ghost_rest: bool,
    explode: float,
) -> WantedLayers:
    names = tuple(name.strip() for name in isolate or () if name.strip())
    if ghost_rest and not names:
        raise UsageError("--ghost-rest is the rest of something: name it with --isolate")
    return WantedLayers(preset, peel, names, ghost_rest, explode)


def layer_intents(case: Case, wanted: WantedLayers, saved: Sequence[str] = ()) -> list[Intent]:
    """In the order in which they make sense. saved: the names of the session's own looks.

    Raises UsageError for a name that is nothing here.
    """
    intents: list[Intent] = []
    if wanted.preset is not None:
        intents.append(ShowPreset(_preset(case, wanted.preset, saved)))
    intents += [Peel()] * wanted.peel
    if wanted.isolate:
        chosen = tuple(
            dict.fromkeys(id for name in wanted.isolate for id in layers_named(case, name))
        )
        intents.append(GhostRest(chosen) if wanted.ghosts_rest else Isolate(chosen))
    if wanted.explode:
        intents.append(Explode(wanted.explode))
    return intents


def layers_named(case: Case, name: str) -> tuple[str, ...]:
    """One structure by its id or a name of it, or all of a group."""
    said = folded(name)
    found = [x.id for x in case.layers if name == x.id or said in _names(x.id, x.name, x.plain)]
    if found:
        return tuple(found)
    groups = [g.id for g in case.groups if said in _names(g.id, g.name, g.plain)]
    if groups:
        return _in_groups(case, set(groups))
    known = [layer.id for layer in case.layers]
    known += [layer.name for layer in case.layers] + [group.name for group in case.groups]
    raise UsageError(f"there is no structure or group {name!r}{_near(name, known)}")


def _in_groups(case: Case, wanted: set[str]) -> tuple[str, ...]:
    """Those of the groups inside them too."""
    size = 0
    while size < len(wanted):
        size = len(wanted)
        wanted |= {group.id for group in case.groups if group.parent in wanted}
    return tuple(layer.id for layer in case.layers if layer.group in wanted)


def _preset(case: Case, name: str, saved: Sequence[str]) -> str:
    """The id of a ready choice, by it or by its name; or the name of a saved look."""
    if name in saved:
        return name
    ready = presets(case)
    found = next((p.id for p in ready if folded(name) in _names(p.id, p.name)), None)
    if found is None:
        known = ", ".join([*(preset.id for preset in ready), *saved])
        raise UsageError(f"there is no preset {name!r}: choose one of {known}")
    return found


def _names(*names: str) -> set[str]:
    return {folded(name) for name in names} - {""}


def _near(name: str, known: Sequence[str]) -> str:
    by_fold = {folded(one): one for one in reversed(known)}
    near = difflib.get_close_matches(folded(name), by_fold, n=1)
    return f"; did you mean {by_fold[near[0]]!r}?" if near else " (xrviewer info names them)"
