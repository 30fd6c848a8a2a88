"""`xrviewer import`: sources to a case folder, and what to know about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from xrviewer.caseio.folder import save_case
from xrviewer.caseio.info import CaseInfo, case_info
from xrviewer.caseio.manifest import MANIFEST_NAME
from xrviewer.errors import UsageError
from xrviewer.ingest.pipeline import Wanted, make_case


class Brought(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    out: str
    seconds: float
    notes: tuple[str, ...]
    case: CaseInfo


def bring(wanted: Wanted, out: Path, progress: Callable[[float, str], None]) -> Brought:
    """Writes the folder whole or not at all; never over a case that is there."""
    if (out / MANIFEST_NAME).exists():
        raise UsageError(f"{out} is a case already; choose another --out")
    start_s = time.perf_counter()
    made = make_case(wanted, progress)
    progress(0.96, "writing the case")
    save_case(made.case, out)
    progress(1.0, "done")
    seconds = round(time.perf_counter() - start_s, 2)
    return Brought(str(out), seconds, made.notes, case_info(made.case))
