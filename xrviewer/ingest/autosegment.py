"""TotalSegmentator, where it is installed: a scan to a label map with its class table.

It is a program of its own, with networks of its own: started as a process, watched, and ended
with us.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xrviewer.case.volume import Volume
from xrviewer.caseio.nifti import write_nifti
from xrviewer.errors import InputError, UsageError
from xrviewer.ingest.labelmap import LabelMap, Segment
from xrviewer.ingest.totalsegmentator import CLASSES, MR_CLASSES
from xrviewer.ingest.volumes import read_label_maps

PROGRAM = "TotalSegmentator"
_MODULE = "totalsegmentator"
_TASKS = {"CT": ("total", CLASSES), "MR": ("total_mr", MR_CLASSES)}
_PERCENT = re.compile(rb"(\d{1,3})%\|")
"""Of the bars that its libraries draw."""

Tell = Callable[[float, str], None]


def segmentable(volumes: Sequence[Volume]) -> Volume:
    """The largest CT or MR. Raises UsageError."""
    found = [volume for volume in volumes if volume.modality in _TASKS]
    if not found:
        raise UsageError("--auto-segment needs a CT or MR scan, in DICOM, which says which it is")
    return max(found, key=lambda volume: volume.voxels.size)


def command() -> tuple[str, ...]:
    """How it is started here. Raises UsageError where it is not installed."""
    on_path = shutil.which(PROGRAM)
    if on_path:
        return (on_path,)
    if importlib.util.find_spec(_MODULE):
        return (sys.executable, "-m", f"{_MODULE}.bin.{PROGRAM}")
    raise UsageError(
        f"--auto-segment needs {PROGRAM}, which is not installed: pip install {PROGRAM}"
    )


def auto_segmented(volume: Volume, tell: Tell) -> LabelMap:
    """Raises UsageError or InputError, in a line."""
    program = command()
    task, _ = _TASKS[volume.modality]
    with tempfile.TemporaryDirectory(prefix="xrviewer") as name:
        scan, labels = Path(name, "scan.nii"), Path(name, "labels.nii.gz")
        write_nifti(scan, volume)
        words = (*program, "-i", str(scan), "-o", str(labels), "--ml", "--task", task)
        _run(words, tell)
        if not labels.is_file():
            raise InputError(Path(program[0]), "ended well but wrote no labels")
        (found,) = read_label_maps(labels)
    return named(volume, found.labels, found.case_from_voxel)


def named(
    volume: Volume, labels: NDArray[np.generic], case_from_voxel: NDArray[np.float64]
) -> LabelMap:
    """With the names of the task that the scan's kind asks for."""
    _, classes = _TASKS[volume.modality]
    segments = {number: Segment(own) for number, own in enumerate(classes, 1)}
    return LabelMap(labels, case_from_voxel, MappingProxyType(segments), True)


def _run(words: Sequence[str], tell: Tell) -> None:
    last = b""
    with _process(words) as process:
        assert process.stdout is not None
        pipe = process.stdout.fileno()
        for line in _lines(lambda: os.read(pipe, 4096), tell):
            last = line
    if process.returncode:
        said = last.decode(errors="replace").strip()[-160:]
        raise InputError(Path(words[0]), f"ended with {process.returncode}: {said}")


@contextmanager
def _process(words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Gone when the block is left, however."""
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
        process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        if process.stdout is not None:
            process.stdout.close()


def _lines(read: Callable[[], bytes], tell: Tell) -> Iterator[bytes]:
    """Not empty ones; a bar is redrawn with a carriage return."""
    rest = b""
    while block := read():
        *whole, rest = re.split(rb"[\r\n]", rest + block)
        for line in filter(None, map(bytes.strip, whole)):
            percent = _PERCENT.search(line)
            if percent:
                tell(min(int(percent[1]), 100) / 100, f"segmenting with {PROGRAM}")
            yield line
    if rest.strip():
        yield rest.strip()
