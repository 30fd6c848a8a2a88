"""Rule files: those that travel with the program, and what is said of a broken one."""

from __future__ import annotations

from pathlib import Path

import pytest

from xrviewer.errors import InputError, UsageError
from xrviewer.report.criteria_files import read_criteria, shipped_criteria


def test_every_shipped_rule_says_where_it_is_from() -> None:
    assert set(shipped_criteria()) == {"recist-1.1", "mrecist", "volumetric", "cartilage-oai"}
    for name in shipped_criteria():
        rule = read_criteria(name)
        assert rule.id == name and rule.version and len(rule.source) > 20


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id = 3", "Expected `str`"),
        ("[[target", "is no rule of response"),
        (
            'id="x"\nname="x"\nversion="1"\nsource="x"\nmeasure="diameter"\nunit="mm"\nsum="x"',
            "either",
        ),
    ],
)
def test_a_broken_rule(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(InputError, match=reason):
        read_criteria(str(tmp_path / "mine.toml"))


def test_an_unknown_rule() -> None:
    with pytest.raises(
        UsageError, match=r"none of cartilage-oai, mrecist, recist-1\.1, volumetric"
    ):
        read_criteria("who")
