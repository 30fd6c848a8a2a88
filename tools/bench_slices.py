"""What slices cost: a large scan from its case's opening to the screen, and a plane in the hand.

python tools/bench_slices.py [--shape 512x512x400] [--moves 300]

The peer of a moving plane is vtkImageReslice with the same plane through the same voxels, which
resamples on the processor; ours is all that the frame thread does for it: the preview in the
document, the draw data, and what is written to the graphics card. The drawing itself is left out.
Both are the processor time of their threads, so that other programs count as little as they can.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from xrviewer.analysis.scan import scan_values
from xrviewer.case.model import Case, Color, Layer, Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.case.volume import Volume
from xrviewer.caseio.folder import load_case, save_case
from xrviewer.document.document import Document
from xrviewer.document.plane_intents import AddSlice, PlaceSlice
from xrviewer.document.planes import Mode
from xrviewer.gpu.context import capabilities, offscreen_context
from xrviewer.gpu.target import Canvas
from xrviewer.render.renderer import Quality, Renderer
from xrviewer.scene.build import Scene
from xrviewer.scene.slices import table_colors
from xrviewer.spatial.cameras import named_view
from xrviewer.spatial.planes import ANATOMICAL_NAMES, anatomical, oblique

SIDE = 64
"""Pixels of the picture: how long a processor takes to draw is another table's."""
_CORNERS = np.eye(3, dtype=np.float32)
_FACE = np.array([[0, 1, 2]], np.uint32)


def large_case(folder: Path, shape: tuple[int, int, int]) -> Path:
    """A CT of noise, 0.7 x 0.7 x 1 mm."""
    rng = np.random.default_rng(0)
    plane = rng.integers(-1000, 2000, shape[:2], np.int16)
    voxels = np.empty(shape, np.int16, order="F")
    for k in range(shape[2]):
        voxels[:, :, k] = np.roll(plane, 7 * k, axis=0)
    volume = Volume("ct", "CT", "CT", voxels, np.diag([0.7, 0.7, 1.0, 1.0]))
    surfaces = pack_parts([("part", _CORNERS, _CORNERS, _FACE)])
    layer = Layer("part", "Part", Color(0.8, 0.7, 0.6))
    case = Case("bench", "Bench", (layer,), (Timepoint("t0", "Baseline", 0, surfaces, (volume,)),))
    save_case(case, folder / "case")
    return folder / "case"


def to_the_screen(path: Path) -> dict[str, float]:
    """Milliseconds from the opening: the case, the first picture with the slice, all of the scan;
    and the longest frame on the way."""
    renderer, frames, seen_s = Renderer(capabilities(), Quality(1, False)), [], None
    view = named_view("corner", np.zeros(3), np.ones(3), 1.0)
    start_s = time.perf_counter()
    case = load_case(path)
    document, scene = Document(case), Scene(case)
    (volume,) = case.timepoints[0].volumes
    table_colors(scan_values(volume).colors)  # beside the frames, in the viewer
    opened_s = time.perf_counter() - start_s
    with closing(Canvas(SIDE, SIDE)) as canvas:
        renderer.draw(scene.build(document.snapshot), (view,), canvas.target)
        plane = anatomical("axial", volume.center_mm)
        document.apply(AddSlice("s", "ct", plane, Mode.PAINTED))
        while True:
            begun_s = time.perf_counter()
            renderer.draw(scene.build(document.snapshot), (view,), canvas.target)
            now_s = time.perf_counter()
            frames.append(now_s - begun_s)
            loaded = next(iter(renderer._slices._loaded.values()))  # type: ignore[union-attr]
            if seen_s is None and loaded.planes > volume.voxels.shape[2] // 2:
                seen_s = now_s - start_s
            if loaded.is_complete:
                break
            time.sleep(1 / 90)
        whole_s = now_s - start_s
    renderer.close()
    assert seen_s is not None
    found = (opened_s, seen_s, whole_s, max(frames[1:], default=0.0), statistics.median(frames))
    names = ("case open", "slice on screen", "all of the scan", "longest frame", "median frame")
    return dict(zip(names, (1e3 * v for v in found), strict=True)) | {
        "frame that makes the texture": 1e3 * frames[0]
    }


def moving(path: Path, moves: int) -> tuple[float, float]:
    """Median and 95th percentile of a frame's work for a plane in the hand, of three."""
    case = load_case(path)
    document, scene = Document(case), Scene(case)
    (volume,) = case.timepoints[0].volumes
    small = replace(volume, voxels=volume.voxels[:64, :64, :64])
    timepoint = replace(case.timepoints[0], volumes=(small,))
    case = replace(case, timepoints=(timepoint,))
    document, scene = Document(case), Scene(case)
    for name in ANATOMICAL_NAMES:
        document.apply(AddSlice(name, "ct", anatomical(name, small.center_mm)))
    renderer, spent = Renderer(capabilities(), Quality(1, False, True)), []
    view = named_view("corner", np.zeros(3), np.ones(3), 1.0)
    with closing(Canvas(SIDE, SIDE)) as canvas:
        renderer.draw(scene.build(document.snapshot), (view,), canvas.target)
        slices, geometry = renderer._slices, renderer._geometry
        assert slices is not None and geometry is not None
        snapshot = document.snapshot

        def frame() -> None:
            slices.write(scene.build(snapshot), geometry, (SIDE, SIDE), True)

        for i in range(moves):
            still_s = _timed(frame)  # what it costs when nothing moves
            plane = oblique(small.center_mm, (0.2, 0.1, 1.0)).shifted(i * 0.01)
            begun_s = time.thread_time()
            snapshot = document.preview((PlaceSlice("axial", plane),))
            frame()
            spent.append((time.thread_time() - begun_s - still_s) * 1e3)
    renderer.close()
    return statistics.median(spent), sorted(spent)[int(0.95 * len(spent))]


def _timed(work: object, clock: Callable[[], float] = time.thread_time) -> float:
    assert callable(work)
    begun_s = clock()
    work()
    return clock() - begun_s


def by_vtk(shape: tuple[int, int, int], moves: int) -> float | None:
    """Milliseconds of vtkImageReslice for one plane; None where VTK is missing."""
    try:
        import vtk
        from vtk.util.numpy_support import numpy_to_vtk
    except ImportError:
        return None
    values = np.random.default_rng(0).integers(-1000, 2000, shape[::-1], np.int16)
    image = vtk.vtkImageData()
    image.SetDimensions(*shape)
    image.SetSpacing(0.7, 0.7, 1.0)
    image.GetPointData().SetScalars(numpy_to_vtk(values.ravel()))
    reslice = vtk.vtkImageReslice()
    reslice.SetInputData(image)
    reslice.SetOutputDimensionality(2)
    reslice.SetInterpolationModeToLinear()
    spent = []
    for i in range(max(5, moves // 20)):
        x, y, z = (0.35 * shape[0], 0.35 * shape[1], 0.5 * shape[2])
        reslice.SetResliceAxesDirectionCosines(1, 0, 0, 0, 0.98, 0.199, 0, -0.199, 0.98)
        reslice.SetResliceAxesOrigin(x, y, z + 0.1 * i)
        spent.append(_timed(reslice.Update, time.process_time) * 1e3)  # it has threads of its own
    return statistics.median(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", default="512x512x400")
    parser.add_argument("--moves", type=int, default=300)
    arguments = parser.parse_args()
    i, j, k = (int(n) for n in arguments.shape.split("x"))
    context = offscreen_context()
    with tempfile.TemporaryDirectory() as folder:
        path = large_case(Path(folder), (i, j, k))
        print("| from the opening of the case | ms |\n|---|---|")
        for name, ms in to_the_screen(path).items():
            print(f"| {name} | {ms:.1f} |")
        p50, p95 = moving(path, arguments.moves)
        peer = by_vtk((i, j, k), arguments.moves)
    print("\n| a plane in the hand | ms a frame | times ours |\n|---|---|---|")
    print(f"| xrviewer, p50 | {p50:.3f} | 1.0 |\n| xrviewer, p95 | {p95:.3f} | {p95 / p50:.1f} |")
    said = "missing | " if peer is None else f"{peer:.2f} | {peer / p50:.0f}"
    print(f"| vtkImageReslice, {i} x {j} | {said} |")
    context.close()


if __name__ == "__main__":
    main()
