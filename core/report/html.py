"""The report as one HTML file: works offline, runs nothing, loads nothing, prints on A4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from core.experiments.base import Code
from core.report.report import Pairs, Report
from core.report.sentences import capital
from core.report.svg import Look, clean
from core.report.table import Table

_CHART = Look(480, 300, 12)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color: #16202c; background: #fff; font: 15px/1.45 'Noto Sans', 'DejaVu Sans', 'Segoe UI',
  'Helvetica Neue', Arial, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
.lab, .about, .details, caption, dt, .said { color: #566170; }
.lab, .about { margin: 0; font-size: .9rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .2rem 0; }
.headline { font-size: 1.25rem; font-weight: 600; margin: .8rem 0 .3rem; }
.headline p, .details p { margin: .15rem 0; }
h2 { font-size: 1rem; margin: 1.2rem 0 .3rem; border-bottom: 1px solid #d5dae1; }
.cells { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
  gap: .8rem 2rem; margin-top: .8rem; }
.cells h2 { margin-top: 0; }
figure { margin: 0; break-inside: avoid; }
figcaption { font-weight: 600; font-size: .9rem; }
svg { width: 100%; height: auto; display: block; }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .1rem .8rem;
  margin: 0; font-size: .9rem; }
dl.two { grid-template-columns: max-content 1fr max-content 1fr; }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; color: #566170; font-weight: 600; }
th, td { padding: .12rem 1rem .12rem 0; border-bottom: 1px solid #e8ebef; max-width: 24rem;
  overflow-wrap: break-word; vertical-align: top; }
.figure { text-align: right; font-variant-numeric: tabular-nums; }
pre { font: .8rem/1.4 'DejaVu Sans Mono', Consolas, Menlo, monospace; white-space: pre-wrap;
  overflow-wrap: anywhere; margin: 0; }
mark { background: #e1eef8; color: inherit; }
@page { size: A4; margin: 11mm 13mm; }
@media print {
  :root { font-size: 9.5px; line-height: 1.35; }
  body { max-width: none; padding: 0; }
  .cells { grid-template-columns: 1fr 1fr; }
  dl.two { grid-template-columns: max-content 1fr max-content 1fr; }
  h2 { margin-top: .8rem; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  .script { break-before: page; }
}
"""


def html(report: Report) -> bytes:
    """Write the report; every text is escaped, whoever wrote it."""
    return ("\n".join(_parts(report)) + "\n").encode("utf-8", "replace")


def _parts(report: Report) -> Iterator[str]:
    title = " · ".join(filter(None, (report.name, report.title, "Futures Lab")))
    yield "<!DOCTYPE html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{text(title)}</title><style>{_STYLE}</style></head><body>"
    lab = " · ".join(filter(None, ("Futures Lab", report.title, report.name)))
    yield f'<header><p class="lab">{text(lab)}</p><h1>{text(report.question or report.title)}</h1>'
    yield f'<p class="about">{text(" · ".join(report.about))}</p></header>'
    yield f'<div class="headline">{_lines(report.headline)}</div>'
    yield f'<div class="details">{_lines(report.details)}</div>'
    cells = [*_figures(report), _section("Settings", _pairs(report.settings))]
    machine = _section("Machine and Python", _pairs(report.environment))
    if len(cells) % 2:  # it fills the second column of the last row
        cells.append(machine)
    yield f'<div class="cells">{"".join(cells)}</div>'
    if report.table.rows:
        more = f'<p class="said">{text(report.left_out)}</p>' if report.left_out else ""
        table = f'<div class="wide">{_table(report.table)}</div>{more}'
        yield _section("What was measured", table)
    if machine not in cells:
        yield machine.replace("<dl>", '<dl class="two">', 1)
    yield _section("The script", _script(report)).replace(
        "<section>", '<section class="script">', 1
    )
    yield "</body></html>"


def text(words: str) -> str:
    """Write words as text, whatever they hold."""
    return escape(clean(words))


def marked(code: Code) -> str:
    """Write a script with the lines that matter marked."""
    return "\n".join(
        f"<mark>{escape(line)}</mark>" if any(mark in line for mark in code.marks) else escape(line)
        for line in code.text.rstrip().split("\n")
    )


def needs(code: Code) -> str:
    """Say how a script is run."""
    alone = f"Python and {code.needs}" if code.needs else "Python alone"
    return f"{code.name} gives these numbers without the lab: it needs {alone}."


def _section(heading: str, content: str, kind: str = "section") -> str:
    return f'<section class="{kind}"><h2>{heading}</h2>{content}</section>'


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"<p>{text(capital(line))}</p>" for line in lines)


def _figures(report: Report) -> Iterator[str]:
    for title, chart in report.charts.items():
        caption = f"<figcaption>{text(title)}</figcaption>"
        yield f"<figure>{caption}{chart.svg(_CHART)}</figure>\n"


def _table(table: Table) -> str:
    head = "".join(_cells("th", table.headings, table.figures))
    rows = "\n".join(f"<tr>{''.join(_cells('td', row, table.figures))}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table>"


def _cells(kind: str, cells: Sequence[str], figures: Sequence[bool]) -> Iterator[str]:
    for cell, is_figure in zip(cells, figures, strict=True):
        side = ' class="figure"' if is_figure else ""
        yield f"<{kind}{side}>{text(cell)}</{kind}>"


def _pairs(pairs: Pairs, kind: str = "one") -> str:
    items = "".join(f"<dt>{text(name)}</dt><dd>{text(what)}</dd>" for name, what in pairs)
    return f'<dl class="{kind}">{items}</dl>'


def _script(report: Report) -> str:
    if report.script is None:
        return f'<p class="said">{text(report.no_script)}</p>'
    said = f'<p class="said">{text(needs(report.script))}</p>'
    return f"{said}<pre>{marked(report.script)}</pre>"
