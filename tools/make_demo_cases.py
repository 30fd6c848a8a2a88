"""Make demo cases as folders: make_demo_cases.py [knee|brain]... --out DIR (default: all)."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from xrviewer.caseio.folder import save_case
from xrviewer.demos import MAKERS
from xrviewer.errors import UsageError, XrviewerError


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Which cases.")] = None,
    out: Annotated[Path, typer.Option(help="Folder to make them in.")] = Path("out"),
) -> None:
    """Make demo cases as folders DIR/NAME-demo."""
    try:
        for name in names or list(MAKERS):
            _make(name, out / f"{name}-demo")
    except XrviewerError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2 if isinstance(error, UsageError) else 1) from None


def _make(name: str, folder: Path) -> None:
    if name not in MAKERS:
        raise UsageError(f"no demo is called {name}; there are {', '.join(MAKERS)}")
    start = time.perf_counter()
    folder.parent.mkdir(parents=True, exist_ok=True)
    save_case(MAKERS[name](lambda fraction, text: print(f"{fraction:4.0%} {text}")), folder)
    print(f"{folder} in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    typer.run(main)
