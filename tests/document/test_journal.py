from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.document.sessions import LAYERS, case_of, resumed, state
from xrviewer.document import intents as it
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.lines import read_journal
from xrviewer.document.show import read_session
from xrviewer.errors import JournalError

REPOSITORY = Path(__file__).parents[2]


def wait_for(is_so: Callable[[], bool], patience_s: float = 10.0) -> None:
    end = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_undo_goes_on_where_the_session_stopped(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        opened = state(document.snapshot)
        document.apply(it.SetLayersVisible(LAYERS, False))
        document.apply(it.SetLayerOpacity("femur", 0.5))
        document.apply(it.SetLayerOpacity("tibia", 0.5))
        document.apply(it.Undo())
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        assert document.can_undo and document.can_redo
        document.apply(it.Undo())
        document.apply(it.Undo())
        assert state(document.snapshot) == opened and not document.can_undo
        assert document.apply(it.Undo()).writes == ()
        for _ in range(3):
            document.apply(it.Redo())
        assert document.snapshot.layers["opacity"][1] == 0.5
    assert len(read_journal(path).entries) == 9


def test_lines_are_on_disk_within_a_second(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        document.apply(it.SetLayerOpacity("femur", 0.5))
        wait_for(lambda: len(read_journal(path).entries) == 1, patience_s=1.0)


WRITER = """
import sys, time
from pathlib import Path
from tests.document.sessions import case_of
from xrviewer.document.document import Document
from xrviewer.document.intents import SetLayerOpacity
from xrviewer.document.journal import Journal
with Journal(Path(sys.argv[1])) as journal:
    document = Document(case_of(), journal=journal)
    for n in range(100_000):
        seq = document.apply(SetLayerOpacity("femur", n / 100_000)).seq
        print(seq, time.monotonic(), flush=True)
        time.sleep(0.002)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("lifetime_s", [0.3, 1.0, 1.37])
def test_a_kill_loses_at_most_a_second(tmp_path: Path, lifetime_s: float) -> None:
    path = tmp_path / "s.jsonl"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline()]
        time.sleep(lifetime_s)
        killed_s = time.monotonic()
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.readlines()
    applied = [(int(seq), float(at)) for seq, at in (t.split() for t in told if t.endswith(b"\n"))]
    assert len(applied) > lifetime_s / 0.02, "the writer was too slow to show anything"
    contents = read_journal(path)
    saved = len(contents.entries)
    lost_s = [killed_s - at for seq, at in applied if seq > saved]
    assert max(lost_s, default=0.0) <= 1.0
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        assert document.snapshot.version == saved
        document.apply(it.SetLayerOpacity("tibia", 0.5))
    assert len(read_journal(path).entries) == saved + 1


def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal(path) as journal:
        Document(case_of(), journal=journal)
        wait_for(lambda: path.stat().st_size > 0)
        with pytest.raises(JournalError, match="another program is writing this session"):
            Journal(path)
        program = "import sys; from pathlib import Path; from xrviewer.document.journal import "
        program += "Journal; Journal(Path(sys.argv[1]))"
        second = subprocess.run(
            [sys.executable, "-c", program, str(path)],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert "another program is writing this session" in second.stderr
        assert read_session(path)[0].version == 0
    resumed(path, case_of())


def test_a_session_of_another_case_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    resumed(path, case_of())
    with path.open("ab") as file:
        file.write(b'{"seq":1,"ut')
    before = path.read_bytes()
    with (
        Journal(path) as journal,
        pytest.raises(JournalError, match="session of case 'knee', not of 'hip'"),
    ):
        Document(case_of(case_id="hip"), journal=journal)
    assert path.read_bytes() == before


def test_a_case_that_lost_and_gained_layers_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        document.apply(it.SetLayersVisible(("femur", "tibia"), False))
    snapshot = resumed(path, case_of(("patella", "tibia")))
    assert dict(snapshot.layer_rows) == {"patella": 0, "tibia": 1}
    assert list(snapshot.layers["is_visible"]) == [True, False]


def test_a_session_at_a_timepoint_that_is_gone_is_refused(tmp_path: Path) -> None:
    path, case = tmp_path / "s.jsonl", case_of()
    with Journal(path) as journal:
        Document(case, journal=journal).apply(it.ShowTimepoint("t1"))
    with pytest.raises(JournalError, match="timepoint 't1', which the case no longer has"):
        resumed(path, replace(case, timepoints=case.timepoints[:1]))


def test_where_nothing_can_be_written_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="its folder is not there; make it first"):
        Journal(tmp_path / "no folder" / "s.jsonl")
    with pytest.raises(JournalError, match="cannot be written"):
        Journal(tmp_path)


def test_a_full_disk_loses_nothing_while_the_session_lives(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: it too writes a part, then refuses."""
    resource = pytest.importorskip("resource", reason="POSIX limits")
    path = tmp_path / "s.jsonl"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        wait_for(lambda: path.stat().st_size > 0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 1000, hard))
        try:
            for n in range(50):
                document.apply(it.SetLayerOpacity("femur", n / 50))
            wait_for(lambda: document.problem is not None)
            assert document.problem == f"{path}: not saved (File too large); " + (
                "kept in memory and tried again"
            )
            document.apply(it.SetLayerOpacity("tibia", 0.25))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        wait_for(lambda: document.problem is None)
        last = state(document.snapshot)
    contents = read_journal(path)
    assert len(contents.entries) == 51 and not contents.notes and not contents.broken
    assert state(read_session(path)[0]) == last


def test_a_removed_file_or_folder_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    path = folder / "s.jsonl"
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        document.apply(it.SetLayerOpacity("femur", 0.5))
        wait_for(lambda: len(read_journal(path).entries) == 1)
        path.unlink()
        folder.rmdir()
        document.apply(it.SetLayerOpacity("femur", 0.25))
        wait_for(lambda: "No such file" in (document.problem or ""))
        folder.mkdir()
        wait_for(lambda: document.problem is None)
        assert len(read_journal(path).entries) == 2
        with pytest.raises(JournalError, match="another program"):
            Journal(path)
        document.apply(it.SetLayerOpacity("femur", 0.125))
    assert read_session(path)[0].layers["opacity"][0] == 0.125


def test_a_file_put_in_its_place_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        wait_for(lambda: path.stat().st_size > 0)
        path.rename(tmp_path / "moved.jsonl")
        path.write_text("mine")
        document.apply(it.SetLayerOpacity("femur", 0.25))
        wait_for(lambda: "another file took its place" in (document.problem or ""))
        assert path.read_text() == "mine"
        (tmp_path / "moved.jsonl").replace(path)
        wait_for(lambda: document.problem is None)
    assert read_session(path)[0].layers["opacity"][0] == 0.25


def test_close_may_come_before_any_start_and_twice(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "s.jsonl")
    journal.close()
    journal.close()


def test_a_disk_that_fails_to_the_end_does_not_hold_the_program(tmp_path: Path) -> None:
    folder = tmp_path / "sessions"
    folder.mkdir()
    with Journal(folder / "s.jsonl") as journal:
        document = Document(case_of(), journal=journal)
        wait_for(lambda: (folder / "s.jsonl").stat().st_size > 0)
        (folder / "s.jsonl").unlink()
        folder.rmdir()
        document.apply(it.SetLayerOpacity("femur", 0.5))
    assert "not saved (No such file" in (document.problem or "")
