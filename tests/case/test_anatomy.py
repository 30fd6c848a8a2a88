"""What a name tells: tissue, region, side."""

from __future__ import annotations

import pytest

from xrviewer.case.anatomy import name_words, region_of, side_of, tissue_of


@pytest.mark.parametrize(
    ("name", "role", "region", "side"),
    [
        ("Long head of left biceps femoris", "muscle", "thigh", "left"),
        ("Short head of right biceps brachii", "muscle", "shoulder", "right"),
        ("Intervertebral disk of axis", "cartilage", "spine", None),
        ("Fourth cervical vertebra", "bone", "spine", None),
        ("Right seventh costal cartilage", "cartilage", "chest", "right"),
        ("Opponens digiti minimi of left foot", "muscle", "foot", "left"),
        ("Opponens digiti minimi of left hand", "muscle", "hand", "left"),
        ("Right flexor digitorum brevis", "muscle", "foot", "right"),
        ("Left flexor digitorum profundus", "muscle", "forearm", "left"),
        ("Left calcaneal tendon", "tendon", "leg", "left"),
        ("Right popliteal artery", "artery", "leg", "right"),
        ("Left femoral vein", "vein", "thigh", "left"),
        ("optic nerve, right", "nerve", "head", "right"),
        ("kidney_left", "other", "abdomen", "left"),
        ("FemurR", "bone", "thigh", "right"),
        ("femur_R", "bone", "thigh", "right"),
        ("Musculus deltoideus dexter", "muscle", None, "right"),
        ("Fémur gauche", "bone", "thigh", None),
        ("vertebrae_L1", "bone", "spine", None),
        ("left and right lung", "other", "chest", None),
        ("Object 17", None, None, None),
        ("שריר", None, None, None),
        ("", None, None, None),
    ],
)
def test_a_name_tells(name: str, role: str | None, region: str | None, side: str | None) -> None:
    words = name_words(name)
    tissue = tissue_of(words)
    assert (tissue and tissue[0], region_of(words), side_of(words)) == (role, region, side)
