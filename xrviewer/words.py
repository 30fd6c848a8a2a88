"""The words a person reads in the viewer, in the language they read.

A language is one file of gettext's, `languages/de.po`, read as it is: nothing is compiled and
nothing else knows of it. The English words are the keys, so a text without a translation is
still there, in English.
"""

from __future__ import annotations

import gettext
import io
import os
import re
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from xrviewer.errors import MeasureError
from xrviewer.resources import languages_folder

ENGLISH = "en"
AUTO = "auto"
"""The setting that leaves the choice to the machine."""
LANGUAGE_VARIABLE = "XRVIEWER_LANGUAGE"
"""Goes before the setting."""
_MACHINE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_CONTEXT_END = "\x04"  # as gettext's own files have it
_LINE = re.compile(r'(msgctxt|msgid|msgstr)?\s*"((?:[^"\\]|\\.)*)"\s*')
_ESCAPES = {"n": "\n", "t": "\t"}


class _Spoken:
    """The language that is spoken now; one program speaks one."""

    code = ENGLISH
    catalogue = gettext.NullTranslations()


def tr(text: str, context: str = "", /, **values: object) -> str:
    """The text in the language that is spoken, its {names} filled in where values are given."""
    if not text:  # gettext keeps a file's header under the empty text
        return text
    found = (
        _Spoken.catalogue.pgettext(context, text) if context else _Spoken.catalogue.gettext(text)
    )
    return found.format(**values) if values else found


def told(error: MeasureError) -> str:
    """What it says, for a page; the names in it, too."""
    values = {k: tr(v) if isinstance(v, str) else v for k, v in error.values.items()}
    return tr(error.text, **values)


def mark(text: str, context: str = "") -> str:
    """The text as it is: says that it will be shown through `tr` later."""
    return text


def number(value: float, decimals: int) -> str:
    """With the decimal sign of the language."""
    return decimal(f"{value:.{decimals}f}")


def decimal(text: str) -> str:
    """A number that is written with a point, with the decimal sign of the language."""
    return text.replace(".", tr(".", "decimal sign"))


def speak(language: str) -> None:
    """From here on. One there is no file for is spoken in English."""
    is_known = language in languages() and language != ENGLISH
    _Spoken.code = language if is_known else ENGLISH
    _Spoken.catalogue = _catalogue(language) if is_known else gettext.NullTranslations()


def spoken() -> str:
    return _Spoken.code


@cache
def languages() -> Mapping[str, str]:
    """Each with its name for itself: "de" is "Deutsch"."""
    found = {ENGLISH: "English"}
    for file in sorted(languages_folder().glob("*.po")):
        found[file.stem] = _catalogue(file.stem).pgettext("this language", "English")
    return found


def wished(setting: str = AUTO, environment: Mapping[str, str] = os.environ) -> str:
    """The language that the environment names, else the setting, else the machine's."""
    wishes = [environment.get(LANGUAGE_VARIABLE, ""), "" if setting == AUTO else setting]
    wishes.append(next(filter(None, map(environment.get, _MACHINE_VARIABLES)), "") or "")
    for wish in wishes:
        for code in (wish.partition(".")[0], re.split(r"[_.@-]", wish)[0]):  # de_AT, then de
            if code in languages():
                return code
    return ENGLISH


def read_po(file: Path) -> dict[str, str]:
    """What it translates, by gettext's key: context and text in one."""
    found: dict[str, str] = {}
    entry, field = dict[str, str](), ""
    for line in [*file.read_text(encoding="utf-8").splitlines(), 'msgid ""']:
        match = _LINE.fullmatch(line.strip())
        if match is None:
            continue
        if match[1] in ("msgctxt", "msgid") and "msgid" in entry and "msgstr" in field:
            found |= _message(entry)
            entry = {}
        field = match[1] or field
        entry[field] = entry.get(field, "") + _unescaped(match[2])
    return found


def _message(entry: Mapping[str, str]) -> dict[str, str]:
    key = entry["msgid"]
    if "msgctxt" in entry:
        key = entry["msgctxt"] + _CONTEXT_END + key
    return {key: entry["msgstr"]} if entry["msgstr"] else {}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    file = languages_folder() / f"{language}.po"
    return gettext.GNUTranslations(io.BytesIO(_compiled(read_po(file))))


def _compiled(messages: Mapping[str, str]) -> bytes:
    """As gettext's .mo: in memory, so that no second file can fall behind the first."""
    pairs = sorted((key.encode(), text.encode()) for key, text in messages.items())
    at = 28 + 16 * len(pairs)
    tables: list[bytes] = []
    for texts in zip(*pairs, strict=True):
        for text in texts:
            tables.append(struct.pack("<2I", len(text), at))
            at += len(text) + 1
    body = b"".join(text + b"\0" for texts in zip(*pairs, strict=True) for text in texts)
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, at)
    return head + b"".join(tables) + body
