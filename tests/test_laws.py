"""The laws of docs/architecture.md that a machine can hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 400
MAX_CLASS_LINES = 250
WORN_OUT_NAMES = re.compile(r"(Manager|Helper|Helpers|Utils|Util|Handler|Base)$")
WORN_OUT_FILES = re.compile(r"(^|_)(manager|helpers?|utils?|misc|common|base)$")


def python_files() -> list[Path]:
    """All of xrviewer/ and tools/, with the tools that have no ending."""
    found = sorted((REPOSITORY / "xrviewer").rglob("*.py"))
    for tool in sorted((REPOSITORY / "tools").rglob("*")):
        if tool.is_file() and (tool.suffix == ".py" or _is_python_script(tool)):
            found.append(tool)
    return found


def _is_python_script(path: Path) -> bool:
    with path.open("rb") as file:
        return b"python" in file.readline() and not path.suffix


FILES = python_files()
NAMES = [str(path.relative_to(REPOSITORY)) for path in FILES]
each_file = pytest.mark.parametrize("path", FILES, ids=NAMES)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def package_of(path: Path) -> str:
    """'render' for xrviewer/render/passes.py; 'cli' for xrviewer/cli.py; '' outside."""
    inside = path.relative_to(REPOSITORY).parts
    return inside[1].removesuffix(".py") if inside[0] == "xrviewer" else ""


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@each_file
def test_sizes(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE_LINES, f"{path}: over {MAX_FILE_LINES} lines; split it"
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            limit = MAX_FUNCTION_LINES
        elif isinstance(node, ast.ClassDef):
            limit = MAX_CLASS_LINES
        else:
            continue
        place = f"{path}:{node.lineno} {node.name}"
        assert lines_of(node) <= limit, f"{place}: {lines_of(node)} lines, at most {limit}"


@each_file
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(parse(path)), f"{path}: begin with a docstring of one line"


@each_file
def test_names_say_something(path: Path) -> None:
    assert not WORN_OUT_FILES.search(path.stem), f"{path}: name the file after what is in it"
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.ClassDef):
            worn_out = WORN_OUT_NAMES.search(node.name)
            assert not worn_out, f"{path}:{node.lineno} {node.name}: say what it is"


@each_file
def test_no_bare_except(path: Path) -> None:
    for node in ast.walk(parse(path)):
        bare = isinstance(node, ast.ExceptHandler) and node.type is None
        assert not bare, f"{path}:{getattr(node, 'lineno', 0)}: name the exception"


@each_file
def test_only_the_command_line_prints(path: Path) -> None:
    if package_of(path) in ("", "cli", "__main__"):
        return
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = f"{path}:{node.lineno}"
            assert node.func.id != "print", f"{place}: log it, or return it to the command line"


@each_file
def test_devices_stay_behind_their_door(path: Path) -> None:
    is_openxr = path.is_relative_to(REPOSITORY / "xrviewer" / "frontends" / "openxr")
    for line, module in imported(parse(path)):
        root = module.split(".")[0]
        if root == "OpenGL":
            allowed = package_of(path) in ("gpu", "render", "")
            assert allowed, f"{path}:{line}: only gpu/ and render/ import OpenGL"
        if root == "xr":
            allowed = is_openxr or package_of(path) == ""
            assert allowed, f"{path}:{line}: only frontends/openxr imports xr"


def test_arrows_only_point_down() -> None:
    """import-linter, with the contracts of pyproject.toml."""
    code = "from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", code, "--no-cache"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def tracked_text() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        data = (REPOSITORY / name).read_bytes() if (REPOSITORY / name).is_file() else b""
        if b"\0" not in data:
            yield name, data.decode("utf-8")


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    homes = re.compile(r"/(?:home|Users)/\w+|[A-Z]:\\\\?Users\\", re.ASCII)
    for name, text in tracked_text():
        told = homes.search(text.replace(str(REPOSITORY), "/home/checkout"))
        is_this_test = name == "tests/test_laws.py"
        assert is_this_test or not told, f"{name}: holds a path of one machine: {told}"
