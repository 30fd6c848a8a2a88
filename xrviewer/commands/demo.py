"""`xrviewer demo`: a case to look at, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs

from xrviewer.capture.place import check_folder
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.manifest import MANIFEST_NAME
from xrviewer.commands.choices import DemoName
from xrviewer.demos import MAKERS


def make_demo(
    name: DemoName,
    out: Path | None,
    progress: Callable[[float, str], None],
    say: Callable[[str], None],
) -> Path:
    """The case's folder; made only when it is not there."""
    folder = (out or Path(platformdirs.user_data_dir("xrviewer", appauthor=False))).absolute()
    target = folder / f"{name.value}-demo"
    if (target / MANIFEST_NAME).exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    check_folder(folder, target)
    say(f"making the {name.value} in {target}")
    save_case(MAKERS[name.value](progress), target)
    return target
