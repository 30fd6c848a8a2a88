import sys
from pathlib import Path

import pytest

from xrviewer.caseio import atomic
from xrviewer.caseio.atomic import whole_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "cache")


@pytest.mark.parametrize("can_exchange", [False, True])
@pytest.mark.parametrize("is_there", [False, True])
def test_it_appears_whole(
    tmp_path: Path, is_there: bool, can_exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
    target = tmp_path / "case"
    if is_there:
        target.mkdir()
        (target / "old").touch()
    with whole_folder(target) as temporary:
        (temporary / "deep").mkdir()
        (temporary / "deep" / "new").write_text("x")
        assert (target / "old").exists() == is_there and target.exists() == is_there
        assert temporary.parent == tmp_path and temporary.name.startswith(".case.")
    assert names(tmp_path) == ["case"] and names(target) == ["deep"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_when_the_block_fails(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "case"
    with pytest.raises(error), whole_folder(target) as temporary:
        (temporary / "half").write_text("x")
        raise error
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux swaps two folders at once")
def test_two_folders_change_places(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / f"was {name}").touch()
    assert atomic._exchange(tmp_path / "a", tmp_path / "b")
    assert names(tmp_path / "a") == ["was b"] and names(tmp_path / "b") == ["was a"]
    assert not atomic._exchange(tmp_path / "a", tmp_path / "nothing")
