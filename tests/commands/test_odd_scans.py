"""Scans as they should not be, from a file to a slice's picture: a picture or one clear line."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import imageio.v3 as iio
import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.shapes import case_of, sphere
from xrviewer.case.volume import Volume
from xrviewer.caseio.folder import save_case
from xrviewer.cli import main

RGB = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
GREY = np.indices((12, 14, 10)).sum(axis=0)
"""0 at one corner, 33 at the other."""


@dataclass(frozen=True, slots=True)
class Odd:
    voxels: NDArray[np.generic]
    refused: str = ""
    """Said instead of a picture."""
    noted: str = ""
    """Said beside it."""
    header: tuple[tuple[str, float], ...] = ()
    grey: int | None = None
    """Of all the picture, where there is nothing to tell apart in it."""


def with_nan() -> NDArray[np.float32]:
    voxels = GREY.astype(np.float32)
    voxels[::3, ::2] = np.nan
    voxels[1, 1, 1], voxels[1, 1, 2] = np.inf, -np.inf
    return voxels


ODD = {
    name: Odd(GREY.astype(name))
    for name in ("uint8", "int8", "uint16", "int16", "int32", "uint32", "float32", "float64")
} | {
    "a picture": Odd(GREY[:, :, 5].astype(np.int16)),
    "one slice": Odd(GREY[:, :, 5:6].astype(np.int16)),
    "a film": Odd(np.stack([GREY, GREY], -1).astype(np.int16), noted="the first is shown"),
    "colours": Odd(np.zeros(GREY.shape, RGB), refused="RGB"),
    "complex": Odd(GREY.astype(np.complex64), refused="complex"),
    "holes": Odd(with_nan()),
    "nothing but holes": Odd(np.full(GREY.shape, np.nan, np.float32), grey=0),
    "one value": Odd(np.full(GREY.shape, 7, np.int16), grey=128),
    "slope 0": Odd(GREY.astype(np.int16), header=(("scl_slope", 0.0), ("scl_inter", 5.0))),
    "slope NaN": Odd(GREY.astype(np.int16), header=(("scl_slope", np.nan),)),
}


def save(path: Path, odd: Odd) -> None:
    image = nib.Nifti1Image(odd.voxels, np.diag([2.0, 2.0, 3.0, 1.0]))
    nib.save(image, path)
    data = bytearray(path.read_bytes())
    header = np.frombuffer(data, nib.nifti1.header_dtype, 1)
    for field, value in odd.header:
        header[field] = value
    path.write_bytes(data)


def rendered(capsys: pytest.CaptureFixture[str], path: str) -> tuple[object, str]:
    """How it ended, and what was said."""
    words = ["render", path, "--out", "a.png", "--size", "96x72", "--slice", "axial"]
    words += ["--view", "bottom", "--without", "letters,scale-bar,caption,legend"]
    sys.argv = ["xrviewer", *words]
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert not said.out and "Traceback" not in said.err and "internal" not in said.err
    return ended.value.code, said.err


@pytest.mark.parametrize("name", ODD)
def test_a_slice_of_it_is_a_picture_or_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    odd, out = ODD[name], tmp_path / "a.png"
    save(tmp_path / "scan.nii", odd)
    monkeypatch.chdir(tmp_path)
    code, said = rendered(capsys, "scan.nii")
    if odd.refused:
        assert code == 1 and not out.exists()
        (line,) = said.splitlines()
        assert "scan.nii" in line and odd.refused in line
        return
    *notes, last = said.splitlines()
    assert not code and last == "wrote a.png"
    assert [odd.noted in note for note in notes] == [True] * bool(odd.noted)
    middle = iio.imread(out)[20:36, 36:60].astype(int)
    if odd.grey is None:
        assert np.ptp(middle) > 30
    else:
        np.testing.assert_allclose(middle, odd.grey, atol=1)


def test_a_scan_beside_the_model_is_seen_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = np.diag([2.0, 2.0, 3.0, 1.0])
    beside[:3, 3] = (200.0, -14.0, -13.5)
    scan = Volume("scan", "Scan", "MR", GREY.astype(np.int16), beside)
    case = case_of({"ball": sphere(rings=8)})
    whole = replace(case.timepoints[0], volumes=(scan,))
    save_case(replace(case, timepoints=(whole,)), tmp_path / "case")
    monkeypatch.chdir(tmp_path)
    assert rendered(capsys, "case") == (0, "wrote a.png\n")
    picture = iio.imread(tmp_path / "a.png").astype(int)
    # From below the patient's left is at the right: the ball is at the left, the scan beyond it.
    assert picture[:, :32].max() > 60, "the ball"
    assert np.ptp(picture[24:48, 78:]) > 60, "the scan"
