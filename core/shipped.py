"""What travels inside the program besides our own code, and under which terms.

An installed program reads the list that was made of it when it was built; from source the list is
made of the packages that this program says it needs, and those that these need.
"""

import re
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec

from core import installed

_ROOT = Path(__file__).resolve().parents[1]
LIST = _ROOT / "resources" / "shipped.json"
_US = "futures-lab"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_COMMON, _OF_QT = Path("/usr/share/common-licenses"), ("LGPL-3", "GPL-3")
_FILES = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)", re.IGNORECASE)


class Part(msgspec.Struct, frozen=True):
    """A package or another work that travels along; `text` is its licence, where it brings one."""

    name: str
    version: str
    terms: str
    home: str
    text: str


def parts() -> tuple[Part, ...]:
    """List what travels along, Python first, then by name; reads files, and raises nothing."""
    try:
        return msgspec.json.decode(LIST.read_bytes(), type=tuple[Part, ...])
    except (OSError, msgspec.DecodeError):
        return (_python(), *map(_part, _needed()), _fonts(), _ours())


def to_json(found: tuple[Part, ...]) -> bytes:
    """Write the list as an installed program has it."""
    return msgspec.json.encode(found)


def _needed() -> list[metadata.Distribution]:
    """Find the packages that this program needs to run, directly or not, by name.

    Where it is installed without a note of what it needs, all that lie beside it are its own.
    """
    if installed.is_installed():
        return sorted(metadata.distributions(), key=lambda package: package.name.lower())
    found: dict[str, metadata.Distribution] = {}
    waiting = [_US]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # it is needed on other systems, or by older Pythons
        waiting += [
            match.group()
            for line in found[name].requires or ()
            if "extra ==" not in line and (match := _NAME.match(line))
        ]
    return [found[name] for name in sorted(found) if name != _US]


def _part(package: metadata.Distribution) -> Part:
    about: dict[str, Any] = package.metadata.json
    terms = _terms(about)
    texts = [
        _read(Path(str(file.locate()))).strip()
        for file in package.files or ()
        if _FILES.match(file.name) and ".dist-info" in str(file)
    ]
    if not texts and terms.startswith("LGPL-3.0"):  # Qt's packages bring no text; a Debian has it
        texts = [_read(_COMMON / name) or _beside(f"PySide6/{name}") for name in _OF_QT]
    return Part(
        name=package.metadata["Name"],
        version=package.version,
        terms=terms or "see its licence",
        home=_home(about),
        text="\n\n\n".join(filter(None, texts)),
    )


def _terms(about: dict[str, Any]) -> str:
    """Name a package's licence: by the newer field, the older one, or its classifiers."""
    words = str(about.get("license_expression") or about.get("license") or "").splitlines()
    kinds = [line for line in about.get("classifier") or () if line.startswith("License ::")]
    return words[0] if words else ", ".join(line.rpartition(":: ")[2] for line in kinds)


def _home(about: dict[str, Any]) -> str:
    lines = [line.partition(",") for line in about.get("project_url") or ()]
    links = {name.lower(): link.strip() for name, _, link in lines}
    named = [links[name] for name in ("homepage", "source", "repository") if name in links]
    return named[0] if named else str(about.get("home_page") or "")


def _python() -> Part:
    text = _read(Path(sysconfig.get_path("stdlib"), "LICENSE.txt"))
    text = text or _read(Path(sys.base_prefix, "LICENSE.txt")) or _beside("Python/LICENSE.txt")
    version = sys.version.split()[0]
    return Part("Python", version, "PSF-2.0", "https://www.python.org", text)


def _fonts() -> Part:
    text = _read(_ROOT / "resources" / "fonts" / "LICENSE.txt")
    return Part("DejaVu fonts", "2.37", "Bitstream-Vera", "https://dejavu-fonts.github.io", text)


def _ours() -> Part:
    from core import __version__

    return Part("Futures Lab", __version__, "MIT", "", _read(_ROOT / "LICENSE"))


def _beside(name: str) -> str:
    """Read a licence that was put beside an installed program."""
    return _read(Path(sys.executable).parent / "licenses" / name)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
