"""A Windows of wine's, made for one test and thrown away, with what wine 8 lacks put into it.

Python 3.13, numpy and Qt 6.11 ask for functions that Windows 10 has and wine 8 only names. They are
compiled here from the C files beside this one, into this Windows alone: nothing of it is shipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILTIN = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
TOOLS = {
    "wine": "wine wine64",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64-win32",
}
_COMPLEX = (
    "cabs", "carg", "ccos", "ccosh", "cexp", "cimag", "cpow", "creal", "csin", "csinh", "ctan",
    "ctanh",
)  # fmt: skip
# Which functions of a library of wine's are replaced, and by which of ours.
REPLACED = {
    "ucrtbase": {
        name + end: f"fl_{name}{'f' if end == 'f' else ''}"
        for name in _COMPLEX
        for end in ("", "f", "l")
    },
    "propsys": {"VariantToString": "fl_VariantToString"},
}
_WITHOUT = "mscoree,mshtml,winedbg.exe,winemenubuilder.exe="
_LATE_S = 2.0
_OURS = "ucrtbase,propsys=n;"


class Prefix:
    """A Windows in a folder of its own; `close` ends all that runs in it."""

    def __init__(self, folder: Path, display: str) -> None:
        self.drive = folder / "prefix" / "drive_c"
        home = folder / "home"
        home.mkdir(parents=True)
        self.environment = {
            **os.environ,
            "DISPLAY": display,
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": _WITHOUT,
            "WINEPREFIX": str(self.drive.parent),
        }
        self.run("wineboot", "--init", timeout_s=180)
        self._settle()  # it goes on behind, and would set another version after us
        self.run("winecfg", "-v", "win10")
        self._settle()
        said = self.run("cmd", "/c", "ver").stdout
        if "10.0" not in said:
            raise RuntimeError(f"this wine is not Windows 10, but {said}")
        self._supply(folder / "supplied")
        self.environment["WINEDLLOVERRIDES"] = _OURS + _WITHOUT

    def run(self, *command: str | Path, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command in it; raises TimeoutExpired. All streams are pipes.

        With files of Linux's, or /dev/null, Python does not start: wine 8 tells too little of them.
        """
        line = ["wine", *(str(part) for part in command)]
        output, theirs = os.pipe()
        said: list[bytes] = []
        reader = threading.Thread(target=_read_all, args=(output, said), daemon=True)
        try:
            with subprocess.Popen(
                line, env=self.environment, stdin=subprocess.PIPE, stdout=theirs, stderr=theirs
            ) as program:
                os.close(theirs)
                reader.start()
                try:
                    program.communicate(timeout=timeout_s)
                except subprocess.TimeoutExpired:
                    program.kill()
                    raise
        finally:
            reader.join(_LATE_S)  # what it started may hold the pipe open for as long as it likes
        text = b"".join(tuple(said)).decode("utf-8", "replace")
        return subprocess.CompletedProcess(line, program.returncode, text)

    def processes(self, name: str) -> list[int]:
        """List what runs in it and has `name` in its command line."""
        found = []
        mark = f"WINEPREFIX={self.drive.parent}\0".encode()
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    command = (folder / "cmdline").read_bytes()
                    if name.encode() in command and mark in (folder / "environ").read_bytes():
                        found.append(int(folder.name))
                except OSError:  # it ended meanwhile
                    continue
        return found

    def registry(self) -> set[str]:
        """Read all keys, once every program in it has ended: only then are they written."""
        self._settle()
        keys = set()
        for name in ("system.reg", "user.reg"):
            text = (self.drive.parent / name).read_text(encoding="utf-8", errors="replace")
            keys |= {f"{name} {key}" for key in re.findall(r"^\[(.+?)\] ", text, re.MULTILINE)}
        return keys

    def files(self) -> set[str]:
        """List all files and folders outside Windows' own."""
        inside = (path.relative_to(self.drive) for path in self.drive.rglob("*"))
        return {str(path) for path in inside if path.parts[0] != "windows"}

    def close(self) -> None:
        """End all that runs in it."""
        subprocess.run(["wineserver", "-k"], env=self.environment, check=False)

    def _settle(self) -> None:
        """Wait until nothing runs in it any more."""
        subprocess.run(["wineserver", "-w"], env=self.environment, timeout=60, check=True)

    def _supply(self, work: Path) -> None:
        work.mkdir()
        system = self.drive / "windows" / "system32"
        _compile(HERE / "icuuc.c", work / "icuuc.dll")
        shutil.copy(work / "icuuc.dll", system)
        for name, replaced in REPLACED.items():
            own = work / f"{name}.dll"
            _compile(HERE / f"{name}.c", own, _definition(name, replaced, work))
            (system / own.name).unlink(missing_ok=True)  # it may be a link to wine's
            shutil.copy(own, system)
            # A copy of wine's that wine does not know for its own, to forward the others to.
            data = (BUILTIN / own.name).read_bytes()
            data = data.replace(b"Wine builtin DLL", b"Wine borrowed DL")
            (system / f"{name}_wine.dll").write_bytes(data)


def _read_all(pipe: int, into: list[bytes]) -> None:
    """Read a pipe to its end, in a thread of its own."""
    while chunk := os.read(pipe, 65536):
        into.append(chunk)
    os.close(pipe)


def _definition(name: str, replaced: dict[str, str], work: Path) -> Path:
    """Write what our library exports: all that wine's does, most of it by forwarding."""
    told = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "-p", str(BUILTIN / f"{name}.dll")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    table = told.partition("[Ordinal/Name Pointer] Table")[2].partition("\n\n")[0]
    names = re.findall(r"^\s*\[ *\d+\] (\S+)", table, re.MULTILINE)
    lines = [f'"{one}" = "{replaced.get(one) or f"{name}_wine.{one}"}"' for one in names]
    target = work / f"{name}.def"
    target.write_text("\n".join((f"LIBRARY {name}.dll", "EXPORTS", *lines, "")), encoding="ascii")
    return target


def _compile(source: Path, target: Path, definition: Path | None = None) -> None:
    extra = [str(definition)] if definition else []
    command = ["x86_64-w64-mingw32-gcc", "-O1", "-shared", "-static-libgcc", "-o", str(target)]
    subprocess.run([*command, str(source), *extra, "-loleaut32"], check=True)
