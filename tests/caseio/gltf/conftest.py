"""The Khronos validator, for every test that writes a GLB."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "gltf_validator"


@pytest.fixture
def khronos_report() -> Callable[[Path], dict[str, Any]]:
    """The validator's issues for a file; skipped without node, but not in CI."""
    node = shutil.which("node")
    if node is None or not (TOOL / "node_modules").is_dir():
        missing = "node or tools/gltf_validator/node_modules is missing; run npm ci there"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)

    def report(path: Path) -> dict[str, Any]:
        command = [node, str(TOOL / "validate.mjs"), str(path)]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        issues: dict[str, Any] = json.loads(done.stdout)[str(path)]["issues"]
        return issues

    return report
