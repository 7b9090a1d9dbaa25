"""A chart as a picture of dots: for paper, for a slide, for the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

from core.report.svg import SLIDE, Look, Picture

_WIDTHS = {True: 1920, False: 2000}  # dots, of a slide and of paper
_PAPER_MM = 160.0


def image(chart: Picture, look: Look) -> QImage:
    """Draw a chart: a slide in Full HD, or paper at 318 dots an inch. Any thread, with an app."""
    width = _WIDTHS[look == SLIDE]
    made = QImage(width, round(width * look.height / look.width), QImage.Format.Format_RGB32)
    made.fill(0xFFFFFFFF)
    if look != SLIDE:
        dots = round(width / _PAPER_MM * 1000)  # in a metre
        made.setDotsPerMeterX(dots)
        made.setDotsPerMeterY(dots)
    painter = QPainter(made)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        renderer = QSvgRenderer(QByteArray(chart.svg(look).encode()))
        renderer.render(painter, QRectF(0, 0, made.width(), made.height()))
    finally:
        painter.end()
    return made


def png(chart: Picture, look: Look) -> bytes:
    """Draw a chart as a PNG file's bytes."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    if not writer.write(image(chart, look)):
        raise OSError(None, f"Qt could not write a PNG: {writer.errorString()}")
    buffer.close()
    return bytes(data.data())
