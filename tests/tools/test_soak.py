"""What a soak takes for growth, and what it says of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from soak.footprint import Footprint
from soak.verdict import Soak, table

AT_FIRST = Footprint(1.0, 500.0, {"buffers": 10, "textures": 5}, files=16, threads=8)


def soaked(*memory_mb: float) -> Soak:
    footprints = [replace(AT_FIRST, minutes=i, memory_mb=mb) for i, mb in enumerate(memory_mb)]
    return Soak(minutes=9.0, visits=len(memory_mb), footprints=footprints)


def test_what_is_taken_while_warming_up_does_not_count() -> None:
    soak = soaked(100, 300, 450, 500, 500, 500, 500, 502, 501)
    assert soak.growth == pytest.approx(0.002)
    assert soak.faults() == []


def test_growth_of_the_last_third_beside_the_second() -> None:
    soak = soaked(500, 500, 500, 500, 500, 500, 510, 510, 510)
    assert soak.growth == pytest.approx(0.02)
    assert soak.faults() == ["memory grew by 2.00 %"]


@pytest.mark.parametrize(
    ("last", "fault"),
    [
        (replace(AT_FIRST, names={"buffers": 11, "textures": 5}), "buffers: 10, then 11"),
        (replace(AT_FIRST, files=17), "open files: 16, then 17"),
    ],
)
def test_one_name_or_file_more_is_a_fault(last: Footprint, fault: str) -> None:
    soak = soaked(500, 500, 500)
    soak.footprints[-1] = replace(last, minutes=2.0)
    assert soak.faults() == [fault]


def test_what_the_runtime_said_and_what_the_disk_lost_are_faults() -> None:
    soak = soaked(500, 500, 500)
    soak.complaints, soak.unlike_disk = ["xrEndFrame: too late"], ["model"]
    assert soak.faults() == ["the runtime said: xrEndFrame: too late", "the disk has another model"]


def test_too_few_visits_prove_nothing() -> None:
    assert soaked(500, 500).faults() == ["2 visits are too few to tell growth from warming up"]


def test_the_table_shows_at_most_ten_visits_the_first_and_the_last_among_them() -> None:
    soak = soaked(*range(500, 525))
    soak.changes = {"Measure": 3, "Undo": 2}
    lines = table(soak).splitlines()
    assert lines[0].endswith("5 changes of 2 kinds.")
    visits = lines[2].split("|")[2:-1]
    assert len(visits) == 10 and (visits[0].strip(), visits[-1].strip()) == ("1", "25")
    assert all(line.count("|") == 12 for line in lines[2:8])
