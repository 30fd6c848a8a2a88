"""Cartilage thickness beside pymskt (the PyPI package mskt): time and error, in one run.

Label image to a bone with its map: pymskt makes both meshes, resamples them to 10,000 points and
casts its rays; xrviewer measures at every vertex of the full surface. With --labels FILE that is
a real label map (label 5 the bone, label 1 its cartilage), else the shell of 2 mm. Error and lost
vertices are on shells of known thickness over two thirds of a ball of 20 mm at knee voxels: of a
closed shell pymskt keeps the outer surface alone, and measures nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from xrviewer.analysis.labels import cut_block, sheet_from_labels
from xrviewer.analysis.pairs import Pair
from xrviewer.analysis.terms import Definition
from xrviewer.analysis.thickness import measure_labels

BONE, CARTILAGE = 5, 1
KNEE_MM = (0.365, 0.365, 0.7)
RADIUS_MM = 20.0
EDGE_MM, INSIDE_MM = -7.0, -3.0
"""Height at which a shell ends, and over which it is judged."""
PAIR = Pair("femur", "femoral_cartilage")
Row = dict[str, Any]


class Measured(NamedTuple):
    points: NDArray[Any]
    values: NDArray[Any]
    """0 or NaN where there is none."""


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        file = arguments.labels or write_shell(Path(folder), 2.0)
        times = end_to_end(file, arguments.runs) if arguments.what != "errors" else []
        shells = (1.0, 2.0, 3.0) if arguments.what != "times" else ()
        errors = [row for mm in shells for row in on_shell(Path(folder), mm)]
    if arguments.json:
        print(json.dumps({"times": times, "errors": errors}))
        return
    if times:
        _print(times, ("from", "to", "vertices", "mean mm", "ms", "times ours"))
    if errors:
        _print(
            errors, ("shell mm", "by", "vertices judged", "mean abs error mm", "times ours", "lost")
        )


def write_shell(folder: Path, thickness_mm: float) -> Path:
    """A ball of bone, its upper two thirds under an even shell, off any symmetry of the grid."""
    half = RADIUS_MM + 6
    counts = [int(np.ceil(2 * half / s)) + 1 for s in KNEE_MM]
    axes = [
        np.arange(n) * s - half + o * s
        for n, s, o in zip(counts, KNEE_MM, (0.31, 0.17, 0.43), strict=True)
    ]
    x, y, z = np.meshgrid(*axes, indexing="ij")
    depth = np.sqrt(x**2 + y**2 + z**2) - RADIUS_MM
    layer = np.where((depth < thickness_mm) & (z > EDGE_MM), CARTILAGE, 0)
    labels = np.where(depth < 0, BONE, layer)
    image = SimpleITK.GetImageFromArray(labels.astype(np.uint8).T)
    image.SetSpacing(KNEE_MM)
    image.SetOrigin([float(a[0]) for a in axes])
    file = folder / f"shell_{thickness_mm:g}.nrrd"
    SimpleITK.WriteImage(image, str(file))
    return file


def end_to_end(file: Path, runs: int) -> list[Row]:
    rows = []
    for definition in Definition:
        ms, found = timed(lambda d=definition: ours(file, d), runs)
        rows.append(_row("label image", f"xrviewer, {definition}", found, ms))
    ms, found = timed(lambda: theirs(file, 10_000), 1)
    rows.append(_row("label image", "pymskt, 10,000 points", found, ms))
    block = cut_block(*read(file), [BONE], [CARTILAGE])
    sheet = sheet_from_labels(block)
    ms, found = timed(
        lambda: Measured(sheet.inner.points_mm, sheet.at_inner(Definition.NORMAL)), runs
    )
    rows.append(_row("two meshes", "xrviewer, normal", found, ms))
    for clusters, name in ((10_000, "10,000 points"), (None, "every vertex")):
        bone = _their_meshes(file, clusters)
        ms, found = timed(lambda b=bone: _their_thickness(b), 1)
        rows.append(_row("two meshes", f"pymskt, {name}", found, ms))
    for row in rows:
        first = next(r for r in rows if r["from"] == row["from"])
        row["times ours"] = round(row["ms"] / first["ms"], 1) if row["ms"] else ""
    return rows


def on_shell(folder: Path, thickness_mm: float) -> list[Row]:
    file, rows = write_shell(folder, thickness_mm), []
    makers: dict[str, Callable[[], Measured | None]] = {
        **{f"xrviewer, {d}": lambda d=d: ours(file, d) for d in Definition},
        "pymskt, 10,000 points": lambda: theirs(file, 10_000),
        "pymskt, every vertex": lambda: theirs(file, None),
    }
    for name, make in makers.items():
        found = make()
        if found is not None:
            found = found.values[found.points[:, 2] > INSIDE_MM]
        told = found[found > 0] if found is not None else np.zeros(0)
        rows.append(
            {
                "shell mm": thickness_mm,
                "by": name,
                "vertices judged": len(found) if found is not None else "not installed",
                "mean abs error mm": round(float(np.abs(told - thickness_mm).mean()), 3)
                if len(told)
                else "",
                "lost": f"{1 - len(told) / len(found):.1%}" if found is not None else "",
            }
        )
    ours_mm = rows[0]["mean abs error mm"]
    for row in rows:
        error_mm = row["mean abs error mm"]
        row["times ours"] = round(error_mm / ours_mm, 1) if error_mm else ""
    return rows


def ours(file: Path, definition: Definition) -> Measured:
    labels, case_from_voxel = read(file)
    found = measure_labels(labels, case_from_voxel, [BONE], [CARTILAGE], PAIR, definition)
    return Measured(found.inner.points_mm, np.nan_to_num(found.inner_mm))


def read(file: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    image = SimpleITK.ReadImage(str(file))
    case_from_voxel = np.eye(4)
    turn = np.array(image.GetDirection()).reshape(3, 3)
    case_from_voxel[:3, :3] = turn * image.GetSpacing()
    case_from_voxel[:3, 3] = image.GetOrigin()
    return SimpleITK.GetArrayFromImage(image).T, case_from_voxel


def theirs(file: Path, clusters: int | None) -> Measured | None:
    return _their_thickness(_their_meshes(file, clusters))


def _their_meshes(file: Path, clusters: int | None) -> Any:
    try:
        from pymskt.mesh import BoneMesh
    except ImportError:
        return None
    with contextlib.redirect_stdout(io.StringIO()):
        bone = BoneMesh(path_seg_image=str(file), label_idx=BONE, list_cartilage_labels=[CARTILAGE])
        bone.create_mesh()
        if clusters:
            bone.resample_surface(clusters=clusters)
        bone.create_cartilage_meshes()
        if clusters:
            for mesh in bone.list_cartilage_meshes:
                mesh.resample_surface(clusters=clusters)
    return bone


def _their_thickness(bone: Any) -> Measured | None:
    if bone is None:
        return None
    with contextlib.redirect_stdout(io.StringIO()):
        bone.calc_cartilage_thickness()
    values = np.asarray(bone.get_scalar("thickness (mm)"), np.float64)
    return Measured(np.asarray(bone.points, np.float64), values)


def timed(work: Callable[[], Any], runs: int) -> tuple[float, Any]:
    times, found = [], None
    for _ in range(runs):
        start = time.perf_counter()
        found = work()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times), found


def _row(source: str, name: str, found: Measured | None, ms: float) -> Row:
    if found is None:
        return {
            "from": source,
            "to": f"{name}: not installed",
            "vertices": "",
            "mean mm": "",
            "ms": 0,
        }
    told = found.values[np.nan_to_num(found.values) > 0]
    mean = round(float(told.mean()), 3)
    return {"from": source, "to": name, "vertices": len(told), "mean mm": mean, "ms": round(ms)}


def _print(rows: list[Row], columns: tuple[str, ...]) -> None:
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(str(row.get(name, "")) for name in columns) + " |")
    print()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=Path, help="a real label map")
    parser.add_argument("--what", choices=("all", "times", "errors"), default="all")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
