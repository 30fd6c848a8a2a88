"""A stopped import goes on where it was, and leaves nothing behind where it must not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.ingest.dicom.test_unpacking import packed_series
from tests.ingest.dicom_maker import write_series
from tests.ingest.test_import_command import write_labels
from xrviewer.caseio.folder import load_case
from xrviewer.commands import bring as bringing
from xrviewer.commands.bring import FollowUp, bring
from xrviewer.ingest.pipeline import Wanted
from xrviewer.ingest.stages import LIMIT_S, Arrays, Stages, open_stages


def counted(calls: list[int]) -> Arrays:
    calls.append(1)
    return {"found": np.arange(5), "lines": np.array(["one", "two"])}


def test_made_once_for_the_same_and_anew_for_other_data(tmp_path: Path) -> None:
    calls: list[int] = []
    voxels = np.arange(24).reshape(2, 3, 4)
    for data, times in ((voxels, 1), (voxels.copy(), 1), (voxels + 1, 2), (voxels.T, 3)):
        stages = Stages(tmp_path, slow_s=0)
        found = stages.kept("stage", lambda d=data: (d, 7), lambda: counted(calls))  # type: ignore[misc]
        assert found["found"].tolist() == [0, 1, 2, 3, 4]
        assert found["lines"].tolist() == ["one", "two"]
        assert len(calls) == times
    stages.clear()
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_quick_is_not_kept_and_what_is_broken_is_made_again(tmp_path: Path) -> None:
    calls: list[int] = []
    Stages(tmp_path, slow_s=60).kept("stage", lambda: (1,), lambda: counted(calls))
    assert list(tmp_path.iterdir()) == []
    Stages(tmp_path, slow_s=0).kept("stage", lambda: (1,), lambda: counted(calls))
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:50])
    Stages(tmp_path, slow_s=0).kept("stage", lambda: (1,), lambda: counted(calls))
    assert len(calls) == 3


def test_the_old_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XRVIEWER_CACHE", str(tmp_path))
    Stages(open_stages().folder, slow_s=0).kept("stage", lambda: (1,), lambda: counted([]))
    (kept,) = (tmp_path / "stages").iterdir()
    open_stages()
    assert kept.exists()
    os.utime(kept, (0, time.time() - LIMIT_S - 10))
    open_stages()
    assert not kept.exists()


SLOW = """
import sys, time
from xrviewer.ingest import pipeline
stop = sys.argv.pop(1)
def at(name, module, stage):
    made = getattr(module, name)
    def told(*words, **more):
        if stop == stage:
            print("here", flush=True)
            time.sleep(60)
        return made(*words, **more)
    setattr(module, name, told)
at("from_labels", pipeline, "surfaces")
from xrviewer.caseio import folder
at("write_glb", folder, "writing")
from xrviewer.cli import main
main()
"""


@pytest.mark.parametrize("stage", ["surfaces", "writing"])
def test_ctrl_c_leaves_nothing(tmp_path: Path, stage: str) -> None:
    """The real program, stopped as a terminal stops it, at the start of a stage."""
    write_series(tmp_path / "s")
    labels = write_labels(tmp_path / "labels.nrrd")
    (tmp_path / "tmp").mkdir()
    before = {path.name for path in tmp_path.iterdir()}
    own = {"TMPDIR": str(tmp_path / "tmp"), "XRVIEWER_CACHE": ""}
    words = [stage, "import", tmp_path / "s", "--segmentation", labels, "--out", tmp_path / "case"]
    command = [sys.executable, "-c", SLOW, *map(str, words)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | own
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert said.strip().splitlines()[-1] == "xrviewer: stopped"
    assert "Traceback" not in said
    assert {path.name for path in tmp_path.iterdir()} == before
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_stopped_import_is_taken_up_and_then_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped while it writes; what it kept says nothing of whose it is."""
    packed_series(tmp_path / "s", PatientName="Marker^Zebra", SeriesDescription="Zebra")
    labels = write_labels(tmp_path / "zebra.nrrd")
    wanted = Wanted(sources=(tmp_path / "s",), segmentations=(labels,), triangles=200)
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setattr(bringing, "open_stages", lambda: Stages(kept, slow_s=0))

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bringing, "save_case", stopped)
        with pytest.raises(KeyboardInterrupt):
            bring(wanted, tmp_path / "case", FollowUp(False), lambda part, text: None)
    assert len(list(kept.iterdir())) == 3
    for file in kept.iterdir():
        with np.load(file) as arrays:
            held = b"".join(arrays[name].tobytes() for name in arrays.files)
        assert b"ebra" not in file.read_bytes() + held
    with monkeypatch.context() as patch:
        for name in ("dicom.stacks.read_stack", "anatomy._cleaned", "resuming.fit"):
            patch.setattr(f"xrviewer.ingest.{name}", stopped)  # none of them is done again
        brought = bring(wanted, tmp_path / "case", FollowUp(False), lambda part, text: None)
    resumed = [note for note in brought.notes if "from an import that was stopped" in note]
    assert [note.partition(":")[0] for note in resumed] == [
        "unpacked slices",
        "surfaces",
        "reduced surfaces",
    ]
    bring(wanted, tmp_path / "again", FollowUp(False), lambda part, text: None)
    one, two = (load_case(tmp_path / name).timepoints[0] for name in ("case", "again"))
    np.testing.assert_array_equal(one.volumes[0].voxels, two.volumes[0].voxels)
    np.testing.assert_array_equal(one.surfaces.positions_mm, two.surfaces.positions_mm)
    assert 0 < brought.case.triangles <= 210
    assert any("moved by at most" in line for line in brought.case.provenance)
    assert list(kept.iterdir()) == []
