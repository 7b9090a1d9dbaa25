"""The .deb on a desktop: a file of runs has a type of its own, and opens by a double click."""

import shutil
from pathlib import Path

from check_deb import drawn
from minimal_debian import Debian
from trying import CHECK, HOME, PATIENCE_S, SMALL, Trial, expect, wait_for

# What every desktop has, and a minimal Debian lacks: who knows types of files, and who opens them.
DESKTOP = "desktop-file-utils libfile-mimeinfo-perl libglib2.0-bin shared-mime-info xdg-utils"
KIND = "application/x-futures-lab+json"
FILE = f"{HOME}/my run, π.futureslab"


def try_desktop(trial: Trial, debian: Debian, deb: Path, display: str) -> None:
    """Install it where a desktop's tools are, and open a file as a file manager does."""
    shutil.copy(deb, debian.root / "new.deb")
    debian.root_runs("apt-get", "-qq", "update")
    install = ("apt-get", "-qqy", "install", "--no-install-recommends")
    debian.root_runs(*install, *DESKTOP.split())
    debian.root_runs(*install, "/new.deb")
    trial.of("the type of a file of runs", lambda: file_type(debian))
    trial.of("a double click on it", lambda: double_click(debian, display))


def file_type(debian: Debian) -> str:
    """Write a run to a file, and ask both of the usual tools what it is and what opens it."""
    for words in (SMALL, ("history", "export", "1", FILE)):
        done = debian.student_runs("futures-lab", *words)
        expect(done.returncode == 0, done.stderr)
    asked = {
        ("xdg-mime", "query", "filetype", FILE): KIND,
        ("xdg-mime", "query", "default", KIND): "futures-lab.desktop",
        ("gio", "info", "-a", "standard::content-type", FILE): f"content-type: {KIND}",
        ("gio", "mime", KIND): "futures-lab.desktop",
    }
    for command, answer in asked.items():
        told = debian.student_runs(*command)
        expect(answer in told.stdout, f"{' '.join(command)}: {told.stdout}{told.stderr}")
    return f"{KIND}, opened by futures-lab.desktop"


def double_click(debian: Debian, display: str) -> str:
    """Open the file as a double click does, and wait until the window is drawn whole."""
    picture = CHECK / "opened.png"
    program = debian.student_starts("xdg-open", FILE)
    try:
        colours = wait_for(lambda: drawn(display, picture), "the window is drawn")
        names = debian.student_runs("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").stdout
        expect(f"futures-lab {FILE}" in names, f"it was not given the file: {names}")
    finally:
        debian.root_tries("sh", "-c", "kill $(pidof futures-lab)")
        said = program.communicate(timeout=PATIENCE_S)[0]
    expect(not said, said)
    return f"{colours} colours, see {picture}"
