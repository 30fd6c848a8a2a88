"""The page: one HTML file, its pictures inside, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence

from xrviewer import __version__
from xrviewer.ingest.quality.findings import Finding, Verdict
from xrviewer.ingest.quality.measure import Quality, ScanPage

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1d2327; background: #f6f7f8; margin: 0 auto;
  max-width: 1080px; padding: 24px }
h1 { font-size: 24px; margin: 0 } h2 { font-size: 18px; margin: 32px 0 8px }
p.small { color: #55606a; margin: 4px 0 0 }
table { border-collapse: collapse; width: 100%; background: #fff }
th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid #e2e6e9 }
th { color: #55606a; font-weight: 600 } td.number { font-variant-numeric: tabular-nums }
.good { color: #0a6b3d } .bad { color: #a4161a; font-weight: 700 } .none { color: #7a858e }
.state { display: inline-block; padding: 4px 12px; border-radius: 4px; color: #fff }
.state.good { background: #0a6b3d } .state.bad { background: #a4161a }
.state.none { background: #55606a }
img { height: 260px; margin: 4px 6px 4px 0; background: #000 }
svg { background: #fff; width: 100%; height: 140px }
"""
_MARKS = {Verdict.GOOD: "good", Verdict.BAD: "bad", Verdict.NONE: "none"}
_WORDS = {Verdict.GOOD: "✓ good", Verdict.BAD: "✗ out of limits", Verdict.NONE: "–"}


def page(quality: Quality) -> str:
    """Whole, in UTF-8."""
    state, words = _state(quality)
    scans = "".join(_scan(scan) for scan in quality.scans)
    made = "".join(f"<li>{_text(line)}</li>" for line in quality.provenance)
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8">'
        f"<title>Quality: {_text(quality.title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>Quality of {_text(quality.title)}</h1>"
        f'<p class="small">{_text(quality.timepoint)}; {_text(quality.protocol_line)}; '
        f"xrviewer {__version__}. Not for diagnostic use.</p>"
        f'<p><span class="state {state}">{words}</span></p>'
        f"{_table('Structures and surfaces', quality.findings)}{scans}"
        f"<h2>How it was made</h2><ul>{made}</ul>"
        "</body></html>\n"
    )


def _state(quality: Quality) -> tuple[str, str]:
    if quality.protocol is None:
        return "none", "measured, not judged: no protocol was given"
    bad = quality.bad
    if not bad:
        return "good", "within the protocol"
    return "bad", f"out of the protocol in {len(bad)} of {quality.judged} measures"


def _scan(scan: ScanPage) -> str:
    shown = "".join(
        f'<img alt="{_text(scan.name)}, plane {n}" '
        f'src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
        for n, picture in enumerate(scan.pictures, 1)
    )
    return _table(scan.name, scan.findings) + f"<p>{shown}</p>" + _chart(scan.correlation)


def _table(title: str, findings: Sequence[Finding]) -> str:
    if not findings:
        return ""
    rows = "".join(
        f"<tr><td>{_text(f.about)}</td><td>{_text(f.what)}</td>"
        f'<td class="number">{_text(f.found)}</td><td class="number">{_text(f.wanted)}</td>'
        f'<td class="{_MARKS[f.verdict]}">{_WORDS[f.verdict]}</td></tr>'
        for f in findings
    )
    head = "".join(f"<th>{word}</th>" for word in ("of", "what", "found", "wanted", ""))
    return f"<h2>{_text(title)}</h2><table><tr>{head}</tr>{rows}</table>"


def _chart(values: Sequence[float]) -> str:
    """Likeness of each slice with the next: a dip is a gap or a motion."""
    if len(values) < 2:
        return ""
    low = min(0.0, *values)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in _points(values, low))
    return (
        '<p class="small">Likeness of each slice with the next, first to last; the line at the '
        'top is 1. A dip is a motion or a gap.</p><svg viewBox="0 0 1000 140" '
        'preserveAspectRatio="none"><line x1="0" y1="10" x2="1000" y2="10" stroke="#cfd6db"/>'
        f'<polyline points="{points}" fill="none" stroke="#1f5f8b" stroke-width="2"/></svg>'
    )


def _points(values: Sequence[float], low: float) -> Iterator[tuple[float, float]]:
    for n, value in enumerate(values):
        yield 1000 * n / (len(values) - 1), 10 + 120 * (1 - value) / (1 - low)


def _text(words: str) -> str:
    return html.escape(words)
