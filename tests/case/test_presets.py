"""Choices of what to see are made of what is there."""

from __future__ import annotations

from tests.shapes import Look, case_of, square
from xrviewer.case.presets import presets


def choices(*roles: str) -> dict[str, tuple[str, ...]]:
    case = case_of({r: square() for r in roles}, {r: Look(role=r) for r in roles})
    return {preset.id: preset.layers for preset in presets(case)}


def test_of_a_knee() -> None:
    found = choices("bone", "cartilage", "meniscus", "ligament", "skin")
    assert found["bones"] == ("bone",) and found["cartilage"] == ("cartilage",)
    assert found["joint"] == ("bone", "cartilage", "meniscus")
    assert found["ligaments"] == ("bone", "meniscus", "ligament")
    assert list(found)[-1] == "everything" and "muscles" not in found and "brain" not in found


def test_nothing_is_offered_that_changes_nothing() -> None:
    assert list(choices("bone")) == ["everything"]
    assert list(choices("other")) == ["everything"]
    assert list(choices("bone", "skin")) == ["bones", "everything"]
