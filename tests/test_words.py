"""The languages: read, chosen, whole, and used wherever the viewer writes something."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import translations as tool

from xrviewer import words
from xrviewer.interaction.scaling import readout
from xrviewer.words import number, read_po, speak, spoken, tr, wished

OTHERS = [language for language in words.languages() if language != "en"]
_PACKAGE = Path(words.__file__).parent
WRITES_IN_THE_VIEW = (
    "capture/caption.py",
    "capture/legend.py",
    "capture/plate.py",
    "interaction/hints.py",
    "interaction/keys.py",
    "interaction/scaling.py",
    "app/overlay.py",
    "scene/legend.py",
    "scene/overlay.py",
    "scene/probe.py",
)
NO_WORDS = re.compile(r"[a-z_0-9]*|[RGBA]+|\W*|\d.*|[a-z+0-9]+")
"""Names of fields and keys, colour modes, signs and lengths."""


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak("en")


def test_german_is_there_beside_english() -> None:
    assert words.languages()["en"] == "English"
    assert words.languages()["de"] == "Deutsch"


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_everything(language: str) -> None:
    lacking = [f"{key!r} of {place}" for key, place in tool.missing(language).items()]
    assert not lacking, f"run python tools/translations.py {language}, and translate {lacking}"
    assert not tool.idle(language), "nobody says these any more; delete them"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_the_text_does(language: str) -> None:
    for key, text in read_po(tool.LANGUAGES / f"{language}.po").items():
        names = set(re.findall(r"\{(\w*)\}", key)) if key else set()
        assert set(re.findall(r"\{(\w*)\}", text)) == names, key


@pytest.mark.parametrize("name", WRITES_IN_THE_VIEW)
def test_no_words_in_the_view_go_round_the_catalogue(name: str) -> None:
    path = Path(words.__file__).parent / name
    for line, text in bare_texts(ast.parse(path.read_text(encoding="utf-8"))):
        assert NO_WORDS.fullmatch(text), f"{path}:{line} shows {text!r}: say it through tr()"


PANELS = sorted(p for p in (_PACKAGE / "panels").glob("*.py") if p.stem not in ("theme", "gui"))
"""All but those that hold the names of fonts."""


@pytest.mark.parametrize("path", PANELS, ids=lambda path: path.stem)
def test_no_words_on_a_panel_go_round_the_catalogue(path: Path) -> None:
    """Controls are called by lower-case names that nobody reads; what is read begins with a
    capital, or is a sentence."""
    for line, text in bare_texts(ast.parse(path.read_text(encoding="utf-8"))):
        is_read = re.search(r"[A-Z][a-z]|[a-z] [a-z]+ [a-z]|[a-z]\.$", text)
        assert not is_read, f"{path}:{line} shows {text!r}: say it through tr()"


def test_the_search_for_bare_words_finds_them() -> None:
    code = 'def f():\n    "What it does."\n    return g("Let go", tr("Grab"), f"error {x} here")\n'
    assert [text for _, text in bare_texts(ast.parse(code))] == ["Let go", "error ", " here"]


def bare_texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts that are neither documentation, nor an error's, nor given to the catalogue."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Raise | ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("tr", "mark"):
                continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        if not isinstance(node, ast.FormattedValue) or isinstance(node.value, ast.Call):
            yield from bare_texts(node)  # type: ignore[arg-type]


def test_speaking() -> None:
    assert tr("let go") == "let go"
    speak("de")
    assert spoken() == "de"
    assert tr("let go") == "loslassen"
    assert tr("error {error} {unit}", error="0,3", unit="mm") == "Fehler 0,3 mm"
    assert tr("", "direction") == tr("") == ""
    assert tr("A name of nobody's catalogue {") == "A name of nobody's catalogue {"
    speak("tlh")
    assert spoken() == "en" and tr("let go") == "let go"


def test_numbers_have_the_sign_of_the_language() -> None:
    assert (number(2.5, 2), readout(2.5), readout(1.0)) == ("2.50", "2.5x", "1.00x life size")
    speak("de")
    assert (number(2.5, 2), readout(2.5), readout(12.4)) == ("2,50", "2,5x", "12x")
    assert readout(1.0) == "1,00-fache Lebensgröße"
    assert readout(2.0) == "2x"


@pytest.mark.parametrize(
    ("setting", "environment", "expected"),
    [
        ("auto", {}, "en"),
        ("de", {}, "de"),
        ("auto", {"LANG": "de_AT.UTF-8"}, "de"),
        ("en", {"LANG": "de_AT.UTF-8"}, "en"),
        ("en", {"XRVIEWER_LANGUAGE": "de", "LANG": "C"}, "de"),
        ("auto", {"LC_ALL": "C", "LANG": "de_DE"}, "en"),
        ("auto", {"LANG": "tlh_KX"}, "en"),
        ("tlh", {"LANG": "de"}, "de"),
    ],
)
def test_which_language_is_wished_for(
    setting: str, environment: dict[str, str], expected: str
) -> None:
    assert wished(setting, environment) == expected


def test_what_a_file_may_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        "\n"
        '# a comment\n#: place\nmsgid "one "\n"line\\n\\"and\\" more"\nmsgstr "une\\\\ligne"\n'
        'msgctxt "here"\nmsgid "one"\nmsgstr "un"\n'
        'msgid "empty"\nmsgstr ""\n'
    )
    (tmp_path / "fr.po").write_text(text, encoding="utf-8")
    monkeypatch.setattr(words, "languages_folder", lambda: tmp_path)
    words.languages.cache_clear()
    try:
        speak("fr")
        assert tr('one line\n"and" more') == "une\\ligne"
        assert (tr("one", "here"), tr("one"), tr("empty")) == ("un", "one", "empty")
    finally:
        words.languages.cache_clear()


def test_the_tool_adds_what_a_new_language_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "LANGUAGES", tmp_path)
    assert tool.add_missing("fr") == len(tool.wanted())
    assert tool.missing("fr") == tool.wanted()  # an empty translation is none
    written = (tmp_path / "fr.po").read_text(encoding="utf-8")
    filled = written.replace('msgid "let go"\nmsgstr ""', 'msgid "let go"\nmsgstr "lâcher"')
    (tmp_path / "fr.po").write_text(filled, encoding="utf-8")
    assert read_po(tmp_path / "fr.po")["let go"] == "lâcher"
