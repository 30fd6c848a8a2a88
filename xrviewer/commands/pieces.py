"""Structures as they are shown, as files for printers and other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from xrviewer.analysis.labelling import label_map
from xrviewer.analysis.printable import printable
from xrviewer.case.mesh import Mesh
from xrviewer.case.model import Case, Color, Timepoint
from xrviewer.case.surfaces import pack_parts
from xrviewer.case.volume import Volume
from xrviewer.caseio.atomic import write_whole
from xrviewer.caseio.gltf.writer import write_glb
from xrviewer.caseio.nifti import write_nifti
from xrviewer.caseio.solids.piece import Piece
from xrviewer.caseio.solids.ply import as_ply
from xrviewer.caseio.solids.stl import as_stl
from xrviewer.caseio.solids.threemf import as_3mf
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.document.arrangement import arrangement
from xrviewer.document.document import Document
from xrviewer.document.intents import SetLayersVisible, ShowTimepoint
from xrviewer.document.show import read_session
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import InputError, UsageError

SEGMENTATION = ".seg.dcm"
FORMATS = (".stl", ".3mf", ".ply", ".glb", ".nii", SEGMENTATION)


def shown_snapshot(
    case: Case,
    session: Path | None,
    timepoint: str | None,
    only: tuple[str, ...] = (),
    hide: tuple[str, ...] = (),
) -> Snapshot:
    """Where the session stands, else the case as it opens; with what is asked for. The session's
    own file is left as it is."""
    date = None if timepoint is None else chosen_timepoint(case, timepoint).id
    if session is not None:
        if only or hide:
            raise UsageError("--session says what is shown: leave --only and --hide out")
        saved, _ = read_session(session)
        if set(saved.layer_rows) != {layer.id for layer in case.layers}:
            raise UsageError(f"{session} is a session of another case")
        return saved if date is None else replace(saved, timepoint=date)
    document = Document(case)
    if date is not None:
        document.apply(ShowTimepoint(date))
    if only:
        document.apply(SetLayersVisible(tuple(layer.id for layer in case.layers), False))
        document.apply(SetLayersVisible(only, True))
    if hide:
        document.apply(SetLayersVisible(hide, False))
    return document.snapshot


def write_pieces(case: Case, snapshot: Snapshot, out: Path) -> tuple[str, tuple[str, ...]]:
    """Says what was written, and what of it a printer would not take."""
    timepoint = chosen_timepoint(case, snapshot.timepoint)
    pieces = shown_pieces(case, timepoint, snapshot)
    if not pieces:
        raise UsageError("nothing is shown: there is nothing to write")
    suffix = out.suffix.lower()
    if suffix in (".nii", ".dcm"):
        return write_labels(case, snapshot, out)
    if suffix == ".glb":
        _write_glb(case, pieces, out)
    else:
        write: dict[str, Callable[[Sequence[Piece]], bytes]] = {
            ".stl": as_stl,
            ".ply": as_ply,
            ".3mf": lambda found: as_3mf(found, case.title),
        }
        write_whole(out, write[suffix](pieces))
    notes = _print_notes(pieces) if suffix in (".stl", ".3mf") else ()
    count = f"{len(pieces)} structure{'' if len(pieces) == 1 else 's'}"
    return f"{count} in {out}, millimetres, {timepoint.name}", notes


def write_labels(case: Case, snapshot: Snapshot, out: Path) -> tuple[str, tuple[str, ...]]:
    """A label map in the voxels of the date's first scan. Raises UsageError without a scan."""
    timepoint = chosen_timepoint(case, snapshot.timepoint)
    if not timepoint.volumes:
        raise UsageError(f"{timepoint.name} has no scan whose voxels could be labelled")
    pieces, scan = shown_pieces(case, timepoint, snapshot), timepoint.volumes[0]
    meshes = [Mesh.of(piece.points_mm, piece.triangles) for piece in pieces]
    labels, left_out = label_map(meshes, scan)
    notes = tuple(f"{pieces[n - 1].id}: is open, so no voxel lies in it" for n in left_out)
    if out.suffix.lower() == ".dcm":
        return _write_segmentation(case, pieces, labels, scan, out), notes
    named = _write_label_volume(pieces, labels, scan, out)
    return f"{_counted(len(pieces) - len(left_out))} in {out}, named in {named}", notes


def _write_label_volume(
    pieces: Sequence[Piece], labels: NDArray[np.uint16], scan: Volume, out: Path
) -> str:
    """Beside it the labels' names, as `xrviewer import --segmentation OUT --labels NAMES` reads
    them."""
    names = out.with_name(f"{out.name.removesuffix('.nii')}.labels.json")
    with _replacing(out) as partial:
        write_nifti(partial, Volume("labels", "Labels", "SEG", labels, scan.case_from_voxel))
    table = {str(n): {"id": p.id, "name": p.name} for n, p in enumerate(pieces, 1)}
    write_whole(names, msgspec.json.format(msgspec.json.encode(table)) + b"\n")
    return names.name


def _write_segmentation(
    case: Case, pieces: Sequence[Piece], labels: NDArray[np.uint16], scan: Volume, out: Path
) -> str:
    # highdicom takes a second to import, and no other kind of file needs it.
    from xrviewer.report.segmentation import Labelled, as_segmentation

    there = np.bincount(labels.ravel(order="K"), minlength=len(pieces) + 1) > 0
    named = [
        Labelled(n, p.name, Color.from_hex(p.color_hex))
        for n, p in enumerate(pieces, 1)
        if there[n]
    ]
    if not named:
        raise UsageError("no voxel of the scan lies in what is shown: there is nothing to write")
    write_whole(out, as_segmentation(case, labels, scan.case_from_voxel, named, datetime.now()))
    return f"{_counted(len(named))} in {out}, a DICOM segmentation"


def _counted(labels: int) -> str:
    return f"{labels} label{'' if labels == 1 else 's'}"


def shown_pieces(case: Case, timepoint: Timepoint, snapshot: Snapshot) -> list[Piece]:
    """Each part that is seen, in its colour, where it was put."""
    surfaces = timepoint.surfaces
    names = {layer.id: layer.name for layer in case.layers}
    rows = np.array([snapshot.layer_rows[id] for id in surfaces.part_ids], np.intp)
    places = arrangement(snapshot, surfaces, rows)
    found = []
    for n, id in enumerate(surfaces.part_ids):
        look, part = snapshot.layers[rows[n]], surfaces.parts[n]
        if not look["is_visible"] or look["opacity"] <= 0 or not part["triangle_count"]:
            continue
        first, count = int(part["vertex_first"]), int(part["vertex_count"])
        of_part = slice(first, first + count)
        points, triangles = surfaces.part(n)
        turn, shift = places.turns[n], places.shifts_mm[n]
        found.append(
            Piece(
                id,
                names.get(id, id),
                Color(*(float(v) for v in look["color"])).hex(),
                float(look["opacity"]),
                (points @ turn.T + shift).astype(np.float32),
                (surfaces.normals[of_part] @ turn.T).astype(np.float32),
                triangles,
                {key: values.values[of_part] for key, values in surfaces.maps.items()},
            )
        )
    return found


def _write_glb(case: Case, pieces: list[Piece], out: Path) -> None:
    ids = sorted({id for piece in pieces for id in piece.maps})
    maps = {id: np.concatenate([piece.maps[id] for piece in pieces]) for id in ids}
    meshes = [(p.id, p.points_mm, p.normals, p.triangles) for p in pieces]
    looks = {p.id: p for p in pieces}
    layers = [
        replace(
            layer, color=Color.from_hex(looks[layer.id].color_hex), opacity=looks[layer.id].opacity
        )
        for layer in case.layers
        if layer.id in looks
    ]
    with _replacing(out) as partial:
        write_glb(partial, pack_parts(meshes, maps), layers, case.groups)


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A file beside it for who writes piece by piece; in its place when that went well."""
    partial = out.with_name(f"{out.name}.part")
    try:
        yield partial
        partial.replace(out)
    except OSError as error:
        raise InputError(out, f"cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def _print_notes(pieces: list[Piece]) -> tuple[str, ...]:
    checked = ((p, printable(Mesh.of(p.points_mm, p.triangles))) for p in pieces)
    return tuple(f"{p.id}: {', '.join(found.problems)}" for p, found in checked if found.problems)
