"""A minimal Debian in a folder, with nothing but what a package declares: for trying installers.

Needs root, debootstrap and overlayfs. What is changed lies in a layer of its own, so that each
`Debian` begins as debootstrap left it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
STUDENT = "student"
_PLAIN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"}
_DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9)}
_UNSHARED = "FUTURES_LAB_UNSHARED"


def go_apart() -> None:
    """Start this program again where its mounts and processes are its own, and end with it."""
    if os.environ.get(_UNSHARED):
        return
    os.environ[_UNSHARED] = "1"
    apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    os.execvp(apart[0], [*apart, sys.executable, *sys.argv])


def bootstrap(folder: Path) -> Path:
    """Make the lowest layer, unless it is there; takes a minute and the network."""
    if not (folder / "etc" / "debian_version").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["debootstrap", "--variant=minbase", SUITE, str(folder), MIRROR]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


class Debian:
    """One system, with a user called student. Use it after `go_apart`, which also ends it."""

    def __init__(self, base: Path, work: Path, display: str) -> None:
        self.root = work / "root"
        self._display = display
        shutil.rmtree(work, ignore_errors=True)
        for name in ("root", "upper", "scratch"):
            (work / name).mkdir(parents=True)
        layers = f"lowerdir={base},upperdir={work / 'upper'},workdir={work / 'scratch'}"
        mount("-t", "overlay", "overlay", "-o", layers, str(self.root))
        mount("-t", "proc", "proc", str(self.root / "proc"))
        self._make_devices()
        sockets = self.root / "tmp" / ".X11-unix"
        sockets.mkdir(exist_ok=True)
        mount("--bind", "/tmp/.X11-unix", str(sockets))  # the display, and nothing of its server
        shutil.copy("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        self.root_runs("useradd", "--create-home", STUDENT)

    def _make_devices(self) -> None:
        dev = self.root / "dev"
        mount("-t", "tmpfs", "tmpfs", str(dev), "-o", "mode=755")
        for name, numbers in _DEVICES.items():
            device = [str(dev / name), "c", *map(str, numbers)]
            subprocess.run(["mknod", "-m", "666", *device], check=True)
        (dev / "shm").mkdir()
        (dev / "shm").chmod(0o1777)
        (dev / "fd").symlink_to("/proc/self/fd")

    def root_runs(self, *command: str) -> str:
        """Run a command as root and return what it prints; raises RuntimeError where it fails."""
        done = self._finish([], command, {"HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"})
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def root_tries(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as root that may fail."""
        return self._finish([], command, {"HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"})

    def student_runs(
        self, *command: str, home: str | None = f"/home/{STUDENT}"
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as the student, with this home or none, on the display."""
        return self._finish(_AS_STUDENT, command, self._of_student(home))

    def student_starts(
        self, *command: str, home: str = f"/home/{STUDENT}"
    ) -> "subprocess.Popen[str]":
        """Start a command as the student and go on."""
        whole = [*self._chroot(_AS_STUDENT), *command]
        environment = {**_PLAIN, **self._of_student(home)}
        return subprocess.Popen(
            whole,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def files(self) -> set[str]:
        """List all but what is the kernel's, and what apt and dpkg write of themselves."""
        found: set[str] = set()
        for folder, folders, names in os.walk(self.root):
            place = "/" + os.path.relpath(folder, self.root)
            folders[:] = [name for name in folders if not _is_apart(f"{place}/{name}")]
            found.update(os.path.normpath(f"{place}/{name}") for name in (*folders, *names))
        return {name for name in found if not _is_apart(name)}

    def not_of_packages(self, files: set[str]) -> list[str]:
        """Leave out what a package that is installed now has brought."""
        owned: set[str] = set()
        for listed in (self.root / "var/lib/dpkg/info").glob("*.list"):
            owned.update(listed.read_text(encoding="utf-8").splitlines())
        # A merged /usr: dpkg may still say /lib for what lies in /usr/lib.
        owned |= {f"/usr{name}" for name in owned if name.startswith(("/lib", "/bin", "/sbin"))}
        return sorted(files - owned)

    def _of_student(self, home: str | None) -> dict[str, str]:
        return {"DISPLAY": self._display, "USER": STUDENT} | ({"HOME": home} if home else {})

    def _chroot(self, more: Sequence[str]) -> list[str]:
        return ["chroot", *more, str(self.root)]

    def _finish(
        self, more: Sequence[str], command: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._chroot(more), *command],
            env={**_PLAIN, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
            check=False,
        )


_AS_STUDENT = (f"--userspec={STUDENT}:{STUDENT}",)
_APART = ("/proc", "/dev", "/sys", "/tmp", "/run", "/var/cache", "/var/log")
_APART_TOO = ("/var/lib/dpkg", "/var/lib/apt", "/etc/ld.so.cache")


def _is_apart(name: str) -> bool:
    return any(f"{os.path.normpath(name)}/".startswith(f"{one}/") for one in (*_APART, *_APART_TOO))


def mount(*words: str) -> None:
    """Mount, in this program's own view only."""
    subprocess.run(["mount", *words], check=True)
