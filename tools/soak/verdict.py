"""What came of a soak: what grew, what was said, what was lost; and all of it as a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from soak.footprint import Footprint

MOST_GROWTH = 0.01


@dataclass(slots=True)
class Soak:
    """What came of it."""

    minutes: float = 0.0
    visits: int = 0
    frames: int = 0
    drawn: int = 0
    changes: dict[str, int] = field(default_factory=dict)
    """Of the session, by their kind."""
    footprints: list[Footprint] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    unlike_disk: list[str] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Of memory: the last third of the visits beside the second one; the first warms up."""
        third = len(self.footprints) // 3
        if third == 0:
            return 0.0
        memory = [one.memory_mb for one in self.footprints]
        middle, last = memory[-2 * third : -third], memory[-third:]
        return (sum(last) / len(last)) / (sum(middle) / len(middle)) - 1

    def faults(self) -> list[str]:
        third = len(self.footprints) // 3
        if third == 0:
            return [f"{self.visits} visits are too few to tell growth from warming up"]
        first, last = self.footprints[third], self.footprints[-1]
        found = [f"the runtime said: {line}" for line in self.complaints]
        found += [f"the disk has another {name}" for name in self.unlike_disk]
        if self.growth > MOST_GROWTH:
            found.append(f"memory grew by {100 * self.growth:.2f} %")
        for kind in first.names:
            if last.names[kind] > first.names[kind]:
                found.append(f"{kind}: {first.names[kind]}, then {last.names[kind]}")
        if last.files > first.files:
            found.append(f"open files: {first.files}, then {last.files}")
        return found


def table(soak: Soak) -> str:
    """Markdown, as docs/benchmarks.md keeps it: at most ten of the visits."""
    count = len(soak.footprints)
    chosen = sorted({round(i * (count - 1) / 9) for i in range(10)}) if count > 10 else range(count)
    shown = [soak.footprints[i] for i in chosen]
    rows = {
        "after visit": [str(i + 1) for i in chosen],
        "after, min": [f"{one.minutes:.1f}" for one in shown],
        "resident, MB": [f"{one.memory_mb:.1f}" for one in shown],
        "OpenGL names": [str(sum(one.names.values())) for one in shown],
        "open files": [str(one.files) for one in shown],
        "threads": [str(one.threads) for one in shown],
    }
    lines = [f"| {name} | {' | '.join(values)} |" for name, values in rows.items()]
    lines.insert(1, "| --- " * (len(shown) + 1) + "|")
    names = ", ".join(f"{count} {kind}" for kind, count in soak.footprints[-1].names.items())
    count = sum(soak.changes.values())
    changes = ", ".join(f"{count} {kind}" for kind, count in soak.changes.items())
    return "\n".join(
        [
            f"{soak.visits} visits, {soak.minutes:.1f} minutes, {soak.frames} frames of which "
            f"{soak.drawn} were drawn, {count} changes of {len(soak.changes)} kinds.",
            "",
            *lines,
            "",
            f"Memory of the last third beside the second: {100 * soak.growth:+.2f} %. "
            f"Messages above debug level: {len(soak.complaints)}. "
            f"Read from disk: {'as in memory' if not soak.unlike_disk else soak.unlike_disk}.",
            f"OpenGL names at the end: {names}.",
            f"Changes: {changes}.",
        ]
    )
