"""`xrviewer import --cohort`: many cases through dask, each by itself."""

from __future__ import annotations

import csv
import importlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from xrviewer.commands.bring import FollowUp, bring
from xrviewer.errors import InputError, UsageError, XrviewerError
from xrviewer.ingest.pipeline import Wanted

COLUMNS = ("out", "sources", "segmentation", "labels", "series", "title", "timepoint", "day")
"""Of the list. Several files of a row are parted by semicolons."""
_LIST_LIMIT_BYTES = 16 << 20
_PATIENCE_S, _FAR_PATIENCE_S = 15, 4
"""For processes that are started here; for a scheduler that is there, or is not."""
_MISSING = 'importing a cohort needs dask, which is not installed: pip install "xrviewer[cohort]"'


class Ended(msgspec.Struct, frozen=True):
    """One row of the list."""

    row: int
    """As a spreadsheet counts: the first case is in row 2."""
    out: str
    is_ok: bool
    seconds: float
    structures: int
    triangles: int
    notes: tuple[str, ...]
    reason: str
    """Why there is no case; empty where there is one."""


class CohortEnd(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    seconds: float
    failed: int
    cases: tuple[Ended, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One row, as a worker gets it."""

    row: int
    out: Path
    wanted: Wanted
    follow_up: FollowUp


def import_cohort(
    path: Path,
    common: Wanted,
    root: Path | None,
    scheduler: str,
    progress: Callable[[float, str], None],
) -> CohortEnd:
    """common: what every row has that does not say otherwise; root: where relative outs lie."""
    start_s = time.perf_counter()
    jobs = read_jobs(path, common, root or path.parent)
    done = sorted(_ended(_chains(jobs), scheduler, len(jobs), progress), key=lambda e: e.row)
    failed = sum(not ended.is_ok for ended in done)
    progress(1.0, "done")
    return CohortEnd(round(time.perf_counter() - start_s, 2), failed, tuple(done))


def read_jobs(path: Path, common: Wanted, root: Path) -> list[Job]:
    """Raises InputError or UsageError, with the row, before anything is imported."""
    try:
        if path.stat().st_size > _LIST_LIMIT_BYTES:
            raise InputError(path, "is no list of cases: it is over 16 MiB")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(path, f"is no list of cases: {error}") from None
    known = set(rows[0]) - {None} if rows else set()
    if not rows or not {"out"} < known <= set(COLUMNS):
        odd = ", ".join(sorted(known - set(COLUMNS))) or "no cases"
        raise InputError(path, f"has {odd}; its first line is of: {','.join(COLUMNS)}")
    return [_job(path, row, number, common, root) for number, row in enumerate(rows, 2)]


def _job(path: Path, row: dict[str, str], number: int, common: Wanted, root: Path) -> Job:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not said["out"] or not (said["sources"] or said["segmentation"]):
        raise InputError(path, f"row {number} names no out, or nothing to import")
    if said["day"] and not said["day"].isdecimal():
        raise InputError(path, f"row {number}: a day is a whole number, not {said['day']!r}")
    wanted = replace(
        common,
        sources=tuple(_paths(said["sources"], path.parent)),
        segmentations=tuple(_paths(said["segmentation"], path.parent)),
        labels=said["labels"] or common.labels,
        title=said["title"] or common.title,
        timepoint=said["timepoint"] or common.timepoint,
        choice=replace(common.choice, series=said["series"] or common.choice.series),
    )
    follow_up = FollowUp(bool(said["timepoint"]), int(said["day"]) if said["day"] else None)
    return Job(number, (root / said["out"]).absolute(), wanted, follow_up)


def _paths(text: str, beside: Path) -> Iterator[Path]:
    for part in text.split(";"):
        if part.strip():
            yield (beside / part.strip()).absolute()


def _chains(jobs: list[Job]) -> list[list[Job]]:
    """Dates of one case come after each other, in the order of the list."""
    by_out: dict[Path, list[Job]] = {}
    for job in jobs:
        by_out.setdefault(job.out, []).append(job)
    return list(by_out.values())


def run_chain(chain: list[Job]) -> list[Ended]:
    """On a worker. What goes wrong with a case is told, and stops no other."""
    return [_run(job) for job in chain]


def _run(job: Job) -> Ended:
    start_s = time.perf_counter()
    try:
        brought = bring(job.wanted, job.out, job.follow_up, lambda done, text: None)
    except (XrviewerError, OSError, MemoryError) as error:
        return _failed(job, start_s, str(error) or type(error).__name__)
    except Exception as error:  # one bad case never stops the others
        return _failed(job, start_s, f"internal error ({type(error).__name__}: {error})")
    info = brought.case
    seconds = round(time.perf_counter() - start_s, 2)
    counts = (len(info.parts), info.triangles)
    return Ended(job.row, str(job.out), True, seconds, *counts, brought.notes, "")


def _failed(job: Job, start_s: float, reason: str) -> Ended:
    seconds = round(time.perf_counter() - start_s, 2)
    return Ended(job.row, str(job.out), False, seconds, 0, 0, (), " ".join(reason.split()))


def _ended(
    chains: list[list[Job]],
    scheduler: str,
    count: int,
    progress: Callable[[float, str], None],
) -> Iterator[Ended]:
    _knock(scheduler)
    distributed = _dask()
    done = 0
    with _client(distributed, scheduler, len(chains)) as client:
        futures = {client.submit(run_chain, chain, pure=False): chain for chain in chains}
        for future in distributed.as_completed(futures):
            chain = futures[future]
            yield from _result(future, chain)
            done += len(chain)
            progress(0.999 * done / count, f"{done} of {count} cases")


def _dask() -> Any:
    try:
        return importlib.import_module("distributed")  # takes a second; only a cohort needs it
    except ImportError:
        raise UsageError(_MISSING) from None


@contextmanager
def _client(distributed: Any, scheduler: str, chains: int) -> Iterator[Any]:
    """Of the cluster that is named, else of processes here: fast-simplification keeps its mesh
    in globals, so that threads would mix cases up."""
    workers = min(os.cpu_count() or 1, max(chains, 1))
    with ExitStack() as closing:
        try:
            cluster = scheduler or closing.enter_context(
                distributed.LocalCluster(
                    n_workers=workers, threads_per_worker=1, dashboard_address=None
                )
            )
            patience_s = _FAR_PATIENCE_S if scheduler else _PATIENCE_S
            client = closing.enter_context(distributed.Client(cluster, timeout=patience_s))
        except (OSError, ValueError) as error:
            raise _unreachable(scheduler, error) from None
        yield client


def _knock(scheduler: str) -> None:
    """Dask asks a port that refuses again and again until its patience ends; once is enough."""
    try:
        at = urlsplit(scheduler if "://" in scheduler else f"tcp://{scheduler}")
        if at.hostname and at.port:
            socket.create_connection((at.hostname, at.port), _FAR_PATIENCE_S).close()
    except (OSError, ValueError) as error:
        raise _unreachable(scheduler, error) from None


def _unreachable(scheduler: str, error: Exception) -> UsageError:
    return UsageError(f"--scheduler {scheduler}: cannot be reached: {error}")


def _result(future: Any, chain: list[Job]) -> list[Ended]:
    """A worker that was killed, for want of memory, fails its own cases only."""
    if future.status == "error":
        error = future.exception()
        start_s = time.perf_counter()
        return [_failed(job, start_s, f"its worker ended: {error}") for job in chain]
    return list(future.result())
