from pathlib import Path

import pytest

from xrviewer.caseio.paths import inside
from xrviewer.errors import CaseError


@pytest.mark.parametrize("relative", ["t0/anatomy.glb", "./t0/x.nii", "a..b/c..", "t0//x", "ä.nii"])
def test_paths_inside_are_found(tmp_path: Path, relative: str) -> None:
    assert inside(tmp_path, relative, tmp_path / "case.json") == (tmp_path / relative).resolve()


@pytest.mark.parametrize(
    ("relative", "why"),
    [
        ("/etc/passwd", "is absolute"),
        ("../other/x.nii", r"climbs out"),
        ("t0/../../x.nii", r"climbs out"),
        ("C:/x.nii", "drive"),
        ("x.nii:stream", "drive or a stream"),
        ("t0\\x.nii", "backslash"),
        ("\\\\host\\share", "backslash"),
        ("x\0.nii", "NUL"),
        ("", "names no file"),
        (".", "names no file"),
        ("t0/nul.nii", "names a device"),
    ],
)
def test_paths_outside_are_refused_by_name(tmp_path: Path, relative: str, why: str) -> None:
    with pytest.raises(CaseError, match=why) as caught:
        inside(tmp_path, relative, tmp_path / "case.json")
    assert repr(relative) in str(caught.value) and "\n" not in str(caught.value)


def test_links_inside_hold_and_links_out_are_refused(tmp_path: Path) -> None:
    case, out = tmp_path / "case", tmp_path / "out"
    (case / "t0").mkdir(parents=True)
    out.mkdir()
    (case / "here").symlink_to(case / "t0")
    (case / "there").symlink_to(out)
    assert inside(case, "here/x.nii", case / "case.json") == (case / "t0/x.nii").resolve()
    with pytest.raises(CaseError, match="link out of the case folder"):
        inside(case, "there/x.nii", case / "case.json")


def test_a_case_reached_through_a_link_is_whole(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "case")
    found = inside(tmp_path / "link", "t0/x.nii", tmp_path / "link" / "case.json")
    assert found == (tmp_path / "case/t0/x.nii").resolve()
