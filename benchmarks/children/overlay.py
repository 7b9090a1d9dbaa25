"""A class of thirty laptops laid over one another in the real gallery, again and again.

    python -m benchmarks.children.overlay REPEATS

Each time from the runs to what is painted: figures, items, and the picture itself.
"""

from __future__ import annotations

import sys
import time

from msgspec.structs import replace

from benchmarks.children.answer import answer
from core.results.gallery import gallery
from core.results.share import Shared, shared

_LAPTOPS = 30


def main() -> None:
    """Overlay, and answer with the seconds of each part."""
    from PySide6.QtWidgets import QApplication

    from gui.theme import Theme
    from gui.views.gallery import GalleryPage

    app = QApplication(["overlay"])
    theme = Theme()
    theme.choose("light")
    page = GalleryPage(theme)
    page.resize(1280, 800)
    page.show()
    runs = _class()
    page.show_gallery(gallery(runs))  # the first laptops bring the chart, which is then painted
    app.processEvents()
    figures, drawing, painting = [], [], []
    for _ in range(int(sys.argv[1])):
        began = time.perf_counter()
        found = gallery(runs)
        counted = time.perf_counter()
        page.show_gallery(found)
        drawn = time.perf_counter()
        page.view.chart.viewport().repaint()
        figures.append(counted - began)
        drawing.append(drawn - counted)
        painting.append(time.perf_counter() - drawn)
    answer(figures=figures, drawing=drawing, painting=painting)


def _class() -> list[Shared]:
    from benchmarks.history import example

    run = example(40)
    return [
        shared(
            replace(
                run,
                trials=tuple(
                    replace(trial, work_s=(trial.work_s or 1.0) * (1 + number / 50))
                    for trial in run.trials
                ),
            ),
            f"{number}",
            whose=f"student {number}",
        )
        for number in range(_LAPTOPS)
    ]


if __name__ == "__main__":
    main()
