"""The report as one HTML file: pictures inside, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import html

from xrviewer.report.content import Picture, Report, Section, Table
from xrviewer.report.drawing import as_svg

_STYLE = """
:root { --ink: #1b2126; --quiet: #5d6b76; --rule: #d5dce1; --accent: #1f7f99; --warning: #a4461a;
  --tint: #f2f7f9; color-scheme: light }
* { box-sizing: border-box }
html { background: #e9edf0; -webkit-text-size-adjust: 100% }
body { font: 15px/1.55 Roboto, Inter, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
  color: var(--ink); background: #fff; max-width: 940px; margin: 32px auto; padding: 60px 64px 40px;
  border-radius: 6px; box-shadow: 0 1px 2px #1b212614, 0 12px 40px #1b21261a }
header { border-bottom: 2px solid var(--accent); padding-bottom: 22px }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 16px; font-weight: 650; letter-spacing: -.01em }
h2 { font-size: 19px; line-height: 1.3; font-weight: 650; margin: 46px 0 10px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 22px; margin: 0 }
dt { color: var(--quiet) } dd { margin: 0 }
.warning { color: var(--warning); font-weight: 600; margin: 16px 0 0 }
.headline { background: var(--tint); border-left: 4px solid var(--accent); margin: 26px 0 0;
  padding: 14px 22px; border-radius: 0 5px 5px 0 }
.headline p { font-size: 17.5px; line-height: 1.45; margin: 6px 0 }
p { margin: 6px 0; text-wrap: pretty } p.note, figcaption { color: var(--quiet); font-size: 13px }
.table { overflow-x: auto; margin: 14px 0 6px }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; line-height: 1.4;
  font-variant-numeric: tabular-nums }
th { color: var(--quiet); font-weight: 500; text-align: left; padding: 5px 8px 5px 0;
  border-bottom: 1px solid var(--ink); vertical-align: bottom }
td { padding: 5px 8px 5px 0; border-bottom: 1px solid var(--rule) }
tbody tr:hover td { background: var(--tint) }
th.number, td.number { text-align: right; padding-left: 8px; white-space: nowrap }
tr > :last-child { padding-right: 0 }
tr.strong td { font-weight: 650; padding-top: 9px }
tr.marked td { color: var(--warning); font-weight: 600 }
ol { padding-left: 22px; margin: 8px 0 } li { margin: 3px 0; padding-left: 2px }
svg { overflow: visible } svg text { font-family: inherit }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 22px 36px; margin: 16px 0 20px }
.charts svg { width: 100%; height: auto }
figure { margin: 14px 0 24px; break-inside: avoid }
figure .shown { display: flex; gap: 22px; align-items: center }
figure img { min-width: 0; flex: 1; max-width: 100%; height: auto; border: 1px solid var(--rule);
  border-radius: 4px }
figure .shown svg { flex: none } figcaption { margin-top: 8px }
.gallery { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 24px; align-items: end }
.gallery figure.wide { grid-column: 1 / -1; padding-right: 28px }
footer { border-top: 1px solid var(--rule); margin-top: 52px; padding-top: 14px; font-size: 13px;
  color: var(--quiet) }
@media (max-width: 700px) {
  body { margin: 0; padding: 28px 18px; border-radius: 0; box-shadow: none }
  h1 { font-size: 25px } h2 { margin-top: 36px } .headline { padding: 10px 16px }
  .headline p { font-size: 16px } dl { gap: 3px 14px }
  .charts, .gallery { grid-template-columns: 1fr } table { font-size: 12.5px }
  .table th:first-child, .table td:first-child { position: sticky; left: 0; background: #fff;
    min-width: 118px }
  figure.wide .shown { flex-direction: column; align-items: flex-start }
}
@page { size: A4; margin: 17mm 18mm 16mm }
@media print {
  html { background: none }
  body { margin: 0; padding: 0; max-width: none; box-shadow: none; font-size: 9.6pt }
  h1 { font-size: 19pt } h2 { font-size: 12.5pt; margin-top: 22pt; break-after: avoid }
  .headline p { font-size: 11pt } table { font-size: 8.4pt } td, th { padding-block: 2.2pt }
  .headline, .warning { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  p.note, figcaption, footer { font-size: 8pt } .table { overflow: visible }
  tr, li, .charts svg { break-inside: avoid } p { orphans: 3; widows: 3 }
  .charts { gap: 12pt 22pt } .charts svg { max-height: 33mm }
  figure img { flex: none } figure:not(.wide) img { max-height: 104mm; width: auto }
  figure.wide img { width: 72% }
  footer { break-before: avoid; margin-top: 20pt }
}
"""


def as_html(report: Report) -> bytes:
    """Whole, in UTF-8."""
    facts = "".join(f"<dt>{_t(name)}</dt><dd>{_t(value)}</dd>" for name, value in report.facts)
    headline = "".join(f"<p>{_t(line)}</p>" for line in report.headline)
    sections = "".join(_section(section) for section in report.sections)
    page = (
        f'<!doctype html>\n<html lang="{report.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_t(report.title)}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{_t(report.title)}</h1><dl>{facts}</dl>"
        f'<p class="warning">{_t(report.note)}</p></header>'
        f'<div class="headline">{headline}</div>{sections}'
        f"<footer>{_t(report.note)}</footer></body></html>\n"
    )
    return page.encode()


def _section(section: Section) -> str:
    words = "".join(f"<p>{_t(line)}</p>" for line in section.words)
    steps = "".join(f"<li>{_t(line)}</li>" for line in section.steps)
    charts = "".join(as_svg(drawing) for drawing in section.charts)
    pictures = "".join(_picture(picture) for picture in section.pictures)
    return (
        f"<section><h2>{_t(section.title)}</h2>{words}"
        + (f"<ol>{steps}</ol>" if steps else "")
        + (f'<div class="charts">{charts}</div>' if charts else "")
        + "".join(_table(table) for table in section.tables)
        + (f'<div class="gallery">{pictures}</div>' if pictures else "")
        + "</section>"
    )


def _table(table: Table) -> str:
    kinds = ["" if i < table.words else ' class="number"' for i in range(len(table.columns))]
    cells = zip(kinds, table.columns, strict=True)
    head = "".join(f"<th{kind}>{_t(text)}</th>" for kind, text in cells)
    rows = ""
    for number, row in enumerate(table.rows):
        looks = [("strong", table.strong), ("marked", table.marked)]
        names = " ".join(name for name, of in looks if number in of)
        look = f' class="{names}"' if names else ""
        inside = "".join(
            f"<td{kind}>{_t(text)}</td>" for kind, text in zip(kinds, row, strict=True)
        )
        rows += f"<tr{look}>{inside}</tr>"
    note = f'<p class="note">{_t(table.note)}</p>' if table.note else ""
    whole = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="table">{whole}</div>{note}'


def _picture(picture: Picture) -> str:
    data = base64.b64encode(picture.png).decode()
    image = (
        f'<img alt="{_t(picture.caption)}" width="{picture.width}" height="{picture.height}" '
        f'src="data:image/png;base64,{data}">'
    )
    legend = as_svg(picture.legend) if picture.legend else ""
    wide = ' class="wide"' if picture.legend else ""
    shown = f'<div class="shown">{image}{legend}</div>'
    return f"<figure{wide}>{shown}<figcaption>{_t(picture.caption)}</figcaption></figure>"


def _t(words: str) -> str:
    return html.escape(words)
