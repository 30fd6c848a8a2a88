import colorsys
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrviewer.case import catalogue
from xrviewer.case.model import Color

PROMISED = (
    "femur tibia patella fibula femoral_cartilage medial_tibial_cartilage "
    "lateral_tibial_cartilage patellar_cartilage medial_meniscus lateral_meniscus "
    "acl pcl mcl lcl skin patellar_tendon quadriceps_tendon"
).split()


@pytest.mark.parametrize("id", PROMISED)
def test_promised_ids_are_known(id: str) -> None:
    layer = catalogue.known(id)
    assert layer is not None and layer.id == id


@pytest.mark.parametrize("id", catalogue.known_ids())
def test_every_known_layer_is_whole(id: str) -> None:
    layer = catalogue.known(id)
    assert layer is not None
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", id)
    assert layer.name and layer.plain and layer.role in catalogue.TISSUE_COLORS
    assert layer.sentence.endswith(".") and layer.sentence.count(".") == 1
    assert catalogue.known_group(layer.group or "") in catalogue.groups()
    assert layer.color == catalogue.TISSUE_COLORS[layer.role]


def test_skin_is_a_ghost_and_bone_is_not() -> None:
    skin, femur = catalogue.known("skin"), catalogue.known("femur")
    assert skin is not None and skin.opacity == 0.15
    assert femur is not None and femur.opacity == 1.0 and femur.color.hex() == "#e8dcc4"


def test_unknown_structure_keeps_its_name_and_gets_its_own_color() -> None:
    layer = catalogue.layer_for("left_kidney", "Left kidney")
    assert (layer.id, layer.name, layer.group, layer.role) == (
        "left_kidney",
        "Left kidney",
        None,
        "other",
    )
    assert layer.color.hex() == "#ae92ce"  # pinned: the same on every machine and every run
    assert layer.color != catalogue.layer_for("right_kidney").color


@given(st.text(min_size=1))
@settings(derandomize=True, max_examples=200, deadline=None)
def test_colors_of_unknown_structures_stay_pleasant(id: str) -> None:
    color = catalogue.color_for(id)
    _, lightness, saturation = colorsys.rgb_to_hls(color.red, color.green, color.blue)
    assert 0.597 <= lightness <= 0.703 and saturation == pytest.approx(0.38, abs=0.01)
    assert Color.from_hex(color.hex()) == color


def test_role_decides_before_the_hash() -> None:
    assert catalogue.color_for("vessel-17", "artery") == catalogue.TISSUE_COLORS["artery"]
