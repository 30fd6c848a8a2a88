"""What every command says of itself with `--help`, and what a shell completes."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import xrviewer
from tests.docs.pages import leaves, parsed, program_of_words, wrong_with

COMMANDS = leaves()
NAMES = [command.name for command in COMMANDS]
each_command = pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
LONGEST_SUMMARY = 84
"""So that it is a line in the list of commands."""


def said(command: Any) -> str:
    return inspect.cleandoc(command.help)


def examples(command: Any) -> list[str]:
    return re.findall(r"^ +(xrviewer .+)$", said(command).partition("Examples:")[2], re.MULTILINE)


@each_command
def test_it_begins_with_one_line(command: Any) -> None:
    summary = said(command).split("\n\n")[0]
    assert "\n" not in summary and len(summary) <= LONGEST_SUMMARY and summary.endswith(".")
    assert summary[0].isupper()


@each_command
def test_it_has_examples_that_mean_something(command: Any) -> None:
    assert examples(command)
    for line in examples(command):
        assert not wrong_with(line), f"{line}: {wrong_with(line)}"
        assert parsed(line).command is command, f"{line} is an example of something else"


@each_command
def test_every_option_is_told(command: Any) -> None:
    """What it is in a sentence, and by a word what it takes."""
    context = program_of_words().make_context("xrviewer", ["doctor"])
    for param in command.params:
        name = f"{command.name} {param.opts[0]}"
        if param.name == "help":
            continue
        assert param.help and param.help[0] == param.help[0].upper(), name
        if getattr(param, "is_flag", False):
            assert param.metavar == "", f"{name}: a switch takes nothing"
        else:
            is_choice = "|" in (param.display_type_rich(ctx=context) or "")
            assert param.metavar or is_choice, f"{name}: what does it take?"


def test_python_m_calls_itself_as_the_examples_do(tmp_path: Path) -> None:
    shown = xrviewer("measure", "t2", "--help", folder=tmp_path)
    assert shown.code == 0 and not shown.err
    assert "Usage: xrviewer measure t2" in shown.out


def completed(words: str, folder: Path) -> list[str]:
    """What bash offers for the last word."""
    place = words.count(" ")
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(place), "_XRVIEWER_COMPLETE": "complete_bash"}
    return xrviewer(folder=folder, **asked).out.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("xrviewer op", ["open"]),
        ("xrviewer render knee --view ins", ["inside"]),
        ("xrviewer open knee --display ", ["auto", "headset", "window", "offscreen"]),
        ("xrviewer settings set left", ["left_handed="]),
        ("xrviewer open kn", []),
    ],
)
def test_bash_completes(words: str, offered: list[str], tmp_path: Path) -> None:
    """Where nothing of ours is offered, the shell offers files: `complete -o default`."""
    assert completed(words, tmp_path) == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_of_the_installed_program(shell: str, tmp_path: Path) -> None:
    shown = xrviewer(folder=tmp_path, _XRVIEWER_COMPLETE=f"source_{shell}")
    assert "complete_" + shell in shown.out and "python" not in shown.out
    asked = {"_TYPER_COMPLETE_ARGS": "xrviewer dem", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    asked |= {"COMP_WORDS": "xrviewer dem", "COMP_CWORD": "1"}
    assert "demo" in xrviewer(folder=tmp_path, **asked, _XRVIEWER_COMPLETE=f"complete_{shell}").out
