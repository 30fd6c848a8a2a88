"""A changed value is what dataclasses.replace would have made."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from xrviewer.interaction.input import FrameInput
from xrviewer.interaction.step import Tools
from xrviewer.scene.draw import DrawData
from xrviewer.values import changed


@dataclass(frozen=True, slots=True)
class Checked:
    low: float
    high: float

    def __post_init__(self) -> None:
        assert self.low <= self.high


def test_it_is_what_replace_makes() -> None:
    before = FrameInput(1.0, 0.1, ())
    after = changed(before, can_point=True, keys=frozenset("a"))
    assert all_of(after) == all_of(replace(before, can_point=True, keys=frozenset("a")))
    assert type(after) is FrameInput and before.can_point is None
    assert all_of(changed(after)) == all_of(after) and changed(after) is not after


def all_of(inp: FrameInput) -> list[object]:
    return [getattr(inp, field.name) for field in fields(inp)]


def test_every_field_of_the_large_ones_goes_along() -> None:
    tools = Tools(pointed_s=0.5, is_pressed=(True, False))
    after = changed(tools, refused_s=1.0)
    for name in Tools.__slots__:
        expected = 1.0 if name == "refused_s" else getattr(tools, name)
        assert getattr(after, name) is expected or getattr(after, name) == expected


def test_it_stays_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        changed(FrameInput(1.0, 0.1, ()), dt_s=0.2).dt_s = 0.3  # type: ignore[misc]


def test_a_field_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="color"):
        changed(FrameInput(1.0, 0.1, ()), color="red")  # type: ignore[call-arg]


def test_a_value_that_is_checked_when_made_is_refused() -> None:
    with pytest.raises(TypeError, match="Checked is checked"):
        changed(Checked(0.0, 1.0), low=2.0)


@pytest.mark.parametrize("kind", [FrameInput, Tools, DrawData])
def test_the_frame_s_own_values_can_be_changed_so(kind: type) -> None:
    assert not hasattr(kind, "__post_init__") and kind.__slots__  # type: ignore[attr-defined]
