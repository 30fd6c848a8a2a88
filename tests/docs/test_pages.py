"""No command, link or name on a page for people rots."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import (
    PAGES,
    REPOSITORY,
    commands,
    leaves,
    options_of,
    spoken,
    text_of,
    wrong_with,
)

NAMES = [page.name for page in PAGES]
each_page = pytest.mark.parametrize("page", PAGES, ids=NAMES)
TEST_NAME = re.compile(r"`(test_\w+)`")
TEST_FILE = re.compile(r"`((?:tests/)?(?:\w+/)*test_\w+\.py)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(
    r"`((?:xrviewer|tools|tests|docs|shaders|languages|cases|requirements)/[\w./-]*)`"
)
EXTENSION = ("ARB_", "EXT_", "XR_", "GL_")
"""Of OpenGL and OpenXR, whose names are their own."""
NAME = re.compile(r"`([A-Za-z_][\w./]*)`")


@each_page
def test_every_command_means_something(page: Path) -> None:
    """As far as its words go: options exist, values are of their kind."""
    for line in commands(page):
        told = wrong_with(line)
        assert not told, f"{page.name}: {line}: {told}"
    for line in spoken(page):
        told = wrong_with(line)
        is_part = told.startswith(("Missing ", "NoArgsIsHelpError"))  # `xrviewer import` does that
        assert not told or is_part, f"{page.name}: {line}: {told}"


def test_the_pages_for_users_have_commands() -> None:
    found = {page.name: len(commands(page)) for page in PAGES}
    assert found["README.md"] > 10 and found["user-guide.md"] > 30


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(text_of(page)):
        file, _, anchor = link.partition("#")
        if re.match(r"\w+:", link):
            continue
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: no heading #{anchor}"


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    found = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).strip().replace(" ", "-") for line in found}


def test_every_picture_is_on_a_page() -> None:
    shown = {Path(link).name for page in PAGES for link in LINK.findall(text_of(page))}
    kept = {path.name for path in (REPOSITORY / "docs" / "images").iterdir()}
    assert kept == {name for name in shown if Path(name).suffix in (".png", ".jpg", ".webp")}


@pytest.fixture(scope="module")
def tests_source() -> str:
    return "\n".join(p.read_text(encoding="utf-8") for p in (REPOSITORY / "tests").rglob("*.py"))


@each_page
def test_every_test_that_is_named_is_there(page: Path, tests_source: str) -> None:
    for name in TEST_NAME.findall(text_of(page)):
        assert f"def {name}(" in tests_source, f"{page.name} names {name}"
    for file in TEST_FILE.findall(text_of(page)):
        assert list((REPOSITORY / "tests").rglob(Path(file).name)), f"{page.name} names {file}"


@pytest.fixture(scope="module")
def files() -> list[str]:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@each_page
def test_every_file_that_is_named_is_there(page: Path, files: list[str]) -> None:
    for name in PATH.findall(text_of(page)):
        inside = name.rstrip("/") + "/"
        is_there = any(f == name or f.startswith((inside, f"{name}.")) for f in files)
        assert is_there, f"{page.name} names {name}"


def test_every_name_of_the_architecture_is_in_the_code(files: list[str]) -> None:
    page = text_of(REPOSITORY / "docs" / "architecture.md")
    code = [REPOSITORY / f for f in files if f.startswith(("xrviewer/", "tools/", "shaders/"))]
    known = set(re.findall(r"\w+", " ".join(files)))
    for file in code:
        known |= set(re.findall(r"\w+", file.read_text(encoding="utf-8")))
    for name in NAME.findall(re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)):
        words = re.findall(r"[A-Za-z_]\w*", name)
        missing = [w for w in words if w not in known and not w.startswith(EXTENSION)]
        assert not missing, f"{name}: nothing is called {missing}"


def test_every_option_of_the_contract_exists() -> None:
    """Section 8 of the architecture is what others script against."""
    page = text_of(REPOSITORY / "docs" / "architecture.md")
    contract = page.partition("## 8. Commands")[2].partition("```\n")[2].partition("```")[0]
    known = {option for command in leaves() for option in options_of(command)}
    named = set(re.findall(r"--[a-z][\w-]*", contract))
    assert len(named) > 50 and not named - known
