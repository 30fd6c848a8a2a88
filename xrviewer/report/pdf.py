"""The report as PDF, A4. The same report gives the same bytes: no date, no random id in it."""

from __future__ import annotations

import io
from functools import cache
from html import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    Image,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as PdfTable

from xrviewer.report.content import Picture, Report, Section, Table
from xrviewer.report.drawing import (
    ACCENT,
    INK,
    QUIET,
    RULE,
    WARNING,
    Disc,
    Drawing,
    Line,
    Rect,
    Words,
)
from xrviewer.resources import strong_font, text_font

_MARGIN, _FOOT = 62.0, 54.0
_WIDTH = A4[0] - 2 * _MARGIN
_GAP = 16.0
_TEXT, _STRONG = "Report", "Report-Strong"
_LEGEND_SHARE = 0.74
_TALLEST = 270.0
"""Of a picture: two rows of them share a page with their heading and captions."""


def as_pdf(report: Report) -> bytes:
    """A whole file."""
    _fonts()
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, title=report.title, author="xrviewer", subject=report.note, invariant=1
    )
    frame = Frame(_MARGIN, _FOOT, _WIDTH, A4[1] - _FOOT - _MARGIN, 0, 0, 0, 0)
    drawn = PageTemplate("page", [frame], onPage=lambda canvas, _: _foot(canvas, report))
    document.addPageTemplates([drawn])
    story = _head(report)
    for section in report.sections:
        story += _section(section)
    document.build(story)
    return out.getvalue()


@cache
def _fonts() -> None:
    pdfmetrics.registerFont(TTFont(_TEXT, str(text_font())))
    pdfmetrics.registerFont(TTFont(_STRONG, str(strong_font())))
    pdfmetrics.registerFontFamily(_TEXT, _TEXT, _STRONG, _TEXT, _STRONG)


def _style(
    size: float, color: str = INK, *, is_strong: bool = False, **more: float
) -> ParagraphStyle:
    font = _STRONG if is_strong else _TEXT
    return ParagraphStyle(
        f"{size}{color}{is_strong}{more}",
        fontName=font,
        fontSize=size,
        leading=size * 1.42,
        textColor=HexColor(color),
        **more,
    )


_TITLE = _style(19, is_strong=True, spaceAfter=8)
_HEADING = _style(12.5, is_strong=True, spaceBefore=20, spaceAfter=5)
_LEAD, _BODY, _SMALL = _style(11, spaceBefore=6), _style(9.2, spaceAfter=3), _style(7.8, QUIET)
_CELL, _CELL_STRONG = _style(8), _style(8, is_strong=True)
_CELL_MARKED = _style(8, WARNING, is_strong=True)
_ALARM = _style(9.2, WARNING, is_strong=True, spaceBefore=8)


def _head(report: Report) -> list[Flowable]:
    facts = [[_p(name, _style(9, QUIET)), _p(value, _style(9))] for name, value in report.facts]
    table = PdfTable(facts, colWidths=[86, _WIDTH - 86])
    table.setStyle([*_TIGHT, ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)])
    return [
        _p(report.title, _TITLE),
        table,
        _p(report.note, _ALARM),
        Spacer(1, 10),
        _Rule(),
        *(_p(line, _LEAD) for line in report.headline),
    ]


_TIGHT = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


def _foot(canvas: Canvas, report: Report) -> None:
    """On every page: what it is, and what it is not for."""
    canvas.saveState()
    canvas.setFont(_TEXT, 7.8)
    canvas.setFillColor(HexColor(QUIET))
    canvas.drawString(_MARGIN, 32, report.title)
    canvas.drawCentredString(A4[0] / 2, 32, report.note)
    canvas.drawRightString(A4[0] - _MARGIN, 32, str(canvas.getPageNumber()))
    canvas.restoreState()


def _section(section: Section) -> list[Flowable]:
    lead: list[Flowable] = [_p(section.title, _HEADING)]
    lead += [_p(line, _BODY) for line in section.words]
    parts: list[Flowable] = [_p(f"{n}. {line}", _BODY) for n, line in enumerate(section.steps, 1)]
    parts += _charts(section.charts)
    for table in section.tables:
        parts += _table(table)
    parts += _gallery(section.pictures)
    if not parts:
        return [KeepTogether(lead)]
    is_picture_first = bool(section.pictures) and not (section.tables or section.charts)
    return [CondPageBreak(_TALLEST + 90 if is_picture_first else 120), *lead, *parts]


def _table(table: Table) -> list[Flowable]:
    words, numbers = table.words, len(table.columns) - table.words
    number_width = min(62.0, _WIDTH * 0.72 / max(numbers, 1))
    wide = (_WIDTH - numbers * number_width) / words
    widths = [wide] * words + [number_width] * numbers
    head = [_cell(text, i >= words, _style(8, QUIET)) for i, text in enumerate(table.columns)]
    rows = [
        [_cell(text, i >= words, _look(table, n)) for i, text in enumerate(row)]
        for n, row in enumerate(table.rows)
    ]
    made = PdfTable([head, *rows], colWidths=widths, repeatRows=1)
    made.setStyle(
        [
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.7, HexColor(INK)),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, HexColor(RULE)),
        ]
    )
    note = [_p(table.note, _SMALL)] if table.note else []
    return [Spacer(1, 4), made, Spacer(1, 3), *note, Spacer(1, 4)]


def _look(table: Table, row: int) -> ParagraphStyle:
    if row in table.marked:
        return _CELL_MARKED
    return _CELL_STRONG if row in table.strong else _CELL


def _cell(text: str, is_number: bool, style: ParagraphStyle) -> Paragraph:
    aligned = ParagraphStyle(style.name + "r", style, alignment=2) if is_number else style
    return _p(text, aligned)


def _charts(charts: tuple[Drawing, ...]) -> list[Flowable]:
    """Two beside each other."""
    rows = [charts[i : i + 2] for i in range(0, len(charts), 2)]
    return [_beside([_Drawn(chart) for chart in row]) for row in rows]


def _gallery(pictures: tuple[Picture, ...]) -> list[Flowable]:
    """One with a legend takes the page's width; others stand in twos."""
    found: list[Flowable] = []
    waiting: list[Flowable] = []
    for picture in pictures:
        if picture.legend is not None:
            found += _flushed(waiting)
            waiting = []
            found.append(_with_legend(picture, picture.legend))
        else:
            waiting.append(_Figure(picture, (_WIDTH - _GAP) / 2))
            if len(waiting) == 2:
                found += _flushed(waiting)
                waiting = []
    return found + _flushed(waiting)


def _flushed(waiting: list[Flowable]) -> list[Flowable]:
    return [_beside(waiting)] if waiting else []


def _beside(parts: list[Flowable]) -> Flowable:
    half = (_WIDTH - _GAP) / 2
    cells = [*parts, *[""] * (2 - len(parts))]
    made = PdfTable([[cells[0], "", cells[1]]], colWidths=[half, _GAP, half])
    made.setStyle([*_TIGHT, ("BOTTOMPADDING", (0, 0), (-1, -1), 10)])
    return made


def _with_legend(picture: Picture, legend: Drawing) -> Flowable:
    width = _WIDTH * _LEGEND_SHARE
    cells = [[_Figure(picture, width), "", _Drawn(legend)]]
    made = PdfTable(cells, colWidths=[width, _GAP, _WIDTH - width - _GAP])
    made.setStyle([*_TIGHT, ("BOTTOMPADDING", (0, 0), (-1, -1), 12)])
    return made


class _Figure(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A picture over its caption, as one."""

    def __init__(self, picture: Picture, width: float) -> None:
        super().__init__()
        width = min(width, _TALLEST * picture.width / picture.height)
        self._image = Image(io.BytesIO(picture.png), width, width * picture.height / picture.width)
        self._caption = _p(picture.caption, _SMALL)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        _, self._below = self._caption.wrap(self._image.drawWidth, height)
        return self._image.drawWidth, self._image.drawHeight + self._below + 4

    def draw(self) -> None:
        self._image.drawOn(self.canv, 0, self._below + 4)
        self._caption.drawOn(self.canv, 0, 0)


class _Rule(Flowable):  # type: ignore[misc]
    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, 2.0

    def draw(self) -> None:
        self.canv.setStrokeColor(HexColor(ACCENT))
        self.canv.setLineWidth(1.4)
        self.canv.line(0, 1, _WIDTH, 1)


class _Drawn(Flowable):  # type: ignore[misc]
    """A drawing; its y goes down, the page's up."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self._drawing = drawing

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return self._drawing.width, self._drawing.height

    def draw(self) -> None:
        tall = self._drawing.height
        for shape in self._drawing.shapes:
            self._shape(shape, tall)

    def _shape(self, shape: object, tall: float) -> None:
        canvas = self.canv
        match shape:
            case Line():
                canvas.setStrokeColor(HexColor(shape.color))
                canvas.setLineWidth(shape.width)
                path = canvas.beginPath()
                path.moveTo(shape.points[0][0], tall - shape.points[0][1])
                for x, y in shape.points[1:]:
                    path.lineTo(x, tall - y)
                canvas.drawPath(path)
            case Rect():
                canvas.setFillColor(HexColor(shape.color))
                low = tall - shape.y - shape.height
                canvas.rect(shape.x, low, shape.width, shape.height, stroke=0, fill=1)
            case Disc():
                canvas.setFillColor(HexColor(shape.color))
                canvas.circle(shape.x, tall - shape.y, shape.radius, stroke=0, fill=1)
            case Words():
                canvas.setFillColor(HexColor(shape.color))
                canvas.setFont(_TEXT, shape.size)
                write = {
                    "start": canvas.drawString,
                    "middle": canvas.drawCentredString,
                    "end": canvas.drawRightString,
                }[shape.anchor]
                write(shape.x, tall - shape.y, shape.text)


def _p(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text), style)
