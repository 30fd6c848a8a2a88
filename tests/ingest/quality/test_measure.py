"""The phantom, whose every number is known, measured; and spoilt, and found out."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from tests.ingest.dicom_maker import write_series
from xrviewer.case.model import Case
from xrviewer.case.volume import Volume
from xrviewer.caseio.folder import save_case
from xrviewer.cli import app
from xrviewer.demos.phantom import NOISE, SPHERES, WATER, make_phantom
from xrviewer.errors import InputError, UsageError
from xrviewer.ingest.quality.findings import Verdict
from xrviewer.ingest.quality.measure import Quality, measure
from xrviewer.ingest.quality.page import page
from xrviewer.ingest.quality.pictures import outline
from xrviewer.ingest.quality.protocol import read_protocol, shipped
from xrviewer.ingest.quality.scan import scan_quality
from xrviewer.ingest.quality.tissue import inside_values, volume_mm3


@pytest.fixture(scope="module")
def phantom() -> Case:
    return make_phantom(lambda part, text: None)


def scan_of(case: Case) -> Volume:
    return case.timepoints[0].volumes[0]


def with_voxels(case: Case, voxels: NDArray[np.int16], **changes: object) -> Case:
    volume = replace(scan_of(case), voxels=voxels, **changes)
    (timepoint,) = case.timepoints
    return replace(case, timepoints=(replace(timepoint, volumes=(volume,)),))


def judged(case: Case) -> Quality:
    return measure(case, case.timepoints[0], read_protocol("phantom"))


def test_the_numbers_are_those_of_the_formulas(phantom: Case) -> None:
    (timepoint,) = phantom.timepoints
    quality = scan_quality(scan_of(phantom))
    assert quality.noise == pytest.approx(NOISE, rel=0.05)
    assert quality.signal == pytest.approx(WATER, rel=0.02)
    for id, (radius, _, value) in SPHERES.items():
        assert volume_mm3(timepoint, id) == pytest.approx(4 / 3 * np.pi * radius**3, rel=1e-3)
        inside = inside_values(timepoint, id, scan_of(phantom))
        assert np.median(inside) == pytest.approx(value, rel=0.02)


def test_a_good_phantom_is_within_its_protocol(phantom: Case) -> None:
    quality = judged(phantom)
    assert quality.bad == ()
    assert quality.judged >= 15


def blank(voxels: NDArray[np.int16]) -> None:
    voxels[:, :, 40] = 20


def repeat(voxels: NDArray[np.int16]) -> None:
    voxels[:, :, 31] = voxels[:, :, 30]


def drown(voxels: NDArray[np.int16]) -> None:
    voxels += np.random.default_rng(1).normal(0, 60, voxels.shape).astype(np.int16)


def ghost(voxels: NDArray[np.int16]) -> None:
    voxels[:, :6], voxels[:, -6:] = 150, 150


@pytest.mark.parametrize(
    ("spoil", "what", "found"),
    [
        (blank, "motion or gap after slice", "40, 41"),
        (repeat, "same as the next: slice", "31"),
        (drown, "signal to noise", None),
        (ghost, "ghosting", None),
    ],
)
def test_a_spoilt_scan_is_found_out(
    phantom: Case, spoil: object, what: str, found: str | None
) -> None:
    voxels = scan_of(phantom).voxels.astype(np.int16)
    spoil(voxels)  # type: ignore[operator]
    bad = {finding.what: finding.found for finding in judged(with_voxels(phantom, voxels)).bad}
    assert what in bad
    assert found is None or bad[what] == found


def test_a_scan_of_the_wrong_size_is_found_out(phantom: Case) -> None:
    grid = scan_of(phantom).case_from_voxel @ np.diag([1.3, 1, 1, 1])
    voxels = scan_of(phantom).voxels.astype(np.int16)
    bad = judged(with_voxels(phantom, voxels, case_from_voxel=grid, modality="CT")).bad
    assert {"spacing, mm", "modality"} <= {finding.what for finding in bad}


def test_nothing_is_judged_without_a_protocol(phantom: Case) -> None:
    found = measure(phantom, phantom.timepoints[0], None)
    asked = [f for f in found.all if f.verdict is not Verdict.NONE]
    assert {f.wanted for f in asked} <= {"none"}


def test_an_outline_lies_on_the_surface(phantom: Case) -> None:
    (timepoint,) = phantom.timepoints
    points, triangles = timepoint.surfaces.part(3)
    radius, at, _ = SPHERES["sphere_15"]
    lines = outline(points.astype(np.float64), triangles, 2, at[2] + 3.01)
    away = np.linalg.norm(lines - np.array(at[:2]), axis=2)
    assert len(lines) > 50
    assert away == pytest.approx(np.sqrt(radius**2 - 3.01**2), rel=0.01)


class Balanced(HTMLParser):
    """Every tag that is opened is closed, in order."""

    open_tags: list[str]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "img"):
            self.open_tags.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag


def test_the_page_is_whole_and_fetches_nothing(phantom: Case) -> None:
    text = page(judged(replace(phantom, title="<b>Bold & co</b>")))
    reader = Balanced()
    reader.open_tags = []
    reader.feed(text)
    assert reader.open_tags == []
    assert "<b>Bold" not in text and "within the protocol" in text
    assert not re.search(r"""(src|href)=["'](?!data:)""", text) and "http" not in text
    packed = re.findall(r'base64,([^"]+)"', text)
    images = [Image.open(io.BytesIO(base64.b64decode(one))) for one in packed]
    assert len(images) == 3
    assert all(len(image.convert("L").getextrema()) == 2 for image in images)
    assert all(image.convert("L").getextrema()[1] > 200 for image in images)


def test_the_command_writes_the_page_and_judges(tmp_path: Path, phantom: Case) -> None:
    save_case(phantom, tmp_path / "case")
    out = tmp_path / "qc.html"
    done = CliRunner().invoke(
        app, ["qc", str(tmp_path / "case"), "--protocol", "phantom", "--out", str(out), "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["ok"] is True
    assert "within the protocol" in out.read_text("utf-8")
    failed = CliRunner().invoke(app, ["qc", str(tmp_path / "case"), "--protocol", "oai-dess"])
    assert failed.exit_code == 1
    assert "Femur" in failed.output or "femur" in failed.output


def test_protocols_are_shipped_and_strict(tmp_path: Path) -> None:
    assert {"oai-dess", "phantom"} <= set(shipped())
    assert read_protocol("oai-dess.toml").name == "OAI DESS"
    with pytest.raises(UsageError, match="oai-dess"):
        read_protocol("nonsense")
    own = tmp_path / "own.toml"
    own.write_text('name = "Own"\nsnr_at_last = 3\n')
    with pytest.raises(InputError, match="snr_at_last"):
        read_protocol(str(own))


def test_the_page_of_an_import_tells_nothing_of_the_person(tmp_path: Path) -> None:
    """Strings planted wherever a header and a file name have room for one."""
    marks = {"PatientName": "Zebra^One", "PatientID": "Zebra2", "SeriesDescription": "Zebra3 dess"}
    marks |= {"InstitutionName": "Zebra4", "StudyDescription": "Zebra5", "ProtocolName": "Zebra6"}
    write_series(tmp_path / "zebra7", **marks)
    out = tmp_path / "qc.html"
    words = [tmp_path / "zebra7", "--out", tmp_path / "case", "--qc", out]
    done = CliRunner().invoke(app, ["import", *map(str, words), "--protocol", "oai-dess"])
    assert done.exit_code == 0, done.output
    text = out.read_text("utf-8")
    assert "zebra" not in text.lower() and "20200229" not in text
    assert "out of the protocol" in text and "MR DESS" in text
