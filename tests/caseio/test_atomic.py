from pathlib import Path

import pytest

from xrviewer.caseio.atomic import whole_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "cache")


@pytest.mark.parametrize("is_there", [False, True])
def test_it_appears_whole(tmp_path: Path, is_there: bool) -> None:
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
