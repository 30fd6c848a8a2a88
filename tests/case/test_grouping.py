"""A tree where the source has none."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.case.catalogue import TISSUE_COLORS, layer_for
from xrviewer.case.grouping import MANY, grouped, told
from xrviewer.case.model import Color, Group, Layer

GREY = Color(0.5, 0.5, 0.5)


def layers_of(*names: str, group: str | None = None) -> list[Layer]:
    return [Layer(f"part{i}", name, GREY, group=group) for i, name in enumerate(names)]


def paths(layers: tuple[Layer, ...], groups: tuple[Group, ...]) -> list[str]:
    """The names from the root to each layer."""
    by_id = {group.id: group for group in groups}
    found = []
    for layer in layers:
        steps, at = [], layer.group
        while at is not None:
            steps.append(by_id[at].name)
            at = by_id[at].parent
        found.append(" > ".join(reversed(steps)))
    return found


def test_a_few_structures_get_a_branch_a_kind_and_no_more() -> None:
    made = grouped(layers_of("Left femur", "Left tibia", "Sartorius", "Thing"), ())
    assert paths(*made) == ["Bones", "Bones", "Muscles", ""]


def test_many_are_divided_by_region_and_side() -> None:
    fingers = [
        f"{n} phalanx of {s} {f} finger"
        for n in ("Proximal", "Distal")
        for s in ("left", "right")
        for f in ("index", "middle", "ring", "little")
    ]
    names = [*fingers, "Left femur", "Right femur", "Sacrum", "Sphenoid bone"]
    layers, groups = grouped(layers_of(*names), ())
    found = dict(zip(names, paths(layers, groups), strict=True))
    assert found["Distal phalanx of left ring finger"] == "Bones > Hand > Left"
    assert found["Left femur"] == "Bones > Hip and thigh"
    assert found["Sacrum"] == found["Sphenoid bone"] == "Bones"
    assert [g.name for g in groups] == ["Bones", "Hand", "Left", "Right", "Hip and thigh"]


def test_what_a_source_groups_stays_but_other_says_nothing() -> None:
    own = Group("my-set", "My set", parent="top")
    source = (Group("top", "Top"), own, Group("other", "Other"), Group("bare", "Bare"))
    layers = [
        *layers_of("Left femur", group="my-set"),
        *layers_of("Soleus", "Thing", group="other"),
    ]
    made, groups = grouped(layers, source)
    assert paths(made, groups) == ["Top > My set", "Muscles", "Other"]
    assert own in groups and all(group.id != "bare" for group in groups)


def test_a_cycle_of_groups_is_gone_round_once() -> None:
    ring = (Group("a", "A", parent="b"), Group("b", "B", parent="a"))
    _, groups = grouped(layers_of("x", group="a"), ring)
    assert groups == ring


def test_a_tissue_is_told_by_name_only_where_there_is_none() -> None:
    muscle = told(Layer("x", "Left soleus", GREY))
    assert (muscle.role, muscle.color) == ("muscle", TISSUE_COLORS["muscle"])
    assert told(Layer("x", "Skin of leg", GREY)).opacity < 1
    stated = Layer("x", "Left soleus", GREY, role="lesion")
    assert told(stated) is stated
    known = layer_for("acl")
    assert told(known) is known


WORDS = ("left", "right", "femur", "tibia", "phalanx", "finger", "toe", "soleus", "nerve", "x")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=4), max_size=60))
def test_every_layer_hangs_once_and_every_branch_holds_some(names: list[list[str]]) -> None:
    layers = layers_of(*(" ".join(words) for words in names))
    placed, groups = grouped(layers, ())
    ids = [group.id for group in groups]
    assert [layer.id for layer in placed] == [layer.id for layer in layers]
    assert len(ids) == len(set(ids))
    assert {layer.group for layer in placed if layer.group} <= set(ids)
    parents = {group.id: group.parent for group in groups}
    held: Counter[str] = Counter()
    for layer in placed:
        at = layer.group
        while at is not None:
            held[at] += 1
            at = parents[at]
    assert set(held) == set(ids)
    assert all(held[id] > MANY for id in {p for p in parents.values() if p})
