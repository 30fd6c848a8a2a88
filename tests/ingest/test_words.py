"""What of a source's words may enter a case."""

from __future__ import annotations

import pytest

from xrviewer.ingest.tissues import tissue_layer
from xrviewer.ingest.words import known_words


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Left Kidney", "left kidney"),
        ("kidney_left", "kidney left"),
        ("SAG 3D DESS WE", "sag 3d dess"),
        ("FemoralCartilage", "femoral cartilage"),
        ("rib_left_7", "rib left 7"),
        ("vertebrae_L1", "vertebrae l1"),
        ("Mueller, Anna knee 12.03.1961", "knee"),
        ("19610312", ""),
        ("knee 7 lesion", "knee 7 lesion"),
        ("JaneDoe4711", ""),
        ("liver\x00Müller", "liver"),
        ("", ""),
    ],
)
def test_only_known_words_stay(text: str, kept: str) -> None:
    assert " ".join(known_words(text)) == kept


@pytest.mark.parametrize(
    ("id", "name", "role", "group"),
    [
        ("kidney_left", "Left kidney", "other", "organs"),
        ("vertebrae_l1", "Vertebrae L1", "bone", "bones"),
        ("costal_cartilages", "Costal cartilages", "cartilage", "cartilage"),
        ("inferior_vena_cava", "Inferior vena cava", "vein", "vessels"),
        ("gluteus_maximus_right", "Right gluteus maximus", "muscle", "muscles"),
        ("liver_lesion", "Liver lesion", "lesion", "findings"),
    ],
)
def test_a_structure_by_its_words(id: str, name: str, role: str, group: str) -> None:
    layer = tissue_layer(tuple(id.split("_")))
    assert (layer.id, layer.name, layer.role, layer.group) == (id, name, role, group)
