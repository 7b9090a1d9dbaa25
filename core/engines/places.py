"""Where Pythons are: the folders of each system and of each tool that installs them.

Only looks at names; nothing is started here. Windows' parts are written to the documentation (PEP
514, Microsoft's on the Store) and not yet tried on a Windows machine; macOS's neither.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from core import installed

_NAME = re.compile(r"(?:python|pypy|graalpy)(?:\d(?:\.\d+)?)?t?d?(?:\.exe)?", re.IGNORECASE)
_IS_WINDOWS = sys.platform == "win32"


@dataclass(frozen=True)
class Candidate:
    """A file that may be a Python, and who told of it."""

    path: str
    source: str


def candidates(
    added: Iterable[str] = (), environment: Mapping[str, str] | None = None
) -> tuple[Candidate, ...]:
    """Return what may be a Python: our own, those `added` by hand, then all places' in order.

    Each file comes once for each of its names and each of its sources. Reads folders, which may
    take a while on a slow disk: not for the GUI thread. Never raises.
    """
    env = os.environ if environment is None else environment
    home = _home(env)
    found = [Candidate(installed.interpreter(), OWN), *(Candidate(path, BY_HAND) for path in added)]
    for source, places in (
        ("PATH", _path(env)),
        ("pyenv", _pyenv(env, home)),
        ("uv", _uv(env, home)),
        ("conda", _conda(env, home)),
        ("asdf, mise, rye or hatch", _other_tools(env, home)),
        ("system", _system_places()),
    ):
        found += [Candidate(path, source) for place in places for path in _in(place)]
    if sys.platform == "win32":
        found += [Candidate(path, "Windows registry") for path in _registry()]
        found += [Candidate(path, "Microsoft Store") for path in _store(env)]
    return tuple(dict.fromkeys(found))


OWN = "this program"
BY_HAND = "added by hand"


def typed(text: str) -> str:
    """Turn what a person typed, or pasted with quotes, into the path of a Python.

    A folder stands for the interpreter in it, where there is one: a venv's, or an installation's.
    """
    path = Path(text.strip().strip("\"'"))
    with suppress(RuntimeError):  # ~ of somebody who is not there
        path = path.expanduser()
    path = path.absolute()
    if path.is_dir():
        for inside in (*_inside(path), path):
            for found in _in(inside):
                return found
    return str(path)


def _home(env: Mapping[str, str]) -> Path:
    """Give the user's own folder; one below which nothing lies for a user who has none."""
    if told := env.get("USERPROFILE" if _IS_WINDOWS else "HOME"):
        return Path(told)
    try:
        return Path.home()
    except RuntimeError:  # the system does not know this user, as in some containers
        return Path(os.devnull)


def _in(folder: Path) -> list[str]:
    """List the files of a folder that are named like an interpreter; a broken link counts."""
    try:
        files = sorted(file for file in folder.iterdir() if _NAME.fullmatch(file.name))
        return [str(file) for file in files if not file.is_dir()]
    except OSError:
        return []


def _inside(prefix: Path) -> tuple[Path, ...]:
    """Name the folders where an installation, or a venv, has its interpreter."""
    return (prefix / "Scripts", prefix) if _IS_WINDOWS else (prefix / "bin",)


def _below(parent: Path, pattern: str = "*") -> Iterator[Path]:
    """Name the interpreters' folders of all installations in a folder."""
    with suppress(OSError):
        for prefix in sorted(parent.glob(pattern)):
            yield from _inside(prefix)


def _path(env: Mapping[str, str]) -> Iterator[Path]:
    """Name the folders of PATH, but for stand-ins: they start something else, or open a shop."""
    for name in env.get("PATH", os.defpath).split(os.pathsep):
        folder = Path(name)
        is_stand_in = folder.name == "shims" or folder.name.lower() == "windowsapps"
        is_apples = sys.platform == "darwin" and folder == Path("/usr/bin")
        if folder.is_absolute() and not is_stand_in and not is_apples:
            yield folder


def _pyenv(env: Mapping[str, str], home: Path) -> Iterator[Path]:
    roots = [Path(env[name]) for name in ("PYENV_ROOT", "PYENV") if env.get(name)]
    for root in (*roots, home / ".pyenv", home / ".pyenv/pyenv-win"):
        yield from _below(root / "versions")


def _uv(env: Mapping[str, str], home: Path) -> Iterator[Path]:
    if chosen := env.get("UV_PYTHON_INSTALL_DIR"):
        yield from _below(Path(chosen))
    data = env.get("XDG_DATA_HOME") or home / ".local/share"
    yield from _below(Path(data) / "uv/python")
    if roaming := env.get("APPDATA"):
        yield from _below(Path(roaming) / "uv/python")
        yield from _below(Path(roaming) / "uv/data/python")


def _conda(env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Name conda's environments: those it keeps a list of, and those in the usual roots."""
    with suppress(OSError, UnicodeDecodeError):
        for line in (home / ".conda/environments.txt").read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield from _inside(Path(line.strip()))
    roots = [Path(env[name]) for name in ("CONDA_PREFIX", "MAMBA_ROOT_PREFIX") if env.get(name)]
    if program := env.get("CONDA_EXE"):
        roots.append(Path(program).parents[1] if len(Path(program).parents) > 1 else Path(program))
    tops = (home, Path("/opt"), Path("/usr/local"), Path(env.get("ProgramData") or "/opt"))
    names = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", "conda")
    roots += [top / name for top in tops for name in names]
    for root in roots:
        yield from _inside(root)
        yield from _below(root / "envs")


def _other_tools(env: Mapping[str, str], home: Path) -> Iterator[Path]:
    data = Path(env.get("XDG_DATA_HOME") or home / ".local/share")
    yield from _below(Path(env.get("ASDF_DATA_DIR") or home / ".asdf") / "installs/python")
    yield from _below(Path(env.get("MISE_DATA_DIR") or data / "mise") / "installs/python")
    yield from _below(home / ".rye/py")
    yield from _below(data / "hatch/pythons", "*/python")


if sys.platform == "win32":

    def _system_places() -> Iterator[Path]:
        return iter(())

else:

    def _system_places() -> Iterator[Path]:
        for name in ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin", "/opt/local/bin"):
            if (sys.platform, name) != ("darwin", "/usr/bin"):  # a stand-in that opens a dialog
                yield Path(name)
        if sys.platform == "darwin":
            yield Path("/Library/Developer/CommandLineTools/usr/bin")
            for framework in ("Python", "PythonT"):
                yield from _below(Path(f"/Library/Frameworks/{framework}.framework/Versions"))
        yield from _below(Path("/opt"), "python*")
        yield from _below(Path("/opt/python"))


def _registry() -> list[str]:
    """Name the interpreters that registered themselves (PEP 514): python.org's, conda's, uv's."""
    found: list[str] = []
    if sys.platform == "win32":
        import winreg

        roots = (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE)
        views = (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY)
        for root, view in product(roots, views):
            for company in _subkeys(root, r"Software\Python", view):
                tags = _subkeys(root, rf"Software\Python\{company}", view)
                for tag in tags if company != "PyLauncher" else ():
                    key = rf"Software\Python\{company}\{tag}\InstallPath"
                    rights = winreg.KEY_READ | view
                    with suppress(OSError), winreg.OpenKey(root, key, 0, rights) as at:
                        try:
                            found.append(str(winreg.QueryValueEx(at, "ExecutablePath")[0]))
                        except OSError:
                            folder = Path(winreg.QueryValueEx(at, "")[0])
                            found.append(str(folder / "python.exe"))
    return found


def _subkeys(root: int, key: str, view: int) -> list[str]:
    names: list[str] = []
    if sys.platform == "win32":
        import winreg

        with suppress(OSError), winreg.OpenKey(root, key, 0, winreg.KEY_READ | view) as at:
            while True:  # ends with OSError after the last
                names.append(winreg.EnumKey(at, len(names)))
    return names


def _store(env: Mapping[str, str]) -> Iterator[str]:
    """Name the Store's Pythons by their own folders: the aliases beside may only open the Store."""
    apps = Path(env.get("LOCALAPPDATA") or "") / "Microsoft/WindowsApps"
    with suppress(OSError):
        for folder in sorted(apps.glob("PythonSoftwareFoundation.Python.3.*")):
            yield str(folder / "python.exe")


def file_of(path: str) -> str:
    """Name the program file behind a path, by which two paths are the same interpreter.

    A link to a program of another name is left as it is: such a program acts by the link's name.
    """
    real = os.path.realpath(path)
    if _IS_WINDOWS or not _NAME.fullmatch(Path(real).name) or not Path(real).exists():
        return os.path.normcase(Path(path).absolute())
    return real


def version_in_name(path: str) -> str:
    """Return the version that a program's name claims, such as 3.13; empty where it claims none."""
    found = re.search(r"(\d\.\d+)t?d?(?:\.exe)?$", Path(path).name)
    return found[1] if found else ""
