"""The laws of docs/architecture.md that a machine can hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
MAX_FUNCTION_LINES = 40
MAX_FILE_LINES = 400
MAX_CLASS_LINES = 250
WORN_OUT_NAMES = re.compile(r"(Manager|Helper|Helpers|Utils|Util|Handler|Base)$")
WORN_OUT_FILES = re.compile(r"(^|_)(manager|helpers?|utils?|misc|common|base)$")

SPOKEN_OF = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.Import, ast.ImportFrom, ast.ExceptHandler, ast.Call),
)


@cache
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


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def all_nodes() -> tuple[tuple[Path, str, ast.AST], ...]:
    """What the laws are about in every file, and its place in words."""
    return tuple(
        (path, f"{path.relative_to(REPOSITORY)}:{node.lineno} {getattr(node, 'name', '')}", node)
        for path in python_files()
        for node in ast.walk(parse(path))
        if isinstance(node, SPOKEN_OF)
    )


def package_of(path: Path) -> str:
    """'render' for xrviewer/render/passes.py; 'cli' for xrviewer/cli.py; '' outside."""
    inside = path.relative_to(REPOSITORY).parts
    return inside[1].removesuffix(".py") if inside[0] == "xrviewer" else ""


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def test_there_is_something_to_hold_to_them() -> None:
    assert {"cli.py", "lock"} <= {path.name for path in python_files()}


def test_files_are_short() -> None:
    for path in python_files():
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= MAX_FILE_LINES, f"{path}: {lines} lines, over {MAX_FILE_LINES}; split it"


def test_functions_and_classes_are_short() -> None:
    for _, place, node in all_nodes():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            limit = MAX_FUNCTION_LINES
        elif isinstance(node, ast.ClassDef):
            limit = MAX_CLASS_LINES
        else:
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        assert lines <= limit, f"{place}: {lines} lines, at most {limit}"


def test_a_module_says_what_it_is() -> None:
    for path in python_files():
        assert ast.get_docstring(parse(path)), f"{path}: begin with a docstring of one line"


def test_names_say_something() -> None:
    for path in python_files():
        assert not WORN_OUT_FILES.search(path.stem), f"{path}: name the file after what is in it"
    for _, place, node in all_nodes():
        if isinstance(node, ast.ClassDef):
            assert not WORN_OUT_NAMES.search(node.name), f"{place}: say what it is"


def is_compiled(node: ast.AST) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(own, ast.Name) and own.id == "compiled" for own in decorators)


def test_a_compiled_loop_knows_its_own_file_alone() -> None:
    loops = 0
    for path in python_files():
        others = {
            alias.asname or alias.name
            for node in ast.walk(parse(path))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("xrviewer.")
            for alias in node.names
            if node.module != "xrviewer.compiled"
        }
        for loop in filter(is_compiled, ast.walk(parse(path))):
            assert isinstance(loop, ast.FunctionDef)
            loops += 1
            used = {n.id for part in loop.body for n in ast.walk(part) if isinstance(n, ast.Name)}
            used -= {argument.arg for argument in loop.args.args}
            assert not used & others, f"{path} {loop.name}: {used & others} is of another file"
    assert loops, "nothing is compiled"


def test_no_bare_except() -> None:
    for _, place, node in all_nodes():
        bare = isinstance(node, ast.ExceptHandler) and node.type is None
        assert not bare, f"{place}: name the exception"


def test_only_the_command_line_prints() -> None:
    for path, place, node in all_nodes():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            prints = node.func.id == "print" and package_of(path) not in ("", "cli", "__main__")
            assert not prints, f"{place}: log it, or return it to the command line"


def test_devices_stay_behind_their_door() -> None:
    openxr = REPOSITORY / "xrviewer" / "frontends" / "openxr"
    for path, place, node in all_nodes():
        roots = {module.split(".")[0] for module in imported(node)}
        if "OpenGL" in roots:
            allowed = package_of(path) in ("gpu", "render", "")
            assert allowed, f"{place}: only gpu/ and render/ import OpenGL"
        if "xr" in roots:
            allowed = path.is_relative_to(openxr) or package_of(path) == ""
            assert allowed, f"{place}: only frontends/openxr imports xr"


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
