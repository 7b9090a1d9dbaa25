"""Without a display the program says so in one sentence, and Qt never aborts."""

import os
import subprocess
import sys

import pytest

from tests.realwindow import ROOT

linux = pytest.mark.skipif(sys.platform != "linux", reason="linux only")


def start(*files: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start the program with no display but what `environment` says."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "main.py", *files],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@linux
@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"DISPLAY": ":4711"},
        {"DISPLAY": "nonsense"},
        {"WAYLAND_DISPLAY": "wayland-4711"},
        {"QT_QPA_PLATFORM": "wayland"},
        {"QT_QPA_PLATFORM": "xcb"},
        {"DISPLAY": ":4711", "WAYLAND_DISPLAY": "wayland-4711"},
    ],
    ids=lambda environment: " ".join(f"{name}={what}" for name, what in environment.items()),
)
def test_a_display_that_is_not_there_is_told_in_one_sentence(environment: dict[str, str]) -> None:
    done = start(**environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "main.py run pi-scaling" in done.stderr
    assert "qt.qpa" not in done.stderr


@pytest.mark.parametrize("files", [("no.futureslab",), ("no.futureslab", "nor.futureslab")])
def test_files_that_are_not_there_are_told_in_the_terminal(files: tuple[str, ...]) -> None:
    done = start(*files, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"futures-lab: “{name}” is not there. Check its name and its folder." for name in files
    ]
