from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.document.sessions import LAYERS, TIMEPOINTS, case_of, state
from xrviewer.document import intents as it
from xrviewer.document.document import Document
from xrviewer.document.show import show_session
from xrviewer.errors import DocumentError
from xrviewer.spatial.transforms import PartPlace, Placement, axis_rotation

layers = st.sampled_from(LAYERS)
placements = st.builds(
    Placement,
    st.tuples(*[st.floats(-5, 5)] * 3),
    st.floats(-math.pi, math.pi).map(lambda angle: axis_rotation((1, 2, 3), angle)),
    st.floats(0.005, 200),
)
places = st.builds(
    PartPlace,
    st.tuples(*[st.floats(-500, 500)] * 3),
    st.floats(-math.pi, math.pi).map(lambda angle: axis_rotation((3, 2, 1), angle)),
)
edits = st.one_of(
    st.builds(it.SetLayerVisible, layers, st.booleans()),
    st.builds(it.SetLayersVisible, st.lists(layers, unique=True).map(tuple), st.booleans()),
    st.builds(it.SetLayerOpacity, layers, st.floats(0, 1)),
    st.builds(it.SetLayerColor, layers, st.sampled_from(["#000000", "#FFFFFF", "#12ab9f"])),
    st.builds(it.PlaceModel, placements),
    st.builds(it.PlacePart, layers, places),
    st.builds(it.Explode, st.floats(0, 3)),
    st.just(it.PutAllBack()),
    st.builds(it.ShowTimepoint, st.sampled_from(TIMEPOINTS)),
)
bounded = settings(max_examples=60, deadline=None, derandomize=True)


@bounded
@given(st.lists(edits, max_size=12))
def test_undo_of_all_is_the_beginning_and_redo_of_all_the_end(asked: list[it.Intent]) -> None:
    document = Document(case_of())
    first = state(document.snapshot)
    changed = [document.apply(intent) for intent in asked]
    last = state(document.snapshot)
    steps = sum(1 for change in changed if change.writes)
    for _ in range(steps):
        assert document.can_undo and document.apply(it.Undo()).writes
    assert state(document.snapshot) == first and not document.can_undo
    for _ in range(steps):
        assert document.can_redo and document.apply(it.Redo()).writes
    assert state(document.snapshot) == last and not document.can_redo


@bounded
@given(st.lists(st.tuples(st.sampled_from(["ana", "ben"]), edits), max_size=12))
def test_undo_of_one_author_leaves_what_the_other_wrote_last(
    asked: list[tuple[str, it.Intent]],
) -> None:
    document = Document(case_of())
    last_author: dict[tuple[str, str, str], str] = {}
    for author, intent in asked:
        for write in document.apply(intent, author).writes:
            last_author[write.register] = author
    bens = {register for register, author in last_author.items() if author == "ben"}
    while undone := document.apply(it.Undo(), "ana").writes:
        assert bens.isdisjoint(write.register for write in undone)


def test_undo_skips_only_the_register_another_wrote_since() -> None:
    document = Document(case_of())
    document.apply(it.SetLayersVisible(("femur", "tibia"), False), "ana")
    document.apply(it.SetLayerVisible("femur", True), "ben")
    document.apply(it.SetLayerVisible("femur", False), "ben")
    undone = document.apply(it.Undo(), "ana")
    assert [write.id for write in undone.writes] == ["tibia"]
    assert list(document.snapshot.layers["is_visible"]) == [False, True, True, True]
    assert not document.apply(it.Undo(), "ana").writes


def test_an_edit_after_undo_ends_redo() -> None:
    document = Document(case_of())
    document.apply(it.SetLayerOpacity("femur", 0.5))
    document.apply(it.Undo())
    document.apply(it.SetLayerOpacity("tibia", 0.5))
    assert not document.can_redo and not document.apply(it.Redo()).writes


def test_many_layers_are_one_step() -> None:
    document = Document(case_of())
    document.apply(it.SetLayersVisible(LAYERS, False))
    assert not document.snapshot.layers["is_visible"].any()
    document.apply(it.Undo())
    assert document.snapshot.layers["is_visible"].all() and not document.can_undo


def test_put_all_back_is_one_step() -> None:
    document = Document(case_of())
    taken = PartPlace((10.0, 20.0, 30.0), axis_rotation((0, 0, 1), 0.5))
    document.apply(it.PlacePart("femur", taken))
    document.apply(it.PlacePart("tibia", PartPlace((0.0, 0.0, -5.0))))
    document.apply(it.Explode(0.5))
    spread = state(document.snapshot)
    assert set(show_session(document.snapshot)["parts"]) == {"femur", "tibia"}
    document.apply(it.PutAllBack())
    shown = show_session(document.snapshot)
    assert shown["parts"] == {} and shown["explode"] == 0.0
    document.apply(it.Undo())
    assert state(document.snapshot) == spread


def test_choosing_a_tool_is_no_undo_step() -> None:
    document = Document(case_of())
    document.apply(it.SetLayerOpacity("femur", 0.5))
    document.apply(it.SelectTool("ruler"))
    document.apply(it.Undo())
    assert document.snapshot.tool == "ruler"
    assert document.snapshot.layers["opacity"][0] == 1.0


@bounded
@given(edits)
def test_the_same_again_is_no_change(intent: it.Intent) -> None:
    document = Document(case_of())
    document.apply(intent)
    before = document.snapshot
    assert document.apply(intent).writes == ()
    assert document.snapshot is before


@bounded
@given(st.tuples(*[st.floats(-1, 1)] * 4), st.floats(0.9992, 1.0008))
def test_placing_the_model_where_it_stands_is_no_change(
    rotation: tuple[float, float, float, float], length: float
) -> None:
    """Normalising what is normal may still move its last bit."""
    assume(math.hypot(*rotation) > 0.1)
    x, y, z, w = (v * length / math.hypot(*rotation) for v in rotation)
    document = Document(case_of())
    document.apply(it.PlaceModel(replace(REST, rotation_xyzw=(x, y, z, w))))
    assert math.hypot(*document.snapshot.model.rotation_xyzw) == pytest.approx(1, abs=1e-12)
    assert document.apply(it.PlaceModel(document.snapshot.model)).writes == ()


REST = Placement((0.0, 1.0, -1.0), (0.0, 0.0, 0.0, 1.0), 1.0)


@pytest.mark.parametrize(
    ("intent", "message"),
    [
        (it.SetLayerVisible("femurr", True), "no layer 'femurr'; did you mean 'femur'"),
        (it.SetLayersVisible(("tibia", "xyz"), True), "no layer 'xyz'"),
        (it.SetLayerOpacity("femur", math.nan), "opacity of 'femur'.* not nan"),
        (it.SetLayerOpacity("femur", 1.01), "not 1.01"),
        (it.SetLayerColor("femur", "#+f00ff"), "not '#\\+f00ff'"),
        (it.SetLayerColor("femur", "red"), "not 'red'"),
        (it.ShowTimepoint("t9"), "no timepoint 't9'"),
        (it.ShowMap("thickness_mm"), "no map 'thickness_mm'"),
        (it.SetMapRange("depth_mm", 2.0, 2.0), "from a lower to a higher value, not 2 to 2"),
        (it.SetMapRange("depth_mm", 0.0, math.nan), "from a lower to a higher value"),
        (it.SetMapRange("depth", 0.0, 1.0), "no map 'depth'; did you mean 'depth_mm'"),
        (it.SetMapSteps("depth_mm", 1), "2 to 32, or 0 for smooth, not 1"),
        (it.SelectTool(""), "a tool has a name"),
        (it.SelectTool("\ud800"), "a tool has a name"),
        (it.PlaceModel(replace(REST, position_m=(0, math.nan, 0))), "stands within 1000 m"),
        (it.PlaceModel(replace(REST, position_m=(0, 1e4, 0))), "stands within 1000 m"),
        (it.PlaceModel(replace(REST, rotation_xyzw=(0, 0, 0, 0))), "unit quaternion"),
        (it.PlaceModel(replace(REST, rotation_xyzw=(0, 0, 0, 2))), "unit quaternion"),
        (it.PlaceModel(replace(REST, rotation_xyzw=(math.nan, 0, 0, 1))), "unit quaternion"),
        (it.PlacePart("femurr", PartPlace()), "no layer 'femurr'"),
        (it.PlacePart("femur", PartPlace((math.nan, 0, 0))), "within 100000 mm of home"),
        (it.PlacePart("femur", PartPlace((0, 0, 2e5))), "within 100000 mm of home"),
        (it.PlacePart("femur", PartPlace((0, 0, 0), (0, 0, 0, 0))), "unit quaternion"),
        (it.Explode(math.nan), "not nan"),
        (it.Explode(-0.1), "not -0.1"),
        (it.PlaceModel(replace(REST, scale=0.0)), "scale is over 0, not 0.0"),
        (it.PlaceModel(replace(REST, scale=math.nan)), "scale is over 0, not nan"),
        (it.PlaceModel(replace(REST, scale=math.inf)), "scale is over 0, not inf"),
    ],
)
def test_what_cannot_be_is_refused_by_name(intent: it.Intent, message: str) -> None:
    document = Document(case_of())
    before = document.snapshot
    with pytest.raises(DocumentError, match=message):
        document.apply(intent)
    assert document.snapshot is before and not document.can_undo


@pytest.mark.parametrize(("asked", "stands"), [(1e-6, 0.01), (0.5, 0.5), (1e6, 100.0)])
def test_scale_is_clamped(asked: float, stands: float) -> None:
    document = Document(case_of())
    document.apply(it.PlaceModel(replace(REST, scale=asked)))
    assert document.snapshot.model.scale == stands


def test_a_snapshot_never_changes() -> None:
    document = Document(case_of())
    before = document.snapshot
    held = before.layers.copy()
    document.apply(it.SetLayerColor("femur", "#FF8000"))
    np.testing.assert_array_equal(before.layers, held)
    with pytest.raises(ValueError, match="read-only"):
        document.snapshot.layers["opacity"][0] = 0.5
    np.testing.assert_allclose(document.snapshot.layers["color"][0], (1, 128 / 255, 0), atol=1e-7)
    assert document.snapshot.version == before.version + 1


def test_layers_are_shared_where_none_changed() -> None:
    document = Document(case_of())
    before = document.snapshot
    document.apply(it.PlaceModel(REST))
    assert document.snapshot.layers is before.layers


def test_an_author_has_a_name() -> None:
    with pytest.raises(DocumentError, match="an author has a name"):
        Document(case_of(), author="")
