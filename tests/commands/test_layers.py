"""Layers from the command line: a choice, peeling, one alone or among ghosts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.commands.running import xrviewer
from tests.commands.test_render import still
from tests.shapes import Look, case_of, sphere
from xrviewer.case.model import Case, Group
from xrviewer.commands.layers import WantedLayers, layer_intents, layers_named, wanted_layers
from xrviewer.document.document import Document
from xrviewer.document.intents import Explode, GhostRest, Isolate, Peel, ShowPreset
from xrviewer.errors import UsageError


def knee() -> Case:
    looks = {"femur": Look(role="bone"), "tibia": Look(role="bone"), "acl": Look(role="ligament")}
    case = case_of({name: sphere(rings=6) for name in looks}, looks)
    femur, tibia, acl = case.layers
    layers = (
        replace(femur, name="Femur", plain="Thigh bone", group="long"),
        replace(tibia, name="Tibia", plain="Shin bone", group="long"),
        replace(acl, name="Anterior cruciate ligament", group=None),
    )
    groups = (Group("bones", "Bones"), Group("long", "Long bones", parent="bones"))
    return replace(case, layers=layers, groups=groups)


CASE = knee()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("femur", ("femur",)),
        ("FEMUR", ("femur",)),
        ("shin bone", ("tibia",)),
        ("anterior  cruciate ligament", ("acl",)),
        ("Bones", ("femur", "tibia")),
        ("long bones", ("femur", "tibia")),
    ],
)
def test_a_structure_or_a_group_by_any_of_its_names(name: str, found: tuple[str, ...]) -> None:
    assert layers_named(CASE, name) == found


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="no structure or group 'femr'; did you mean 'femur'"):
        layers_named(CASE, "femr")
    with pytest.raises(UsageError, match=r"no preset 'teeth': choose one of bones,.* mine"):
        layer_intents(CASE, WantedLayers(preset="teeth"), ("mine",))
    with pytest.raises(UsageError, match="--ghost-rest is the rest of something"):
        wanted_layers(None, 0, None, True, 0.0)


def test_words_become_intents_in_an_order_that_the_document_takes() -> None:
    wanted = wanted_layers("Bones only", 1, ["Bones", "femur"], True, 0.5)
    intents = layer_intents(CASE, wanted)
    assert intents == [ShowPreset("bones"), Peel(), GhostRest(("femur", "tibia")), Explode(0.5)]
    document = Document(CASE)
    for intent in intents:
        document.apply(intent)
    alone = wanted_layers(None, 0, ["acl"], False, 0.0)
    assert layer_intents(CASE, alone) == [Isolate(("acl",))]
    assert layer_intents(CASE, WantedLayers(preset="mine"), ("mine",)) == [ShowPreset("mine")]


def test_a_picture_of_one_alone_and_among_ghosts(folder: Path) -> None:
    whole, alone = still(folder), still(folder, "--isolate", "ball")
    np.testing.assert_array_equal(alone, still(folder, "--only", "ball"))
    ghosts = still(folder, "--isolate", "ball", "--ghost-rest")
    assert np.abs(ghosts - alone).max() > 10 and np.abs(ghosts - whole).max() > 10
    assert np.abs(still(folder, "--explode", "1") - whole).max() > 30
    said = xrviewer("render", "shapes", "--out", "b.png", "--isolate", "bal", folder=folder)
    assert said.code == 2 and "did you mean 'ball'" in said.only_line()
