"""What files call their parts: nothing, the same, pages of it, from right to left; ten thousand of
them; through file, case, session and panel."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.panels.acting import BOARD, DESK, Person, person
from tests.shapes import box
from xrviewer.case.model import Case
from xrviewer.caseio.loose import open_path
from xrviewer.document.intents import Isolate, SetLayersVisible, SetLayerVisible
from xrviewer.errors import InputError
from xrviewer.panels.rows import MAX_NAME, tree_of
from xrviewer.panels.state import Surface
from xrviewer.scene.build import Scene
from xrviewer.scene.pick import Picker
from xrviewer.spatial.rays import Ray

HEBREW, ARABIC = "עצם הירך", "عظم الفخذ"
ODD = [
    "Rib",
    "Rib",
    "Rib",
    None,
    None,
    "",
    "   ",
    "x" * 5000,
    "Femur " * 900,
    HEBREW,
    ARABIC,
    f"Femur ({HEBREW}) 12",
    "left##right",
    "100 %s %d",
    "a\nb\tc\x00d",
    "\u202egnp.exe",
    "🦴",
    "../../etc/passwd",
]


def glb(path: Path, names: Sequence[str | None], nodes: Sequence[dict[str, Any]] = ()) -> Path:
    """A small box for each name, in a row; further nodes after them."""
    points, _, triangles = box((0, 0, 0), (0.4, 0.4, 0.4))
    points, indices = (points / 1000).astype("<f4"), triangles.astype("<u2").ravel()
    data = points.tobytes() + indices.tobytes()
    made: list[dict[str, Any]] = [
        {"mesh": 0, "translation": [i % 100 / 1000, 0, i // 100 / 1000]}
        | ({} if name is None else {"name": name})
        for i, name in enumerate(names)
    ]
    made += nodes
    inner = {child for node in made for child in node.get("children", ())}
    low, high = points.min(0).tolist(), points.max(0).tolist()
    document = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [i for i in range(len(made)) if i not in inner]}],
        "nodes": made,
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]},
            {"primitives": [{"attributes": {"POSITION": 0}, "mode": 0}]},
        ],
        "buffers": [{"byteLength": len(data)}],
        "bufferViews": [
            {"buffer": 0, "byteLength": points.nbytes},
            {"buffer": 0, "byteOffset": points.nbytes, "byteLength": indices.nbytes},
        ],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(points), "type": "VEC3"}
            | {"min": low, "max": high},
            {"bufferView": 1, "componentType": 5123, "count": len(indices), "type": "SCALAR"},
        ],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    data += b"\0" * (-len(data) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(data), b"BIN\0") + data
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    return path


def in_tree(user: Person, case: Case) -> None:
    user.press("rail layers")
    first = case.layers[0].id
    assert user.press(f"eye {first}") == [SetLayerVisible(first, False)]


@pytest.mark.parametrize("surface", [BOARD, DESK], ids=["board", "desk"])
def test_any_name_opens_lists_and_can_be_hidden(tmp_path: Path, surface: Surface) -> None:
    case = open_path(glb(tmp_path / "odd.glb", ODD))
    ids = [layer.id for layer in case.layers]
    assert len(ids) == len(set(ids)) == len(ODD)
    for layer in case.layers:
        assert 0 < len(layer.name) <= 200 and layer.name.isprintable() and len(layer.id) <= 64
    assert [layer.name for layer in case.layers if layer.name in (HEBREW, ARABIC)]
    rows = tree_of(case).rows(frozenset())
    assert all(len(row.name) <= MAX_NAME for row in rows)
    with person(case, surface) as user:
        in_tree(user, case)
        for layer in case.layers:
            if f"name {layer.id}" in user.panels.places:
                user.press(f"name {layer.id}")
                assert user.panels.state.selected == layer.id
                user.press(f"name {layer.id}")


def test_a_name_from_right_to_left_is_found_as_it_is_written(tmp_path: Path) -> None:
    case = open_path(glb(tmp_path / "rtl.glb", ["Rib", HEBREW]))
    with person(case, DESK) as user:
        user.press("rail layers")
        user.press("Search")
        user.type(HEBREW[:3])
        user.wait()
        assert f"name {case.layers[1].id}" in user.panels.places
        assert f"name {case.layers[0].id}" not in user.panels.places


def test_ten_thousand_parts_cost_what_is_in_sight(tmp_path: Path) -> None:
    """Of the list only what is seen is laid out, and a press reaches all of a group."""
    names = [f"{i} left rib" if i % 2 else f"{i} right soleus" for i in range(10_000)]
    case = open_path(glb(tmp_path / "many.glb", names))
    assert len(case.layers) == 10_000 and len({x.id for x in case.layers}) == 10_000
    with person(case) as user:
        user.press("rail layers")
        laid_out = [name for name in user.panels.places if name.startswith(("name ", "eye "))]
        assert 10 < len(laid_out) < 60
        (hidden,) = user.press("eye bones")
        assert isinstance(hidden, SetLayersVisible) and len(hidden.layers) == 5000
        user.document.apply(Isolate((case.layers[1].id,)))
        scene = Scene(case)
        shown = scene.build(user.document.snapshot).parts["color"][:, 3] > 0
        assert np.flatnonzero(shown).tolist() == [1]
        hit = _looked_at(case, scene, user)
    assert hit == 1


def _looked_at(case: Case, scene: Scene, user: Person) -> int | None:
    surfaces = case.timepoints[0].surfaces
    at = (surfaces.parts["min_mm"][1].astype(float) + surfaces.parts["max_mm"][1]) / 2
    x, y, z = (at - (0, 0, 500)).tolist()
    picker = Picker(surfaces)
    found = picker.pick(
        Ray((x, y, z), (0.0, 0.0, 1.0)), scene.visible_parts(user.document.snapshot)
    )
    return None if found is None else found.part


def test_a_part_without_triangles_is_named_and_the_rest_is_here(tmp_path: Path) -> None:
    case = open_path(glb(tmp_path / "a.glb", ["Rib", "Sternum"], [{"name": "Dots", "mesh": 1}]))
    assert [layer.name for layer in case.layers][:2] == ["Rib", "Sternum"]
    assert any("Dots" in fault for fault in case.faults), case.faults
    with person(case) as user:
        in_tree(user, case)


def test_a_cycle_of_groups_is_one_clear_line(tmp_path: Path) -> None:
    ring = [{"name": "A", "children": [2]}, {"name": "B", "children": [1]}]
    with pytest.raises(InputError, match=r"loop\.glb: .*cycle") as said:
        open_path(glb(tmp_path / "loop.glb", ["Rib"], ring))
    assert "\n" not in str(said.value)
