"""Text in the order in which it is drawn: right-to-left names beside left-to-right ones. Pure.

ImGui draws letters from left to right, one code point at a time. So the text is brought into the
order of sight before: the bidirectional algorithm of Unicode (UAX 9) for plain text, without its
control characters, which names do not hold; and Arabic letters as they are joined, by the
presentation forms that Unicode's own data lists. python-bidi does the first too, but is LGPL.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import groupby

_RIGHT = frozenset({"R", "AL", "AN"})
_STRONG = frozenset({"L", "R", "AL"})
_NUMBERS = frozenset({"EN", "AN"})
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


@lru_cache(4096)
def as_drawn(text: str) -> str:
    """The same object where all of it goes from left to right."""
    if text.isascii() or not any(unicodedata.bidirectional(c) in _RIGHT for c in text):
        return text
    return _in_order(_joined(text))


def lines_as_drawn(text: str, fits: Callable[[str], bool]) -> str:
    """Broken where it must be before it is turned round: else its end would stand first."""
    if as_drawn(text) is text:
        return text
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and not fits(longer):
            lines.append(line)
            longer = word
        line = longer
    return "\n".join(as_drawn(line) for line in (*lines, line))


def _in_order(text: str) -> str:
    """Runs of one level, the deepest turned round first (rule L2)."""
    levels = _levels(text)
    letters = [
        c.translate(_MIRRORED) if level % 2 else c for c, level in zip(text, levels, strict=True)
    ]
    for deepest in range(max(levels), 0, -1):
        at = 0
        for is_deep, run in groupby(levels, key=lambda level, d=deepest: level >= d):  # type: ignore[misc]
            end = at + len(list(run))
            if is_deep:
                letters[at:end] = reversed(letters[at:end])
            at = end
    return "".join(letters)


def _levels(text: str) -> list[int]:
    """Even goes right, odd left; the first strong letter says which way the line goes."""
    kinds = [unicodedata.bidirectional(c) for c in text]
    base = next((int(kind != "L") for kind in kinds if kind in _STRONG), 0)
    line = "R" if base else "L"
    kinds = _with_brackets(text, _resolved(kinds, line), line)
    kinds = _without_neutrals(kinds, line)
    if base:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in kinds]


def _resolved(kinds: list[str], line: str) -> list[str]:
    """Each as L, R or a number (rules W1 to W7)."""
    found: list[str] = []
    before = line
    for i, kind in enumerate(kinds):
        if kind == "NSM":
            kind = found[-1] if found else line
        elif kind == "AL":
            kind = "R"
        elif kind in ("ES", "CS", "ET") and _is_within_number(kinds, i):
            kind = "EN"
        if kind == "EN" and before == "L":
            kind = "L"
        before = kind if kind in ("L", "R") else before
        found.append(kind)
    return found


def _is_within_number(kinds: list[str], i: int) -> bool:
    """Between digits, or a unit beside them: 3.5, 1/2, 50 %."""
    if kinds[i] != "ET":
        return kinds[i - 1 : i + 2 : 2] == ["EN", "EN"] if i else False
    before = next((kind for kind in reversed(kinds[:i]) if kind != "ET"), "")
    after = next((kind for kind in kinds[i + 1 :] if kind != "ET"), "")
    return "EN" in (before, after)


def _with_brackets(text: str, kinds: list[str], line: str) -> list[str]:
    """A pair of brackets goes one way: the line's, unless all in it and before it goes the other
    (rule N0)."""
    found, opened = list(kinds), list[int]()
    pairs = []
    for i, letter in enumerate(text):
        if letter in "([{":
            opened.append(i)
        elif letter in ")]}":
            match = next(
                (o for o in reversed(opened) if _MIRRORED[ord(text[o])] == ord(letter)), None
            )
            if match is not None:
                del opened[opened.index(match) :]
                pairs.append((match, i))
    for start, end in sorted(pairs):
        inside = {_way(kind) for kind in found[start + 1 : end]} - {""}
        before = next((w for w in map(_way, reversed(found[:start])) if w), line)
        if inside:
            way = before if line not in inside else line
            found[start] = found[end] = way
    return found


def _way(kind: str) -> str:
    return "L" if kind == "L" else "R" if kind in {"R", *_NUMBERS} else ""


def _without_neutrals(kinds: list[str], line: str) -> list[str]:
    """What lies between two letters of one direction goes with them, else with the line; a number
    counts as going left, as it stands among such letters."""
    found, before, at = list(kinds), line, 0
    for is_neutral, run in groupby(kinds, key=lambda kind: kind not in {"L", "R", *_NUMBERS}):
        members = list(run)
        if not is_neutral:
            before = "L" if members[-1] == "L" else "R"
        else:
            after = kinds[at + len(members)] if at + len(members) < len(kinds) else line
            after = "L" if after == "L" else "R"
            found[at : at + len(members)] = [before if before == after else line] * len(members)
        at += len(members)
    return found


# -- Arabic ------------------------------------------------------------------


@cache
def _forms() -> dict[tuple[str, str], str]:
    """(letters, isolated | initial | medial | final) to the letter as it is drawn there."""
    found: dict[tuple[str, str], str] = {}
    for code in (*range(0xFB50, 0xFDFC), *range(0xFE70, 0xFEFD)):
        form, *parts = unicodedata.decomposition(chr(code)).split() or [""]
        if form.startswith("<") and parts and not parts[0].startswith("0020"):
            letters = "".join(chr(int(part, 16)) for part in parts)
            found.setdefault((letters, form.strip("<>")), chr(code))
    return found


def _joined(text: str) -> str:
    """Letters in the form that their neighbours ask for; lam and alef as one."""
    forms, drawn, i = _forms(), "", 0
    joins_before = False
    while i < len(text):
        pair = text[i : i + 2]
        letter = pair if pair[0] == "\u0644" and (pair, "isolated") in forms else text[i]
        rest = text[i + len(letter) :].lstrip("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652")
        is_mark = unicodedata.combining(letter[0]) > 0
        joins_after = (letter, "initial") in forms and (rest[:1], "final") in forms
        form = {
            (False, False): "isolated",
            (False, True): "initial",
            (True, False): "final",
            (True, True): "medial",
        }[joins_before and (letter, "final") in forms, joins_after]
        drawn += forms.get((letter, form), letter)
        joins_before = joins_before if is_mark else joins_after
        i += len(letter)
    return drawn
