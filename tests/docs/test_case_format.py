"""docs/case-format.md describes the schema that is checked, and its examples are cases."""

from __future__ import annotations

import re

import msgspec
import pytest

from tests.docs.pages import REPOSITORY, blocks, text_of
from xrviewer.caseio.manifest import manifest_schema, parse_manifest
from xrviewer.ingest.labels import read_labels

PAGE = REPOSITORY / "docs" / "case-format.md"
SCHEMA = manifest_schema()["$defs"]


def described(entry: str) -> dict[str, str]:
    """What the table under the entry's heading says of each field."""
    (section,) = re.findall(rf"^### {entry}\n(.*?)(?=^##)", text_of(PAGE), re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", section, re.MULTILINE))


@pytest.mark.parametrize("entry", sorted(SCHEMA))
def test_every_field_is_described_and_no_other(entry: str) -> None:
    assert set(described(entry)) == set(SCHEMA[entry]["properties"])


@pytest.mark.parametrize("entry", sorted(SCHEMA))
def test_what_is_required_is_said_to_be(entry: str) -> None:
    said = {name for name, kind in described(entry).items() if "required" in kind}
    assert said == set(SCHEMA[entry]["required"])


def test_every_example_of_a_manifest_is_one() -> None:
    examples = [text for text in blocks(PAGE, "json") if '"schema"' in text]
    assert len(examples) == 2
    for text in examples:
        manifest, faults = parse_manifest(text.encode())
        assert manifest is not None, faults


def test_the_longer_example_has_every_field() -> None:
    (example, _) = [text for text in blocks(PAGE, "json") if '"schema"' in text]
    for entry in SCHEMA.values():
        missing = [name for name in entry["properties"] if f'"{name}"' not in example]
        assert missing in ([], ["sentence"]) and '"sentence"' in example


def test_the_example_of_labels_is_read(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (text,) = [text for text in blocks(PAGE, "json") if '"schema"' not in text]
    file = tmp_path / "labels.json"
    file.write_text(text, encoding="utf-8")
    found = read_labels(str(file))
    assert sorted(found) == [int(key) for key in msgspec.json.decode(text)]
    assert found[5].id == "femur" and found[5].color.hex() == "#e8dcc0"
