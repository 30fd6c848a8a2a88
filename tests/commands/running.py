"""xrviewer as a user starts it: a process of its own, without any display."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.commands import warm
from tests.shapes import Look, case_of, sphere, square
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.loose import open_path
from xrviewer.document.document import Document
from xrviewer.document.intents import Intent
from xrviewer.document.journal import Journal

REPOSITORY = Path(__file__).parents[2]
LONGEST_S = 60
NO_DRIVER = {"__EGL_VENDOR_LIBRARY_FILENAMES": os.devnull, "LIBGL_DRIVERS_PATH": os.devnull}
"""libglvnd finds no vendor: a machine without any OpenGL."""


@dataclass(frozen=True, slots=True)
class Said:
    code: int
    out: str
    err: str

    def only_line(self) -> str:
        """What a user reads of an error: one line, no traceback, nothing on stdout."""
        assert not self.out, self
        lines = self.err.splitlines()
        assert len(lines) == 1, self
        assert "Traceback" not in self.err and "internal error" not in self.err, self
        return lines[0]


def environment(**more: str) -> dict[str, str]:
    own = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    own |= {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "120", "NO_COLOR": "1"}
    return own | more


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "xrviewer", *map(str, words)]


def xrviewer(*words: object, folder: Path, **more: str) -> Said:
    """What it says and how it ends, in a process that began warm."""
    with TemporaryDirectory() as place:
        out, err = Path(place) / "out", Path(place) / "err"
        code = warm.run([*map(str, words)], folder, environment(**more), (out, err), LONGEST_S)
        return Said(code, out.read_text(), err.read_text())


def save_session(folder: Path, *intents: Intent) -> Path:
    """On the case `shapes` there."""
    with Journal(folder / "s.jsonl") as journal:
        document = Document(open_path(folder / "shapes"), journal=journal)
        for intent in intents:
            document.apply(intent)
    return folder / "s.jsonl"


def save_shapes(folder: Path, case_id: str = "shapes") -> Path:
    """A case of a ball before a wall at two dates; 2000 triangles."""
    meshes = {"ball": sphere((0, -10, 32), 30, 24), "wall": square((0, 34, 0), 44)}
    case = case_of(meshes, {"ball": Look("#e8dcc4")}, dates=2)
    save_case(case, folder / case_id)
    manifest = folder / case_id / "case.json"
    manifest.write_text(manifest.read_text().replace('"shapes"', f'"{case_id}"'))
    return folder / case_id
