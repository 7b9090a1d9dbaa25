"""The icon in the formats of Windows and macOS, drawn from the one SVG."""

import io
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_DRAWING = ROOT / "resources" / "icons" / "futures-lab.svg"
_ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)  # 20 and 40: 16 and 32 at 125 %
_ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)


def draw(size: int) -> bytes:
    """Draw the icon, `size` pixels wide and high, as a PNG. Main thread only: Qt draws it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication.instance() or QGuiApplication([])
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(_DRAWING)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png")
    if not writer.write(image):
        raise OSError(f"Qt cannot write a PNG: {writer.errorString()}")
    del app
    return bytes(buffer.data().data())


def write_ico(target: Path) -> None:
    """Write the icon for Windows, each size drawn by itself; raises OSError."""
    _write(target, "ICO", _ICO_SIZES)


def write_icns(target: Path) -> None:
    """Write the icon for macOS, each size drawn by itself; raises OSError."""
    _write(target, "ICNS", _ICNS_SIZES)


def _write(target: Path, kind: str, sizes: tuple[int, ...]) -> None:
    from PIL import Image

    target.parent.mkdir(parents=True, exist_ok=True)
    images = [Image.open(io.BytesIO(draw(size))) for size in sizes]
    more = {"sizes": [(size, size) for size in sizes]} if kind == "ICO" else {}
    images[-1].save(target, kind, append_images=images[:-1], **more)
