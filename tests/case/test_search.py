"""Structures by clinical or plain name, whatever the accents, the case and the language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xrviewer.case import catalogue
from xrviewer.case.model import Color, Layer
from xrviewer.case.search import folded, found_layers, readable_name
from xrviewer.words import speak

LAYERS = tuple(filter(None, map(catalogue.known, catalogue.known_ids())))


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak("en")


def ids(wanted: str) -> list[str]:
    return [layer.id for layer in found_layers(LAYERS, wanted)]


def test_by_clinical_and_by_plain_name() -> None:
    found = ["patella", "patellar_cartilage", "patellar_tendon", "hoffa_fat_pad"]
    assert ids("patella") == found  # infrapatellar holds the word too, and comes last
    assert ids("KNEECAP")[0] == "patella"
    assert ids("shock outer") == ["lateral_meniscus"]
    assert ids("acl") == ["acl"]
    assert ids("no such thing") == ids("") == ids("  ,") == []


def test_in_the_language_that_is_spoken_and_in_english_too() -> None:
    assert ids("wadenbein") == []
    speak("de")
    assert ids("wadenbein") == ["fibula"]
    assert ids("außenmeniskus") == ids("AUSSENMENISKUS") == ids("lateral meniscus")
    assert ids("kniescheibe")[0] == "patella"


def test_accents_and_breaks_do_not_count() -> None:
    layer = Layer("x", "Fémur_gauche (2)", Color(1, 1, 1))
    for wanted in ("femur gauche", "FÉMUR", "gauche-2", "fe\u0301mur"):
        assert found_layers((layer,), wanted) == (layer,)
    assert folded("  Ligamentum  ﬂavum ") == "ligamentum flavum"


def test_names_in_any_script() -> None:
    layer = Layer("y", "عظم الفخذ", Color(1, 1, 1), "前十字靭帯")
    assert found_layers((layer,), "الفخذ") == found_layers((layer,), "十字") == (layer,)


def test_the_name_that_can_be_written_is() -> None:
    def is_latin(text: str) -> bool:
        return all(ord(letter) < 256 for letter in text)

    def shown(name: str, plain: str = "") -> str:
        return readable_name(Layer("part_7", name, Color(1, 1, 1), plain), is_latin)

    assert shown("Fémur\n gauche") == "Fémur gauche"
    assert shown("عظم الفخذ", "Thigh bone") == "Thigh bone"
    assert shown("عظم الفخذ") == shown("") == "part_7"
    assert len(shown("x" * 5000)) == 60 and shown("x" * 5000).endswith("x…")
    speak("de")
    assert shown("Fibula", "Outer calf bone") == "Fibula"
    assert shown("腓骨", "Outer calf bone") == "Wadenbein"
