"""How fast labels become surfaces and DICOM a volume, beside what people use.

Peers: pymskt's `create_surface_mesh`; VTK's flying edges after its own Gaussian blur of each
label cut out, with fast-simplification behind it; ITK's series reader with its scan of the folder.
All of a table
run in turn, several times over, and the medians and ratios are printed. Data: a label map; a
plain DICOM series of 160 slices that is made here; with --dicom a folder of one more.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fast_simplification
import nibabel
import numpy as np
import SimpleITK
import trimesh
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage, generate_uid
from scipy import ndimage

from xrviewer.case.catalogue import layer_for
from xrviewer.case.mesh import Mesh
from xrviewer.ingest.budget import Fitted, fit
from xrviewer.ingest.deviation import hausdorff_mm
from xrviewer.ingest.dicom.find import files_under
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.part import Part
from xrviewer.ingest.scans import Choice, dicom_scans, read_headers
from xrviewer.ingest.shares import blocks
from xrviewer.ingest.surfaces import surfaces
from xrviewer.ingest.volumes import read_label_maps

TRIANGLES = 300_000
PEER_VARIANCE_MM2 = 0.156
"""pymskt's, with which people make knees."""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of several runs."""

    clock_s: float
    least_s: float
    """Of processor time, all threads together: other work on the machine hardly lengthens it."""
    median_s: float

    @classmethod
    def of(cls, runs: list[tuple[float, float]]) -> Took:
        clock, processor = zip(*runs, strict=True)
        return cls(statistics.median(clock), min(processor), statistics.median(processor))

    def beside(self, peer: Took) -> str:
        least, median = peer.least_s / self.least_s, peer.median_s / self.median_s
        return f"{least:.1f}x, {median:.1f}x"


Row = tuple[str, Took, str]


def main() -> None:
    arguments = _arguments()
    (label_map,) = read_label_maps(arguments.labels)
    rows = surfaces_rows(label_map, arguments.runs)
    rows += pymskt_rows(arguments.labels, label_map)
    with tempfile.TemporaryDirectory() as folder:
        made = plain_series(Path(folder))
        rows += dicom_rows("160 plain slices", made, arguments.runs)
    if arguments.dicom:
        rows += dicom_rows(arguments.dicom.name, arguments.dicom, 1)
    rows.append(memory_row())
    print("| what | processor ms, least | median | on the clock ms | beside the peer |")
    print("|---|---|---|---|---|")
    for name, took, note in rows:
        times = (took.least_s, took.median_s, took.clock_s)
        print(f"| {name} | {' | '.join(f'{s * 1e3:.0f}' for s in times)} | {note} |")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("labels", type=Path, help="a label map: NIfTI, NRRD or MHA")
    parser.add_argument("--dicom", type=Path, help="a folder of one series")
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


def took(runs: int, *jobs: Callable[[], Any]) -> list[Took]:
    """Each job; they take turns, so that a busy moment hits all of them."""
    times: list[list[tuple[float, float]]] = [[] for _ in jobs]
    for _ in range(runs):
        for own, job in zip(times, jobs, strict=True):
            clock_s, processor_s = time.perf_counter(), time.process_time()
            job()
            own.append((time.perf_counter() - clock_s, time.process_time() - processor_s))
    return [Took.of(own) for own in times]


def surfaces_rows(label_map: LabelMap, runs: int) -> list[Row]:
    made = our_surfaces(label_map)
    few = [part.mesh for part in our_few(label_map).parts]
    theirs, ours, theirs_few, ours_few, measuring = took(
        runs,
        lambda: vtk_surfaces(label_map),
        lambda: our_surfaces(label_map),
        lambda: [_simplified(mesh, 0.37) for mesh in vtk_surfaces(label_map)],
        lambda: our_few(label_map),
        lambda: [hausdorff_mm(*pair) for pair in zip(made, few, strict=True)],
    )
    closed = sum(_is_closed(mesh) for mesh in made if len(mesh.triangles))
    count = sum(len(mesh.triangles) for mesh in made)
    says = f"{ours.beside(theirs)}; {closed}/{len(made)} closed, {count} triangles"
    rest = Took(
        ours_few.clock_s - measuring.clock_s,
        ours_few.least_s - measuring.least_s,
        ours_few.median_s - measuring.median_s,
    )
    return [
        ("labels to surfaces, VTK Gaussian + flying edges", theirs, "1.0x"),
        ("labels to surfaces, xrviewer", ours, says),
        (f"the same, reduced to {TRIANGLES}, VTK + fast-simplification", theirs_few, "1.0x"),
        (f"the same, reduced to {TRIANGLES}, xrviewer", ours_few, ours_few.beside(theirs_few)),
        ("of that, how far the surfaces moved", measuring, "no peer measures it"),
        ("without it", rest, rest.beside(theirs_few)),
    ]


def our_surfaces(label_map: LabelMap) -> list[Mesh]:
    return surfaces(label_map, list(blocks(label_map)))


def our_few(label_map: LabelMap) -> Fitted:
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


def dicom_rows(name: str, folder: Path, runs: int) -> list[Row]:
    theirs, ours = took(runs, lambda: itk_series(folder), lambda: our_series(folder))
    return [
        (f"{name} to a volume, ITK with its scan", theirs, "1.0x"),
        (f"{name} to a volume, xrviewer", ours, ours.beside(theirs)),
    ]


def pymskt_rows(path: Path, label_map: LabelMap) -> list[Row]:
    """Once: it takes long. Its own pipeline, a label at a time, as its examples call it."""
    name = "labels to surfaces, pymskt create_surface_mesh"
    try:
        from pymskt.mesh.createMesh import create_surface_mesh
    except ImportError as error:
        return [(name, Took(math.nan, math.nan, math.nan), f"missing here: {error}")]
    image = SimpleITK.ReadImage(str(path))
    labels = [block.label for block in blocks(label_map)]
    theirs, ours = took(
        1,
        lambda: [create_surface_mesh(image, label, PEER_VARIANCE_MM2) for label in labels],
        lambda: our_surfaces(label_map),
    )
    return [(name, theirs, f"xrviewer {theirs.least_s / ours.least_s:.1f}x faster in the same run")]


def plain_series(folder: Path) -> Path:
    """160 slices of 384 x 384 in explicit little endian, with shuffled names."""
    values = np.random.default_rng(0).integers(0, 2000, (384, 384), np.int16)
    uids = [generate_uid() for _ in range(3)]
    order = np.random.default_rng(1).permutation(160)
    for k in range(160):
        slice_ = FileDataset(None, {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
        slice_.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        slice_.SOPClassUID, slice_.SOPInstanceUID = MRImageStorage, generate_uid()
        slice_.SeriesInstanceUID, slice_.StudyInstanceUID, slice_.FrameOfReferenceUID = uids
        slice_.Modality, slice_.PatientID, slice_.StudyDate = "MR", "1", "20200101"
        slice_.SeriesNumber, slice_.InstanceNumber = 1, k + 1
        slice_.ImagePositionPatient = [0.0, 0.0, 0.7 * k]
        slice_.ImageOrientationPatient = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
        slice_.PixelSpacing, slice_.SliceThickness = [0.3646, 0.3646], 0.7
        slice_.Rows, slice_.Columns, slice_.SamplesPerPixel = 384, 384, 1
        slice_.PhotometricInterpretation = "MONOCHROME2"
        slice_.BitsAllocated, slice_.BitsStored, slice_.HighBit = 16, 16, 15
        slice_.PixelRepresentation = 1
        slice_.PixelData = (values + np.int16(k)).tobytes()
        slice_.save_as(folder / f"{order[k]:04}.dcm", enforce_file_format=True)
    return folder


def memory_row() -> Row:
    """A CT of 512 x 512 x 400 with twenty labels, imported by a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grid = np.diag([-0.8, -0.8, 1.0, 1.0])
        scan = np.zeros((512, 512, 400), np.int16, order="F")
        labels = np.zeros(scan.shape, np.uint8, order="F")
        for label in range(20):
            i, j, k = 60 + 100 * (label % 4), 60 + 100 * (label // 4 % 4), 40 + 160 * (label // 16)
            labels[i : i + 90, j : j + 80, k : k + 150] = label + 1
            scan[i : i + 90, j : j + 80, k : k + 150] = 50 * label
        for voxels, file in ((scan, "ct.nii.gz"), (labels, "labels.nii.gz")):
            nibabel.save(nibabel.Nifti1Image(voxels, grid), folder / file)
        del scan, labels
        words = ["ct.nii.gz", "--segmentation", "labels.nii.gz", "--out", "case", "--json"]
        own = os.environ | {"XRVIEWER_LEDGER": name, "XRVIEWER_CACHE": ""}
        start_s = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _MEASURED, "import", *words],
            cwd=folder,
            env=own,
            capture_output=True,
            text=True,
        )
        clock_s = time.perf_counter() - start_s
    peak, processor_s = done.stderr.split()[-2:]
    spent = Took(clock_s, float(processor_s), float(processor_s))
    return ("a CT of 512 x 512 x 400 and 20 labels to a case", spent, f"peak {peak} MB")


_MEASURED = """
import resource, sys
from xrviewer.cli import main
try:
    main()
finally:
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(round(used.ru_maxrss * 1024 / 1e6), used.ru_utime + used.ru_stime, file=sys.stderr)
"""


def itk_series(folder: Path) -> object:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return SimpleITK.GetArrayFromImage(reader.Execute())


def our_series(folder: Path) -> object:
    headers = read_headers(list(files_under(folder)), lambda done, text: None)
    return dicom_scans(headers.images, Choice(), lambda done, text: None)


if __name__ == "__main__":
    main()
