import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xrviewer.caseio
from xrviewer.caseio.manifest import Manifest, encode_manifest, manifest_schema, parse_manifest

GOOD: dict[str, Any] = {
    "schema": 1,
    "id": "knee",
    "title": "Knee",
    "groups": [{"id": "joint", "name": "Joint"}, {"id": "bones", "name": "B", "parent": "joint"}],
    "layers": [
        {"id": "femur", "name": "Femur", "color": "#e8dcc4", "group": "bones", "opacity": 0.5},
        {"id": "tibia", "name": "Tibia", "color": "#E8DCC4"},
    ],
    "timepoints": [
        {
            "id": "t0",
            "name": "Baseline",
            "day": 0,
            "anatomy": "t0/anatomy.glb",
            "volumes": [
                {
                    "id": "dess",
                    "name": "DESS",
                    "modality": "MR",
                    "file": "t0/dess.nii",
                    "window": [300, 600.5],
                }
            ],
        },
        {"id": "t1", "name": "A year later", "day": 365, "anatomy": "t1/anatomy.glb"},
    ],
    "maps": [
        {
            "id": "thickness_mm",
            "name": "Thickness",
            "unit": "mm",
            "definition": "d",
            "method": "m",
            "error": 0.1,
        }
    ],
    "provenance": ["made by hand"],
}


def faults(value: object) -> tuple[str, ...]:
    manifest, found = parse_manifest(json.dumps(value).encode())
    assert (manifest is None) == bool(found)
    return found


def changed(path: str, value: object) -> dict[str, Any]:
    """GOOD with one entry replaced; value ... removes it."""
    result: Any = copy.deepcopy(GOOD)
    *above, last = [int(key) if key.isdigit() else key for key in path.split("/")]
    place = result
    for key in above:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return result  # type: ignore[no-any-return]


def test_a_good_manifest_has_no_fault_and_survives_writing() -> None:
    manifest, found = parse_manifest(json.dumps(GOOD).encode())
    assert manifest is not None and found == ()
    assert manifest.timepoints[0].volumes[0].window == (300, 600.5)
    assert parse_manifest(encode_manifest(manifest)) == (manifest, ())


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("schema", 2, "schema: "),
        ("schema", ..., "schema: is missing"),
        ("patient", "Anna", "patient: unknown field; known here are schema, id, title"),
        ("id", "Knee", "id: expected an id"),
        ("id", "-knee", "id: expected an id"),
        ("id", "knee\n", "id: expected an id"),
        ("id", "a" * 65, "id: expected an id"),
        ("title", "", "title: "),
        ("title", "x" * 201, "title: "),
        ("title", "a\tb", "title: expected text without control characters"),
        ("title", "a\u202eb", "title: expected text without control characters"),
        ("title", "a\n", "title: expected text without control characters"),
        ("title", 7, "title: Expected `str`, got `int`"),
        ("layers", {}, "layers: Expected `array`"),
        ("layers", ..., "layers: is missing"),
        ("layers/0", 3, "layers[0]: expected an object, got 3"),
        ("layers/0/color", "e8dcc4", "layers[0].color: expected a colour #rrggbb, got 'e8dcc4'"),
        ("layers/0/color", "#e8dcc4\n", "layers[0].color: expected a colour"),
        ("layers/0/opacity", 1.5, "layers[0].opacity: "),
        ("layers/0/opacity", "1", "layers[0].opacity: Expected `float`, got `str`"),
        ("layers/0/opacity", True, "layers[0].opacity: Expected `float`"),
        ("layers/0/name", ..., "layers[0].name: is missing"),
        ("layers/0/group", "legs", "layers[0].group: there is no group 'legs'"),
        ("layers/0/patient name", "x", "layers[0].'patient name': unknown field"),
        ("layers/1/id", "femur", "layers[1].id: 'femur' is already layers[0]"),
        ("groups/1/parent", "legs", "groups[1].parent: there is no group 'legs'"),
        ("groups/1/parent", "bones", "groups[1].parent: 'bones' lies inside itself"),
        ("timepoints", [], "timepoints: "),
        ("timepoints/0/day", 1, "timepoints[0].day: days are counted from the first scan"),
        ("timepoints/1/day", -1, "timepoints[1].day: "),
        ("timepoints/1/day", 1.5, "timepoints[1].day: Expected `int`, got `float`"),
        ("timepoints/1/day", "2019-03-04", "timepoints[1].day: Expected `int`, got `str`"),
        ("timepoints/1/id", "t0", "timepoints[1].id: 't0' is already timepoints[0]"),
        ("timepoints/0/volumes/0/window", [1], "timepoints[0].volumes[0].window: "),
        ("timepoints/0/volumes/0/window", [1, -2], "timepoints[0].volumes[0].window: "),
        ("timepoints/0/volumes/0/window", [1, 0], "width must be above 0"),
        ("timepoints/0/volumes/0/file", ..., "timepoints[0].volumes[0].file: is missing"),
        ("maps/0/error", -1, "maps[0].error: "),
        ("maps/0/unit", "m" * 33, "maps[0].unit: "),
        ("provenance/0", "x" * 1001, "provenance[0]: "),
    ],
)
def test_one_fault_is_named_with_its_path(path: str, value: object, fault: str) -> None:
    found = faults(changed(path, value))
    assert len(found) == 1 and fault in found[0] and "\n" not in found[0]


def test_every_fault_is_told_at_once() -> None:
    bad = changed("layers/0/color", "red")
    bad["layers"][1]["opacity"] = 9
    bad["extra"] = 1
    del bad["timepoints"][1]["anatomy"]
    assert [line.split(":")[0] for line in faults(bad)] == [
        "extra",
        "layers[0].color",
        "layers[1].opacity",
        "timepoints[1].anatomy",
    ]


def test_a_ring_of_groups_is_refused() -> None:
    bad = changed("groups/0/parent", "bones")
    assert [f.split(":")[0] for f in faults(bad)] == ["groups[0].parent", "groups[1].parent"]


def test_days_that_run_backwards_are_refused() -> None:
    bad = changed("timepoints/1/day", 10)
    bad["timepoints"].append({**bad["timepoints"][1], "id": "t2", "day": 5})
    assert faults(bad) == ("timepoints[2].day: 5 comes before day 10 above it",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[1]",
        b"null",
        b'{"id": NaN}',
        b'{"opacity": 1e999}',
        b"[" * 100_000,
        b" " * (17 << 20),
    ],
    ids=["empty", "open", "utf16", "list", "null", "nan", "huge", "deep", "long"],
)
def test_what_is_no_manifest_is_one_line(data: bytes) -> None:
    manifest, found = parse_manifest(data)
    assert manifest is None and len(found) == 1 and "\n" not in found[0] and len(found[0]) < 200


def test_the_schema_beside_the_code_is_the_schema_of_the_code() -> None:
    file = Path(xrviewer.caseio.__file__).with_name("case.schema.json")
    assert json.loads(file.read_text()) == manifest_schema()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)


def places(value: Any, above: str = "") -> list[str]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, inner in items:
        found.append(f"{above}{key}")
        if isinstance(inner, dict | list):
            found += places(inner, f"{above}{key}/")
    return found


@given(st.sampled_from(places(GOOD)), json_values)
@settings(derandomize=True, max_examples=500, deadline=None)
def test_mutated_values_are_read_or_named(path: str, value: object) -> None:
    bad = changed(path, value)
    found = faults(bad)
    if found:
        assert all(line.isprintable() for line in found)
    else:
        assert msgspec.convert(bad, Manifest).id


@given(st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=3)), min_size=1, max_size=4))
@settings(derandomize=True, max_examples=500, deadline=None)
def test_mutated_bytes_are_read_or_named(edits: list[tuple[int, bytes]]) -> None:
    data = json.dumps(GOOD).encode()
    for at, piece in edits:
        at %= len(data)
        data = data[:at] + piece + data[at + 1 :]
    manifest, found = parse_manifest(data)
    assert (manifest is None) == bool(found)
