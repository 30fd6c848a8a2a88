"""`xrviewer report`: the pages of small cases, and what they refuse to show."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
import pytest
from highdicom.sr import Comprehensive3DSR
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from typer.testing import CliRunner

from tests.commands.test_compare import two_dates
from tests.shapes import case_of, nothing, sphere
from xrviewer.analysis.figures import Precision
from xrviewer.analysis.figures import measured as found_between
from xrviewer.case.measured import Kind, Lesion, Measured
from xrviewer.case.model import Case
from xrviewer.case.surfaces import Surfaces, pack_parts
from xrviewer.case.volume import Volume
from xrviewer.caseio.folder import save_case
from xrviewer.cli import app
from xrviewer.commands.gallery import gallery
from xrviewer.commands.lesion_words import masks_of
from xrviewer.commands.report import Asked, findings, report
from xrviewer.document.comparison_intents import NudgeDate
from xrviewer.document.document import Document
from xrviewer.document.journal import Journal
from xrviewer.document.measurement_intents import MarkLesion, Measure, NoteMeasurement
from xrviewer.errors import UsageError
from xrviewer.gpu.context import Capabilities
from xrviewer.report.gather import report_of
from xrviewer.report.html import as_html
from xrviewer.report.markups import as_markups, read_markups
from xrviewer.report.numbers import as_numbers
from xrviewer.report.pdf import as_pdf
from xrviewer.report.rows import rows
from xrviewer.report.signs import signed
from xrviewer.report.structured import as_structured_report
from xrviewer.report.table import as_cells, as_csv, as_json
from xrviewer.spatial.transforms import PartPlace
from xrviewer.words import speak

RUN = CliRunner()
NO_PICTURES = Asked(has_pictures=False)


def quiet(_: str) -> None: ...


@pytest.fixture(scope="module")
def thinner() -> Case:
    return two_dates(1.4, (4.0, -3.0, 8.0))


def test_a_page_with_pictures_is_whole_and_the_same_twice(tmp_path: Path, thinner: Case) -> None:
    pages = []
    for name in ("one", "two"):
        report(thinner, tmp_path / f"{name}.html", Asked(picture_px=200), quiet)
        pages.append((tmp_path / f"{name}.html").read_bytes())
    assert pages[0] == pages[1]
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    text = pages[0].decode()
    seen = _Seen()
    seen.feed(text)
    assert not seen.open and seen.pictures == 3  # both dates, and the change
    assert not re.search(r"(src|href)=.(?!data:)|url\(|@import", text)
    assert "the femoral_cartilage became thinner by up to 0.6 mm" in text
    assert text.count("Not for diagnostic use") == 2 and "xrviewer 0." in text


class _Seen(HTMLParser):
    """What is left open at the end, and how many pictures there are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.pictures = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.pictures += tag == "img"
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_pdf_is_the_same_twice_and_holds_no_date(thinner: Case) -> None:
    found = report_of(findings(thinner, NO_PICTURES, quiet))
    one, two = as_pdf(found), as_pdf(found)
    assert one == two and one.startswith(b"%PDF-")
    assert b"/Count 2" in one or b"/Count 1" in one
    assert b"20260" not in one and b"/CreationDate (D:2000" in one


def test_every_number_is_in_the_table(tmp_path: Path, thinner: Case) -> None:
    report(thinner, tmp_path / "r.html", NO_PICTURES, quiet)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig"))))
    (whole,) = (
        row for row in rows if row["region"] == "all" and row["quantity"] == "mean thickness"
    )
    assert float(whole["change"]) == pytest.approx(-0.6, abs=0.02)
    assert float(whole["detectable"]) == pytest.approx(
        1.414 * float(whole["uncertainty"]), rel=0.01
    )
    assert whole["is_beyond_error"] == "True"
    (fit,) = (row for row in rows if row["quantity"] == "fit residual")
    assert float(fit["value"]) < 0.05
    assert {row["remark"] for row in rows} == {"Not for diagnostic use"}


def test_a_bad_fit_is_told_and_not_shown(thinner: Case) -> None:
    told: list[str] = []
    found = report_of(findings(two_dates(2.0, (0, 0, 0), -1.0), NO_PICTURES, told.append))
    (line,) = told
    assert "Date 1 was not compared with Date 0: femur: the two dates are of opposite" in line
    assert line in found.headline
    assert not any(section.title.startswith("Change") for section in found.sections)


def test_one_date(thinner: Case) -> None:
    alone = replace(thinner, timepoints=thinner.timepoints[:1])
    page = as_html(report_of(findings(alone, NO_PICTURES, quiet))).decode()
    assert "One date: there is nothing to compare it with yet." in page
    assert "<h2>Cartilage thickness</h2>" in page and "NaN" not in page


def lesion(document: Document, name: str, timepoint: str, length_mm: float) -> None:
    points = ((0.0, 0.0, 0.0), (length_mm, 0.0, 0.0))
    quantity = found_between(Kind.DISTANCE, points, Precision(0.5))  # type: ignore[arg-type]
    id = f"m{len(document.snapshot.all_measurements)}"
    document.apply(Measure(id, Measured(Kind.DISTANCE, timepoint, points, (), quantity), name))
    document.apply(MarkLesion(id, Lesion.TARGET))


@pytest.fixture
def session(tmp_path: Path, thinner: Case) -> Callable[[], Path]:
    """40 mm, then 20; and a second one of 12 mm that is gone."""

    def kept() -> Path:
        path = tmp_path / "s.jsonl"
        with Journal(path) as journal:
            document = Document(thinner, journal=journal)
            lesion(document, "liver", "t0", 40.0)
            lesion(document, "lung", "t0", 12.0)
            lesion(document, "liver", "t1", 20.0)
            gone = Measured(Kind.NOTE, "t1", ((0.0, 0.0, 0.0),))
            document.apply(Measure("n", gone, "lung"))
            document.apply(NoteMeasurement("n", "gone; nothing to be seen"))
            document.apply(MarkLesion("n", Lesion.TARGET))
        return path

    return kept


def test_the_rule_its_inputs_and_each_step(thinner: Case, session: Callable[[], Path]) -> None:
    """52 mm to 20: -61.5 %."""
    asked = replace(NO_PICTURES, session=session(), criteria=("recist-1.1", "cartilage-oai"))
    found = report_of(findings(thinner, asked, quiet))
    judged, region = found.sections[:2]
    assert "version 1.1 (2009). Source: Eisenhauer EA" in judged.words[0]
    assert judged.steps[0] == "Targets chosen at Date 0: liver 40.0 mm; lung 12.0 mm."
    assert judged.steps[1].startswith("Of liver, lung the organ is not known")
    assert judged.steps[2] == "Targets at Date 1: liver 20.0 ± 0.7 mm; lung gone."
    assert judged.steps[4].startswith(
        "Since the baseline (Date 0, 52.0 ± 1.0 mm): -32.0 mm, -61.5 %"
    )
    assert judged.steps[-1] == "Together: PR."
    assert "none of its regions is in this case" in region.words[1]
    assert "RECIST 1.1 at Date 1: PR." in found.headline
    (measurements,) = (s for s in found.sections if s.title == "Measurements")
    assert len(measurements.charts) == 1 and len(measurements.tables[0].rows) == 4


EVIL = "a\x00b\x1b[31m\r\nc\u2028d\u202etxt\u2066e =HYPERLINK()\x9f"
UNSEEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
"""Of what no text holds: line ends and tabs are of the table."""
CLEAN = "a b [31m c d txt e =HYPERLINK()"


def test_names_that_another_wrote_into_a_session_are_one_line_everywhere(
    thinner: Case, session: Callable[[], Path], tmp_path: Path
) -> None:
    """The document would not have written them; a file may hold anything."""
    path = session()
    path.write_text(path.read_text().replace('"liver"', json.dumps(EVIL)))
    with Journal(path) as journal:
        found = list(Document(thinner, journal=journal).snapshot.measurements.values())
    assert [one.name for one in found] == [CLEAN, "lung", CLEAN, "lung"]
    table = rows(thinner, found)
    told = findings(thinner, replace(NO_PICTURES, session=path), quiet)
    written = report_of(told)
    sr = as_structured_report(thinner, found, datetime(2026, 3, 1))
    texts = [as_csv(table), as_cells(table).encode(), as_json(thinner, table), as_markups(found)]
    texts += [as_html(written), as_numbers(told)]
    for text in texts:
        seen = text.decode("utf-8-sig")
        assert CLEAN in unescape(seen) and not re.search(UNSEEN, seen)
    (tmp_path / "m.mrk.json").write_bytes(texts[3])
    assert {one.name for one in read_markups(tmp_path / "m.mrk.json")[0]} == {CLEAN, "lung"}
    content = Comprehensive3DSR.from_dataset(pydicom.dcmread(io.BytesIO(sr))).content
    named = {g.tracking_identifier for g in content.get_image_measurement_groups()}
    assert named == {CLEAN, "lung"}
    assert as_pdf(written).startswith(b"%PDF")


@pytest.fixture
def german() -> Iterator[None]:
    speak("de")
    yield
    speak("en")


def test_all_of_it_in_german(
    thinner: Case, session: Callable[[], Path], tmp_path: Path, german: None
) -> None:
    """No English word left, a decimal comma on the page, a point in the table; the same twice."""
    masks = mask(tmp_path / "a.nii", (2, 4)), mask(tmp_path / "b.nii", (2, 8), (34, 3))
    asked = Asked(
        session=session(), criteria=("recist-1.1", "cartilage-oai"), masks=masks, picture_px=120
    )
    found = findings(thinner, asked, quiet)
    whole, again = report_of(found), report_of(found)
    page = as_html(whole).decode()
    assert page.encode() == as_html(again) and as_pdf(whole) == as_pdf(again)
    assert '<html lang="de">' in page and page.count("Nicht für diagnostische") == 2
    text = re.sub(r"(?s)<style>.*?</style>|<[^>]*>", " ", page)
    for judged in found.judged:
        text = text.replace(judged.criteria.source, "")  # a citation stays as it was printed
    words = "the of and or since with change targets mean largest from none not within by".split()
    assert not set(re.findall(r"\w+", text)) & set(words)
    assert not re.search(r"(?<![\d.])\d+\.\d+ (?:mm|ml|%)", text)  # 1,2 mm and never 1.2 mm
    assert "um bis zu 0,6 mm dünner" in text and "Zusammen: PR." in text
    table = as_numbers(found).decode("utf-8-sig")
    speak("en")
    assert table == as_numbers(found).decode("utf-8-sig") and "mean thickness" in table


def test_the_language_is_asked_for_or_the_readers(tmp_path: Path, thinner: Case) -> None:
    save_case(thinner, tmp_path / "c")
    words = ["report", str(tmp_path / "c"), "--no-pictures", "--out", str(tmp_path / "r.html")]
    for more, variables, lang in (
        (["--language", "de"], {}, "de"),
        ([], {"XRVIEWER_LANGUAGE": "de"}, "de"),
    ):
        done = RUN.invoke(app, [*words, *more], env={"XRVIEWER_LANGUAGE": "en", **variables})
        assert done.exit_code == 0, done.output
        assert f'<html lang="{lang}">' in (tmp_path / "r.html").read_text("utf-8")
    refused = RUN.invoke(app, [*words, "--language", "xx"])
    assert "choose one of en, de" in str(refused.exception)
    speak("en")


def test_what_a_hand_did_is_on_the_page(tmp_path: Path, thinner: Case) -> None:
    with Journal(tmp_path / "s") as journal:
        Document(thinner, journal=journal).apply(NudgeDate("t1", PartPlace((0.0, 0.3, 0.0))))
    whole = report_of(findings(thinner, replace(NO_PICTURES, session=tmp_path / "s"), quiet))
    (section,) = (s for s in whole.sections if s.title.startswith("Change from"))
    assert "Date 1 was adjusted by hand; see below." in whole.headline
    assert re.search(r"what remains apart: femur 0\.1\d mm", section.words[0])
    assert "moved by 0.30 mm and turned by 0.00° on top of the automatic fit" in section.words[1]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--out", "r.docx"), "name a file that ends in .html or .pdf"),
        (("--out", "none/r.pdf"), "there is no folder"),
        (("--out", "r.html", "--criteria", "who"), "none of cartilage-oai"),
    ],
)
def test_what_cannot_be_written(
    tmp_path: Path, thinner: Case, words: tuple[str, ...], reason: str
) -> None:
    save_case(thinner, tmp_path / "c")
    place = [str(tmp_path / words[1]), *words[2:]]
    done = RUN.invoke(app, ["report", str(tmp_path / "c"), "--no-pictures", "--out", *place])
    assert done.exit_code != 0 and reason in str(done.exception)
    assert not list(tmp_path.glob("r.*"))


def test_stills_come_along_without_their_names(tmp_path: Path, thinner: Case) -> None:
    """What is written beside the pixels stays behind, and so does a picture from elsewhere."""
    written = PngInfo()
    written.add_text("Author", "Erika Mustermann")
    for name, color in (("still-001.png", "#208040"), ("still-002.png", "red")):
        Image.new("RGBA", (3200, 1800), color).save(tmp_path / name, pnginfo=written)
    Image.new("RGB", (8, 8)).save(tmp_path / "mustermann.png")
    (tmp_path / "still-003.png").write_bytes(b"no picture")
    told: list[str] = []
    found = findings(thinner, replace(NO_PICTURES, captures=tmp_path), told.append)
    first, second = found.captures
    assert (first.width, first.height) == (1600, 900)
    assert second.caption == "Kept while looking, 2 of 3."
    with Image.open(io.BytesIO(first.png)) as still:
        assert still.getpixel((800, 450)) == (0x20, 0x80, 0x40) and not still.text  # type: ignore[attr-defined]
    (line,) = told
    assert line.startswith("still-003.png is left out of the report")
    page = as_html(report_of(found)).decode()
    assert "<h2>Kept while looking</h2>" in page and "ustermann" not in page
    assert as_pdf(report_of(found)) == as_pdf(report_of(found))
    assert findings(thinner, NO_PICTURES, quiet).captures == ()


def test_stills_of_the_case_are_taken_unless_refused(tmp_path: Path, thinner: Case) -> None:
    save_case(thinner, tmp_path / "c")
    (tmp_path / "c" / "captures").mkdir()
    Image.new("RGB", (40, 30)).save(tmp_path / "c" / "captures" / "still-001.png")
    words = ["report", str(tmp_path / "c"), "--no-pictures", "--out", str(tmp_path / "r.html")]
    for more, count in (([], 1), (["--no-captures"], 0)):
        done = RUN.invoke(app, [*words, *more])
        assert done.exit_code == 0, done.output
        assert (tmp_path / "r.html").read_text("utf-8").count("<img") == count


def mask(file: Path, *boxes: tuple[int, int]) -> Path:
    """Cubes: where along x, and how many voxels wide; 1 mm each."""
    voxels = np.zeros((40, 20, 20), np.uint8)
    for at, size in boxes:
        voxels[at : at + size, 2 : 2 + size, 2 : 2 + size] = 1
    nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), file)
    return file


def test_lesions_of_masks_are_in_the_report(tmp_path: Path, thinner: Case) -> None:
    masks = (
        mask(tmp_path / "a.nii", (2, 4), (20, 6)),
        mask(tmp_path / "b.nii", (2, 8), (34, 3)),
    )
    asked = replace(NO_PICTURES, masks=masks)
    found = findings(thinner, asked, quiet)
    whole = report_of(found)
    assert "Lesions: 1 new, 1 grown, 1 vanished; together from 280 to 539 mm³." in whole.headline
    (section,) = (s for s in whole.sections if s.title == "Lesions")
    (table,) = section.tables
    assert table.rows[0][:4] == ("grown", "64.0", "512.0", "+448.0")
    assert table.marked == {0, 1, 2}
    rows = list(csv.DictReader(io.StringIO(as_numbers(found).decode("utf-8-sig"))))
    (new,) = (row for row in rows if row["region"] == "new")
    assert (new["value"], new["unit"], new["percent"]) == ("27.0", "mm3", "")


@pytest.mark.parametrize(
    ("masks", "scans", "reason"),
    [
        ("a,b,c", "", "one mask or two"),
        ("a,b", "c", "names two scans"),
        ("a", "c,d", "names two scans"),
    ],
)
def test_masks_that_are_named_amiss(masks: str, scans: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        masks_of(masks, scans)


def test_a_structure_that_one_date_lacks_is_told(thinner: Case) -> None:
    first, second = thinner.timepoints
    surfaces = first.surfaces
    more = pack_parts([*_parts(surfaces), ("acl", *sphere((0, 0, 90), 4, 6))])
    less = pack_parts([*_parts(second.surfaces), ("acl", *nothing())])
    layer = replace(thinner.layers[0], id="acl", name="Cruciate", role="ligament")
    dates = (replace(first, surfaces=more), replace(second, surfaces=less))
    case = replace(thinner, layers=(*thinner.layers, layer), timepoints=dates)
    found = report_of(findings(case, NO_PICTURES, quiet))
    (section,) = (s for s in found.sections if s.title.startswith("Change"))
    assert section.words[1:] == ("Cruciate was not compared: Date 1 has none of it.",)


def _parts(surfaces: Surfaces) -> list[tuple[str, Any, Any, Any]]:
    found = []
    for i, id in enumerate(surfaces.part_ids):
        positions_mm, triangles = surfaces.part(i)
        first = int(surfaces.parts[i]["vertex_first"])
        normals = surfaces.normals[first : first + len(positions_mm)]
        found.append((id, positions_mm, normals, triangles))
    return found


def test_where_nothing_is_segmented_the_scan_is_pictured(gl: Capabilities) -> None:
    """Left of the patient is right of the picture; nothing is said of a thickness."""
    voxels = np.zeros((40, 40, 10), np.uint8, order="F")
    voxels[20:] = 100  # towards the patient's left
    voxels[:, :4] = 200
    scan = Volume("flair", "FLAIR", "MR", voxels, np.diag([2.0, 2.0, 4.0, 1.0]))
    case = case_of({"brain": nothing()})
    case = replace(case, timepoints=(replace(case.timepoints[0], volumes=(scan,)),))
    (shown,) = gallery(case, (), 0.1, 200)
    seen = np.asarray(Image.open(io.BytesIO(shown.png))).astype(int).sum(axis=2)
    middle = seen[seen.shape[0] // 2]
    quarter = len(middle) // 4
    assert middle[quarter] < 100 < middle[-quarter] < 740
    assert "from below" in shown.caption
    page = as_html(report_of(findings(case, NO_PICTURES, quiet))).decode()
    assert "Methods" in page and "Thickness" not in page


def test_signs() -> None:
    assert signed(-12345.6, 1) == "−12,345.6"
    assert [signed(v, 2) for v in (-0.001, 0.004, -0.21, 1.2)] == ["0.00", "0.00", "−0.21", "+1.20"]
