"""Twenty minutes of somebody who uses everything, and what has grown at the end.

    python tools/xr_sandbox run -- python tools/soak CASE [--minutes 20] [--rest 5]

A visit is grabbing, structures, maps, slices, cuts, measuring, dates, stills and films, the
patient's panel, bare hands: by controller, by finger and by ray, in Monado with both validation
layers on. Memory and names are counted after each, when everything is as it was. The case lies
within the project: the sandbox sees nothing else. Exits 1 if anything grew, was said or was lost.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A script of the repository: the project and the test bed lie beside it, not in a library.
sys.path[:0] = [str(ROOT), str(ROOT / "tools"), str(ROOT / "tests" / "runtime")]

from bed import Bed  # noqa: E402

from soak.footprint import footprint  # noqa: E402
from soak.verdict import Soak, table  # noqa: E402
from soak.visit import VISIT  # noqa: E402
from soak.visitor import SESSION, Visitor, is_as_saved, visiting  # noqa: E402
from xrviewer.app.loop import short_pauses  # noqa: E402
from xrviewer.caseio.loose import open_path  # noqa: E402
from xrviewer.commands.memory import give_large_blocks_back  # noqa: E402
from xrviewer.document.lines import read_journal  # noqa: E402
from xrviewer.gpu.context import GlfwContext  # noqa: E402


def main() -> int:
    options = _parsed()
    case, folder = open_path(options.case), Path(tempfile.mkdtemp(prefix="soak-"))
    soak = Soak()
    give_large_blocks_back()  # as open_stage does
    try:
        with (
            closing(GlfwContext("soak", 64, 64, is_visible=False)) as context,
            closing(Bed("null", folder)) as bed,
        ):
            with visiting(bed, case, context, folder, options.rest) as visitor, short_pauses():
                _visits(visitor, soak, options)
            soak.unlike_disk = is_as_saved(visitor.document, case, folder / SESSION)
            soak.complaints = bed.complaints()
        kinds = (entry.kind for entry in read_journal(folder / SESSION).entries)
        soak.changes = dict(Counter(kinds).most_common())
    finally:
        shutil.rmtree(folder)
    print(json.dumps(asdict(soak)) if options.json else table(soak))
    for fault in soak.faults():
        _say(fault)
    return int(bool(soak.faults()))


def _visits(visitor: Visitor, soak: Soak, options: argparse.Namespace) -> None:
    start_s = time.monotonic()
    chapters = [one for one in VISIT if one.__name__ in (options.only or (one.__name__,))]
    while (time.monotonic() - start_s) / 60 < options.minutes:
        visitor.is_finger = soak.visits % 2 == 1
        for chapter in chapters:
            turn, began_s = visitor.renderer.turns, time.monotonic()
            chapter(visitor)
            if options.chapters:
                frames, took_s = visitor.renderer.turns - turn, time.monotonic() - began_s
                memory_mb = footprint(0.0).memory_mb
                _say(f"{chapter.__name__}: {frames} frames, {took_s:.1f} s, {memory_mb:.0f} MB")
        gc.collect()
        soak.visits += 1
        soak.minutes = (time.monotonic() - start_s) / 60
        soak.frames, soak.drawn = visitor.renderer.turns, visitor.renderer.drawn
        soak.footprints.append(footprint(soak.minutes))
        last = soak.footprints[-1]
        _say(
            f"{soak.visits} visits, {soak.minutes:.1f} min, {soak.frames} frames, "
            f"{last.memory_mb:.1f} MB, {sum(last.names.values())} names, {last.files} files"
        )


def _say(line: str) -> None:
    print(f"soak: {line}", file=sys.stderr, flush=True)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="soak", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("case", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument(
        "--rest",
        type=float,
        default=5.0,
        help="nothing is drawn for so many times as long as a drawn frame took: a processor draws",
    )
    parser.add_argument("--chapters", action="store_true", help="say how each of them went")
    parser.add_argument("--only", nargs="+", metavar="CHAPTER", help="as visit.py names them")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
