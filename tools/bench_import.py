"""How fast labels become surfaces and DICOM a volume, beside what people use.

Peers: VTK's flying edges after its Gaussian blur, with fast-simplification behind it; ITK's
series reader with its scan of the folder. Each pair runs in turn, several times over, and the
medians and ratios are printed. Data: a label map, and a folder of one DICOM series.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fast_simplification
import numpy as np
import SimpleITK
import trimesh
from numpy.typing import NDArray
from scipy import ndimage

from xrviewer.case.catalogue import layer_for
from xrviewer.case.mesh import Mesh
from xrviewer.ingest.budget import fit
from xrviewer.ingest.dicom.find import files_under
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.part import Part
from xrviewer.ingest.scans import Choice, dicom_scans, read_headers
from xrviewer.ingest.surfaces import blocks, smoothing_mm, surface
from xrviewer.ingest.volumes import read_label_maps

TRIANGLES = 300_000
PEER_VARIANCE_MM2 = 0.156
"""pymskt's, with which people make knees."""

Row = tuple[str, float, str]


def main() -> None:
    arguments = _arguments()
    (label_map,) = read_label_maps(arguments.labels)
    rows = surfaces_rows(label_map, arguments.runs)
    if arguments.dicom:
        rows += dicom_rows(arguments.dicom, arguments.runs)
    print("| what | ms | beside the peer |\n|---|---|---|")
    for name, seconds, note in rows:
        print(f"| {name} | {seconds * 1e3:.0f} | {note} |")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("labels", type=Path, help="a label map: NIfTI, NRRD or MHA")
    parser.add_argument("--dicom", type=Path, help="a folder of one series")
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


def medians(runs: int, *jobs: Callable[[], Any]) -> list[float]:
    """Of each job; they take turns, so that a busy moment hits all of them."""
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(runs):
        for own, job in zip(times, jobs, strict=True):
            start = time.perf_counter()
            job()
            own.append(time.perf_counter() - start)
    return [statistics.median(own) for own in times]


def surfaces_rows(label_map: LabelMap, runs: int) -> list[Row]:
    theirs, ours, theirs_few, ours_few = medians(
        runs,
        lambda: vtk_surfaces(label_map),
        lambda: our_surfaces(label_map),
        lambda: [_simplified(mesh, 0.37) for mesh in vtk_surfaces(label_map)],
        lambda: our_few(label_map),
    )
    made = [mesh for mesh in our_surfaces(label_map) if len(mesh.triangles)]
    closed = sum(_is_closed(mesh) for mesh in made)
    count = sum(len(mesh.triangles) for mesh in made)
    return [
        ("labels to surfaces, VTK Gaussian + flying edges", theirs, "1.0x"),
        (
            "labels to surfaces, xrviewer",
            ours,
            f"{theirs / ours:.1f}x; {closed}/{len(made)} closed, {count} triangles",
        ),
        (f"the same, reduced to {TRIANGLES}, VTK + fast-simplification", theirs_few, "1.0x"),
        (f"the same, reduced to {TRIANGLES}, xrviewer", ours_few, f"{theirs_few / ours_few:.1f}x"),
    ]


def our_surfaces(label_map: LabelMap) -> list[Mesh]:
    sigma_mm = smoothing_mm(label_map.case_from_voxel)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda block: surface(block, sigma_mm), blocks(label_map)))


def our_few(label_map: LabelMap) -> object:
    """With the deviation measured, which the peers leave out."""
    parts = [Part(layer_for(str(i)), mesh) for i, mesh in enumerate(our_surfaces(label_map))]
    return fit(parts, TRIANGLES, lambda done, text: None)


def vtk_surfaces(label_map: LabelMap) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Points and triangles of each label, cut out, padded, blurred and contoured."""
    spacing = np.linalg.norm(label_map.case_from_voxel[:3, :3], axis=0)
    labels = label_map.labels.T
    return [
        _vtk_surface(np.pad(labels[box] == value, 4), spacing)
        for value, box in enumerate(ndimage.find_objects(labels), 1)
        if box is not None
    ]


def _vtk_surface(
    mask: NDArray[np.bool_], spacing_mm: NDArray[np.float64]
) -> tuple[NDArray[Any], NDArray[Any]]:
    from vtk import vtkFlyingEdges3D, vtkImageData, vtkImageGaussianSmooth
    from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

    image = vtkImageData()
    image.SetDimensions(*mask.shape[::-1])
    image.SetSpacing(*spacing_mm)
    image.GetPointData().SetScalars(numpy_to_vtk(mask.astype(np.float32).ravel(), deep=1))
    blur = vtkImageGaussianSmooth()
    blur.SetInputData(image)
    blur.SetStandardDeviations(*(PEER_VARIANCE_MM2**0.5 / spacing_mm))
    blur.SetRadiusFactors(3, 3, 3)
    edges = vtkFlyingEdges3D()
    edges.SetInputConnection(blur.GetOutputPort())
    edges.SetValue(0, 0.5)
    edges.ComputeNormalsOn()
    edges.Update()
    found = edges.GetOutput()
    triangles = vtk_to_numpy(found.GetPolys().GetConnectivityArray()).reshape(-1, 3)
    return vtk_to_numpy(found.GetPoints().GetData()), triangles


def _simplified(mesh: tuple[NDArray[Any], NDArray[Any]], share: float) -> object:
    points, triangles = mesh
    return fast_simplification.simplify(
        points.astype(np.float32), triangles.astype(np.int32), target_reduction=1 - share, agg=7
    )


def _is_closed(mesh: Mesh) -> bool:
    return bool(trimesh.Trimesh(mesh.points_mm, mesh.triangles, process=False).is_watertight)


def dicom_rows(folder: Path, runs: int) -> list[Row]:
    theirs, ours = medians(runs, lambda: itk_series(folder), lambda: our_series(folder))
    return [
        ("a DICOM series to a volume, ITK with its scan", theirs, "1.0x"),
        ("a DICOM series to a volume, xrviewer", ours, f"{theirs / ours:.1f}x"),
    ]


def itk_series(folder: Path) -> object:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return SimpleITK.GetArrayFromImage(reader.Execute())


def our_series(folder: Path) -> object:
    headers = read_headers(list(files_under(folder)), lambda done, text: None)
    return dicom_scans(headers.images, Choice(), lambda done, text: None)


if __name__ == "__main__":
    main()
