"""What the intents on many layers at once write: alone, as ghosts, peeled, as saved.

All that is seen stays where everybody looks for it, in each layer's own registers. What must be
known to come back is one register beside them, written whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xrviewer.document import intents as it
from xrviewer.document.known import Asked, Assignments, Known, known_layers, must_be_known
from xrviewer.document.registers import Sweep, is_text
from xrviewer.document.snapshot import (
    SESSION_GHOSTED,
    SESSION_ISOLATED,
    SESSION_PEELED,
    LayerLook,
    Snapshot,
    layer_register,
    preset_register,
)
from xrviewer.errors import DocumentError

GHOST_OPACITY = 0.12
"""Of what stands round the thing one looks at: dozens of them lie behind each other."""
MAX_NAME = 200


def _show_all(_: it.ShowAll, known: Known, snapshot: Snapshot) -> Sweep:
    shown = known.swept("is_visible", [True] * len(known.ids))
    return shown.besides({SESSION_ISOLATED: None, SESSION_PEELED: ()})


def _reset_layers(_: it.ResetLayers, known: Known, snapshot: Snapshot) -> Assignments:
    written: Assignments = {SESSION_ISOLATED: None, SESSION_GHOSTED: None, SESSION_PEELED: ()}
    for layer in known.case.layers:
        look = LayerLook(layer.id, True, float(layer.opacity), layer.color.hex())
        written |= _looking(look)
    return written


def _isolate(intent: it.Isolate, known: Known, snapshot: Snapshot) -> Sweep:
    _must_be_layers(intent.layers, known)
    was_seen = snapshot.isolated
    if was_seen is None:
        was_seen = tuple(compress(snapshot.layer_rows, snapshot.layers["is_visible"].tolist()))
    return _seen(intent.layers, known).besides({SESSION_ISOLATED: was_seen})


def _end_isolation(_: it.EndIsolation, known: Known, snapshot: Snapshot) -> Asked:
    if snapshot.isolated is None:
        return {}
    return _seen(snapshot.isolated, known).besides({SESSION_ISOLATED: None})


def _ghost_rest(intent: it.GhostRest, known: Known, snapshot: Snapshot) -> Sweep:
    """What is clearer than a ghost already is left alone."""
    _must_be_layers(intent.layers, known)
    rows, before = snapshot.layer_rows, _opacities(snapshot)
    was_ghost = np.zeros(len(before), bool)
    for layer, opacity in snapshot.ghosted or ():
        before[rows[layer]], was_ghost[rows[layer]] = opacity, True
    is_ghost = before > GHOST_OPACITY
    is_ghost[[rows[layer] for layer in intent.layers]] = False
    asked = np.where(is_ghost, GHOST_OPACITY, before).tolist()
    ghosts = compress(zip(known.ids, before.tolist(), strict=True), is_ghost.tolist())
    swept = known.swept("opacity", asked, (is_ghost | was_ghost).tolist())
    return swept.besides({SESSION_GHOSTED: tuple(ghosts)})


def _end_ghosts(_: it.EndGhosts, known: Known, snapshot: Snapshot) -> Sweep:
    rows, asked = snapshot.layer_rows, [0.0] * len(known.ids)
    is_ghost = [False] * len(known.ids)
    for layer, opacity in snapshot.ghosted or ():
        row = rows[layer]
        asked[row], is_ghost[row] = opacity, True
    return known.swept("opacity", asked, is_ghost).besides({SESSION_GHOSTED: None})


def _peel(_: it.Peel, known: Known, snapshot: Snapshot) -> Assignments:
    seen = {
        layer
        for (layer, is_visible), opacity in zip(
            _visibility(snapshot), snapshot.layers["opacity"].tolist(), strict=True
        )
        if is_visible and opacity > 0
    }
    outermost = next((s for s in known.strata if not seen.isdisjoint(s)), ())
    off = tuple(layer for layer in outermost if layer in seen)
    if len(off) == len(seen):  # an empty room would say nothing
        return {}
    hidden: Assignments = {layer_register(layer, "is_visible"): False for layer in off}
    return hidden | {SESSION_PEELED: (*snapshot.peeled, off)}


def _unpeel(_: it.Unpeel, known: Known, snapshot: Snapshot) -> Assignments:
    """What somebody has shown again meanwhile needs no putting back."""
    left, is_seen = list(snapshot.peeled), dict(_visibility(snapshot))
    while left:
        hidden = [layer for layer in left.pop() if not is_seen.get(layer, True)]
        if hidden:
            back: Assignments = {layer_register(layer, "is_visible"): True for layer in hidden}
            return back | {SESSION_PEELED: tuple(left)}
    return {SESSION_PEELED: ()}


def _show_preset(intent: it.ShowPreset, known: Known, snapshot: Snapshot) -> Asked:
    whole: Assignments = {SESSION_ISOLATED: None, SESSION_GHOSTED: None, SESSION_PEELED: ()}
    saved = snapshot.presets.get(intent.preset)
    if saved is not None:
        for look in saved:
            whole |= _looking(look) if look.layer in snapshot.layer_rows else {}
        return whole
    must_be_known("preset", intent.preset, {**snapshot.presets, **known.presets})
    chosen = known.presets[intent.preset].layers
    return _seen(chosen, known).besides(_solid_again(known) | whole)


def _save_preset(intent: it.SavePreset, known: Known, snapshot: Snapshot) -> Assignments:
    name = intent.name.strip()
    if not is_text(name) or len(name) > MAX_NAME or name in known.presets:
        raise DocumentError(
            f"a look is saved under a name of its own, 1 to {MAX_NAME} letters, not {name[:40]!r}"
        )
    opacities = _opacities(snapshot).tolist()
    rows = zip(_visibility(snapshot), opacities, _colors(snapshot), strict=True)
    look = tuple((layer, is_seen, opacity, color) for (layer, is_seen), opacity, color in rows)
    return {preset_register(name): look}


def _remove_preset(intent: it.RemovePreset, known: Known, snapshot: Snapshot) -> Assignments:
    must_be_known("saved preset", intent.name, snapshot.presets)
    return {preset_register(intent.name): None}


def _set_layers_opacity(intent: it.SetLayersOpacity, known: Known, snapshot: Snapshot) -> Sweep:
    if not 0.0 <= intent.opacity <= 1.0:
        raise DocumentError(f"opacity is from 0 (clear) to 1 (solid), not {intent.opacity}")
    return known.chosen("opacity", intent.layers, float(intent.opacity))


LAYERING: dict[type, Callable[[Any, Known, Snapshot], Asked]] = {
    it.SetLayersOpacity: _set_layers_opacity,
    it.ShowAll: _show_all,
    it.ResetLayers: _reset_layers,
    it.Isolate: _isolate,
    it.EndIsolation: _end_isolation,
    it.GhostRest: _ghost_rest,
    it.EndGhosts: _end_ghosts,
    it.Peel: _peel,
    it.Unpeel: _unpeel,
    it.ShowPreset: _show_preset,
    it.SavePreset: _save_preset,
    it.RemovePreset: _remove_preset,
}


def _seen(shown: Iterable[str], known: Known) -> Sweep:
    """These layers, and no other."""
    return known.swept("is_visible", list(map(set(shown).__contains__, known.ids)))


def _solid_again(known: Known) -> Assignments:
    return {
        layer_register(layer.id, "opacity"): float(layer.opacity) for layer in known.case.layers
    }


def _looking(look: LayerLook) -> Assignments:
    return {
        layer_register(look.layer, "is_visible"): look.is_visible,
        layer_register(look.layer, "opacity"): look.opacity,
        layer_register(look.layer, "color"): look.color_hex,
    }


def _visibility(snapshot: Snapshot) -> list[tuple[str, bool]]:
    return list(zip(snapshot.layer_rows, snapshot.layers["is_visible"].tolist(), strict=True))


def _opacities(snapshot: Snapshot) -> NDArray[np.float64]:
    """As they were asked for: the drawn float32 of 0.3 is not 0.3 any more."""
    asked: NDArray[np.float64] = snapshot.layers["opacity"].astype(np.float64).round(7)
    return asked


def _colors(snapshot: Snapshot) -> list[str]:
    codes = np.rint(snapshot.layers["color"] * 255).astype(int).tolist()
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in codes]


def _must_be_layers(layers: Iterable[str], known: Known) -> None:
    names = tuple(layers)
    if not names:
        raise DocumentError("name a layer: of none there is nothing to be seen")
    known_layers(names, "is_visible", known)
