"""`xrviewer report`: what was found of a case, on pages that can be handed on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from xrviewer.analysis.criteria import Criteria
from xrviewer.analysis.extents import volume
from xrviewer.analysis.figures import precision_of
from xrviewer.analysis.followup import Followup, followed, full_parts
from xrviewer.analysis.pairs import pairs_among
from xrviewer.analysis.region_response import region_response
from xrviewer.analysis.regions import knee_regions, lateral_sign
from xrviewer.analysis.response import responses
from xrviewer.analysis.summary import Row as ThicknessRow
from xrviewer.analysis.summary import rows as thickness_rows
from xrviewer.analysis.terms import REPEATABILITY_MM, Definition
from xrviewer.analysis.thickness import DEFINITIONS, SURFACE_METHOD, measure_surfaces, part_mesh
from xrviewer.capture.place import check_place
from xrviewer.case.model import Case, Timepoint
from xrviewer.case.quantity import Quantity
from xrviewer.caseio.atomic import write_whole
from xrviewer.commands.compare import nudge_of
from xrviewer.commands.gallery import SIZE_PX, gallery
from xrviewer.commands.kept import kept_stills
from xrviewer.commands.lesions import lesions
from xrviewer.document.measurements import Measurement
from xrviewer.document.show import read_session
from xrviewer.document.snapshot import Snapshot
from xrviewer.errors import GraphicsError, MeasureError, UsageError
from xrviewer.report.content import Picture, Report
from xrviewer.report.criteria_files import read_criteria
from xrviewer.report.gather import Findings, Judged, report_of
from xrviewer.report.html import as_html
from xrviewer.report.lesion_section import MaskedLesions
from xrviewer.report.lesions import visits
from xrviewer.report.numbers import as_numbers
from xrviewer.report.rows import rows
from xrviewer.words import languages, number, speak, told, tr

Say = Callable[[str], None]


def _pdf(report: Report) -> bytes:
    from xrviewer.report.pdf import as_pdf  # a third of a second, which HTML need not wait for

    return as_pdf(report)


_PAGES: dict[str, Callable[[Report], bytes]] = {".html": as_html, ".pdf": _pdf}


@dataclass(frozen=True, slots=True)
class Asked:
    session: Path | None = None
    criteria: tuple[str, ...] = ()
    repeatability_mm: float = REPEATABILITY_MM
    has_pictures: bool = True
    picture_px: int = SIZE_PX
    definition: Definition = Definition.NORMAL
    captures: Path | None = None
    """The folder of stills that were kept."""
    masks: tuple[Path, ...] = ()
    """Of lesions: the first date's and the later one's; or one of what is new."""
    mask_scans: tuple[Path, ...] = ()
    """By which the later mask is laid onto the first one."""
    language: str | None = None
    """Of the pages; None for the one that is spoken."""


def report(case: Case, out: Path, asked: Asked, say: Say) -> str:
    """Writes the pages, and beside them every number as CSV; says what it wrote."""
    pages = _PAGES.get(out.suffix.lower())
    if pages is None:
        raise UsageError(f"{out.name}: name a file that ends in {' or '.join(_PAGES)}")
    check_place(out)
    if asked.language is not None:
        _speak(asked.language)
    found = findings(case, asked, say)
    numbers = out.with_suffix(".csv")
    write_whole(out, pages(report_of(found)))
    write_whole(numbers, as_numbers(found))
    return f"wrote {out} and {numbers}"


def _speak(language: str) -> None:
    if language not in languages():
        known = ", ".join(languages())
        raise UsageError(f"--language {language}: choose one of {known}")
    speak(language)


def findings(case: Case, asked: Asked, say: Say) -> Findings:
    """Raises MeasureError where there is nothing at all to report."""
    rules = [read_criteria(name) for name in asked.criteria]
    masked = _masked(asked)
    session = None if asked.session is None else read_session(asked.session)[0]
    measured = [] if session is None else list(session.measurements.values())
    followups, why_not = _followups(case, asked, session)
    for line in why_not:
        say(line)
    return Findings(
        case,
        DEFINITIONS[asked.definition],
        SURFACE_METHOD,
        asked.repeatability_mm,
        () if followups else _thickness(case.timepoints[0], asked),
        followups,
        why_not,
        _volumes(case),
        rows(case, measured),
        tuple(_judged(case, rule, followups, measured) for rule in rules),
        _pictures(case, followups, asked, say),
        kept_stills(asked.captures, say),
        masked,
    )


def _masked(asked: Asked) -> MaskedLesions | None:
    if not asked.masks:
        return None
    before, *after = asked.masks
    scans = (asked.mask_scans[0], asked.mask_scans[1]) if asked.mask_scans else None
    table = lesions(before, after[0] if after else None, scans, 0.0)
    fit = ""
    if table.fit is not None:
        residual, likeness = table.fit.residual_mm, table.fit.likeness
        sizes = {"residual": number(residual, 2), "likeness": number(likeness, 2)}
        fit = tr("scans fit: there and back {residual} mm, likeness {likeness}", **sizes)
    return MaskedLesions(table.rows, table.before_mm3, table.after_mm3, table.method, fit)


def _followups(
    case: Case, asked: Asked, session: Snapshot | None
) -> tuple[tuple[Followup, ...], tuple[str, ...]]:
    """Of each later date since the first one; one that does not fit is told, and shown nowhere."""
    first, *later = sorted(case.timepoints, key=lambda t: t.day)
    found, why_not = [], []
    for after in later:
        nudge = None if session is None else nudge_of(session, after)
        try:
            found.append(followed(first, after, asked.definition, asked.repeatability_mm, nudge))
        except MeasureError as error:
            names = {"after": tr(after.name), "first": tr(first.name)}
            line = tr(
                "{after} was not compared with {first}: {reason}.", **names, reason=told(error)
            )
            why_not.append(line)
    return tuple(found), tuple(why_not)


def _thickness(timepoint: Timepoint, asked: Asked) -> tuple[ThicknessRow, ...]:
    lateral = lateral_sign(timepoint.surfaces)
    return tuple(
        row
        for pair in pairs_among(full_parts(timepoint))
        for thickness in [measure_surfaces(timepoint.surfaces, pair, asked.definition)]
        for row in thickness_rows(thickness, knee_regions(thickness, lateral))
    )


def _volumes(case: Case) -> dict[str, dict[str, Quantity]]:
    """Of the surfaces that enclose one."""
    found: dict[str, dict[str, Quantity]] = {}
    for layer in case.layers:
        for timepoint in case.timepoints:
            if layer.id in full_parts(timepoint):
                try:
                    mesh = part_mesh(timepoint.surfaces, layer.id)
                    size = volume(mesh, precision_of(timepoint))
                except MeasureError:
                    continue  # an open surface has none
                found.setdefault(layer.id, {})[timepoint.id] = size
    return found


def _judged(
    case: Case, rule: Criteria, followups: Iterable[Followup], measured: list[Measurement]
) -> Judged:
    try:
        if rule.regions is not None:
            found = tuple((one.after.name, region_response(rule, one.rows)) for one in followups)
            lacks = tr("{rule} needs a later date that fits the first one.", rule=tr(rule.name))
            return Judged(rule, found, "" if found else lacks)
        said = responses(rule, visits(case, rule, measured))
        return Judged(rule, tuple((one.visit, one) for one in said))
    except MeasureError as error:
        return Judged(rule, why_not=f"{told(error)}.")


def _pictures(
    case: Case, followups: tuple[Followup, ...], asked: Asked, say: Say
) -> tuple[Picture, ...]:
    if not asked.has_pictures:
        return ()
    try:
        return gallery(case, followups, asked.repeatability_mm, asked.picture_px)
    except GraphicsError as error:
        say(f"without pictures: {error}")
        return ()
