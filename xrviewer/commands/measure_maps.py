"""`xrviewer measure t2|curvature|distance`: maps of other kinds than thickness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import msgspec

from xrviewer.analysis.maps import (
    CURVATURE,
    T2,
    MapRow,
    Values,
    curvature_map,
    distance_info,
    distance_map,
    map_rows,
    t2_map,
)
from xrviewer.case.model import Case, MapInfo, Timepoint
from xrviewer.case.surfaces import ScalarMap, frozen
from xrviewer.caseio.folder import save_case
from xrviewer.caseio.loose import find_case
from xrviewer.commands.choices import chosen_timepoint
from xrviewer.errors import MeasureError, UsageError
from xrviewer.scene.legend import NOT_DIAGNOSTIC


class MapTable(msgspec.Struct, frozen=True):
    """What is printed; a number never goes without its definition."""

    map: str
    unit: str
    definition: str
    method: str
    error: float | None
    timepoint: str
    rows: tuple[MapRow, ...]
    note: str = NOT_DIAGNOSTIC


class Wanted(msgspec.Struct, frozen=True):
    """A map, and how it is made for a date."""

    info: MapInfo
    of: Callable[[Timepoint], Values]


def wanted_t2() -> Wanted:
    return Wanted(T2, t2_map)


def wanted_curvature(layers: tuple[str, ...]) -> Wanted:
    """Of all layers when none is named."""
    return Wanted(
        CURVATURE, lambda t: curvature_map(t.surfaces, layers or tuple(t.surfaces.part_ids))
    )


def wanted_distance(to: str, layers: tuple[str, ...]) -> Wanted:
    def of(timepoint: Timepoint) -> Values:
        others = tuple(id for id in timepoint.surfaces.part_ids if id != to)
        return distance_map(timepoint.surfaces, layers or others, to)

    return Wanted(distance_info(to), of)


def measure_map(case: Case, wanted: Wanted, timepoint: str | None) -> MapTable:
    found, info = chosen_timepoint(case, timepoint), wanted.info
    rows = map_rows(found.surfaces, wanted.of(found))
    return MapTable(info.id, info.unit, info.definition, info.method, info.error, found.id, rows)


def save_map(path: Path, case: Case, wanted: Wanted) -> str:
    """Writes the map into the case folder for every date that can have it; says so."""
    folder = find_case(path)
    if folder is None:
        raise UsageError(f"{path} is no case folder: --save needs one")
    save_case(with_map(case, wanted), folder)
    return f"kept as map {wanted.info.id} in {folder}"


def with_map(case: Case, wanted: Wanted) -> Case:
    """The case with the map on every date that can have it; a fault where none can."""
    timepoints, faults = [], list[MeasureError]()
    for timepoint in case.timepoints:
        try:
            values = frozen(wanted.of(timepoint))
        except MeasureError as fault:
            faults.append(fault)
        else:
            maps = {**timepoint.surfaces.maps, wanted.info.id: ScalarMap(wanted.info.id, values)}
            surfaces = replace(timepoint.surfaces, maps=MappingProxyType(maps))
            timepoint = replace(timepoint, surfaces=surfaces)
        timepoints.append(timepoint)
    if len(faults) == len(timepoints):
        raise faults[0]
    stated = (*(m for m in case.maps if m.id != wanted.info.id), wanted.info)
    return replace(case, timepoints=tuple(timepoints), maps=stated)
