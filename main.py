"""Futures Lab: the window without arguments or with files of runs, the command line with others.

Nothing is imported at the top but what a worker process may import too: spawned workers import the
main module again.
"""

import sys
from multiprocessing import freeze_support
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.experiments.base import Experiment
    from core.report.report import Report


def _find(name: str) -> "Experiment":
    """Find an experiment, those of the window too."""
    from gui.experiments import find

    return find(name)


def _pdf(report: "Report") -> bytes:
    """Write a report as PDF; Qt is loaded only for this."""
    from gui.export.headless import pdf

    return pdf(report)


def main() -> int:
    """Dispatch to a front end and return its exit code."""
    freeze_support()
    if sys.argv[1:] == ["--selftest-window"]:
        from gui.selftest import main as window_part

        return window_part()
    if sys.argv[1:] == ["--selftest-lines"]:
        from core.selftest import serve

        return serve()
    if sys.argv[1:2] == ["--read-runs"] and len(sys.argv) == 4:
        from core.reading import main as read

        return read(*sys.argv[2:])
    if len(sys.argv) > 1 and not all(name.lower().endswith(".futureslab") for name in sys.argv[1:]):
        from core.headless import main as headless
        from core.headless_history import Hands

        return headless(sys.argv[1:], Hands(_find, _pdf))
    from gui.app import main as window

    return window(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
