"""Many imports at once: each by itself, none stopped by another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.ingest.dicom_maker import write_series
from tests.ingest.test_import_command import run, write_labels
from xrviewer.caseio.check import check_path
from xrviewer.caseio.loose import open_path
from xrviewer.commands.cohort import read_jobs
from xrviewer.errors import InputError
from xrviewer.ingest.pipeline import Wanted


def cohort(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As a process of its own: a cluster leaves threads behind for a moment."""
    command = [sys.executable, "-m", "xrviewer", "import", "--cohort", str(folder / "list.csv")]
    own = {"XRVIEWER_LEDGER": str(folder / "ledger"), "XRVIEWER_CACHE": ""}
    return subprocess.run(
        [*command, "--out", str(folder / "made"), *words],
        capture_output=True,
        text=True,
        env=os.environ | own,
        cwd=Path(__file__).parents[2],
    )


@pytest.mark.slow
def test_one_bad_case_stops_no_other(tmp_path: Path) -> None:
    for name in "abc":
        write_series(tmp_path / name)
    write_series(tmp_path / "later", StudyDate="20200315")
    (tmp_path / "b" / "003.dcm").unlink()  # a gap
    write_labels(tmp_path / "labels.nrrd")
    (tmp_path / "list.csv").write_text(
        "out,sources,segmentation,labels,timepoint,day\n"
        "one,a,labels.nrrd,,,\n"
        "two,b,,,,\n"
        "three,nowhere,,,,\n"
        "four,c,,,First,\n"
        "four,later,,,Second,\n"
    )
    done = cohort(tmp_path, "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert [(case["row"], case["is_ok"]) for case in told["cases"]] == [
        (2, True),
        (3, False),
        (4, False),
        (5, True),
        (6, True),
    ]
    assert told["failed"] == 2
    assert "lacks 1 slice" in told["cases"][1]["reason"]
    assert "no such file" in told["cases"][2]["reason"]
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["four", "one"]
    assert check_path(tmp_path / "made" / "one") == ()
    assert [t.day for t in open_path(tmp_path / "made" / "four").timepoints] == [0, 15]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no cases"),
        ("out,person\na,b\n", "has person; its first line is of: out,sources"),
        ("out,sources\n,b\n", "row 2 names no out"),
        ("out,sources,day\na,b,soon\n", "row 2: a day is a whole number, not 'soon'"),
    ],
)
def test_a_list_that_is_none_is_refused_before_the_work(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=says.replace("'", ".")):
        read_jobs(path, Wanted(sources=()), tmp_path)


def test_paths_are_from_the_list_and_what_it_says_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("out,sources,labels,series\na,x;y/z,knee,3\nb,x,,\n")
    common = Wanted(sources=(), labels="totalsegmentator")
    one, two = read_jobs(path, common, tmp_path / "made")
    assert one.out == tmp_path / "made" / "a"
    assert one.wanted.sources == (tmp_path / "x", tmp_path / "y" / "z")
    assert (one.wanted.labels, one.wanted.choice.series) == ("knee", "3")
    assert (two.wanted.labels, two.wanted.choice.series) == ("totalsegmentator", "")


def test_a_scheduler_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    write_series(tmp_path / "a")
    (tmp_path / "list.csv").write_text("out,sources\none,a\n")
    done = cohort(tmp_path, "--scheduler", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    lines = [line for line in done.stderr.splitlines() if line.startswith("xrviewer:")]
    assert len(lines) == 1 and "cannot be reached" in lines[0]


@contextmanager
def a_cluster(folder: Path) -> Iterator[str]:
    """The address of a scheduler of somebody else's, with one worker that does two cases at a
    time."""
    known = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    at = ["--scheduler-file", str(known)]
    commands = [
        [*dask, "scheduler", *at, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        [*dask, "worker", *at, "--nthreads", "2", "--no-dashboard", "--no-nanny"],
    ]
    with ExitStack() as closing, (folder / "cluster.log").open("wb") as log:
        for command in commands:
            ran = subprocess.Popen(command, stdout=log, stderr=log, cwd=Path(__file__).parents[2])
            closing.callback(ran.wait, 30)
            closing.callback(ran.terminate)
        deadline_s = time.monotonic() + 60
        while not known.exists() and time.monotonic() < deadline_s:
            time.sleep(0.05)
        yield json.loads(known.read_text())["address"]


@pytest.mark.slow
def test_a_cluster_s_worker_of_two_threads_makes_the_cases_of_one_by_one(tmp_path: Path) -> None:
    rows = []
    for name, meet in zip("abcd", (5, 6, 7, 8), strict=True):
        write_series(tmp_path / name)
        labels = write_labels(tmp_path / f"{name}.nrrd", meet)
        rows.append(f"{name},{name},{name}.nrrd\n")
        to = tmp_path / "alone" / name
        assert run(tmp_path / name, "--segmentation", labels, "--out", to).exit_code == 0
    (tmp_path / "list.csv").write_text("out,sources,segmentation\n" + "".join(rows))
    with a_cluster(tmp_path) as address:
        done = cohort(tmp_path, "--json", "--scheduler", address)
    assert done.returncode == 0, done.stderr + (tmp_path / "cluster.log").read_text()
    assert [case["is_ok"] for case in json.loads(done.stdout)["cases"]] == [True] * 4
    made, alone = (
        [(tmp_path / root / name / "t0/anatomy.glb").read_bytes() for name in "abcd"]
        for root in ("made", "alone")
    )
    assert made == alone
    assert len(set(made)) == 4
