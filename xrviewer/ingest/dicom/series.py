"""Headers to series, and series to stacks: what was scanned at once, at one echo, in one plane."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xrviewer.ingest.dicom.header import Frame, Header

_SAME_PLACE_MM = 1
"""Decimals to which two positions are the same place, 0.1 mm."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Slices that belong in one volume, in no order yet."""

    first: Header
    """Of the file that the first frame lies in."""
    frames: tuple[Frame, ...]
    headers: Mapping[Path, Header] = field(repr=False)
    """Of every file that a frame lies in."""

    @property
    def label(self) -> str:
        """What a technician would call it, of known words only."""
        words = " ".join(w.upper() if len(w) < 5 else w for w in self.first.words)
        text = f"{self.first.modality} {words}".strip()
        echo, b = self.frames[0].echo_ms, self.frames[0].b_value
        return text + (f", echo {echo:g} ms" if echo else "") + (f", b {b:g}" if b else "")


@dataclass(frozen=True, slots=True)
class Series:
    """What has one SeriesInstanceUID."""

    number: int
    stacks: tuple[Stack, ...]
    copies: int
    """Files left out because another one is the same instance."""

    @property
    def slices(self) -> int:
        return sum(len(stack.frames) for stack in self.stacks)


def series_of(headers: Iterable[Header]) -> tuple[Series, ...]:
    """By series number. Objects without a place in the patient are no part of any."""
    by_uid: dict[str, list[Header]] = defaultdict(list)
    for header in headers:
        if header.frames:
            by_uid[header.series_uid].append(header)
    found = [_series(group) for group in by_uid.values()]
    return tuple(sorted(found, key=lambda s: (s.number, s.stacks[0].label)))


def _series(headers: Sequence[Header]) -> Series:
    # The same instance may lie in two folders: one is enough.
    own = {header.sop_uid or str(header.path): header for header in headers}
    by_key: dict[object, list[Frame]] = defaultdict(list)
    for header in own.values():
        for frame in header.frames:
            by_key[_key(header, frame)].append(frame)
    header_of = {header.path: header for header in own.values()}
    stacks = [
        Stack(header_of[part[0].path], tuple(part), header_of)
        for group in by_key.values()
        for part in _moments(group)
    ]
    stacks.sort(key=lambda s: (s.frames[0].echo_ms or 0, s.frames[0].b_value or 0, s.label))
    return Series(headers[0].series_number, tuple(stacks), len(headers) - len(own))


def _key(header: Header, frame: Frame) -> object:
    """Frames that differ in this are never of one volume."""
    axes = tuple(round(v, 3) for v in (*frame.along_row, *frame.along_column))
    size = (header.rows, header.columns, *(round(v, 4) for v in frame.spacing_mm))
    echo = None if frame.echo_ms is None else round(frame.echo_ms, 3)
    return header.sop_class, size, axes, echo, frame.b_value, frame.kind


def _moments(frames: list[Frame]) -> list[list[Frame]]:
    """Split where every place was scanned the same number of times over: one volume a time."""
    places = Counter(_place(frame) for frame in frames)
    times = set(places.values())
    if len(places) < 2 or times == {1} or len(times) != 1:
        return [frames]
    for name in ("moment", "acquisition"):
        parts: dict[int, list[Frame]] = defaultdict(list)
        for frame in frames:
            parts[getattr(frame, name)].append(frame)
        if all(len(part) == len(places) for part in parts.values()):
            return list(parts.values())
    return _in_turn(frames, times.pop())


def _in_turn(frames: list[Frame], times: int) -> list[list[Frame]]:
    """The n-th scan of every place, by instance number."""
    turns: list[list[Frame]] = [[] for _ in range(times)]
    seen: Counter[object] = Counter()
    for frame in sorted(frames, key=lambda f: (f.number, str(f.path))):
        turns[seen[_place(frame)]].append(frame)
        seen[_place(frame)] += 1
    return turns


def _place(frame: Frame) -> object:
    return tuple(round(v, _SAME_PLACE_MM) for v in frame.position_mm)
