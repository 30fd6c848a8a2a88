"""Every text that wants a translation, and what a language still lacks.

    python tools/translations.py        says what languages/*.po lack; exit 1 if anything
    python tools/translations.py fr     adds to languages/fr.po, made if need be, all it lacks

A text is found where the code says `tr("...")` or `mark("...")`, and in the data:
the catalogue of structures, the rules of response and the demo cases.
"""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from xrviewer.analysis.lesions import Fate
from xrviewer.analysis.regions import REGION_NAMES, spoken
from xrviewer.analysis.terms import Definition
from xrviewer.analysis.thickness import thickness_info
from xrviewer.case import catalogue
from xrviewer.words import languages, read_po

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ROOT / "languages"
_CONTEXT_END = "\x04"
_OF_WORDS = ((".", "decimal sign"), ("English", "this language"))


@cache
def wanted() -> dict[str, str]:
    """Where each message is first used, by gettext's key."""
    found = {_key(text, context): "xrviewer/words.py" for text, context in _OF_WORDS}
    for file in sorted((ROOT / "xrviewer").rglob("*.py")):
        for key in messages_of(ast.parse(file.read_text(encoding="utf-8"))):
            found.setdefault(key, str(file.relative_to(ROOT)))
    for place, text in _data_texts():
        found.setdefault(text, place)
    return found


def messages_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        texts = [a.value if isinstance(a, ast.Constant) else "" for a in node.args[:2]]
        if node.func.id in ("tr", "mark") and texts[0]:
            yield _key(*texts)


def _data_texts() -> Iterator[tuple[str, str]]:
    place = "xrviewer/case/catalogue.py"
    for layer in filter(None, map(catalogue.known, catalogue.known_ids())):
        yield from ((place, text) for text in (layer.name, layer.plain, layer.sentence))
    for group in catalogue.groups():
        yield from ((place, text) for text in (group.name, group.plain))
    for region in REGION_NAMES:
        yield "xrviewer/analysis/regions.py", spoken(region)
    for definition in Definition:
        for is_in_labels in (False, True):
            info = thickness_info(definition, is_in_labels)
            texts = (info.name, info.definition, info.method)
            yield from (("xrviewer/analysis/thickness.py", text) for text in texts)
    for fate in Fate:
        yield "xrviewer/analysis/lesions.py", str(fate)
    for file in sorted((ROOT / "cases" / "criteria").glob("*.toml")):
        place = str(file.relative_to(ROOT))
        yield from ((place, text) for text in _of_rule(tomllib.loads(file.read_text("utf-8"))))
    for file in sorted((ROOT / "cases").rglob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        yield str(file.relative_to(ROOT)), told["title"]
        for info in told.get("maps", ()):
            yield from ((str(file.relative_to(ROOT)), info[k]) for k in ("name", "method"))
        for date in told.get("timepoints", ()):
            yield str(file.relative_to(ROOT)), date["name"]


def _of_rule(rule: dict[str, Any]) -> Iterator[str]:
    """A rule's own words; where it is from stays as it was printed."""
    yield from (rule[key] for key in ("name", "sum", "note"))
    verdicts = rule.get("regions", {}).get("verdict", [])
    for line in (*rule.get("target", ()), *rule.get("overall", ()), *verdicts):
        yield from (line[key] for key in ("category", "says") if key in line)


def missing(language: str) -> dict[str, str]:
    """Where each message is used that the language's file does not have."""
    file = LANGUAGES / f"{language}.po"
    there = read_po(file) if file.exists() else {}
    return {key: place for key, place in wanted().items() if key not in there}


def idle(language: str) -> list[str]:
    """What the file translates and nobody says any more."""
    known = wanted()
    return [key for key in read_po(LANGUAGES / f"{language}.po") if key and key not in known]


def add_missing(language: str) -> int:
    """How many were added, each with an empty translation."""
    file = LANGUAGES / f"{language}.po"
    blocks = [] if file.exists() else [_head(language)]
    lacking = missing(language)
    blocks += [_block(key, place) for key, place in lacking.items()]
    with file.open("a", encoding="utf-8") as out:
        out.writelines(f"\n{block}" for block in blocks)
    return len(lacking)


def _key(text: str, context: str = "") -> str:
    return f"{context}{_CONTEXT_END}{text}" if context else text


def _head(language: str) -> str:
    fields = (f"Language: {language}", "Content-Type: text/plain; charset=UTF-8")
    lines = "".join(f'"{field}\\n"\n' for field in fields)
    return f'msgid ""\nmsgstr ""\n{lines}'


def _block(key: str, place: str) -> str:
    context, _, text = key.rpartition(_CONTEXT_END)
    lines = [f"#: {place}"]
    lines += [f"msgctxt {_quoted(context)}"] if context else []
    lines += [f"msgid {_quoted(text)}", 'msgstr ""']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def main() -> int:
    if len(sys.argv) > 1:
        added = add_missing(sys.argv[1])
        print(f"languages/{sys.argv[1]}.po: {added} texts added, to be translated")
        return 0
    lacking = 0
    for language in languages():
        for key, place in {} if language == "en" else missing(language).items():
            print(f"{language} lacks {key!r}, which {place} says")
            lacking += 1
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
