"""Asking for a headset where there is none: what is wrong is said once, and by us."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ASKED = """
import os, sys
from xrviewer.errors import RuntimeUnavailable
from xrviewer.frontends.openxr import probe

def loud(extensions):  # as libraries write: past Python
    os.write(2, b"ERROR [ipc_client_socket_connect] no such socket\\n")
    return made(extensions)

made, probe.Instance = probe.Instance, loud
try:
    probe.headset_runtime()
except RuntimeUnavailable as error:
    print("no headset:", error)
print("heard", file=sys.stderr)
"""


def test_the_runtime_is_not_heard(tmp_path: Path) -> None:
    manifest = tmp_path / "runtime.json"
    manifest.write_text('{"file_format_version": "1.0.0", "runtime": {"library_path": "./no.so"}}')
    environment = {**os.environ, "XR_RUNTIME_JSON": str(manifest)}
    ran = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("no headset: ") and "runtime.json" in ran.stdout
    assert ran.stderr == "heard\n"
