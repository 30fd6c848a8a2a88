from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.document.sessions import case_of, resumed, state
from xrviewer.document import intents as it
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.lines import read_journal
from xrviewer.document.show import read_session
from xrviewer.errors import JournalError
from xrviewer.spatial.transforms import Placement

ASKED = (
    it.SetLayerVisible("前十字靭帯", False),
    it.SetLayerOpacity("Außenmeniskus", 0.3),
    it.PlaceModel(Placement((0.1, 1.2, -0.3), (0.0, 0.6, 0.0, 0.8), 2.5)),
    it.Undo(),
    it.SelectTool("Maßstab ✂"),
    it.ShowMap("depth_mm"),
    it.SetMapRange("depth_mm", -0.5, 3.25),
    it.SetMapSteps("depth_mm", 8),
    it.ShowIsolines("depth_mm", True),
    it.ShowTimepoint("t1"),
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "sitzung Δ.jsonl"
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        for intent in ASKED:
            document.apply(intent)
    return path


def states() -> list[tuple[object, ...]]:
    """After each change, by a document without a journal."""
    document = Document(case_of())
    found = [state(document.snapshot)]
    for intent in ASKED:
        document.apply(intent)
        found.append(state(document.snapshot))
    return found


def test_a_journal_cut_at_any_byte_is_whole_to_its_last_line(written: Path) -> None:
    data, after = written.read_bytes(), states()
    cut = written.with_name("cut.jsonl")
    for length in range(len(data)):
        cut.write_bytes(data[:length])
        lines = data[:length].count(b"\n")
        if lines == 0:
            with pytest.raises(JournalError, match="holds no whole line"):
                read_session(cut)
            continue
        snapshot, notes = read_session(cut)
        assert state(snapshot) == after[lines - 1] and snapshot.version == lines - 1
        is_torn = not data[:length].endswith(b"\n")
        assert [("was cut" in note and str(cut) in note) for note in notes] == [True] * is_torn


def test_a_session_goes_on_after_any_cut(written: Path) -> None:
    data, after = written.read_bytes(), states()
    cut = written.with_name("cut.jsonl")
    for length in range(0, len(data), 97):
        cut.write_bytes(data[:length])
        whole = max(data[:length].count(b"\n") - 1, 0)
        with Journal(cut) as journal:
            document = Document(case_of(), journal=journal)
            assert state(document.snapshot) == after[whole]
            document.apply(it.SetLayerOpacity("tibia", 0.125))
            last = state(document.snapshot)
        assert state(resumed(cut, case_of())) == last == state(read_session(cut)[0])
        assert read_journal(cut).notes == ()


def test_a_line_tells_who_did_what(written: Path) -> None:
    header, first = (msgspec.json.decode(line) for line in written.read_bytes().split(b"\n")[:2])
    assert header["case"] == "knee" and header["schema"] == 1
    assert header["opening"]["layer"]["femur"]["opacity"] == 1.0
    assert first["seq"] == 1 and first["author"] == "local" and first["utc"].endswith("+00:00")
    assert first["intent"] == {
        "type": "SetLayerVisible",
        "layer": "前十字靭帯",
        "is_visible": False,
    }
    assert first["change"] == [["layer", "前十字靭帯", "is_visible", 1, "local", False]]


def test_numpy_numbers_are_written_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    place = Placement(tuple(np.float32([1, 2, 3])), tuple(np.float64([0, 0, 0, 1])), np.float32(2))
    with Journal(path) as journal:
        document = Document(case_of(), journal=journal)
        document.apply(it.PlaceModel(place))
        document.apply(it.SetLayerVisible("femur", np.False_))  # type: ignore[arg-type]
    assert state(read_session(path)[0]) == state(document.snapshot)
    first = read_journal(path).entries[0]
    assert first.intent["placement"]["position_m"] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"hello\n", "is not an xrviewer session journal"),
        (b'{"asset": {"version": "2.0"}}', "is not an xrviewer session journal"),
        (b'{"format":"xrviewer session",\n', "its first line is broken"),
        (b'{"format":"xrviewer session","schema":2,"new":1}\n', "has schema 2; this version"),
        (b'{"format":"xrviewer session","schema":1}\n', "its first line is broken"),
        (b'{"format":"xrviewer session","schema":1,"case":"\xff"}\n', "its first line is broken"),
    ],
)
def test_what_is_no_journal_is_refused_and_left_alone(
    tmp_path: Path, text: bytes, message: str
) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(text)
    with pytest.raises(JournalError, match=message):
        read_session(path)
    with pytest.raises(JournalError, match=message):
        Journal(path)
    assert path.read_bytes() == text


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="No such file"):
        read_session(tmp_path / "none.jsonl")
    with pytest.raises(JournalError, match="not a plain file"):
        read_session(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"\x00\x00\x00",
        b"\xff\xfe",
        b'{"seq":3,"x":' + b"[" * 100_000,
        b'{"seq":9,"utc":"","author":"a","intent":{"type":"Undo"},"change":[]}',
        b'{"seq":3,"utc":"","author":"a","intent":{},"change":[]}',
        b'{"seq":3,"utc":"","author":"a","intent":{"type":"X"},"change":[["layer"]]}',
    ],
)
def test_a_broken_line_within_is_named_and_never_cut_off(written: Path, line: bytes) -> None:
    """Whole lines behind it are somebody's work: shown up to there, and not written over."""
    lines = written.read_bytes().split(b"\n")
    broken = b"\n".join([*lines[:3], line, *lines[4:]])
    written.write_bytes(broken)
    snapshot, notes = read_session(written)
    assert snapshot.version == 2 and "line 4 is broken" in notes[0]
    with (
        pytest.raises(JournalError, match="line 4 is broken"),
        Journal(written) as journal,
    ):
        Document(case_of(), journal=journal)
    assert written.read_bytes() == broken


@pytest.mark.parametrize(
    "register",
    [
        '["layer","femur","opacity",9,"a","much"]',
        '["layer","femur","color",9,"a",7]',
        '["model","model","placement",9,"a",[1,2]]',
        '["layer","femur","opacity",9,"a",[[1]]]',
    ],
)
def test_a_value_that_cannot_be_is_refused(written: Path, register: str) -> None:
    number = len(ASKED) + 1
    line = f'{{"seq":{number},"utc":"","author":"a","intent":{{"type":"X"}},"change":[{register}]}}'
    with written.open("a") as file:
        file.write(line + "\n")
    with pytest.raises(JournalError, match="a value that cannot be"):
        read_session(written)
    with pytest.raises(JournalError, match=f"change {number} cannot be replayed"):
        resumed(written, case_of())


speakers = st.sampled_from(["ana", "ben"])
undoing = st.sampled_from([it.Undo(), it.Undo(), it.Redo()])
opacities = st.builds(
    it.SetLayerOpacity, st.sampled_from(["femur", "tibia"]), st.sampled_from([0.0, 0.3, 1.0])
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(speakers, st.one_of(opacities, undoing)), max_size=20))
def test_replay_gives_the_same_session_and_the_same_undo(
    asked: list[tuple[str, it.Intent]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.jsonl"
        with Journal(path) as journal:
            lived = Document(case_of(), "ana", journal)
            for author, intent in asked:
                lived.apply(intent, author)
        with Journal(path) as journal:
            again = Document(case_of(), "ana", journal)
            assert state(again.snapshot) == state(lived.snapshot) == state(read_session(path)[0])
            assert again.snapshot.version == lived.snapshot.version
            for author in ("ana", "ben", "ana", "ana", "ben"):
                turned = [document.apply(it.Undo(), author).writes for document in (lived, again)]
                assert turned[0] == turned[1]


def test_an_undo_that_this_version_would_not_have_done_is_still_replayed(written: Path) -> None:
    """What was written counts, not how a version came to write it."""
    number = len(ASKED) + 1
    line = f'{{"seq":{number},"utc":"","author":"zoe","intent":{{"type":"Undo"}},'
    line += '"change":[["layer","femur","opacity",99,"zoe",0.5]]}\n'
    with written.open("a") as file:
        file.write(line)
    assert resumed(written, case_of()).layers["opacity"][0] == 0.5
