"""The settings file: read, changed, broken, unwritable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xrviewer.cli import app
from xrviewer.commands import settings
from xrviewer.errors import InputError, UsageError
from xrviewer.interaction.preferences import Preferences
from xrviewer.words import speak, spoken


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "Einstellungen Δ" / "settings.json"
    monkeypatch.setenv(settings.CONFIG_VARIABLE, str(file))
    return file


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["settings", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_no_file_is_the_usual_settings(path: Path) -> None:
    assert settings.read_settings(settings.settings_path()) == (Preferences(), ())
    assert not path.exists()


def test_set_show_and_reset(path: Path) -> None:
    run("set", "left_handed=on", "snap-turn=yes", "text_size=1.5")
    shown = json.loads(run("show", "--json"))
    assert shown["file"] == str(path)
    assert shown["settings"]["left_handed"] is True and shown["settings"]["text_size"] == 1.5
    expected = Preferences(left_handed=True, snap_turn=True, text_size=1.5)
    assert settings.read_settings(path) == (expected, ())
    assert "left_handed = on" in run("show")
    run("reset")
    assert settings.read_settings(path) == (Preferences(), ())
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("left_handed", "changed by NAME=VALUE"),
        ("colour=red", "there is no setting 'colour'; there are left_handed, one_handed"),
        ("walk=perhaps", "walk is on or off, not 'perhaps'"),
        ("text_size=9", "from 0.5 to 3, not 9.0"),
        ("text_size=nan", "from 0.5 to 3"),
        ("text_size=on", "from 0.5 to 3"),
        ("language=tlh", "language is one of auto, en, de, not 'tlh'"),
    ],
)
def test_what_cannot_be_set_is_refused_by_name(assignment: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        settings.changed(Preferences(), assignment)


def test_unknown_and_wrong_entries_are_named_and_left_out(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"seated": true, "theme": "dark", "walk": 3, "text_size": 2}')
    preferences, notes = settings.read_settings(path)
    assert preferences == Preferences(seated=True, text_size=2.0)
    assert "no setting 'theme'" in notes[0] and "walk is on or off, not 3" in notes[1]


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "\x00"])
def test_a_file_that_is_no_settings_does_not_keep_a_case_shut(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(InputError, match="holds no settings"):
        settings.read_settings(path)
    preferences, notes = settings.usable_settings()
    assert preferences == Preferences() and str(path) in notes[0]
    assert path.read_text() == text


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        settings.write_settings(tmp_path / "file" / "settings.json", Preferences())


def test_the_language_is_a_setting(path: Path) -> None:
    run("set", "language=de")
    assert json.loads(run("show", "--json"))["settings"]["language"] == "de"
    assert "language = de" in run("show")
    try:
        assert spoken() == "de"
        run("reset")
        run("show")
        assert spoken() == "en"
    finally:
        speak("en")
