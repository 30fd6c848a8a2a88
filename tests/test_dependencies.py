"""docs/dependencies.md names what pyproject.toml names, under the licence that is installed."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
ROW = re.compile(r"^\| (?P<name>\w[\w.-]*) \| (?P<use>.+) \| (?P<licence>.+) \|$", re.MULTILINE)
FORBIDDEN = re.compile(r"\bA?GPL", re.ASCII)


def table() -> dict[str, str]:
    """Licence by library, as the page says."""
    page = (REPOSITORY / "docs" / "dependencies.md").read_text(encoding="utf-8")
    return {row["name"]: row["licence"] for row in ROW.finditer(page) if row["name"] != "library"}


def named_in_pyproject() -> set[str]:
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    groups = [project["build-system"]["requires"], project["project"]["dependencies"]]
    groups += project["project"]["optional-dependencies"].values()
    groups += project["dependency-groups"].values()
    return {re.split(r"[\s<>=!~;\[]", line)[0] for group in groups for line in group}


def pinned() -> set[str]:
    lines = (REPOSITORY / "requirements" / "lock.txt").read_text().splitlines()
    return {_normal(line.split("==")[0]) for line in lines if not line.startswith("#")}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_licence(name: str) -> str:
    """The expression if there is one, else what the classifiers and the free text say."""
    metadata = importlib.metadata.metadata(name)
    if expression := metadata.get("License-Expression"):
        return str(expression)
    text = metadata.get("License", "")
    if "Redistributions in binary form" in text:
        return "BSD-3-Clause" if "Neither the name" in text else "BSD-2-Clause"
    classifiers = [c for c in metadata.get_all("Classifier", []) if c.startswith("License")]
    return " ".join([*classifiers, text.split("\n")[0]])


def test_page_and_project_name_the_same() -> None:
    assert set(table()) == named_in_pyproject()


def test_every_dependency_is_locked() -> None:
    assert {_normal(name) for name in named_in_pyproject()} <= pinned()


@pytest.mark.parametrize("name", sorted(table()))
def test_licence_is_the_installed_one(name: str) -> None:
    installed = installed_licence(name)
    assert table()[name] in installed, f"{name} is under {installed!r}"
    assert not FORBIDDEN.search(installed), f"{name} is under {installed!r}"


def test_licence_file_is_whole() -> None:
    text = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")
    wanted = ("Version 2.0, January 2004", *(f"\n   {n}. " for n in range(1, 10)), "APPENDIX")
    assert all(part in text for part in wanted)
