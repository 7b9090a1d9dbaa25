"""The report as PDF, by Qt: real text in its own fonts, charts as lines and not as dots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QEventLoop,
    QIODevice,
    QMarginsF,
    QRect,
    QRectF,
    QSizeF,
    Qt,
)
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPyTextObject,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtSvg import QSvgRenderer

from core.experiments.base import Code
from core.report.html import marked, needs, text
from core.report.report import Pairs, Report
from core.report.sentences import capital
from core.report.svg import MUTED, Look, Picture
from core.report.table import Table

_DPI = 300
_MARGINS = QMarginsF(13, 11, 13, 11)  # millimetres
_CHART = Look(480, 300, 12)
_BESIDE, _ALONE = 0.49, 0.6  # of the page's width, for one chart of several
_LETTERS = 7.5  # points
_ROOM = 69.0  # heights of such letters, across the page
_BETWEEN = 1.6  # the same, between columns: what is kept free behind each cell, and a little more
_LEAST = 0.75  # how much smaller letters may be where a table is wide
_FINE = 100  # pixels, to measure letters by
_SCALES = (1.0, 0.93, 0.86, 0.8)  # tried until everything is on one page
_SIZE = re.compile(r"(?<=font-size:)([0-9.]+)pt")
_FOOT = 5  # millimetres below the text, for the number of the page


def pdf(report: Report) -> bytes:
    """Write the report on A4. Any thread, once there is a QGuiApplication."""
    if QGuiApplication.instance() is None:
        raise RuntimeError("fonts need a QGuiApplication")
    loop = QEventLoop()  # a document's timers need a thread that could have events
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(_MARGINS, QPageLayout.Unit.Millimeter)
    writer.setTitle(" · ".join(filter(None, (report.title, report.name))))
    writer.setCreator("Futures Lab")
    page = QRectF(writer.pageLayout().paintRectPixels(_DPI))
    foot = _FOOT / 25.4 * _DPI
    room = QSizeF(page.width(), page.height() - foot)
    documents = [_fitted(report, writer, room)]
    if report.script is not None:
        documents.append(_document(_script(report.script), writer, room))
    _print(documents, writer, room, foot)
    buffer.close()
    del documents, loop
    return bytes(data.data())


class _Charts(QPyTextObject):
    """Draws charts in a document, in the places of its images."""

    def __init__(self, charts: Sequence[Picture], width: float) -> None:
        super().__init__()
        self._pictures = [QSvgRenderer(QByteArray(chart.svg(_CHART).encode())) for chart in charts]
        self._width = width

    def intrinsicSize(self, document: QTextDocument, place: int, format: QTextFormat) -> QSizeF:
        """Give the size that is kept free for a chart."""
        return QSizeF(self._width, self._width * _CHART.height / _CHART.width)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        document: QTextDocument,
        place: int,
        format: QTextFormat,
    ) -> None:
        """Draw the chart whose number is the name of the image."""
        self._pictures[int(format.toImageFormat().name())].render(painter, QRectF(rect))


def _fitted(report: Report, writer: QPdfWriter, room: QSizeF) -> QTextDocument:
    """Lay out all but the script on one page, a little smaller where it must be."""
    made = None
    for scale in _SCALES:
        share = (_ALONE if len(report.charts) == 1 else _BESIDE) * scale
        charts = _Charts(tuple(report.charts.values()), room.width() * share)
        document = _document(_parts(report), writer, room, scale, charts)
        if document.pageCount() == 1:
            return document
        made = made or document
    assert made is not None
    return made


def _document(
    parts: Iterable[str],
    writer: QPdfWriter,
    room: QSizeF,
    scale: float = 1.0,
    charts: _Charts | None = None,
) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(_LETTERS * scale)
    document.setDefaultFont(font)
    layout = document.documentLayout()
    layout.setPaintDevice(writer)
    if charts is not None:
        charts.setParent(document)
        layout.registerHandler(QTextFormat.ObjectTypes.ImageObject, charts)
    document.setPageSize(room)
    document.setHtml(_SIZE.sub(lambda one: f"{float(one[1]) * scale:.2f}pt", "".join(parts)))
    return document


def _print(
    documents: Sequence[QTextDocument], writer: QPdfWriter, room: QSizeF, foot: float
) -> None:
    """Paint page by page, with the number of each below it."""
    pages = [(one, page) for one in documents for page in range(one.pageCount())]
    painter = QPainter(writer)
    try:
        for number, (document, page) in enumerate(pages, 1):
            if number > 1:
                writer.newPage()
            painter.save()
            painter.translate(0, -page * room.height())
            context = QAbstractTextDocumentLayout.PaintContext()
            context.clip = QRectF(0, page * room.height(), room.width(), room.height())
            painter.setClipRect(context.clip)
            document.documentLayout().draw(painter, context)
            painter.restore()
            painter.setFont(documents[0].defaultFont())
            painter.setPen(MUTED)
            below = QRectF(0, room.height(), room.width(), foot)
            where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.drawText(below, where, f"Futures Lab · page {number} of {len(pages)}")
    finally:
        painter.end()


def _parts(report: Report) -> Iterator[str]:
    lab = " · ".join(filter(None, ("Futures Lab", report.title, report.name)))
    yield _paragraph(lab, 7.5, MUTED)
    yield _paragraph(report.question or report.title, 14, bold=True)
    yield _paragraph(" · ".join(report.about), 7.5, MUTED)
    for line in report.headline:
        yield _paragraph(capital(line), 10.5, bold=True, above=3)
    for line in report.details:
        yield _paragraph(capital(line), 7.5, MUTED)
    cells = [f'{_heading(title)}<img src="{number}">' for number, title in enumerate(report.charts)]
    cells.append(_heading("Settings") + _pairs(report.settings))
    heading, about = _heading("Machine and Python"), report.environment
    if is_odd := len(cells) % 2 == 1:
        cells.append(heading + _pairs(about))
    yield _grid(cells)
    if report.table.rows:
        yield _heading("What was measured") + _table(report.table)
        yield _paragraph(report.left_out, 7.5, MUTED) if report.left_out else ""
    if not is_odd:
        half = -(-len(about) // 2)
        yield heading + _grid([_pairs(about[:half]), _pairs(about[half:])])
    if report.script is None:
        yield _heading("The script") + _paragraph(report.no_script, 7.5, MUTED)


def _paragraph(
    words: str, size: float, colour: str = "", bold: bool = False, above: int = 1
) -> str:
    look = f"font-size:{size}pt; margin-top:{above}px; margin-bottom:0px;"
    look += f" color:{colour};" if colour else ""
    look += " font-weight:600;" if bold else ""
    return f'<p style="{look}">{text(words)}</p>'


def _heading(words: str) -> str:
    return _paragraph(words, 8.5, bold=True, above=8)


def _grid(cells: Sequence[str]) -> str:
    rows = [cells[first : first + 2] for first in range(0, len(cells), 2)]
    made = ""
    for row in rows:
        cells_of_row = (f'<td width="50%" valign="top">{cell}</td>' for cell in row)
        made += f"<tr>{''.join(cells_of_row)}</tr>"
    return f'<table width="100%" cellspacing="0" cellpadding="0">{made}</table>'


def _table(table: Table) -> str:
    """Lay out a table whose columns are wide enough for their words, as far as that can be."""
    widths = _widths(table)
    letters = min(1.0, _ROOM / sum(widths))
    look = f"font-size:{_LETTERS * max(_LEAST, letters):.2f}pt;"
    bold = f"{look} color:{MUTED}; font-weight:600;"
    shares = [f'width="{round(100 * width / sum(widths))}%"' for width in widths]
    head = "".join(_cells(table.headings, table.figures, bold, shares))
    rows = "".join(
        f"<tr>{''.join(_cells(row, table.figures, look, shares))}</tr>" for row in table.rows
    )
    about = 'width="100%" cellspacing="0" cellpadding="0" border="0"'
    return f"<table {about}><thead><tr>{head}</tr></thead>{rows}</table>"


def _widths(table: Table) -> list[float]:
    """Give each column's width in letters' heights: its longest word, and of the rest its share.

    Qt by itself gives a column of long words no more than one of short ones, and breaks them.
    """
    plain, bold = QFont(QGuiApplication.font()), QFont(QGuiApplication.font())
    bold.setBold(True)
    for font in (plain, bold):
        font.setPixelSize(_FINE)
    of_cell = QFontMetricsF(plain).horizontalAdvance
    of_heading = QFontMetricsF(bold).horizontalAdvance
    columns = [
        [(of_heading, heading), *((of_cell, row[place]) for row in table.rows)]
        for place, heading in enumerate(table.headings)
    ]
    words = [
        max((w(word) for w, cell in one for word in cell.split()), default=0) for one in columns
    ]
    cells = [max(width(cell) for width, cell in one) for one in columns]
    least = [word / _FINE + _BETWEEN for word in words]
    whole = [cell / _FINE + _BETWEEN for cell in cells]
    more = _shared_out([high - low for low, high in zip(least, whole, strict=True)], sum(least))
    return [low + extra for low, extra in zip(least, more, strict=True)]


def _shared_out(wanted: Sequence[float], taken: float) -> list[float]:
    """Share out what is left of the page's width: whoever wants little gets it whole."""
    left, given = max(0.0, _ROOM - taken), dict.fromkeys(range(len(wanted)), 0.0)
    for served, place in enumerate(sorted(given, key=lambda place: wanted[place])):
        given[place] = min(wanted[place], left / (len(wanted) - served))
        left -= given[place]
    return list(given.values())


def _cells(
    cells: Sequence[str], figures: Sequence[bool], style: str, widths: Sequence[str]
) -> Iterator[str]:
    for cell, is_figure, width in zip(cells, figures, widths, strict=True):
        side = "right" if is_figure else "left"
        look = f"padding:4px 12px 4px 0px; {style}"
        yield f'<td {width} align="{side}" style="{look}">{text(cell)}</td>'


def _pairs(pairs: Pairs) -> str:
    rows = "".join(
        f'<tr><td style="color:{MUTED}; padding-right:24px;">{text(name)}</td>'
        f"<td>{text(what)}</td></tr>"
        for name, what in pairs
    )
    return f'<table cellspacing="0" cellpadding="1">{rows}</table>'


def _script(code: Code) -> Iterator[str]:
    yield _heading("The script") + _paragraph(needs(code), 7.5, MUTED)
    family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    lines = marked(code).replace("<mark>", '<span style="background-color:#e1eef8">')
    lines = lines.replace("</mark>", "</span>")
    yield f"<pre style=\"font-family:'{text(family)}'; font-size:6.5pt;\">{lines}</pre>"
