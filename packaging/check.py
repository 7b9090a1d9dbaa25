"""Try the installers where a student has them: `make try-linux`, as root, on a Debian.

In a minimal Debian made for it: the .deb by apt, the .run as an ordinary user, both in good and in
bad circumstances. Prints a line for each thing that was tried and ends with 1 if any failed; the
picture of the window and the lines are in build/check. Times are reported, never judged.
"""

import os
import subprocess
import sys
from pathlib import Path

import build
from check_deb import try_deb
from check_desktop import try_desktop
from check_run import try_run
from minimal_debian import Debian, bootstrap, go_apart
from trying import CHECK, Trial


def main() -> int:
    """Try everything, in an order in which each finds what it needs; return 1 if any failed."""
    go_apart()
    deb, run = sorted(build.DIST.glob("*.deb"))[-1], sorted(build.DIST.glob("*.run"))[-1]
    base = bootstrap(Path(os.environ.get("DEBIAN_BASE", build.BUILD / "debian")))
    CHECK.mkdir(parents=True, exist_ok=True)
    trial = Trial()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as server:
        assert server.stdout is not None
        display = f":{int(server.stdout.readline())}"
        try:
            if wanted("deb"):
                try_deb(trial, Debian(base, CHECK / "deb", display), deb, display)
            if wanted("desktop"):
                try_desktop(trial, Debian(base, CHECK / "desktop", display), deb, display)
            if wanted("run"):
                try_run(trial, Debian(base, CHECK / "run", display), run)
        finally:
            server.terminate()
    (CHECK / "report.txt").write_text("\n".join(trial.lines) + "\n", encoding="utf-8")
    return 1 if trial.failed else 0


def wanted(name: str) -> bool:
    """Tell whether an installer is to be tried: all are, unless some are named."""
    return not sys.argv[1:] or name in sys.argv[1:]


if __name__ == "__main__":
    sys.exit(main())
