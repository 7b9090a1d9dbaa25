"""The .run in a minimal Debian: for a user without root, also where all is against it."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from check_deb import LONG, workers
from minimal_debian import Debian, mount
from trying import HOME, PATIENCE_S, SMALL, Trial, expect, selftest, wait_for

# What every desktop has, and a minimal Debian lacks.
DESKTOP = "libdbus-1-3 libegl1 libfontconfig1 libglib2.0-0 libgl1 libx11-6 libx11-xcb1 libxcb1"


def try_run(trial: Trial, debian: Debian, run: Path) -> None:
    """Install, use and remove the .run as a user without root, in folders of any name."""
    debian.root_runs("apt-get", "-qq", "update")
    debian.root_runs(
        "apt-get", "-qqy", "install", "--no-install-recommends", "xz-utils", *DESKTOP.split()
    )
    home = f"{HOME}/Änn Müller"
    debian.student_runs("mkdir", "-p", f"{home}/Down loads ö")
    shutil.copy(run, debian.root / home[1:] / "Down loads ö" / "lab.run")
    script = f"{home}/Down loads ö/lab.run"
    before = debian.files()
    program = f"{home}/.local/share/futures-lab/program"
    trial.of("a disk too small for the .run", lambda: full_for_run(debian, script, home))
    trial.of("the .run, in a folder “Änn Müller”", lambda: unpack(debian, script, home))
    trial.of("its self-test", lambda: selftest(debian, f"{program}/futures-lab", home))
    trial.of("its folder read-only", lambda: read_only(debian, program, home))
    trial.of("no home", lambda: homeless(debian, program))
    trial.of("a home on a full disk", lambda: full_for_history(debian, program))
    trial.of("the .run over itself", lambda: unpack(debian, script, home))
    trial.of("and while it runs", lambda: unpack_under(debian, script, home, program))
    trial.of("removed", lambda: removed(debian, program, home, before))


def unpack(debian: Debian, script: str, home: str) -> str:
    """Install by the .run."""
    done = debian.student_runs("sh", script, home=home)
    expect(done.returncode == 0, done.stdout + done.stderr)
    link = debian.student_runs(f"{home}/.local/bin/futures-lab", "--version", home=home)
    expect(link.returncode == 0, link.stderr)
    return link.stdout.strip()


def unpack_under(debian: Debian, script: str, home: str, program: str) -> str:
    """Install over a window and a run that are under way: both go on, and end well."""
    window = debian.student_starts(f"{program}/futures-lab", home=home)
    running = debian.student_starts(f"{program}/futures-lab", *LONG, "--no-history", home=home)
    wait_for(workers, "a lab process runs")
    unpack(debian, script, home)
    still = running.poll() is None
    said = running.communicate(timeout=PATIENCE_S)[0]
    expect(running.returncode == 0, said)
    expect(window.poll() is None, "the window has ended")
    window.terminate()
    expect(window.wait(PATIENCE_S) == 0, "the window ended badly")
    return f"the run {'outlived it' if still else 'was done before'}, the window too"


def read_only(debian: Debian, program: str, home: str) -> str:
    """Take away the right to write, as an administrator would, and check."""
    debian.root_runs("chmod", "-R", "a-w", program)
    said = selftest(debian, f"{program}/futures-lab", home)
    debian.root_runs("chmod", "-R", "u+w", program)
    return said


def homeless(debian: Debian, program: str) -> str:
    """Run without a home, with one that is not there, and with one that cannot be written."""
    for home in (None, "/nonexistent", "/root"):
        selftest(debian, f"{program}/futures-lab", home)
        kept = ["--no-history"] if home is None else []  # there is one, in the list of users
        done = debian.student_runs(f"{program}/futures-lab", *SMALL, *kept, home=home)
        expect(done.returncode == 0 and "ceiling" in done.stdout, done.stdout + done.stderr)
    return f"it runs; of the history it says: {of_history(done.stderr)!r}"


def full_for_history(debian: Debian, program: str) -> str:
    """Run with a home on a disk that is full: the run is measured, and the loss is said."""
    place = debian.root / "mnt"
    mount("-t", "tmpfs", "tmpfs", str(place), "-o", "size=64k,mode=1777")
    with suppress(OSError):
        (place / "filling").write_bytes(bytes(100_000))
    done = debian.student_runs(f"{program}/futures-lab", *SMALL, home="/mnt")
    subprocess.run(["umount", str(place)], check=True)
    expect(done.returncode == 0 and "ceiling" in done.stdout, done.stdout + done.stderr)
    said = of_history(done.stderr)
    expect("This is run" not in said, said)
    return repr(said)


def of_history(told: str) -> str:
    """Find what a run says of its history."""
    lines = [line for line in told.splitlines() if "history" in line.lower()]
    expect(lines, told)
    return " ".join(lines)


def full_for_run(debian: Debian, script: str, home: str) -> str:
    """Install to a disk that fills: a sentence says so, and nothing is left there."""
    place = debian.root / "mnt"
    mount("-t", "tmpfs", "tmpfs", str(place), "-o", "size=60m,mode=1777")
    done = debian.student_runs("sh", script, "--", "--prefix", "/mnt/lab", home=home)
    left = [str(one) for one in place.rglob("*")]
    subprocess.run(["umount", str(place)], check=True)
    expect(done.returncode != 0, "it was content")
    expect("Nothing was changed" in done.stderr, done.stderr)
    expect(not left, f"left: {left[:5]}")
    return repr(done.stderr.strip().splitlines()[-1])


def removed(debian: Debian, program: str, home: str, before: set[str]) -> str:
    """Uninstall with the history; nothing is left."""
    done = debian.student_runs(f"{program}/uninstall", "--remove-history", home=home)
    expect(done.returncode == 0, done.stderr)
    left = sorted(debian.files() - before)
    expect(not [one for one in left if "futures" in one.lower()], f"left: {left}")
    return f"nothing of it is left; new since before: {left}"
