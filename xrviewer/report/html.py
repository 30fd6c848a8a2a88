"""The report as one HTML file: pictures inside, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import html

from xrviewer.report.content import Picture, Report, Section, Table
from xrviewer.report.drawing import as_svg

_STYLE = """
:root { --ink: #1b2126; --quiet: #5d6b76; --rule: #d5dce1; --accent: #1f7f99 }
* { box-sizing: border-box }
body { font: 15px/1.5 "Inter", "Segoe UI", "Roboto", "Helvetica Neue", Arial, sans-serif;
  color: var(--ink); background: #fff; max-width: 860px; margin: 0 auto; padding: 56px 40px 72px }
header { border-bottom: 2px solid var(--accent); padding-bottom: 20px; margin-bottom: 8px }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 14px; font-weight: 600 }
h2 { font-size: 18px; font-weight: 600; margin: 40px 0 10px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 0 }
dt { color: var(--quiet) } dd { margin: 0 }
.headline p { font-size: 17px; margin: 14px 0 0 }
.warning { color: #a4461a; font-weight: 600; margin: 14px 0 0 }
p { margin: 6px 0 } p.note, figcaption { color: var(--quiet); font-size: 13px }
table { border-collapse: collapse; width: 100%; margin: 10px 0 4px; font-size: 13.5px;
  font-variant-numeric: tabular-nums }
th { color: var(--quiet); font-weight: 500; text-align: left; border-bottom: 1px solid var(--ink);
  padding: 4px 8px 4px 0; vertical-align: bottom }
td { padding: 4px 8px 4px 0; border-bottom: 1px solid var(--rule) }
th.number, td.number { text-align: right; padding: 4px 0 4px 8px; white-space: nowrap }
tr.strong td { font-weight: 600 }
ol { padding-left: 22px; margin: 8px 0 } li { margin: 3px 0 }
.charts { display: flex; flex-wrap: wrap; gap: 18px 28px; margin: 12px 0 }
svg text { font-family: inherit }
figure { margin: 14px 0 22px; break-inside: avoid }
figure .shown { display: flex; gap: 18px; align-items: center }
figure img { min-width: 0; flex: 1; max-width: 100%; height: auto; border: 1px solid var(--rule) }
.gallery { display: grid; grid-template-columns: 1fr 1fr; gap: 4px 22px }
.gallery figure.wide { grid-column: 1 / -1 }
footer { border-top: 1px solid var(--rule); margin-top: 48px; padding-top: 12px; font-size: 13px }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt } h2 { break-after: avoid }
  tr { break-inside: avoid } }
@media (max-width: 620px) { body { padding: 24px 16px } .gallery { grid-template-columns: 1fr } }
"""


def as_html(report: Report) -> bytes:
    """Whole, in UTF-8."""
    facts = "".join(f"<dt>{_t(name)}</dt><dd>{_t(value)}</dd>" for name, value in report.facts)
    headline = "".join(f"<p>{_t(line)}</p>" for line in report.headline)
    sections = "".join(_section(section) for section in report.sections)
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
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
        strong = ' class="strong"' if number in table.strong else ""
        inside = "".join(
            f"<td{kind}>{_t(text)}</td>" for kind, text in zip(kinds, row, strict=True)
        )
        rows += f"<tr{strong}>{inside}</tr>"
    note = f'<p class="note">{_t(table.note)}</p>' if table.note else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"


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
