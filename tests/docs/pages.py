"""What the pages for people say: their commands, their links, the names they mention."""

from __future__ import annotations

import functools
import re
import shlex
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from xrviewer.cli import app

REPOSITORY = Path(__file__).parents[2]
_TOP = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES = (*_TOP, *sorted((REPOSITORY / "docs").glob("*.md")))
"""The changelog is not among them: it tells of what was."""
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(xrviewer [^`\n]+)`")
_HOLLOW = re.compile(r"\.\.\.|…|\bCOMMAND\b")
"""An ellipsis is left out for the reader, and nothing that is typed."""


def text_of(page: Path) -> str:
    """Less the architecture's table of other projects' files."""
    return page.read_text(encoding="utf-8").partition("\n## 12. House rules")[0]


def blocks(page: Path, language: str) -> list[str]:
    return [body for kind, body in _FENCE.findall(text_of(page)) if kind == language]


def commands(page: Path) -> list[str]:
    """Each line of a grey box that begins with the program's name, less its comment."""
    lines = [line.strip() for block in blocks(page, "") for line in block.splitlines()]
    if page.name == "architecture.md":  # its list of commands is a grammar, not commands
        return []
    return [shlex.join(shlex.split(x, comments=True)) for x in lines if x.startswith("xrviewer ")]


def spoken(page: Path) -> list[str]:
    """Commands within sentences, where they are whole."""
    return [words for words in _INLINE.findall(text_of(page)) if not _HOLLOW.search(words)]


@functools.cache
def program_of_words() -> Any:
    """typer keeps its own copy of click, so its classes are named nowhere here."""
    return typer.main.get_command(app)


def parsed(line: str) -> Any:
    """The context of the last command it names. Raises what a wrong word raises; nothing is run."""
    program, *words = shlex.split(line)
    assert program == "xrviewer"
    command = program_of_words()
    # Resilient: nothing happens yet, --install-completion least of all.
    context = command.make_context(program, words, resilient_parsing=True)
    while isinstance(command, TyperGroup):
        rest = [*context._protected_args, *context.args]
        if not rest:  # an option of the program itself
            return context
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None, f"no command {name}"
        command, context = found, found.make_context(name, rest, parent=context)
    return context


def wrong_with(line: str) -> str:
    """What its reader would be told; empty when its words are right. `--help` ends before."""
    try:
        parsed(line)
    except typer.Exit as end:
        return f"exit code {end.exit_code}" if end.exit_code else ""
    except Exception as error:
        return getattr(error, "format_message", lambda: "")() or f"{type(error).__name__} {error}"
    return ""


def leaves(command: Any = None) -> list[Any]:
    """Every command that does something, of every group."""
    command = command or program_of_words()
    if not isinstance(command, TyperGroup):
        return [command]
    return [leaf for inside in command.commands.values() for leaf in leaves(inside)]


def options_of(command: Any) -> list[str]:
    return [word for param in command.params for word in (*param.opts, *param.secondary_opts)]
