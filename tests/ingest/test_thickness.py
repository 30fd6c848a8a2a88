"""An imported segmentation comes with its thickness, by both definitions, on bone and layer."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from tests.analysis.phantoms import grid
from xrviewer.analysis.terms import Definition
from xrviewer.analysis.thickness import MAP_IDS
from xrviewer.ingest.anatomy import from_labels
from xrviewer.ingest.labelmap import LabelMap
from xrviewer.ingest.labels import read_labels
from xrviewer.ingest.maps import map_infos
from xrviewer.ingest.part import Part
from xrviewer.ingest.thickness import MEASURED, with_thickness

KNEE = read_labels("knee")


def quiet(share: float, what: str) -> None:
    assert 0 <= share <= 1 and what


@pytest.fixture(scope="module")
def shell() -> tuple[LabelMap, tuple[Part, ...]]:
    """2 mm of cartilage over the upper two thirds of a ball of 10 mm, with a bare patch on top."""
    where = grid(14.0)
    height = where.points_mm[..., 2]
    off_pole = np.hypot(where.points_mm[..., 0], where.points_mm[..., 1])
    covered = (height > -4) & ~((off_pole < 3.5) & (height > 0))
    depth = np.linalg.norm(where.points_mm, axis=-1) - 10
    labels = where.labels(depth, np.where(covered, 2.0, 0.0))
    label_map = LabelMap(np.asfortranarray(labels), where.case_from_voxel)
    return label_map, from_labels([label_map], KNEE, quiet).parts


def test_both_definitions_are_measured_on_bone_and_layer(
    shell: tuple[LabelMap, tuple[Part, ...]],
) -> None:
    label_map, parts = shell
    measured = with_thickness(parts, [label_map], KNEE, quiet)
    assert {info.id for info in map_infos(measured.parts, measured.infos)} == {
        MAP_IDS[d] for d in MEASURED
    }
    for info in measured.infos.values():
        assert info.error == 0.05 and "label map" in info.method
    for part in measured.parts:
        points = part.mesh.points_mm
        off_pole = np.hypot(points[:, 0], points[:, 1])
        top = points[:, 2] > 0
        for definition in (Definition.NORMAL, Definition.NEAREST):
            values = part.maps[MAP_IDS[definition]]
            even = top & (off_pole > 6)
            assert np.abs(values[even] - 2).mean() <= 0.05
            if part.layer.id == "femur":
                assert (values[top & (off_pole < 2)] == 0).all()  # bare, and so not absent
                assert np.isnan(values[points[:, 2] < -7]).all()


def test_what_came_with_a_thickness_keeps_it(shell: tuple[LabelMap, tuple[Part, ...]]) -> None:
    label_map, parts = shell
    own = np.full(len(parts[0].mesh.points_mm), 7.0)
    parts = (replace(parts[0], maps=MappingProxyType({"thickness_mm": own})), *parts[1:])
    measured = with_thickness(parts, [label_map], KNEE, quiet)
    assert measured.parts == parts
    (info,) = map_infos(measured.parts, measured.infos)
    assert "imported" in info.name


def test_layers_that_do_not_touch_go_without(shell: tuple[LabelMap, tuple[Part, ...]]) -> None:
    label_map, parts = shell
    bone = {part.layer.id: part for part in parts}["femur"]
    assert with_thickness([bone], [label_map], KNEE, quiet).parts == (bone,)
    labels = label_map.labels.copy()
    labels[labels == 1] = 0
    labels[0, 0, 0] = 1
    apart = LabelMap(labels, label_map.case_from_voxel)
    assert not any(p.maps for p in with_thickness(parts, [apart], KNEE, quiet).parts)
