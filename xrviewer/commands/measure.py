"""`xrviewer measure`: numbers from a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec

from xrviewer.analysis.pairs import Pair, pairs_among
from xrviewer.analysis.regions import knee_regions, lateral_sign
from xrviewer.analysis.summary import Row, rows
from xrviewer.analysis.terms import Definition
from xrviewer.analysis.thickness import (
    Thickness,
    measure_labels,
    measure_surfaces,
    thickness_info,
    thickness_values,
)
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.surfaces import ScalarMap, frozen
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.loose import find_case
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.errors import MeasureError, UsageError
from xrviewer.ingest.labels import name_labels, read_labels
from xrviewer.ingest.volumes import read_label_maps
from xrviewer.scene.legend import NOT_DIAGNOSTIC


class ThicknessTable(msgspec.Struct, frozen=True):
    """What `measure thickness` prints; a number never goes without its definition."""

    definition: str
    method: str
    error_mm: float | None
    timepoint: str
    rows: tuple[Row, ...]
    note: str = NOT_DIAGNOSTIC


class Asked(msgspec.Struct, frozen=True):
    definition: Definition = Definition.NORMAL
    pairs: tuple[str, ...] = ()
    """INNER:OUTER; the known ones when there are none."""
    timepoint: str | None = None
    segmentation: Path | None = None
    """A label map in the patient's place of the case: measured in, rather than the surfaces."""
    labels: str = ""
    """What the numbers in it are: a file or the name of a convention."""


def measure_thickness(case: Case, asked: Asked) -> ThicknessTable:
    timepoint = chosen_timepoint(case, asked.timepoint)
    lateral = lateral_sign(timepoint.surfaces)
    info = thickness_info(asked.definition, asked.segmentation is not None)
    measured = _measured(timepoint, asked)
    return ThicknessTable(
        info.definition,
        info.method,
        max(info.error or 0.0, *(found.voxel_error_mm for found in measured)),
        timepoint.id,
        tuple(row for found in measured for row in rows(found, knee_regions(found, lateral))),
    )


def save_thickness(path: Path, case: Case, asked: Asked) -> str:
    """Writes the map into the case folder for every date that has the layers; says so."""
    folder = find_case(path)
    if folder is None:
        raise UsageError(f"{path} is no case folder: --save needs one")
    if asked.segmentation is not None:
        raise UsageError(
            "--save keeps what was measured on the case's surfaces: not --segmentation"
        )
    save_case(with_thickness(case, asked), folder)
    return f"kept as map {thickness_info(asked.definition).id} in {folder}"


def with_thickness(case: Case, asked: Asked) -> Case:
    """The case with the map on every date that has the layers."""
    info = thickness_info(asked.definition)
    timepoints = []
    for timepoint in case.timepoints:
        surfaces = timepoint.surfaces
        if _pairs(timepoint, asked):
            values = frozen(thickness_values(surfaces, _measured(timepoint, asked)))
            maps = {**surfaces.maps, info.id: ScalarMap(info.id, values)}
            surfaces = replace(surfaces, maps=MappingProxyType(maps))
        timepoints.append(replace(timepoint, surfaces=surfaces))
    stated = (*(m for m in case.maps if m.id != info.id), info)
    return replace(case, timepoints=tuple(timepoints), maps=stated)


def _measured(timepoint: Timepoint, asked: Asked) -> list[Thickness]:
    if asked.segmentation is not None:
        return _in_labels(asked.segmentation, asked)
    pairs = _pairs(timepoint, asked)
    if not pairs:
        raise MeasureError(
            f"{timepoint.name}: no two layers here are known to bound a thickness; "
            "name them with --pair INNER:OUTER"
        )
    return [measure_surfaces(timepoint.surfaces, pair, asked.definition) for pair in pairs]


def _in_labels(file: Path, asked: Asked) -> list[Thickness]:
    stated = read_labels(asked.labels) if asked.labels else None
    found: list[Thickness] = []
    for label_map in read_label_maps(file):
        numbers = {layer.id: n for n, layer in name_labels(label_map, stated).layers.items()}
        for pair in _asked_pairs(numbers, asked):
            if not {pair.inner, pair.outer} <= set(numbers):
                raise MeasureError(f"{file}: has no label for {pair.inner} or {pair.outer}")
            inner, layer = [numbers[pair.inner]], [numbers[pair.outer]]
            place = label_map.case_from_voxel
            found.append(
                measure_labels(label_map.labels, place, inner, layer, pair, asked.definition)
            )
    if not found:
        raise MeasureError(
            f"{file}: no two labels here are known to bound a thickness; say what they are with "
            "--labels, and name them with --pair INNER:OUTER"
        )
    return found


def _pairs(timepoint: Timepoint, asked: Asked) -> tuple[Pair, ...]:
    return _asked_pairs(timepoint.surfaces.part_ids, asked)


def _asked_pairs(present: Iterable[str], asked: Asked) -> tuple[Pair, ...]:
    if not asked.pairs:
        return pairs_among(present)
    try:
        return tuple(Pair.from_text(text) for text in asked.pairs)
    except ValueError as error:
        raise UsageError(f"--pair: {error}") from None
