"""Try the Setup for Windows under wine: `make try-windows`; a table, a picture, an exit code.

It installs silently into a folder with a space and letters beyond ASCII, checks the installation by
itself, measures π by the command line, opens the window, takes its picture, kills it in the middle
of a run, installs over it, uninstalls, and looks for what is left.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.packaging.wine.pages import Pages
from tests.packaging.wine.prefix import TOOLS, Prefix
from tests.realwindow import TOOLS as DISPLAY_TOOLS
from tests.realwindow import Desktop, Window, wait_until

ROOT = Path(__file__).resolve().parents[3]
FOLDER = "Prög ramme π/Futures Lab"
WINDOW, COMMAND, WORKER = (f"futures-lab{end}.exe" for end in ("-window", "", "-worker"))
PYTHON = ROOT / "build" / "windows" / "python" / "python.exe"
# A whole command line, as it stands; and a program with no console and no streams, as Explorer
# starts it.
CALL = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1]))"
OPEN = "import subprocess, sys; subprocess.Popen(sys.argv[1:], creationflags=8)"
ASK_VERSION = """
import ctypes, sys
ask = ctypes.WinDLL("version")
for file in sys.argv[1:]:
    data = ctypes.create_string_buffer(ask.GetFileVersionInfoSizeW(file, None))
    assert ask.GetFileVersionInfoW(file, 0, len(data), data), file
    for name in ("ProductName", "ProductVersion", "FileDescription"):
        text, size = ctypes.c_wchar_p(), ctypes.c_uint()
        where = r"\\\\StringFileInfo\\\\040904B0\\\\" + name
        found = ask.VerQueryValueW(data, where, ctypes.byref(text), ctypes.byref(size))
        print(text.value if found else "nothing", end="|")
    print()
"""


class Trial:
    """The steps, in order; each returns what it saw, or raises AssertionError or TimeoutError."""

    def __init__(self, setup: Path, prefix: Prefix, desktop: Desktop, pictures: Path) -> None:
        self._setup = setup
        self._prefix = prefix
        self._desktop = desktop
        self._pictures = pictures
        self._top = prefix.drive / FOLDER
        self._program = self._top / "program"
        self._history = prefix.drive / "users"
        self._files = prefix.files()
        self._version = setup.name.split("-")[2]

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        """Name the steps."""
        return [
            ("install silently", self.install),
            ("file properties", self.properties),
            ("registered", self.registered),
            ("launchers", self.launchers),
            ("self-test", self.self_test),
            ("π by the command line", self.headless),
            ("window", self.window),
            ("the killed window's files", self.swept),
            ("install over it", self.install_over),
            ("uninstall silently", self.uninstall),
            ("nothing is left", self.left),
            ("for all users", self.for_all),
            ("page by page", self.by_hand),
        ]

    def install(self) -> str:
        """Install as an administrator's script does, and measure what is there then."""
        self._call_setup(self._in_windows(self._top))
        for name in (WINDOW, COMMAND, WORKER):
            assert (self._program / name).is_file(), f"{name} is missing"
        files = [file for file in self._top.rglob("*") if file.is_file()]
        size = sum(file.stat().st_size for file in files)
        compiled = sum(file.suffix == ".pyc" for file in files)
        assert compiled > 500, f"only {compiled} files of bytecode"
        assert size < 180_000_000, f"{size} bytes installed"
        return f"{size / 1e6:.1f} MB in {len(files)} files, {compiled} of them bytecode"

    def properties(self) -> str:
        """Read the versions that Windows shows of the Setup and of our executables."""
        files = (self._setup, self._program / WINDOW, self._program / COMMAND)
        names = [self._in_windows(file) for file in files]
        said = self._prefix.run(self._program / WORKER, "-c", ASK_VERSION, *names)
        rows = said.stdout.split()
        assert said.stdout.count(f"Futures Lab|{self._version}|") == len(files), said
        return f"{len(rows) and self._version} in all {len(files)}"

    def registered(self) -> str:
        """Find the Start menu's entry, the file type and the entry in the list of programs."""
        links = list((self._prefix.drive / "users").rglob("Futures Lab.lnk"))
        assert len(links) == 1, f"{links} in the Start menu"
        command = self._registry_value(r"HKCU\Software\Classes\FuturesLab.Run\shell\open\command")
        assert rf'\program\{WINDOW}" "%1"' in command, command
        kind = self._registry_value(r"HKCU\Software\Classes\.futureslab")
        assert "FuturesLab.Run" in kind, kind
        uninstall = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\FuturesLab"
        shown = self._registry_value(uninstall, "DisplayVersion")
        assert self._version in shown, shown
        return "Start menu, .futureslab, list of programs"

    def launchers(self) -> str:
        """See that a child of multiprocessing gets an interpreter, and a person the program."""
        code = "import sys; print(sys.flags.utf8_mode, sys.stdin.encoding, chr(0x3c0))"
        child = ["-X", "utf8", "-c", code, "--multiprocessing-fork"]
        for name in (WINDOW, COMMAND):
            said = self._prefix.run(self._program / name, *child).stdout
            assert said.strip() == "1 utf-8 π", said
        said = self._prefix.run(self._program / COMMAND, "--version").stdout
        assert self._version in said, said
        wrong = self._prefix.run(self._program / COMMAND, "run", "tau")
        assert wrong.returncode == 2, wrong
        return said.strip()

    def self_test(self) -> str:
        """Let it check itself."""
        report = self._top.parent / "report ä.json"
        ended = self._prefix.run(
            self._program / COMMAND, "--selftest", self._in_windows(report), timeout_s=180
        )
        assert "π = 3.14" in ended.stdout, ended
        told = json.loads(report.read_text(encoding="utf-8"))
        report.unlink()
        wrong = [check for check in told["checks"] if check["outcome"] == "failed"]
        assert ended.returncode == 0, wrong or ended
        assert told["installed"], "it does not know that it is installed"
        skipped = [check["name"] for check in told["checks"] if check["outcome"] == "skipped"]
        return f"{len(told['checks'])} checks on {told['system']}, skipped: {', '.join(skipped)}"

    def headless(self) -> str:
        """Measure π with threads and processes."""
        target = self._top.parent / "π.json"
        ended = self._prefix.run(
            self._program / COMMAND, "run", "pi-scaling", "--terms", "400000", "--workers", "1,2",
            "--executors", "serial,threads,processes", "--blocks", "2",
            "--json", self._in_windows(target), timeout_s=180,
        )  # fmt: skip
        assert ended.returncode == 0, ended
        record = json.loads(target.read_text(encoding="utf-8"))
        target.unlink()
        assert record["status"] == "finished", record["status"]
        methods = {trial["start_method"] for trial in record["trials"]}
        assert methods == {None, "spawn"}, methods
        start = [t["startup_s"] for t in record["trials"] if t["start_method"] == "spawn"]
        return f"{len(record['trials'])} trials; spawn starts in {min(start) * 1000:.0f} ms"

    def window(self) -> str:
        """Open it as the Start menu does, take its picture, start a run, and kill it then."""
        began = time.monotonic()
        self._prefix.run(PYTHON, "-c", OPEN, self._in_windows(self._program / WINDOW))
        try:
            return self._use_window(began)
        finally:
            self._prefix.run("taskkill", "/f", "/im", WINDOW)

    def _use_window(self, began: float) -> str:
        title = ["search", "--onlyvisible", "--name", "Futures Lab"]

        def look() -> str:
            try:
                return self._desktop.run("xdotool", *title)
            except Exception:
                return ""

        found = Window(self._desktop, wait_until(look, "the window appears", 60).split()[-1])
        wait_until(found.is_painted, "the window is painted", 60)
        took = time.monotonic() - began
        self._desktop.screenshot(self._pictures / "windows-under-wine.png")
        wait_until(lambda: self._runs_after_key(found), "a run starts by F5", 90)
        workers = len(self._prefix.processes(WORKER))
        self._desktop.screenshot(self._pictures / "windows-under-wine-running.png")
        self._call_setup("", ends_with=2)  # the program runs, so nothing is changed
        assert not (self._top / "program.new").exists(), "a Setup that gave up left its files"
        self._prefix.run("taskkill", "/f", "/im", WINDOW)
        wait_until(lambda: not self._prefix.processes("futures-lab"), "all have ended", 30)
        seen = f"painted after {took:.1f} s; Setup refused while it ran"
        return f"{seen}; killed with {workers} lab processes and workers, none is left"

    def _runs_after_key(self, window: Window) -> bool:
        """Press F5, which does nothing before the page is whole, and look for lab processes."""
        window.key("F5")
        return len(self._prefix.processes(WORKER)) > 1

    def swept(self) -> str:
        """Run something small: its lab process removes what that of the killed window left."""
        before = self._temporary()
        assert before, "the killed window left nothing: what is it that is tried here?"
        ended = self._prefix.run(
            self._program / COMMAND, "run", "pi-scaling", "--terms", "20000", "--workers", "1",
            "--executors", "serial", "--blocks", "1", "--no-history", timeout_s=120,
        )  # fmt: skip
        assert ended.returncode == 0, ended
        after = self._temporary()
        assert not after, f"{after} of {before} are still there"
        return f"{', '.join(sorted(before))}: gone with the next lab process"

    def _temporary(self) -> set[str]:
        return {path.name for path in self._history.rglob("Temp/futures-lab*")}

    def install_over(self) -> str:
        """Install the same again: nothing of what was there stays."""
        stale = self._program / "source" / "core" / "stale.py"
        stale.touch()
        cut_off = self._top / "program.new" / "half a file"
        cut_off.parent.mkdir()
        cut_off.touch()
        self._call_setup("")
        assert not stale.exists(), "a file of the older version is still there"
        found = sorted(path.name for path in self._top.iterdir())
        assert found == ["program", "uninstall.exe"], found
        return "the folder of the first time was found, and nothing old is in it"

    def uninstall(self) -> str:
        """Uninstall silently: what was measured stays."""
        kept = [path for path in self._history.rglob("futures-lab/*") if path.is_file()]
        assert kept, "there is no history to keep"
        self._call_uninstaller(self._top)
        assert not self._top.exists(), [path.name for path in self._top.rglob("*")][:5]
        assert all(path.exists() for path in kept), "the history is gone"
        return f"{', '.join(sorted(path.name for path in kept))} kept"

    def left(self) -> str:
        """Compare files and registry with what was there before."""
        added = {
            name
            for name in self._prefix.files() - self._files
            if "futures-lab" not in Path(name).parts and "Temp" not in Path(name).parts
        }
        added -= {"Prög ramme π"}  # the test named a folder inside it
        ours = {path for path in added if "Microsoft" not in Path(path).parts}
        keys = {key for key in self._prefix.registry() if "futures" in key.lower()}
        temporary = self._temporary()
        assert not ours, ours
        assert not keys, keys
        return f"no file, no key; in the temporary folder: {', '.join(temporary) or 'nothing'}"

    def for_all(self) -> str:
        """Install for all users and uninstall again: wine's user is an administrator."""
        before = self._prefix.files()
        self._call_setup("", "/AllUsers")
        top = self._prefix.drive / "Program Files" / "Futures Lab"
        assert (top / "program" / WINDOW).is_file(), "it is not in Program Files"
        command = self._registry_value(r"HKLM\Software\Classes\FuturesLab.Run\shell\open\command")
        assert WINDOW in command, command
        self._call_uninstaller(top)
        added = {name for name in self._prefix.files() - before if "Temp" not in Path(name).parts}
        assert not added, added
        keys = {key for key in self._prefix.registry() if "futures" in key.lower()}
        assert not keys, keys
        return "in Program Files, and gone again"

    def by_hand(self) -> str:
        """Install and uninstall as a person does, who wants the history to go too."""
        local = next(self._history.glob("*/AppData/Local"))
        top, history = local / "Programs" / "Futures Lab", local / "futures-lab"
        pages = Pages(self._prefix, self._desktop, self._pictures)
        pages.install(self._in_windows(self._setup), top, WINDOW)
        wait_until(history.exists, "there is a history to ask about", 60)
        self._prefix.run("taskkill", "/f", "/im", WINDOW)
        wait_until(lambda: not self._prefix.processes("futures-lab"), "all have ended", 30)
        pages.uninstall(self._in_windows(top / "uninstall.exe"), history)
        wait_until(lambda: not top.exists(), "nothing is left of it", 30)
        return "installed for oneself, opened from the last page; the history went when asked to"

    def _call_setup(self, folder: str, *more: str, ends_with: int = 0) -> None:
        """Run the Setup with a command line as it stands: /D= takes no quotation marks."""
        line = " ".join((f'"{self._in_windows(self._setup)}"', "/S", *more))
        self._call(line + (f" /D={folder}" if folder else ""), ends_with)

    def _call_uninstaller(self, top: Path) -> None:
        """Run the uninstaller where it stands: by itself it runs from a copy, and returns early."""
        copy = self._prefix.drive / "uninstall.exe"
        shutil.copy(top / "uninstall.exe", copy)
        self._call(f'"{self._in_windows(copy)}" /S _?={self._in_windows(top)}')
        copy.unlink()

    def _call(self, line: str, ends_with: int = 0) -> None:
        ended = self._prefix.run(PYTHON, "-c", CALL, line, timeout_s=240)
        assert ended.returncode == ends_with, f"{line} ended with {ended}"

    def _registry_value(self, key: str, name: str = "") -> str:
        which = ["/v", name] if name else ["/ve"]
        return self._prefix.run("reg", "query", key, *which).stdout

    def _in_windows(self, path: Path) -> str:
        """Write a path as Windows has it: our drive C, or the whole machine as drive Z."""
        drive = self._prefix.drive
        if path.is_relative_to(drive):
            return "C:\\" + str(path.relative_to(drive)).replace("/", "\\")
        return "Z:" + str(path).replace("/", "\\")


def main() -> int:
    """Try every step, print what came of each, and return 0 if all went well, else 1."""
    tools = dict.fromkeys(DISPLAY_TOOLS, "xvfb openbox xdotool imagemagick") | TOOLS
    missing = {package for tool, package in tools.items() if shutil.which(tool) is None}
    setups = sorted((ROOT / "dist").glob("futures-lab-*-setup.exe"))
    if missing or not setups:
        print(f"First: {'apt-get install ' + ' '.join(sorted(missing)) if missing else 'build it'}")
        return 2
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="futures-lab-wine-") as folder, Desktop() as desktop:
        prefix = Prefix(Path(folder), desktop.environment["DISPLAY"])
        try:
            trial = Trial(setups[-1], prefix, desktop, ROOT / "build")
            for name, step in trial.steps():
                began = time.monotonic()
                try:
                    outcome, said = "ok", step()
                except Exception as error:
                    outcome, said = "failed", f"{type(error).__name__}: {error}"
                    wrong += 1
                print(
                    f"{outcome:<8}{name:<24}{time.monotonic() - began:6.1f} s  {said}", flush=True
                )
        finally:
            prefix.close()
    print(f"{wrong} failed" if wrong else "All is well.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
