"""Response criteria as data: what a rule file may say. The engine is `response`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

_Size = Annotated[float, Meta(ge=0)]
_Name = Annotated[str, Meta(min_length=1)]
NONE = "none"
"""The state of non-target lesions, or of targets, where there are none."""
NOT_EVALUABLE = "NE"


class Targets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which lesions count."""

    at_most: Annotated[int, Meta(ge=1)]
    least: _Size
    """A smaller one at baseline is no target."""
    at_most_per_organ: Annotated[int, Meta(ge=1)] | None = None
    """All lymph nodes are one organ; lesions whose organ nobody has named are not counted so."""
    node_least: _Size | None = None
    node_normal_below: _Size | None = None
    """A node of a shorter axis counts as gone."""


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category and what must hold for it; without a condition it always does."""

    category: _Name
    says: str = ""
    from_: Literal["baseline", "nadir"] = msgspec.field(default="baseline", name="from")
    percent_at_least: float | None = None
    percent_at_most: float | None = None
    change_at_least: _Size | None = None
    """Beside the percentage, in the unit of the rule."""
    all_gone: bool = False


class Overall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the table that puts targets, non-targets and new lesions together."""

    category: _Name
    target: tuple[str, ...] = ()
    """Any, where it is empty."""
    non_target: tuple[str, ...] = ()
    has_new: bool | None = None


class RegionsOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    layer: _Name
    names: tuple[_Name, ...]


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Holds when everything that it asks for is there."""

    category: _Name
    says: str = ""
    has_loss: bool = False
    has_gain: bool = False


class Regions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    of: tuple[RegionsOf, ...]
    verdict: tuple[Verdict, ...]
    together: bool = False
    """Whether limits are widened for so many looks."""


class Criteria(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: _Name
    name: _Name
    version: _Name
    source: _Name
    measure: Literal["diameter", "volume", "thickness"]
    unit: _Name
    sum: _Name
    note: str = ""
    targets: Targets | None = None
    target: tuple[Limit, ...] = ()
    overall: tuple[Overall, ...] = ()
    regions: Regions | None = None

    def __post_init__(self) -> None:
        """A rule that would fall through to nothing is no rule."""
        if (self.targets is None) == (self.regions is None):
            raise ValueError("a rule has either [targets] or [regions]")
        if self.targets is not None and not (self.target and self.overall):
            raise ValueError("a rule of lesions has [[target]] and [[overall]] lines")
        if self.targets is not None and not _always(self.target[-1]):
            raise ValueError("the last [[target]] line holds without a condition")


def _always(limit: Limit) -> bool:
    conditions = (limit.percent_at_least, limit.percent_at_most, limit.change_at_least)
    return not limit.all_gone and all(condition is None for condition in conditions)
