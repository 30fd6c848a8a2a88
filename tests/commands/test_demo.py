"""A case made on the spot: once, whole, and where it was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from xrviewer.caseio.folder import load_case
from xrviewer.commands.choices import DemoName
from xrviewer.commands.demo import make_demo
from xrviewer.errors import XrviewerError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    said: list[str] = []
    folder = tmp_path_factory.mktemp("demos") / "not there yet"
    return make_demo(DemoName.PHANTOM, folder, lambda *_: None, said.append), said


def test_it_is_a_case_in_the_folder_that_was_asked_for(made: tuple[Path, list[str]]) -> None:
    target, said = made
    assert target.parent.name == "not there yet" and target.name == "phantom-demo"
    assert load_case(target).timepoints[0].surfaces.part_ids
    assert said == [f"making the phantom in {target}"]


def test_a_second_time_it_is_found_and_left_alone(made: tuple[Path, list[str]]) -> None:
    target, _ = made
    before = {file: file.stat().st_mtime_ns for file in target.rglob("*")}
    said: list[str] = []
    assert make_demo(DemoName.PHANTOM, target.parent, lambda *_: None, said.append) == target
    assert not said
    assert {file: file.stat().st_mtime_ns for file in target.rglob("*")} == before


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises((XrviewerError, OSError), match="taken"):
        make_demo(DemoName.PHANTOM, tmp_path / "taken", lambda *_: None, print)
