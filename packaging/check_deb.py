"""The .deb in a minimal Debian: installed by apt, used, replaced, and purged."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import build
from minimal_debian import Debian, mount
from trying import CHECK, HOME, PATIENCE_S, SMALL, Trial, expect, selftest, wait_for

LIB = "usr/lib/futures-lab"
LONG = ("run", "pi-scaling", "--terms", "3000000", "--workers", "1-2", "--blocks", "6")
QT = re.compile(r"Qt6|PySide6|shiboken", re.IGNORECASE)


def try_deb(trial: Trial, debian: Debian, deb: Path, display: str) -> None:
    """Install, use, replace and purge the .deb."""
    shutil.copy(deb, debian.root / "new.deb")
    debian.root_runs("apt-get", "-qq", "update")
    # What it depends on comes first: its maintainer scripts may leave what is none of ours.
    depends = build.run("dpkg-deb", "-f", deb, "Depends").strip()
    debian.root_runs("apt-get", "-qqy", "satisfy", "--no-install-recommends", depends)
    before = debian.files()
    trial.of("the .deb, installed by apt", lambda: install(debian, "/new.deb"))
    trial.of("glibc", lambda: glibc(debian, deb))
    trial.of("self-test", lambda: selftest(debian, "/usr/bin/futures-lab"))
    trial.of("window", lambda: window(debian, display))
    trial.of("no Qt in the children's memory", lambda: children(debian))
    trial.of("π scaling beside the source's", lambda: beside(debian))
    older = repack(deb, CHECK / "older.deb", "0.0.1~older")
    shutil.move(older, debian.root / "old.deb")
    trial.of("an older version over it", lambda: replace(debian, "/old.deb", "0.0.1~older"))
    trial.of("a newer version over that", lambda: replace(debian, "/new.deb", ""))
    trial.of("installed again while it runs", lambda: install_under(debian))
    trial.of("purged", lambda: purge(debian, before))
    trial.of("a disk that fills under apt", lambda: full_for_apt(debian))


def install(debian: Debian, deb: str) -> str:
    """Install with what it declares, and nothing that it only recommends."""
    debian.root_runs("apt-get", "-qqy", "install", "--no-install-recommends", deb)
    size = debian.root_runs("du", "-sm", "--apparent-size", f"/{LIB}").split()[0]
    said = debian.root_runs("futures-lab", "--version").strip()
    return f"{said}, {size} MiB in /{LIB}"


def glibc(debian: Debian, deb: Path) -> str:
    """Hold the newest version of a symbol of the C library against the one that is declared."""
    build.PROGRAM = debian.root / LIB
    highest = build.highest_glibc()
    depends = build.run("dpkg-deb", "-f", deb, "Depends")
    declared = re.search(r"libc6 \(>= ([\d.]+)\)", depends)
    expect(declared, f"libc6 is not declared in {depends}")
    assert declared is not None
    expect(numbers(highest) <= numbers(declared[1]), f"{highest} is above {declared[1]}")
    return f"highest symbol GLIBC_{highest}, declared libc6 (>= {declared[1]})"


def numbers(version: str) -> list[int]:
    """Take a version apart."""
    return [int(part) for part in version.split(".")]


def window(debian: Debian, display: str) -> str:
    """Open the window, wait until it is drawn whole, take its picture, and end it."""
    picture = CHECK / "window.png"
    program = debian.student_starts("futures-lab")
    try:
        colours = wait_for(lambda: drawn(display, picture), "the window is drawn")
    finally:
        program.terminate()
        said = program.communicate(timeout=PATIENCE_S)[0]
    expect(not said, said)
    return f"{colours} colours, see {picture}"


def drawn(display: str, picture: Path) -> int:
    """Take a picture of the display; 0 while two in a row differ, or show next to nothing."""
    take = ["import", "-display", display, "-window", "root"]
    before = picture.read_bytes() if picture.exists() else b""
    subprocess.run([*take, "-define", "png:exclude-chunks=date,time", str(picture)], check=True)
    count = ["identify", "-format", "%k", str(picture)]
    colours = int(subprocess.run(count, check=True, capture_output=True, text=True).stdout)
    return colours if colours > 100 and picture.read_bytes() == before else 0


def children(debian: Debian) -> str:
    """Look at the memory of a run by the command line, and of every process below it."""
    program = debian.student_starts("futures-lab", *LONG, "--no-history")
    seen: set[str] = set()
    wrong: set[str] = set()
    while program.poll() is None:
        for maps in Path("/proc").glob("[0-9]*/maps"):
            try:
                command = maps.with_name("cmdline").read_bytes().split(b"\0")[0].decode()
                memory = maps.read_text(encoding="utf-8")
            except OSError:
                continue  # it has just ended
            if Path(command).name in ("futures-lab", "futures-lab-worker") and memory:
                seen.add(maps.parent.name)
                wrong.update(QT.findall(memory))
        time.sleep(0.05)
    said = program.communicate()[0]
    expect(program.returncode == 0, said)
    expect(len(seen) > 10, f"only {len(seen)} were seen")
    expect(not wrong, "; ".join(sorted(wrong)))
    return f"none in any of {len(seen)}: the command line, lab processes and workers"


def beside(debian: Debian) -> str:
    """Run the same from the installed program and from source, in turns, and tell both times."""
    times: dict[str, dict[str, list[float]]] = {"installed": {}, "source": {}}
    for _ in range(3):
        done = debian.student_runs("futures-lab", *LONG[:-1], "3", "--no-history", "--json", "-")
        expect(done.returncode == 0, done.stderr)
        gather(json.loads(done.stdout), times["installed"])
        source = [sys.executable, str(build.ROOT / "main.py"), *LONG[:-1], "3", "--no-history"]
        ran = subprocess.run([*source, "--json", "-"], capture_output=True, check=True)
        gather(json.loads(ran.stdout), times["source"])
    words = []
    for name, ours in times["installed"].items():
        one, other = median(ours), median(times["source"][name])
        words.append(f"{name} {one * 1000:.0f}/{other * 1000:.0f} ms = {one / other:.2f}")
    return "; ".join(words)


def gather(record: dict[str, Any], times: dict[str, list[float]]) -> None:
    """Collect the times of work by configuration."""
    for one in record["trials"]:
        if one["work_s"] is not None:
            times.setdefault(f"{one['executor']} x{one['workers']}", []).append(one["work_s"])


def repack(deb: Path, target: Path, version: str) -> Path:
    """Make the same package of another version, with one file that only it has."""
    folder = CHECK / "repacked"
    shutil.rmtree(folder, ignore_errors=True)
    build.run("dpkg-deb", "-R", deb, folder)
    control = folder / "DEBIAN" / "control"
    text = re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text(encoding="utf-8"))
    control.write_text(text, encoding="utf-8")
    (folder / LIB / "_internal" / "only-in-the-older").touch()
    build.run("dpkg-deb", "-Znone", "--root-owner-group", "-b", folder, target)
    shutil.rmtree(folder)
    return target


def replace(debian: Debian, deb: str, version: str) -> str:
    """Install another version over the one that is there; nothing of that one stays."""
    install_over = ["apt-get", "-qqy", "install", "--no-install-recommends", "--allow-downgrades"]
    debian.root_runs(*install_over, deb)
    told = debian.root_runs("dpkg-query", "-W", "-f", "${Version}", "futures-lab")
    expect(not version or told == version, told)
    mark = debian.root / LIB / "_internal" / "only-in-the-older"
    expect(mark.exists() == bool(version), "a file of the other version is there")
    inside = debian.not_of_packages({one for one in debian.files() if one.startswith(f"/{LIB}")})
    expect(not inside, f"nobody's: {inside}")
    done = debian.student_runs("futures-lab", *SMALL, "--no-history")
    expect(done.returncode == 0, done.stderr)
    return f"{told}, and it runs"


def install_under(debian: Debian) -> str:
    """Install while a run and a window are open: the run goes on to its end, the window stays."""
    window_open = debian.student_starts("futures-lab")
    running = debian.student_starts("futures-lab", *LONG, "--no-history")
    wait_for(workers, "a lab process runs")
    debian.root_runs("apt-get", "-qqy", "install", "--reinstall", "/new.deb")
    still = running.poll() is None
    said = running.communicate(timeout=PATIENCE_S)[0]
    expect(running.returncode == 0, said)
    expect(window_open.poll() is None, "the window has ended")
    window_open.terminate()
    expect(window_open.wait(PATIENCE_S) == 0, window_open.communicate()[0])
    return (
        f"the run {'outlived it' if still else 'was done before'}, the window too; both ended well"
    )


def workers() -> list[str]:
    """Name the lab processes that there are, and their workers."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(file.read_bytes().split(b"\0")[0].decode())
        except OSError:
            continue
    return [name for name in found if name.endswith("futures-lab-worker")]


def purge(debian: Debian, before: set[str]) -> str:
    """Purge it, when other Pythons have run our sources; only what students own stays."""
    expect(
        debian.student_runs("futures-lab", *SMALL).returncode == 0, "a run with a history failed"
    )
    debian.root_runs("apt-get", "-qqy", "purge", "futures-lab")
    left = sorted(debian.files() - before)
    own = [name for name in left if name.startswith(HOME)]
    others = [name for name in left if name not in own and not name.endswith(".deb")]
    expect(not others, f"left: {others}")
    expect(not (debian.root / LIB).exists(), f"/{LIB} is left")
    expect(any("futures-lab" in name for name in own), "the student's history is gone")
    return f"nothing is left but the student's own {len(own)} files and folders"


def full_for_apt(debian: Debian) -> str:
    """Install where the disk is too small: apt says so, nothing of it works by half or stays."""
    place = debian.root / LIB
    place.mkdir()
    mount("-t", "tmpfs", "tmpfs", str(place), "-o", "size=40m")
    done = debian.root_tries("apt-get", "-qqy", "install", "--no-install-recommends", "/new.deb")
    expect(done.returncode != 0, "apt was content")
    expect("No space left" in done.stdout + done.stderr, done.stderr)
    left = list(place.rglob("*"))
    state = debian.root_tries("dpkg-query", "-W", "-f", "${Status}", "futures-lab").stdout
    subprocess.run(["umount", str(place)], check=True)
    place.rmdir()
    expect("ok installed" not in state, f"dpkg says {state}")
    again = install(debian, "/new.deb")
    debian.root_runs("apt-get", "-qqy", "purge", "futures-lab")
    return f"apt says “No space left”, {len(left)} files stay; with room again: {again}"
