"""Draw data is remade only where something changed, and says what the document says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shapes import Look, case_of, nothing, sphere, square
from xrviewer.document.document import Document
from xrviewer.document.intents import (
    Intent,
    PlaceModel,
    SelectTool,
    SetLayerColor,
    SetLayerOpacity,
    SetLayerVisible,
    ShowTimepoint,
)
from xrviewer.scene.build import (
    TABLE_GONE_FROM_M,
    TABLE_RADIUS_M,
    Scene,
    linear_from_srgb,
)
from xrviewer.scene.draw import OPAQUE_FROM, DrawData
from xrviewer.spatial.frames import MODEL_FROM_CASE
from xrviewer.spatial.transforms import Placement, apply, axis_rotation

CASE = case_of(
    {"ball": sphere((0, 0, 40), 40), "plate": square((10, 0, 0)), "absent": nothing()},
    {"ball": Look(role="cartilage"), "plate": Look("#808080", 0.4)},
    dates=2,
)
ELSEWHERE = Placement((1.0, 1.5, -2.0), axis_rotation((1, 2, 3), 1.0), 3.0)


def built(*intents: Intent) -> tuple[DrawData, DrawData]:
    """Before and after."""
    document, scene = Document(CASE), Scene(CASE)
    before = scene.build(document.snapshot)
    for intent in intents:
        document.apply(intent)
    return before, scene.build(document.snapshot)


@pytest.mark.parametrize("intent", [PlaceModel(ELSEWHERE), SelectTool("measure")])
def test_what_touches_no_part_leaves_the_parts_alone(intent: Intent) -> None:
    before, after = built(intent)
    assert after.revision == before.revision
    assert after.parts is before.parts


def test_a_model_in_the_hands_leaves_the_parts_alone() -> None:
    document, scene = Document(CASE), Scene(CASE)
    at_rest = scene.build(document.snapshot)
    held = scene.build(document.snapshot, ELSEWHERE)
    assert held.parts is at_rest.parts and held.revision == at_rest.revision
    np.testing.assert_allclose(held.room_from_case, ELSEWHERE.matrix() @ MODEL_FROM_CASE)


@pytest.mark.parametrize(
    "intent",
    [
        SetLayerColor("ball", "#112233"),
        SetLayerOpacity("plate", 0.7),
        SetLayerVisible("ball", False),
    ],
)
def test_a_change_of_a_part_is_a_new_revision(intent: Intent) -> None:
    before, after = built(intent)
    assert after.revision > before.revision
    assert not np.array_equal(after.parts, before.parts)
    assert after.surfaces is before.surfaces


def test_taking_a_change_back_is_a_revision_too() -> None:
    before, after = built(SetLayerVisible("ball", False), SetLayerVisible("ball", True))
    assert after.revision == before.revision  # built once after both: nothing changed
    document, scene = Document(CASE), Scene(CASE)
    revisions = [scene.build(document.snapshot).revision]
    for is_visible in (False, True):
        document.apply(SetLayerVisible("ball", is_visible))
        revisions.append(scene.build(document.snapshot).revision)
    assert len(set(revisions)) == 3


def test_another_date_has_its_own_surfaces() -> None:
    before, after = built(ShowTimepoint("t1"))
    assert after.surfaces is CASE.timepoints[1].surfaces is not before.surfaces


def test_what_a_part_looks_like() -> None:
    _, draw = built(SetLayerVisible("ball", False))
    ball, plate, absent = draw.parts
    assert ball["color"][3] == 0
    np.testing.assert_allclose(plate["color"], [0.2158605] * 3 + [0.4], atol=1e-6)
    assert absent["color"][3] == 1
    assert ball["roughness"] < plate["roughness"]
    np.testing.assert_array_equal(plate["case_from_part"], np.eye(4)[:3])
    solid, see_through = draw.solid_and_see_through()
    np.testing.assert_array_equal(solid, [False, False, True])
    np.testing.assert_array_equal(see_through, [False, True, False])


@given(st.floats(0, 1, width=32))
@settings(derandomize=True)
def test_every_part_is_solid_see_through_or_hidden(opacity: float) -> None:
    _, draw = built(SetLayerOpacity("ball", opacity))
    is_solid, is_ghost = (bool(kind[0]) for kind in draw.solid_and_see_through())
    assert is_solid == (np.float32(opacity) >= np.float32(OPAQUE_FROM))
    assert is_ghost == (0 < opacity and not is_solid)


def test_what_is_pointed_at() -> None:
    document, scene = Document(CASE), Scene(CASE)
    plain = scene.build(document.snapshot)
    pointed = scene.build(document.snapshot, pointed=1)
    assert not plain.is_anything_pointed and pointed.is_anything_pointed
    np.testing.assert_array_equal(pointed.parts["is_pointed"], [0, 1, 0])
    assert pointed.revision != plain.revision
    assert scene.build(document.snapshot, pointed=1).parts is pointed.parts


def test_what_can_be_pointed_at() -> None:
    document, scene = Document(CASE), Scene(CASE)
    document.apply(SetLayerVisible("ball", False))
    np.testing.assert_array_equal(scene.visible_parts(document.snapshot), [False, True, True])
    document.apply(SetLayerOpacity("plate", 0.0))
    np.testing.assert_array_equal(scene.visible_parts(document.snapshot), [False, False, True])


def test_linear_colour_is_the_curve_of_the_standard() -> None:
    """IEC 61966-2-1, by a second way: the inverse curve brings every byte back."""
    bytes_ = np.arange(256)
    linear = linear_from_srgb((bytes_ / 255).astype(np.float32)).astype(np.float64)
    back = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    np.testing.assert_allclose(back * 255, bytes_, atol=0.01)
    assert linear[0] == 0 and linear[255] == 1
    assert linear_from_srgb(np.float32([0.5]))[0] == pytest.approx(0.21404114, abs=1e-6)


def test_the_shadow_lies_under_the_model() -> None:
    draw = built()[0]
    x, y, z = draw.room.shadow_center_m
    points = apply(draw.room_from_case, draw.surfaces.positions_mm)
    lowest = float(points[:, 1].min())
    assert y == pytest.approx(lowest - 0.004, abs=1e-6)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    np.testing.assert_allclose((x, z), middle[[0, 2]], atol=1e-6)


def test_the_shadow_follows_a_model_that_is_turned_over() -> None:
    document, scene = Document(CASE), Scene(CASE)
    over = Placement((0.0, 1.0, 0.0), axis_rotation((1, 0, 0), np.pi), 1.0)
    draw = scene.build(document.snapshot, over)
    points = apply(draw.room_from_case, draw.surfaces.positions_mm)
    assert draw.room.shadow_center_m[1] == pytest.approx(float(points[:, 1].min()) - 0.004)


def test_a_model_too_large_for_a_table_has_none() -> None:
    """The largest side here is 110 mm at life size."""
    document, scene = Document(CASE), Scene(CASE)
    just_fits = TABLE_GONE_FROM_M / 0.110 * 0.999
    for scale, radius_m in (
        (1.0, TABLE_RADIUS_M),
        (just_fits, TABLE_RADIUS_M),
        (just_fits * 1.01, 0),
    ):
        placed = Placement((0.0, 0.8, -0.6), axis_rotation((0, 1, 0), 0.3), scale)
        assert scene.build(document.snapshot, placed).room.table_radius_m == radius_m


def test_a_case_of_nothing_can_be_built() -> None:
    for case in (case_of({"absent": nothing()}), case_of({})):
        draw = Scene(case).build(Document(case).snapshot)
        assert np.isfinite(draw.room_from_case).all()
        assert np.isfinite([*draw.room.shadow_center_m, draw.room.shadow_radius_m]).all()
        assert draw.room.occlusion_radius_m >= 0
