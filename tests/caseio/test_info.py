from dataclasses import replace

import msgspec
import numpy as np
import pytest

from tests.caseio.caseio_samples import small_case, volume
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.caseio.info import HEADSET_CLASSES, case_info


def test_the_numbers_of_a_case() -> None:
    info = case_info(small_case())
    assert (info.id, info.title, info.triangles) == ("knee", "Knee", 24)
    assert [(t.id, t.name, t.day) for t in info.timepoints] == [
        ("t0", "Baseline", 0),
        ("t1", "12 months", 365),
    ]
    assert [part.id for part in info.parts] == ["femoral_cartilage", "femur", "odd_thing"]
    femur = info.parts[1]
    assert (femur.name, femur.plain, femur.group) == ("Femur", "Thigh bone", "bones")
    assert (femur.triangles, femur.vertices, femur.size_mm) == (4, 4, (10, 10, 10))
    assert femur.timepoints == ("t0", "t1")
    scan = info.volumes[0]
    assert (scan.timepoint, scan.shape, scan.dtype) == ("t0", (3, 4, 5), "int16")
    assert scan.spacing_mm == (0.5, 0.5, 1.5) and scan.mb == 0.0
    assert info.maps[0].id == "thickness_mm"


def test_it_is_json() -> None:
    info = msgspec.json.decode(msgspec.json.encode(case_info(small_case())))
    assert {"id", "title", "timepoints", "parts", "volumes", "maps", "triangles", "fits"} <= {*info}
    assert info["maps"][0]["unit"] == "mm" and info["parts"][0]["size_mm"] == [10, 10, 10]


def of_triangles(count: int) -> Surfaces:
    points = np.zeros((3, 3), np.float32)
    return pack_parts([("p", points, points, np.zeros((count, 3), np.uint32))])


def case_of(*triangles: int, voxels: int = 0) -> Case:
    scan = replace(volume(), voxels=np.zeros((voxels, 1000, 1000), np.uint8))
    times = (Timepoint(f"t{i}", "T", i, of_triangles(n)) for i, n in enumerate(triangles))
    first, *rest = times
    return replace(small_case(), timepoints=(replace(first, volumes=(scan,)), *rest))


@pytest.mark.parametrize("headset", HEADSET_CLASSES, ids=lambda c: c.id)
def test_a_headset_fits_up_to_its_budget(headset: object) -> None:
    (budget,) = (c for c in HEADSET_CLASSES if c is headset)
    assert case_info(case_of(budget.triangles)).fits[budget.id]
    assert not case_info(case_of(budget.triangles + 1)).fits[budget.id]
    assert case_info(case_of(1, voxels=budget.texture_mb)).fits[budget.id]
    assert not case_info(case_of(1, voxels=budget.texture_mb + 1)).fits[budget.id]


def test_a_comparison_shows_the_two_heaviest_timepoints() -> None:
    assert case_info(case_of(349_999, 100, 349_999)).fits["standalone"]
    assert not case_info(case_of(400_000, 100, 300_001)).fits["standalone"]


def test_what_does_not_fit_is_told_what_to_decimate() -> None:
    assert case_info(case_of(100)).advice == ()
    light, heavy = of_triangles(100), of_triangles(999_900)
    parts = [
        (id, *surfaces.part(0)[:1] * 2, surfaces.triangles)
        for id, surfaces in (("light", light), ("heavy", heavy))
    ]
    case = replace(case_of(1), timepoints=(Timepoint("t0", "T", 0, pack_parts(parts)),))
    assert case_info(case).advice == (
        "standalone: decimate to 70% of the triangles; heaviest: heavy (999,900)",
        "glasses: decimate to 25% of the triangles; heaviest: heavy (999,900)",
    )


def test_scans_that_do_not_fit_are_told_how_far_to_resample() -> None:
    assert case_info(case_of(1, voxels=200)).advice == (
        "glasses: resample the scans to 64% of their 200 MB",
    )
