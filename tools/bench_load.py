"""How fast a GLB of 990 parts loads, beside the loaders people know.

Makes a GLB with 990 parts and 1,065,600 triangles twice, once as trimesh lays it out and once
as xrviewer does, then times each loader in turn and prints medians and ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from xrviewer.case.model import Color, Layer
from xrviewer.case.surfaces import pack_parts
from xrviewer.caseio.cache import cached
from xrviewer.caseio.gltf import read_gltf, write_glb

PARTS = 990
TRIANGLES = 1_065_600
RINGS = 18
SLOW_S = 2.0
"""A loader that takes longer runs once."""

Loader = Callable[[Path], object]


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XRVIEWER_CACHE"] = str(Path(folder) / "cache")
        files = make_files(Path(folder))
        rows = [row for name, path in files.items() for row in measure(name, path, arguments.runs)]
    if arguments.json:
        print(json.dumps({"parts": PARTS, "triangles": TRIANGLES, "rows": rows}))
    else:
        print_table(rows)


def make_files(folder: Path) -> dict[str, Path]:
    meshes = [_torus(i) for i in range(PARTS)]
    scene = trimesh.Scene()
    for i, mesh in enumerate(meshes):
        scene.add_geometry(mesh, node_name=f"part {i}", geom_name=f"part {i}")
    foreign, own = folder / "trimesh.glb", folder / "xrviewer.glb"
    foreign.write_bytes(scene.export(file_type="glb", include_normals=True))
    packed = [
        (f"part_{i}", _f4(m.vertices), _f4(m.vertex_normals), m.faces.astype(np.uint32))
        for i, m in enumerate(meshes)
    ]
    grey = Color(0.7, 0.7, 0.7)
    write_glb(own, pack_parts(packed), [Layer(name, name, grey) for name, *_ in packed])
    return {"as trimesh lays it out": foreign, "as xrviewer lays it out": own}


def measure(name: str, path: Path, runs: int) -> list[dict[str, Any]]:
    """Median seconds of each loader; they alternate, so that a busy machine hits all alike."""
    loaders = _loaders()
    times: dict[str, list[float]] = {loader: [] for loader in loaders}
    for _ in range(runs):
        for loader, load in loaders.items():
            if times[loader] and times[loader][0] > SLOW_S:
                continue
            begin = time.perf_counter()
            load(path)
            times[loader].append(time.perf_counter() - begin)
    ours = statistics.median(times["xrviewer"])
    megabytes = round(path.stat().st_size / 1e6, 1)
    return [
        {
            "file": name,
            "megabytes": megabytes,
            "loader": loader,
            "median_ms": round(1e3 * statistics.median(taken), 2),
            "times_ours": round(statistics.median(taken) / ours, 2),
        }
        for loader, taken in times.items()
    ]


def print_table(rows: list[dict[str, Any]]) -> None:
    print(f"{PARTS} parts, {TRIANGLES:,} triangles")
    print(f"{'file':26} {'MB':>6} {'loader':10} {'median ms':>10} {'times ours':>11}")
    for row in rows:
        print(
            f"{row['file']:26} {row['megabytes']:6.1f} {row['loader']:10} "
            f"{row['median_ms']:10.1f} {row['times_ours']:11.1f}"
        )


def _torus(index: int) -> trimesh.Trimesh:
    """A ring of quads; the counts vary from part to part and add up to TRIANGLES."""
    # 990 parts share 29,600 columns of 36 triangles: 29 or 30 each.
    columns = TRIANGLES // (2 * RINGS)
    own = columns // PARTS + (1 if index < columns % PARTS else 0)
    around, across = np.meshgrid(np.arange(own), np.arange(RINGS), indexing="ij")
    u, v = 2 * np.pi * around / own, 2 * np.pi * across / RINGS
    radius = 1 + 0.3 * np.cos(v)
    points = np.stack([radius * np.cos(u), radius * np.sin(u), 0.3 * np.sin(v)], axis=-1)
    right, up = (around + 1) % own * RINGS, (across + 1) % RINGS
    here = around * RINGS
    a, b, c, d = here + across, right + across, right + up, here + up
    faces = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    place = np.array([index % 33, index // 33, 0]) * 3.0
    # No two parts alike in any array, else an exporter that shares equal arrays writes one.
    points = points.reshape(-1, 3) * (1, 1, 1 + index / PARTS) + place
    return trimesh.Trimesh(points, np.roll(faces, index, axis=0), process=False)


def _f4(values: Any) -> Any:
    return np.ascontiguousarray(values, np.float32)


def _loaders() -> dict[str, Loader]:
    found: dict[str, Loader] = {
        "xrviewer": read_gltf,
        "re-opened": lambda path: cached(path, read_gltf),
        "trimesh": trimesh.load,
    }
    try:
        import pygltflib

        found["pygltflib"] = _only_json(pygltflib)
    except ImportError:
        pass
    try:
        from vtkmodules.vtkIOGeometry import vtkGLTFReader

        found["vtk"] = _vtk(vtkGLTFReader)
    except ImportError:
        pass
    return found


def _only_json(pygltflib: Any) -> Loader:
    """It parses the JSON and leaves the arrays to its caller."""
    return lambda path: pygltflib.GLTF2().load(str(path))


def _vtk(reader_class: Any) -> Loader:
    def load(path: Path) -> object:
        reader = reader_class()
        reader.SetFileName(str(path))
        reader.Update()
        return reader.GetOutput()

    return load


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="of each loader (default 7)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


if __name__ == "__main__":
    main()
