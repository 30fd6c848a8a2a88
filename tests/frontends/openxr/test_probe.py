"""Asking for a headset where there is none: what is wrong is said once, and by us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ASKED = """
import sys
from xrviewer.errors import RuntimeUnavailable
from xrviewer.frontends.openxr.probe import headset_runtime
try:
    headset_runtime()
except RuntimeUnavailable as error:
    print("no headset:", error)
print("heard", file=sys.stderr)
"""


def test_the_loader_and_the_runtime_are_not_heard(tmp_path: Path) -> None:
    """Both write to the terminal by themselves: here the loader."""
    manifest = tmp_path / "runtime.json"
    manifest.write_text('{"file_format_version": "1.0.0", "runtime": {"library_path": "./no.so"}}')
    environment = {**os.environ, "XR_RUNTIME_JSON": str(manifest), "XR_LOADER_DEBUG": "error"}
    ran = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("no headset: ")
    assert ran.stderr == "heard\n"
